"""`/buddy setup`: one card that only the admin sees; every answer is saved, checked and shown at once."""

import discord
import pytest
from simcord import MemberActor, ResponseMessage

from bot.domain.server import Server, Subject, is_open
from bot.words import words_for
from tests.chat.chat_harness import ChatHarness
from tests.chat.shown import all_components, custom_id_of, labels_of, message_of, text_of

WORDS = words_for()
GREEN = discord.ButtonStyle.success.value
TOPICS = {"subjects": "Science: Physics, Chemistry\nMaths", "lengths": "25, 50", "languages": "en, Deutsch"}


async def opened_card(harness: ChatHarness) -> tuple[MemberActor, ResponseMessage]:
    """An admin and their card."""
    dana = harness.admin("Dana")
    return dana, message_of(await dana.slash(harness.study, "buddy setup"))


async def answered_card(harness: ChatHarness) -> tuple[MemberActor, ResponseMessage]:
    """An admin and their card, answered so far that the panel can be posted."""
    dana, card = await opened_card(harness)
    await dana.click(card, label="Only adults")
    await dana.select(card, [harness.study], custom_id=custom_id_of(card, "hb:setup:channel"))
    return dana, card


async def submit(admin: MemberActor, card: ResponseMessage, values: dict[str, str]) -> None:
    """Change the topics with the form."""
    await admin.submit_modal(await admin.click(card, label=WORDS("chat.button.change")), values)


async def saved_settings(harness: ChatHarness) -> Server:
    """The settings in the store."""
    server = await harness.store.servers.get(harness.guild.id)
    assert server is not None
    return server


async def test_only_admins_see_the_command_and_its_answer(harness: ChatHarness) -> None:
    """Discord hides the command from members, and the answer is private."""
    assert "buddy setup" not in harness.member("Alice").available_commands(harness.study)
    dana = harness.admin("Dana")
    shown = await dana.slash(harness.study, "buddy setup")
    assert shown.ephemeral
    assert harness.first_response() == {"type": 5, "data": {"flags": 64}}


async def test_the_card_opens_with_nothing_chosen(harness: ChatHarness) -> None:
    """The audience has no default, the panel cannot be posted yet, and looking stores nothing."""
    _, card = await opened_card(harness)
    assert "Pairing is off. First, tell me who's in this server." in text_of(card)
    assert "Subjects: 10 · Minutes: 25 or 50 · Languages: English" in text_of(card)
    assert "Post the button" not in labels_of(card)
    assert await harness.store.servers.get(harness.guild.id) is None


async def test_the_whole_setup(harness: ChatHarness) -> None:
    """Audience, channel, topics and panel are set in one card, and then a member searches with the panel."""
    dana, card = await answered_card(harness)
    form = await dana.click(card, label="Change")
    await dana.submit_modal(form, TOPICS)
    await dana.click(card, label="Post the button")
    server = await saved_settings(harness)
    assert is_open(server)
    assert server.subjects == (
        Subject(name="Physics", group="Science"),
        Subject(name="Chemistry", group="Science"),
        Subject(name="Maths"),
    )
    assert (server.lengths, server.languages, server.name) == ((25, 50), ("en", "de"), "Study Hall")
    panel = harness.last_public_message()
    assert server.panel_message_id == panel.id
    assert "Study with someone" in text_of(panel)
    assert f"Pairing is on. My button is in <#{harness.study.id}>." in text_of(card)
    await harness.restart()
    alice = harness.member("Alice")
    shown = await alice.click(panel, label="Find a partner")
    assert shown.ephemeral
    assert "Looking for a partner" in text_of(shown)
    assert "Study with someone" in text_of(panel)


async def test_the_card_shows_how_the_topics_were_understood(harness: ChatHarness) -> None:
    """Each subject by its name and group, so that one which was cut or joined by mistake is seen."""
    dana, card = await answered_card(harness)
    form = await dana.click(card, label="Change")
    subjects = "Science: Physics、Chemistry\nC: an introduction\nMaths\tLaw"
    await dana.submit_modal(form, {"subjects": subjects, "lengths": "25 and 50", "languages": "German, English (UK)"})
    assert "Physics (Science) · Chemistry (Science) · C: an introduction · Maths · Law" in text_of(card)
    assert "Deutsch, English" in text_of(card)
    form = await dana.click(card, label="Change")
    assert form.modal is not None
    filled_in = [field["component"]["value"] for field in form.modal["components"]]
    assert filled_in == ["Science: Physics, Chemistry\nC: an introduction\nMaths\nLaw", "25, 50", "Deutsch, English"]


@pytest.mark.parametrize("answer", ["mixed", "unsure"])
async def test_pairing_is_for_servers_with_adults_only(harness: ChatHarness, answer: str) -> None:
    """Not being sure counts as some members being under 18; the card says why pairing stays off."""
    dana, card = await answered_card(harness)
    await dana.click(card, label=WORDS(f"chat.setup.audience.{answer}"))
    assert WORDS(f"chat.setup.state.{answer}") in text_of(card)
    assert WORDS("chat.setup.post") not in labels_of(card)
    assert not is_open(await saved_settings(harness))


@pytest.mark.parametrize("answer", ["adults", "mixed", "unsure"])
async def test_each_answer_lights_its_own_button(harness: ChatHarness, answer: str) -> None:
    """And no other, also on a card that is opened later."""
    dana, card = await answered_card(harness)
    await dana.click(card, label=WORDS(f"chat.setup.audience.{answer}"))
    later = message_of(await dana.slash(harness.study, "buddy setup"))
    for shown in (card, later):
        buttons = [part for part in all_components(shown.components) if "audience" in part.get("custom_id", "")]
        assert [button["label"] for button in buttons if button["style"] == GREEN] == [
            WORDS(f"chat.setup.audience.{answer}")
        ]


async def test_the_name_of_the_server_is_cleaned(harness: ChatHarness) -> None:
    """On the card and where it is stored: what turns or hides text goes, and what a script needs stays."""
    harness.env.backend.get_guild(harness.guild.id).name = "\u202eمی\u200cخندیم\u3164"
    guild = harness.chat.client.get_guild(harness.guild.id)
    assert guild is not None
    guild.name = "\u202eمی\u200cخندیم\u3164"
    dana, card = await opened_card(harness)
    assert WORDS("chat.setup.title", server="می\u200cخندیم") in text_of(card)
    await dana.click(card, label=WORDS("chat.setup.audience.adults"))
    assert (await saved_settings(harness)).name == "می\u200cخندیم"


async def test_the_card_works_after_a_restart(harness: ChatHarness) -> None:
    """Its custom ids are enough to answer it."""
    dana, card = await opened_card(harness)
    await harness.restart()
    await dana.click(card, label="Only adults")
    assert (await saved_settings(harness)).audience == "adults"


async def test_two_admins_do_not_overwrite_each_other(harness: ChatHarness) -> None:
    """The slower one gets a note, sees the current settings, and can answer again."""
    dana, card = await answered_card(harness)
    omar = harness.admin("Omar")
    other = message_of(await omar.slash(harness.study, "buddy setup"))
    await dana.click(card, label="Pause pairing")
    await omar.click(other, label="Some are under 18")
    assert WORDS("chat.setup.note.changed_meanwhile") in text_of(other)
    assert "Pairing is paused." in text_of(other)
    assert (await saved_settings(harness)).audience == "adults"
    await omar.click(other, label="Resume pairing")
    assert not (await saved_settings(harness)).paused


async def test_pausing_stops_new_searches(harness: ChatHarness) -> None:
    """Members are told who can resume pairing."""
    dana, card = await answered_card(harness)
    await dana.click(card, label="Pause pairing")
    alice = harness.member("Alice")
    assert "Pairing is paused" in text_of(await alice.slash(harness.study, "study now"))
    await dana.click(card, label="Resume pairing")
    assert "Looking for a partner" in text_of(await alice.slash(harness.study, "study now"))


async def test_everybody_is_no_role_or_the_default_role(harness: ChatHarness) -> None:
    """An empty choice and @everyone mean the same."""
    dana, card = await answered_card(harness)
    students = harness.guild.create_role("Students")
    for chosen, role_id in (([students], students.id), ([], None), ([students], students.id)):
        await dana.select(card, chosen, custom_id=custom_id_of(card, "hb:setup:role"))
        assert (await saved_settings(harness)).role_id == role_id
    await dana.select(card, [harness.guild.default_role], custom_id=custom_id_of(card, "hb:setup:role"))
    assert (await saved_settings(harness)).role_id is None


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"subjects": "x" * 41}, f"“{'x' * 26}…{'x' * 13}”"),
        ({"subjects": ":"}, WORDS("chat.setup.mistake.subjects_none")),
        ({"lengths": "30"}, "“30”"),
        ({"languages": "**x**"}, r"“\*\*x\*\*”"),
        ({"languages": ","}, WORDS("chat.setup.mistake.languages_none")),
    ],
)
async def test_a_mistake_in_the_topics_is_named(harness: ChatHarness, changed: dict[str, str], text: str) -> None:
    """The field with the mistake keeps its value, and the others are saved."""
    dana, card = await answered_card(harness)
    before = await saved_settings(harness)
    await submit(dana, card, {**TOPICS, **changed})
    assert text in text_of(card)
    after = await saved_settings(harness)
    assert (after.subjects == before.subjects) is ("subjects" in changed)
    assert (after.languages == before.languages) is ("languages" in changed)
    assert after.lengths == before.lengths


async def test_a_former_admin_changes_nothing(harness: ChatHarness) -> None:
    """The permission is checked at every click."""
    dana, card = await opened_card(harness)
    harness.env.backend.get_guild(harness.guild.id).members[dana.id].role_ids.clear()
    await dana.click(card, label="Only adults")
    assert "Only members with Manage Server can set me up." in text_of(card)
    assert await harness.store.servers.get(harness.guild.id) is None


async def test_an_outdated_click_on_post_publishes_nothing(harness: ChatHarness) -> None:
    """The admin sees the current settings instead."""
    await harness.set_up()
    dana, card = await opened_card(harness)
    await harness.set_up(paused=True)
    await dana.click(card, custom_id=custom_id_of(card, "hb:setup:post"))
    assert WORDS("chat.setup.note.changed_meanwhile") in text_of(card)
    assert harness.study.history() == []


async def test_check_again_shows_the_current_problems(harness: ChatHarness) -> None:
    """The card no longer names what has been fixed."""
    await harness.set_up(channel_id=4711)
    dana, card = await opened_card(harness)
    assert "was deleted" in text_of(card)
    await harness.set_up()
    await dana.click(card, label="Check again")
    assert "was deleted" not in text_of(card)
