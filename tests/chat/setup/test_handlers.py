"""`/buddy setup`: a wizard in one card that only the admin sees; every answer is saved, checked and shown at once."""

import discord
import pytest
from simcord import MemberActor, ResponseMessage
from simcord.backend.models.channel import Overwrite
from simcord.enums import OverwriteType

from bot.chat.setup.steps import LAST, Step
from bot.domain.gate import Gate
from bot.domain.server import Audience, Subject, is_open
from bot.words import words_for
from tests.chat.chat_harness import ChatHarness
from tests.chat.setup.setup_card import choose, go_to, open_setup, press, saved_settings
from tests.chat.shown import all_components, custom_id_of, custom_ids_of, labels_of, message_of, text_of

WORDS = words_for()
GREEN = discord.ButtonStyle.success.value
TOPICS = {"subjects": "Science: Physics, Chemistry\nMaths", "lengths": "25, 50", "languages": "en, Deutsch"}
NEXT, POST, SKIP = (WORDS(f"chat.setup.{key}") for key in ("next", "post", "trial.skip"))


async def opened_card(harness: ChatHarness) -> tuple[MemberActor, ResponseMessage]:
    """An admin and their card."""
    dana = harness.admin("Dana")
    return dana, await open_setup(harness, dana)


async def answered_card(harness: ChatHarness) -> tuple[MemberActor, ResponseMessage]:
    """An admin and the overview of a server in which the panel can be posted."""
    await harness.set_up()
    return await opened_card(harness)


async def submit(admin: MemberActor, card: ResponseMessage, values: dict[str, str]) -> None:
    """Change the topics with the form."""
    await admin.submit_modal(await press(admin, card, "topics"), values)


async def test_only_admins_see_the_command_and_its_answer(harness: ChatHarness) -> None:
    """Discord hides the command from members, and the answer is private."""
    assert "buddy setup" not in harness.member("Alice").available_commands(harness.study)
    dana = harness.admin("Dana")
    shown = await dana.slash(harness.study, "buddy setup")
    assert shown.ephemeral
    assert harness.first_response() == {"type": 5, "data": {"flags": 64}}


async def test_the_wizard_opens_with_nothing_chosen(harness: ChatHarness) -> None:
    """The audience has no default, no age role is asked for yet, and looking stores nothing."""
    _, card = await opened_card(harness)
    assert WORDS("chat.setup.state.unsaid") in text_of(card)
    assert WORDS("chat.setup.step", number=1, last=int(LAST)) in text_of(card)
    buttons = [part for part in all_components(card.components) if "audience" in part.get("custom_id", "")]
    assert [button["style"] == GREEN for button in buttons] == [False] * 3
    assert not any("hb:setup:minor" in each for each in custom_ids_of(card))
    assert await harness.store.servers.get(harness.guild.id) is None


async def test_the_whole_wizard(harness: ChatHarness) -> None:
    """Six steps in one message, each answer saved at once; then a member searches with the panel."""
    staff = harness.guild.create_text_channel(
        "staff", overwrites={harness.guild.default_role: discord.PermissionOverwrite(view_channel=False)}
    )
    dana, me = harness.admin("Dana"), harness.guild.me
    assert me is not None
    allowed = [allow_all(me.id), allow_all(dana.id)]
    before = harness.env.backend.get_channel(staff.id).overwrites
    harness.env.backend.edit_channel(staff.id, {}, overwrites=[*before, *allowed])
    await harness.env.settle()
    card = await open_setup(harness, dana)
    await dana.click(card, label="Only adults")
    assert (await saved_settings(harness)).audience is Audience.ADULTS
    await dana.click(card, label=NEXT)
    await choose(dana, card, "channel", harness.study)
    await choose(dana, card, "staff", staff)
    await dana.click(card, label=NEXT)
    await dana.select(card, ["open"], custom_id=custom_id_of(card, "hb:setup:gate"))
    await dana.click(card, label=NEXT)
    await submit(dana, card, TOPICS)
    await dana.click(card, label=NEXT)
    assert SKIP not in labels_of(card)
    await dana.click(card, label=POST)
    server = await saved_settings(harness)
    assert is_open(server)
    assert (server.channel_id, server.staff_channel_id, server.gate) == (harness.study.id, staff.id, Gate.OPEN)
    assert server.subjects == (
        Subject(name="Physics", group="Science"),
        Subject(name="Chemistry", group="Science"),
        Subject(name="Maths"),
    )
    assert (server.lengths, server.languages, server.name) == ((25, 50), ("en", "de"), "Study Hall")
    panel = harness.last_public_message()
    assert server.panel_message_id == panel.id
    await dana.click(card, label=NEXT)
    await dana.click(card, label=SKIP)
    assert WORDS("chat.setup.note.done_told", channel=staff.mention) in text_of(card)
    [told] = staff.history()
    summary = text_of(ResponseMessage(harness.env, harness.env.backend.get_message(staff.id, told.id)))
    assert WORDS("chat.setup.finished.by", admin=f"<@{dana.id}>") in summary
    assert f"<#{harness.study.id}>" in summary
    await harness.restart()
    alice = harness.member("Alice")
    shown = await alice.click(panel, label="Find a partner")
    assert shown.ephemeral
    assert WORDS("chat.waiting.title") in text_of(shown)


def allow_all(member_id: int) -> Overwrite:
    """An overwrite that gives a member what the bot needs in a channel."""
    wanted = discord.Permissions(
        view_channel=True, send_messages=True, read_message_history=True, embed_links=True, attach_files=True
    )
    return Overwrite(target_id=member_id, type=OverwriteType.MEMBER, allow=wanted.value)


async def test_a_new_server_starts_careful(harness: ChatHarness) -> None:
    """One that was set up before has no gate until an admin chooses, and the card says so."""
    dana, card = await opened_card(harness)
    await dana.click(card, label="Only adults")
    assert (await saved_settings(harness)).gate is Gate.CAREFUL
    await harness.set_up(gate=None)
    later = await open_setup(harness, dana)
    assert WORDS("chat.check.gate_unsaid") in text_of(later)
    assert is_open(await saved_settings(harness))


@pytest.mark.parametrize(
    ("settings", "step"),
    [
        ({"audience": Audience.UNSAID, "channel_id": None}, Step.AUDIENCE),
        ({"channel_id": None}, Step.PLACES),
        ({}, Step.OVERVIEW),
    ],
)
async def test_setup_opens_at_the_first_open_question(
    harness: ChatHarness, settings: dict[str, object], step: Step
) -> None:
    """Where all that must be answered is, the overview shows every answer with *Change*."""
    await harness.set_up(**settings)
    _, card = await opened_card(harness)
    shown = WORDS("chat.setup.title", server="Study Hall")
    if step is not Step.OVERVIEW:
        shown = WORDS("chat.setup.step", number=int(step), last=int(LAST))
    assert shown in text_of(card)
    assert labels_of(card).count(WORDS("chat.button.change")) == (5 if step is Step.OVERVIEW else 0)


@pytest.mark.parametrize("step", [step for step in Step if 0 < step <= LAST])
async def test_every_step_can_be_left_both_ways_after_a_restart(harness: ChatHarness, step: Step) -> None:
    """Its buttons need nothing but their ids."""
    dana, card = await answered_card(harness)
    await go_to(dana, card, Step.AUDIENCE)
    for _ in range(step - Step.AUDIENCE):
        await dana.click(card, label=NEXT)
    await harness.restart()
    assert WORDS("chat.setup.step", number=int(step), last=int(LAST)) in text_of(card)
    if step is not LAST:
        await go_to(dana, card, Step(step + 1))
        await go_to(dana, card, step)
    if step is not Step.AUDIENCE:
        await go_to(dana, card, Step(step - 1))
        await go_to(dana, card, step)
    assert WORDS("chat.setup.step", number=int(step), last=int(LAST)) in text_of(card)


async def test_the_card_shows_how_the_topics_were_understood(harness: ChatHarness) -> None:
    """Each subject by its name and group, so that one which was cut or joined by mistake is seen."""
    dana, card = await answered_card(harness)
    form = await press(dana, card, "topics")
    subjects = "Science: Physics、Chemistry\nC: an introduction\nMaths\tLaw"
    await dana.submit_modal(form, {"subjects": subjects, "lengths": "25 and 50", "languages": "German, English (UK)"})
    assert "Physics (Science) · Chemistry (Science) · C: an introduction · Maths · Law" in text_of(card)
    assert "Deutsch, English" in text_of(card)
    form = await press(dana, card, "topics")
    assert form.modal is not None
    filled_in = [field["component"]["value"] for field in form.modal["components"]]
    assert filled_in == ["Science: Physics, Chemistry\nC: an introduction\nMaths\nLaw", "25, 50", "Deutsch, English"]


@pytest.mark.parametrize("answer", ["mixed", "unsure"])
async def test_pairing_stays_off_where_some_may_be_under_18_until_the_operator_allows_it(
    harness: ChatHarness, answer: str
) -> None:
    """Step 1 asks for the two roles, says what cannot be known, and what the operator must set."""
    dana, card = await answered_card(harness)
    await go_to(dana, card, Step.AUDIENCE)
    await dana.click(card, label=WORDS(f"chat.setup.audience.{answer}"))
    assert WORDS("chat.setup.state.minors_not_allowed") in text_of(card)
    assert WORDS("chat.setup.audience.known") in text_of(card)
    assert WORDS("chat.check.minors_not_allowed") in text_of(card)
    minors, adults = harness.guild.create_role("Under 18"), harness.guild.create_role("Adult")
    await choose(dana, card, "minor", minors)
    await choose(dana, card, "adult", adults)
    server = await saved_settings(harness)
    assert (server.minor_role_id, server.adult_role_id) == (minors.id, adults.id)
    assert not is_open(server)
    await go_to(dana, card, Step.PLACES)
    overview = await open_setup(harness, dana)
    assert POST not in labels_of(overview)
    assert WORDS("chat.setup.pause") not in labels_of(overview)


@pytest.mark.parametrize("answer", ["adults", "mixed", "unsure"])
async def test_each_answer_lights_its_own_button(harness: ChatHarness, answer: str) -> None:
    """And no other, also when the step is opened later."""
    dana, card = await answered_card(harness)
    await go_to(dana, card, Step.AUDIENCE)
    await dana.click(card, label=WORDS(f"chat.setup.audience.{answer}"))
    later = await open_setup(harness, dana)
    await go_to(dana, later, Step.AUDIENCE)
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
    await dana.click(card, label=WORDS("chat.setup.audience.adults"))
    assert (await saved_settings(harness)).name == "می\u200cخندیم"
    checked = message_of(await dana.slash(harness.study, "buddy check"))
    assert WORDS("chat.setup.check_title", server="می\u200cخندیم") in text_of(checked)


async def test_the_card_works_after_a_restart(harness: ChatHarness) -> None:
    """Its custom ids are enough to answer it."""
    dana, card = await opened_card(harness)
    await harness.restart()
    await dana.click(card, label="Only adults")
    assert (await saved_settings(harness)).audience == "adults"


async def test_the_card_works_when_its_first_token_has_expired(harness: ChatHarness) -> None:
    """Every press brings a token of its own, and edits the message in place."""
    dana, card = await opened_card(harness)
    harness.clock.pass_time(minutes=16)
    await dana.click(card, label="Only adults")
    assert WORDS("chat.setup.state.no_channel") in text_of(card)


async def test_two_admins_do_not_overwrite_each_other(harness: ChatHarness) -> None:
    """The slower one gets a note, sees the current settings, and can answer again."""
    dana, card = await answered_card(harness)
    omar = harness.admin("Omar")
    other = await open_setup(harness, omar)
    await go_to(omar, other, Step.AUDIENCE)
    await dana.click(card, label="Pause pairing")
    await omar.click(other, label="Some are under 18")
    assert WORDS("chat.setup.note.changed_meanwhile") in text_of(other)
    assert "Pairing is paused." in text_of(other)
    assert (await saved_settings(harness)).audience == "adults"
    later = await open_setup(harness, omar)
    await omar.click(later, label="Resume pairing")
    assert not (await saved_settings(harness)).paused


@pytest.mark.parametrize(
    ("step", "part", "field"),
    [
        (Step.AUDIENCE, "minor", "minor_role_id"),
        (Step.AUDIENCE, "adult", "adult_role_id"),
        (Step.PLACES, "staff", "staff_channel_id"),
        (Step.PEOPLE, "role", "role_id"),
        (Step.PEOPLE, "reader", "reader_role_id"),
    ],
)
async def test_an_outdated_choice_changes_nothing(harness: ChatHarness, step: Step, part: str, field: str) -> None:
    """Another admin has changed something since: nothing is overwritten unseen, and the next choice holds."""
    await harness.set_up(audience=Audience.UNSURE)
    dana, card = await opened_card(harness)
    await go_to(dana, card, step)
    await harness.set_up(audience=Audience.UNSURE, lengths=(75,))
    is_channel = part == "staff"
    chosen = harness.guild.create_text_channel("x") if is_channel else harness.guild.create_role("x")
    await choose(dana, card, part, chosen)
    assert WORDS("chat.setup.note.changed_meanwhile") in text_of(card)
    assert getattr(await saved_settings(harness), field) is None
    await choose(dana, card, part, chosen)
    assert getattr(await saved_settings(harness), field) == chosen.id
    assert (await saved_settings(harness)).lengths == (75,)


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
    await go_to(dana, card, Step.PEOPLE)
    for chosen, role_id in (([students], students.id), ([], None), ([students], students.id)):
        await choose(dana, card, "role", *chosen)
        assert (await saved_settings(harness)).role_id == role_id
    await choose(dana, card, "role", harness.guild.default_role)
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
    dana, card = await answered_card(harness)
    await harness.set_up(paused=True)
    await press(dana, card, "post")
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


async def test_the_commands_check_shows_everything_and_leads_to_the_settings(harness: ChatHarness) -> None:
    """Its button checks again in place."""
    await harness.set_up(channel_id=4711)
    dana = harness.admin("Dana")
    card = message_of(await dana.slash(harness.study, "buddy check"))
    assert WORDS("chat.check.gone") in text_of(card)
    await harness.set_up()
    await dana.click(card, label="Check again")
    assert WORDS("chat.setup.note.checked") in text_of(card)
    await dana.click(card, label=WORDS("chat.setup.overview"))
    assert WORDS("chat.setup.title", server="Study Hall") in text_of(card)


async def test_the_default_for_reports_is_discords_own_channel_for_alerts(harness: ChatHarness) -> None:
    """A server that chose one for Discord need not choose again; it is shown, and saved with the first answer."""
    guild = harness.chat.client.get_guild(harness.guild.id)
    assert guild is not None
    guild._safety_alerts_channel_id = harness.study.id
    dana, card = await opened_card(harness)
    await dana.click(card, label="Only adults")
    assert (await saved_settings(harness)).staff_channel_id == harness.study.id
