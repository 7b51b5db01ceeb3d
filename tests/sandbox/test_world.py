"""The acts in the sandbox's world, played over real sockets: what the bot sees of each."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import discord
import pytest

from bot.sandbox.discord.user_input import ImpossibleAction
from bot.sandbox.permission_settings import Setting
from tests.sandbox.discord.small_bot import running_bot
from tests.sandbox.world_with_bot import WorldWithBot, running_world


@pytest.fixture
async def with_bot(discord_addresses: None) -> AsyncIterator[WorldWithBot]:
    async with running_world() as running:
        yield running


# --- members ---------------------------------------------------------------------------------------------------------


async def test_give_and_take_a_role(with_bot: WorldWithBot) -> None:
    """The bot, which has no privileged intent, reads a member's new roles when it asks."""
    world, college, sam = with_bot.world, with_bot.college, with_bot.person("Sam")
    minor = with_bot.role(college, "Under 18")
    assert (await with_bot.member(college, "Sam"))._roles == discord.utils.SnowflakeList([])
    world.give_role(college, sam.id, minor)
    assert list((await with_bot.member(college, "Sam"))._roles) == [minor]
    world.take_role(college, sam.id, minor)
    assert list((await with_bot.member(college, "Sam"))._roles) == []


async def test_the_bots_own_roles(with_bot: WorldWithBot) -> None:
    """The bot hears of its own roles at once."""
    world, college, bot_id = with_bot.world, with_bot.college, with_bot.world.fake_discord.backend.bot_user.id
    safety = with_bot.role(college, "Safety")
    _, after = await with_bot.hears("member_update", lambda: world.give_role(college, bot_id, safety))
    assert safety in after._roles


async def test_time_out_and_end_it(with_bot: WorldWithBot) -> None:
    """A timeout is read with the member, and so is its end; the bot hears of its own at once."""
    world, server = with_bot.world, with_bot.study_hall
    alice, bot_id = with_bot.person("Alice"), world.fake_discord.backend.bot_user.id
    until = world.fake_discord.backend.clock.now() + timedelta(minutes=10)
    world.time_out(server, alice.id, until)
    assert (await with_bot.member(server, "Alice")).timed_out_until == until
    world.time_out(server, alice.id, None)
    assert (await with_bot.member(server, "Alice")).timed_out_until is None
    _, after = await with_bot.hears("member_update", lambda: world.time_out(server, bot_id, until))
    assert after.timed_out_until == until
    assert not after.guild.get_channel(with_bot.channel("study")).permissions_for(after).send_messages


async def test_kick_and_join(with_bot: WorldWithBot) -> None:
    """Who is kicked is unknown to the server, and is there again after joining, without a role."""
    world, college, vera = with_bot.world, with_bot.college, with_bot.person("Vera")
    world.kick(college, vera.id)
    with pytest.raises(discord.NotFound) as left:
        await with_bot.member(college, "Vera")
    assert left.value.code == 10007
    with pytest.raises(discord.Forbidden) as refused:
        await (await with_bot.bot.fetch_user(vera.id)).send("Hello.")
    assert refused.value.code == 50278
    world.join(college, vera)
    assert list((await with_bot.member(college, "Vera"))._roles) == []


async def test_ban_and_unban(with_bot: WorldWithBot) -> None:
    """With View Audit Log the bot hears of bans and of their end; who was banned can join only then."""
    world, server, bob = with_bot.world, with_bot.study_hall, with_bot.person("Bob")
    world.permissions.write(server, server, world.fake_discord.backend.bot_user.id, "view_audit_log", Setting.ALLOW)
    await with_bot.comes_to(lambda: with_bot.guild(server).me.guild_permissions.view_audit_log)
    guild, user = await with_bot.hears("member_ban", lambda: world.ban(server, bob.id))
    assert (guild.id, user.id) == (server, bob.id)
    with pytest.raises(discord.NotFound):
        await with_bot.member(server, "Bob")
    with pytest.raises(ImpossibleAction, match="Bob is banned from Study Hall"):
        world.join(server, bob)
    _, user = await with_bot.hears("member_unban", lambda: world.unban(server, bob.id))
    assert user.id == bob.id
    world.join(server, bob)
    assert (await with_bot.member(server, "Bob")).id == bob.id


async def test_somebody_in_two_servers(with_bot: WorldWithBot) -> None:
    """They have the roles of each server there."""
    world, college, alice = with_bot.world, with_bot.college, with_bot.person("Alice")
    world.join(college, alice, roles=[with_bot.role(college, "18 or older")])
    assert list((await with_bot.member(college, "Alice"))._roles) == [with_bot.role(college, "18 or older")]
    assert list((await with_bot.member(with_bot.study_hall, "Alice"))._roles) == []


async def test_ages_of_accounts_and_memberships(with_bot: WorldWithBot) -> None:
    """Accounts are a year old and members have been there for months; one account is of yesterday."""
    now = with_bot.world.fake_discord.backend.clock.now()
    for server, name, days, days_there in (
        (with_bot.study_hall, "Alice", 365, 90),
        (with_bot.college, "Zoe", 365, 90),
        (with_bot.college, "Nils", 1, 1),
        (with_bot.college, "Lotte", 365, 1),
    ):
        member = await with_bot.member(server, name)
        assert member.joined_at is not None
        assert round((now - member.created_at) / timedelta(days=1)) == days
        assert round((now - member.joined_at) / timedelta(days=1)) == days_there


async def test_direct_messages_closed_and_opened(with_bot: WorldWithBot) -> None:
    """The bot's messages are refused while they are closed."""
    alice = with_bot.person("Alice")
    user = await with_bot.bot.fetch_user(alice.id)
    with_bot.world.fake_discord.close_direct_messages(alice)
    with pytest.raises(discord.Forbidden) as refused:
        await user.send("Hello.")
    assert refused.value.code == 50007
    with_bot.world.fake_discord.close_direct_messages(alice, closed=False)
    await user.send("Hello.")


# --- roles and channels ----------------------------------------------------------------------------------------------


async def test_a_role_is_made_renamed_and_deleted(with_bot: WorldWithBot) -> None:
    """The bot hears of each; members no longer have a role that is deleted."""
    world, college = with_bot.world, with_bot.college
    made = await with_bot.hears("guild_role_create", lambda: world.add_role(college, "Tutor"))
    world.give_role(college, with_bot.person("Hugo").id, made.id)
    before, after = await with_bot.hears("guild_role_update", lambda: world.rename(college, made.id, "Mentor"))
    assert (before.name, after.name) == ("Tutor", "Mentor")
    gone = await with_bot.hears("guild_role_delete", lambda: world.delete(college, made.id))
    assert gone.id == made.id
    assert made.id not in (await with_bot.member(college, "Hugo"))._roles


async def test_a_channel_is_made_renamed_and_deleted(with_bot: WorldWithBot) -> None:
    """The bot hears of each."""
    world, server = with_bot.world, with_bot.study_hall
    made = await with_bot.hears("guild_channel_create", lambda: world.add_channel(server, "exams"))
    before, after = await with_bot.hears("guild_channel_update", lambda: world.rename(server, made.id, "finals"))
    assert (before.name, after.name) == ("exams", "finals")
    gone = await with_bot.hears("guild_channel_delete", lambda: world.delete(server, made.id))
    assert gone.id == made.id
    with pytest.raises(discord.NotFound) as unknown:
        await with_bot.bot.post_message(made.id, content="Anybody?")
    assert unknown.value.code == 10003


async def test_a_deleted_category_leaves_its_channels(with_bot: WorldWithBot) -> None:
    """They are in no category then."""
    world, college, campus = with_bot.world, with_bot.college, with_bot.channel("Campus")
    await with_bot.hears("guild_channel_delete", lambda: world.delete(college, campus))
    library = with_bot.channel("library")
    await with_bot.comes_to(lambda: with_bot.guild(college).get_channel(library).category_id is None)  # type: ignore[union-attr]  # it exists


# --- the bot ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["remove_bot", "kick", "ban"])
async def test_the_bot_is_removed(with_bot: WorldWithBot, act: str) -> None:
    """It hears that it has left, then nothing more of that server; the other server stays."""
    world, server, bot = with_bot.world, with_bot.study_hall, with_bot.bot
    study, bot_id = with_bot.channel("study"), world.fake_discord.backend.bot_user.id
    arguments = () if act == "remove_bot" else (bot_id,)
    left = await with_bot.hears("guild_remove", lambda: getattr(world, act)(server, *arguments))
    assert left.id == server
    assert [guild.id for guild in bot.guilds] == [with_bot.college]
    assert [role.name for role in world.fake_discord.backend.guilds[server].roles.values()] == ["@everyone", "Staff"]
    heard: list[str] = []

    async def on_socket_event_type(event: str) -> None:
        heard.append(event)

    bot.event(on_socket_event_type)
    world.rename(server, study, "renamed")
    await with_bot.hears("guild_channel_create", lambda: world.add_channel(with_bot.college, "later"))
    assert set(heard) == {"CHANNEL_CREATE"}
    assert bot.get_channel(study) is None
    with pytest.raises(discord.NotFound) as unknown:
        await bot.fetch_guild(server)
    assert unknown.value.code == 10004
    with pytest.raises(discord.Forbidden) as no_access:
        await bot.post_message(study, content="Hello.")
    assert no_access.value.code == 50001
    with pytest.raises(discord.Forbidden) as no_server:
        await (await bot.fetch_user(with_bot.person("Alice").id)).send("Hello.")
    assert no_server.value.code == 50278
    assert world.fake_discord.offered_commands(with_bot.person("Alice"), study) == []


async def test_the_bot_is_invited_again(with_bot: WorldWithBot) -> None:
    """It hears that it has joined, has its permissions and a new role, and is offered again."""
    world, server = with_bot.world, with_bot.study_hall
    await with_bot.hears("guild_remove", lambda: world.remove_bot(server))
    joined = await with_bot.hears("guild_join", lambda: world.invite_bot(server))
    assert joined.id == server
    assert [role.name for role in joined.me.roles if role.managed] == ["Hey Buddy"]
    study = joined.get_channel(with_bot.channel("study"))
    assert study.permissions_for(joined.me).is_superset(
        discord.Permissions(view_channel=True, send_messages=True, embed_links=True, attach_files=True)
    )
    assert world.fake_discord.offered_commands(with_bot.person("Alice"), study.id) != []
    await with_bot.bot.post_message(study.id, content="I'm back.")


async def test_removed_while_it_was_down(with_bot: WorldWithBot) -> None:
    """A bot that connects afterwards is told of the servers that it is in, and of no other."""
    with_bot.world.remove_bot(with_bot.study_hall)
    async with running_bot(with_bot.world.fake_discord) as restarted:
        assert [guild.id for guild in restarted.guilds] == [with_bot.college]


async def test_commands_are_switched_off(with_bot: WorldWithBot) -> None:
    """A command switched off in Integrations is offered to nobody; the bot hears of it and reads it."""
    world, server, bot = with_bot.world, with_bot.study_hall, with_bot.bot
    [study_command] = [each for each in world.fake_discord.registered_commands() if each["name"] == "study"]
    alice, study, guild = with_bot.person("Alice"), with_bot.channel("study"), with_bot.guild(server)

    def offered() -> set[str]:
        return {command["name"] for command in world.fake_discord.offered_commands(alice, study)}

    command_id = int(study_command["id"])
    assert "study" in offered()
    told = await with_bot.hears(
        "raw_app_command_permissions_update", lambda: world.switch_commands(server, command_id, off=True)
    )
    assert (told.target_id, [each.permission for each in told.permissions]) == (command_id, [False])
    assert "study" not in offered()
    rules = await bot.http.get_application_command_permissions(bot.application_id or 0, server, command_id)
    assert rules["permissions"] == [{"id": str(server), "type": 1, "permission": False}]
    world.switch_commands(server, command_id, off=False)
    assert "study" in offered()
    assert guild.id == server
    with pytest.raises(discord.NotFound) as unchanged:
        await bot.http.get_application_command_permissions(bot.application_id or 0, server, command_id)
    assert unchanged.value.code == 10066
    world.switch_commands(server, world.fake_discord.backend.application_id, off=True)
    assert offered() == set()


async def test_a_new_server(with_bot: WorldWithBot) -> None:
    """The bot joins a server that is added while it runs, with no more permissions than it asks for."""
    joined = await with_bot.hears("guild_join", lambda: with_bot.world.add_server("Night School"))
    assert joined.name == "Night School"
    await with_bot.comes_to(lambda: not joined.me.guild_permissions.manage_guild)


# --- what cannot be done ---------------------------------------------------------------------------------------------


async def test_impossible_acts(with_bot: WorldWithBot) -> None:
    """Acts that Discord would refuse are refused with a reason, and change nothing."""
    world, college, alice = with_bot.world, with_bot.college, with_bot.person("Alice")
    [bots_role] = [role.id for role in world.fake_discord.backend.guilds[college].roles.values() if role.managed]
    refused: list[tuple[Callable[[], object], str]] = [
        (lambda: world.kick(college, alice.id), "aren't in this server"),
        (lambda: world.give_role(college, alice.id, with_bot.role(college, "Safety")), "aren't in this server"),
        (lambda: world.give_role(college, with_bot.person("Zoe").id, bots_role), "can't be changed"),
        (lambda: world.delete(college, college), "can't be changed"),
        (lambda: world.rename(college, bots_role, "Mine"), "can't be changed"),
        (lambda: world.delete(college, with_bot.channel("study")), "This channel is gone"),
        (lambda: world.rename(college, with_bot.channel("library"), " "), "1 to 100 letters"),
        (lambda: world.unban(college, alice.id), "aren't banned"),
        (lambda: world.join(college, with_bot.person("Zoe")), "is in Riverside College already"),
        (lambda: world.invite_bot(college), "Hey Buddy is in Riverside College already"),
        (lambda: world.kick(4242, alice.id), "no such server"),
    ]
    for act, reason in refused:
        with pytest.raises(ImpossibleAction, match=reason):
            act()
    world.ban(college, world.fake_discord.backend.bot_user.id)
    with pytest.raises(ImpossibleAction, match="Hey Buddy is banned"):
        world.invite_bot(college)
    with pytest.raises(ImpossibleAction, match="isn't in Riverside College"):
        world.remove_bot(college)
