"""`/buddy setup`: one card only the admin sees; every answer is saved, checked and shown at once."""

from datetime import timedelta

import discord
import pytest
from simcord import MemberActor, ResponseMessage
from simcord.backend.models.channel import Overwrite
from simcord.enums import OverwriteType

from bot.domain.server import Server, Subject, is_open
from tests.chat.hall import Hall
from tests.chat.reading import custom_id, labels, message, words

TOPICS = {"subjects": "Science: Physics, Chemistry\nMaths", "lengths": "25, 50", "languages": "en, Deutsch"}


async def opened(hall: Hall) -> tuple[MemberActor, ResponseMessage]:
    """An admin and their card."""
    dana = hall.admin("Dana")
    return dana, message(await dana.slash(hall.study, "buddy setup"))


async def saved(hall: Hall) -> Server:
    """The settings in the store."""
    server = await hall.store.servers.get(hall.guild.id)
    assert server is not None
    return server


async def answered(hall: Hall) -> tuple[MemberActor, ResponseMessage]:
    """An admin whose server is ready for the panel."""
    dana, card = await opened(hall)
    await dana.click(card, label="Only adults")
    await dana.select(card, [hall.study], custom_id=custom_id(card, "hb:setup:channel"))
    return dana, card


async def test_only_admins_find_it(hall: Hall) -> None:
    """Hidden from members; the answer is seen by the admin alone."""
    assert "buddy setup" not in hall.member("Alice").available_commands(hall.study)
    dana = hall.admin("Dana")
    shown = await dana.slash(hall.study, "buddy setup")
    assert shown.ephemeral
    assert hall.first_answer() == {"type": 5, "data": {"flags": 64}}


async def test_it_opens_with_nothing_chosen(hall: Hall) -> None:
    """Who is here has no default; the panel cannot be posted yet; nothing is stored by looking."""
    _, card = await opened(hall)
    assert "Pairing is off. First tell me who is in this server." in words(card)
    assert "10 subjects. 25 or 50 minutes. English." in words(card)
    assert "Post the panel" not in labels(card)
    assert await hall.store.servers.get(hall.guild.id) is None


async def test_five_minutes_to_a_panel(hall: Hall) -> None:
    """Audience, channel, topics, panel: each saved at once, in one card, and then a student waits by its button."""
    dana, card = await answered(hall)
    form = await dana.click(card, label="Change")
    await dana.submit_modal(form, TOPICS)
    await dana.click(card, label="Post the panel")
    server = await saved(hall)
    assert is_open(server)
    assert server.subjects == (
        Subject(name="Physics", group="Science"),
        Subject(name="Chemistry", group="Science"),
        Subject(name="Maths"),
    )
    assert (server.lengths, server.languages, server.name) == ((25, 50), ("en", "de"), "Study Hall")
    panel = hall.last_public()
    assert server.panel_message_id == panel.id
    assert "Study with somebody" in words(panel)
    assert f"Pairing is on. My button is in <#{hall.study.id}>." in words(card)
    await hall.restart()
    alice = hall.member("Alice")
    shown = await alice.click(panel, label="Find a partner")
    assert shown.ephemeral
    assert "Looking for a partner" in words(shown)
    assert "Study with somebody" in words(panel)


@pytest.mark.parametrize("answer", ["Some are under 18", "I am not sure"])
async def test_only_for_adults_in_this_release(hall: Hall, answer: str) -> None:
    """Not being sure counts as some being under 18; pairing stays off and the card says why."""
    dana, card = await answered(hall)
    await dana.click(card, label=answer)
    assert "For now I pair only where all members are adults." in words(card)
    assert "Post the panel" not in labels(card)
    assert not is_open(await saved(hall))


async def test_the_card_outlives_a_restart(hall: Hall) -> None:
    """Its parts say by their ids what they are."""
    dana, card = await opened(hall)
    await hall.restart()
    await dana.click(card, label="Only adults")
    assert (await saved(hall)).audience == "adults"


async def test_two_admins_at_once(hall: Hall) -> None:
    """The slower one is told and sees how it stands; nothing is overwritten."""
    dana, card = await answered(hall)
    omar = hall.admin("Omar")
    other = message(await omar.slash(hall.study, "buddy setup"))
    await dana.click(card, label="Pause pairing")
    await omar.click(other, label="Some are under 18")
    assert "Somebody else changed something meanwhile." in words(other)
    assert "Pairing is paused." in words(other)
    assert (await saved(hall)).audience == "adults"
    await omar.click(other, label="Resume pairing")
    assert not (await saved(hall)).paused


async def test_pausing_stops_new_searches(hall: Hall) -> None:
    """One button; members are told who can change it."""
    dana, card = await answered(hall)
    await dana.click(card, label="Pause pairing")
    alice = hall.member("Alice")
    assert "Pairing has a break" in words(await alice.slash(hall.study, "study now"))
    await dana.click(card, label="Resume pairing")
    assert "Looking for a partner" in words(await alice.slash(hall.study, "study now"))


async def test_who_may_be_paired(hall: Hall) -> None:
    """A role, or everybody: chosen empty, or as @everyone."""
    dana, card = await answered(hall)
    students = hall.guild.create_role("Students")
    menu = custom_id(card, "hb:setup:role")
    await dana.select(card, [students], custom_id=menu)
    assert (await saved(hall)).role_id == students.id
    await dana.select(card, [], custom_id=custom_id(card, "hb:setup:role"))
    assert (await saved(hall)).role_id is None
    await dana.select(card, [hall.guild.default_role], custom_id=custom_id(card, "hb:setup:role"))
    assert (await saved(hall)).role_id is None


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"subjects": "x" * 41}, f"“{'x' * 40}” is too long."),
        ({"subjects": ":"}, "You wrote 0 subjects."),
        ({"lengths": "30"}, "I did not understand the minutes “30”."),
        ({"languages": "**x**"}, r"I do not know the language “\*\*x\*\*”."),
    ],
)
async def test_topics_that_cannot_be(hall: Hall, changed: dict[str, str], said: str) -> None:
    """The piece that is wrong is named and stays as it was; what was typed well beside it is saved."""
    dana, card = await answered(hall)
    before = await saved(hall)
    form = await dana.click(card, label="Change")
    await dana.submit_modal(form, {**TOPICS, **changed})
    assert said in words(card)
    after = await saved(hall)
    assert (after.subjects == before.subjects) is ("subjects" in changed)
    assert (after.languages == before.languages) is ("languages" in changed)
    assert after.lengths == before.lengths


async def test_who_is_no_longer_an_admin(hall: Hall) -> None:
    """Each press is checked anew."""
    dana, card = await opened(hall)
    hall.env.backend.get_guild(hall.guild.id).members[dana.id].role_ids.clear()
    await dana.click(card, label="Only adults")
    assert "Only members with Manage Server can set me up." in words(card)
    assert await hall.store.servers.get(hall.guild.id) is None


async def test_post_again(hall: Hall) -> None:
    """The panel is edited while it is there, and posted anew when somebody deleted it."""
    dana, card = await answered(hall)
    await dana.click(card, label="Post the panel")
    first = hall.last_public()
    await dana.click(card, label="Post again")
    assert len(hall.study.history()) == 1
    hall.env.backend.delete_message(hall.study.id, first.id)
    await dana.click(card, label="Post again")
    assert hall.last_public().id != first.id
    assert (await saved(hall)).panel_message_id == hall.last_public().id


async def test_a_deleted_channel_is_named(hall: Hall) -> None:
    """And another one is asked for."""
    await hall.set_up(channel_id=4711)
    _, card = await opened(hall)
    assert "The channel for my button was deleted. Choose another channel." in words(card)
    assert "Post the panel" not in labels(card)


async def test_a_deleted_role_is_named(hall: Hall) -> None:
    """Nobody could be paired with it."""
    await hall.set_up(role_id=4711)
    _, card = await opened(hall)
    assert "The role that may be paired was deleted. Choose another role." in words(card)


NO_VIEW = discord.PermissionOverwrite(view_channel=False)
NO_WRITE = discord.PermissionOverwrite(send_messages=False)
NO_HISTORY = discord.PermissionOverwrite(read_message_history=False)
NO_APPS = discord.PermissionOverwrite(use_application_commands=False)


@pytest.mark.parametrize(
    ("overwrite", "said", "may_post"),
    [
        (NO_VIEW, "I cannot see {channel}. @everyone says no to View Channel there.", False),
        (NO_WRITE, "I may look into {channel} but not write there. @everyone says no.", False),
        (NO_HISTORY, "I cannot read older messages in {channel}, so I cannot find my panel again.", False),
        (NO_APPS, "In {channel}, @everyone may not use app commands.", True),
    ],
)
async def test_a_missing_permission_is_named(
    hall: Hall, overwrite: discord.PermissionOverwrite, said: str, *, may_post: bool
) -> None:
    """What, where, who says no, and where to click."""
    channel = hall.guild.create_text_channel("hidden", overwrites={hall.guild.default_role: overwrite})
    await hall.set_up(channel_id=channel.id)
    _, card = await opened(hall)
    assert said.format(channel=channel.mention) in words(card)
    assert ("Post the panel" in labels(card)) is may_post


async def test_a_channel_discord_hides_from_us(hall: Hall) -> None:
    """Then nobody is accused, of ours or of the members', and the card says what it cannot know."""
    channel = hall.guild.create_text_channel("___hidden___", overwrites={hall.guild.default_role: NO_VIEW})
    await hall.set_up(channel_id=channel.id)
    _, card = await opened(hall)
    assert f"I cannot see {channel.mention}, so I cannot tell who says no." in words(card)
    assert "@everyone" not in words(card)
    assert "Nearly done. Something needs a look before I can post the panel." in words(card)


async def test_timed_out(hall: Hall) -> None:
    """No permission helps then; the timeout is named."""
    guild = hall.chat.client.get_guild(hall.guild.id)
    assert guild is not None
    until = discord.utils.utcnow() + timedelta(hours=1)
    guild.me.timed_out_until = until
    await hall.set_up()
    _, card = await opened(hall)
    assert f"I am timed out in this server until <t:{int(until.timestamp())}:f>." in words(card)
    assert "Server Settings" not in words(card)


async def test_an_administrator_needs_nothing_else(hall: Hall) -> None:
    """What a channel denies does not count for one."""
    me = hall.guild.me
    assert me is not None
    for role in me.roles:
        hall.env.backend.edit_role(
            hall.guild.id, role.id, {"permissions": discord.Permissions(administrator=True).value}
        )
    await hall.env.settle()
    channel = hall.guild.create_text_channel("closed", overwrites={me: NO_VIEW})
    await hall.set_up(channel_id=channel.id)
    _, card = await opened(hall)
    assert "Post the panel" in labels(card)


async def test_who_says_no_last_is_named(hall: Hall) -> None:
    """Discord asks @everyone, then the roles, then the member: the last word counts."""
    me = hall.guild.me
    assert me is not None
    channel = hall.guild.create_text_channel("mine", overwrites={hall.guild.default_role: NO_WRITE, me: NO_WRITE})
    await hall.set_up(channel_id=channel.id)
    _, card = await opened(hall)
    assert f"not write there. {me.mention} says no." in words(card)


async def test_a_permission_missing_in_the_whole_server(hall: Hall) -> None:
    """Then no channel is to blame, and the roles are where to click."""
    me = hall.guild.me
    assert me is not None
    reading_only = discord.Permissions(view_channel=True, read_message_history=True, use_application_commands=True)
    for role in me.roles:
        hall.env.backend.edit_role(hall.guild.id, role.id, {"permissions": reading_only.value})
    await hall.env.settle()
    await hall.set_up()
    _, card = await opened(hall)
    assert "Open Server Settings, Roles, and allow Send Messages for me." in words(card)


async def test_a_category_is_named_where_the_channel_follows_it(hall: Hall) -> None:
    """The admin finds the setting where it is."""
    campus = hall.guild.create_category("Campus")
    channel = hall.guild.create_text_channel("quiet", category=campus)
    no_writing = [Overwrite(target_id=hall.guild.id, type=OverwriteType.ROLE, deny=NO_WRITE.pair()[1].value)]
    for place in (campus, channel):
        hall.env.backend.edit_channel(place.id, {}, overwrites=no_writing)
    await hall.env.settle()
    await hall.set_up(channel_id=channel.id)
    _, card = await opened(hall)
    assert "@everyone in the category “Campus” says no." in words(card)
