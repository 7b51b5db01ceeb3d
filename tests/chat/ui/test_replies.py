"""Replies to interactions when something goes wrong in between."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from itertools import permutations
from typing import Any

import discord
import pytest
from simcord import MemberActor, ResponseMessage

from bot.chat import redraw
from bot.chat.moderation.custom_ids import APPEAL_FORM, DECIDE_FORM, STEP_FORM
from bot.chat.safety.custom_ids import REPORT_FORM, SECOND_LOOK_FORM
from bot.chat.search.custom_ids import WISHES_FORM
from bot.chat.setup.custom_ids import FORMER_TOPICS_FORM, RULES_FORM, TEXT_FORM, TOPICS_FORM
from bot.chat.ui.card_edit import edit_original_answer
from bot.chat.ui.components import Interaction
from bot.chat.ui.layout import Button, Card, card_view
from bot.chat.ui.replies import OpenReplies, Replies
from bot.domain.match import EndReason
from bot.domain.membership import is_barred
from bot.domain.message import Delivered
from bot.store import StoreUnavailable
from tests.chat.chat_harness import ChatHarness
from tests.chat.match_facts import invited, janitor_step
from tests.chat.outbox import redraw_all
from tests.chat.shown import labels_of, message_of, text_of
from tests.chat.ui.test_custom_ids import ID, RELEASED
from tests.store.scenario import Scenario

LOGGER = "bot.chat.ui.replies"


@pytest.mark.parametrize(("status", "code", "is_waiting"), [(404, 10062, False), (400, 40060, True)])
async def test_only_an_expired_interaction_is_dropped(
    harness: ChatHarness, status: int, code: int, *, is_waiting: bool
) -> None:
    """If Discord got our response but its answer was lost, the work is still done."""
    await harness.set_up()
    alice = harness.member("Alice")
    harness.env.inject_error("POST", "/interactions/*", status=status, code=code)
    await alice.slash(harness.study, "study now")
    assert (await harness.store.tickets.find_by_member(alice.id) is not None) is is_waiting


async def test_an_answer_that_cannot_be_shown_was_still_acted_on(harness: ChatHarness) -> None:
    """The search continues, and the next command shows it."""
    await harness.set_up()
    alice = harness.member("Alice")
    harness.env.inject_error("PATCH", "/webhooks/*", status=500, times=2)
    await alice.slash(harness.study, "study now")
    assert "Looking for a partner" in text_of(await alice.slash(harness.study, "study status"))


async def test_a_card_follows_a_search_whose_answer_cannot_be_shown(harness: ChatHarness) -> None:
    """It is still the member's card, and does not go on saying that they are not waiting."""
    await harness.set_up()
    alice = harness.member("Alice")
    card = message_of(await alice.slash(harness.study, "study status"))
    harness.env.inject_error("PATCH", "/webhooks/*", status=500, times=2)
    await alice.slash(harness.study, "study now")
    assert "You're not waiting" in text_of(card)
    await redraw_all(harness)
    assert "Looking for a partner" in text_of(card)


async def test_a_form_that_cannot_be_opened_is_answered(harness: ChatHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """The member alone sees why, and the card stays as it is."""
    await harness.set_up()
    alice = harness.member("Alice")
    card = message_of(await alice.slash(harness.study, "study now"))

    async def unavailable(*_: object) -> None:
        raise StoreUnavailable("locked")

    monkeypatch.setattr(type(harness.store.servers), "get", unavailable)
    shown = await alice.click(card, label="Change")
    assert shown.modal is None
    assert shown.ephemeral
    assert "My storage isn't answering." in text_of(shown)
    assert labels_of(card) == ["Change", "Stop waiting"]


class WebPage:
    """The response of a protection before Discord."""

    status, reason, headers = 429, "Too Many Requests", {"Content-Type": "text/html"}


async def test_a_refusal_by_a_web_page_is_told_in_plain_words(
    harness: ChatHarness, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither line that the log has of it contains the page."""
    await harness.set_up()

    async def refuse(*_: object, **__: object) -> None:
        raise discord.HTTPException(WebPage(), "<html><body>blocked</body></html>")

    for method in ("defer", "send_message"):
        monkeypatch.setattr(discord.InteractionResponse, method, refuse)
    caplog.clear()
    with suppress(discord.app_commands.CommandInvokeError):
        await harness.member("Alice").slash(harness.study, "study now")
    harness.env._errors.clear()  # it is the very error that this test is about
    refused = "Discord refuses this machine's address, or too many requests, for a while (429)"
    assert [(record.getMessage(), record.exc_info) for record in caplog.records if record.name == LOGGER] == [
        (f"A member's command, button or form failed: {refused}", None),
        (f"The member could not be told: {refused}", None),
    ]


@pytest.mark.parametrize("status", [404, 429, 503])
async def test_without_answers_to_members_the_bot_is_not_ready(harness: ChatHarness, status: int) -> None:
    """If all have failed for a minute; one that is acknowledged ends it."""
    await harness.set_up()
    alice, check = harness.member("Alice"), harness.chat.readiness_checks()["sending"]
    for problem in (None, "No answer to a member has got through for more than a minute"):
        harness.env.inject_error("POST", "/interactions/*", status=status, code=10062 if status == 404 else 0)
        with suppress(discord.app_commands.CommandInvokeError):
            await alice.slash(harness.study, "study now")
        assert (problem or "") in (await check() or "")
        assert (await check() is None) is (problem is None)
        harness.clock.pass_time(seconds=61)
    harness.env._errors.clear()  # they are what this test is about
    await alice.slash(harness.study, "study now")
    assert await check() is None


async def test_a_stop_waits_for_open_replies() -> None:
    """No member is left without an answer because of a restart."""
    open_replies = OpenReplies()
    async with open_replies, open_replies:
        waiting = asyncio.create_task(open_replies.wait_for_all())
        await asyncio.sleep(0)
        assert not waiting.done()
    await waiting


async def paused_card(harness: ChatHarness) -> tuple[MemberActor, ResponseMessage]:
    """Alice's card, which is about to say that pairing is paused."""
    await harness.set_up()
    alice = harness.member("Alice")
    card = message_of(await alice.slash(harness.study, "study now"))
    await redraw_all(harness)
    await harness.set_up(paused=True)
    await janitor_step(harness)
    return alice, card


async def test_an_edit_that_arrives_after_an_answer_is_put_right(
    harness: ChatHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The courier drew the card before the member pressed its button, and its edit came last."""
    alice, card = await paused_card(harness)

    async def late(*edit: Any) -> None:
        await alice.click(card, label="Stop waiting")
        await edit_original_answer(*edit)

    with monkeypatch.context() as patched:
        patched.setattr(redraw, "edit_original_answer", late)
        await redraw_all(harness)
    assert "Pairing is paused" in text_of(card)
    await redraw_all(harness)
    assert "I've stopped looking" in text_of(card)


async def test_an_edit_recorded_while_an_answer_is_shown_is_put_right(
    harness: ChatHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The courier is done between the answer's arrival and its record."""
    alice, card = await paused_card(harness)
    outbox, show, edits = harness.store.outbox, Replies.show_view, list[Any]()
    [stale] = await outbox.find_stale(harness.clock.now(), 9)
    fence = await Scenario(harness.store, harness.clock).fence("courier")

    async def under_way(*edit: Any) -> None:
        edits.extend(edit)

    async def overtaken(self: Replies, interaction: Interaction, view: discord.ui.LayoutView) -> int:
        message_id = await show(self, interaction, view)
        await edit_original_answer(*edits)
        assert isinstance(outcome, Delivered)
        await outbox.mark_drawn(stale, outcome, harness.clock.now(), fence)
        return message_id

    with monkeypatch.context() as patched:
        patched.setattr(redraw, "edit_original_answer", under_way)
        outcome = await harness.chat.redraw(stale)
        patched.setattr(Replies, "show_view", overtaken)
        await alice.click(card, label="Stop waiting")
    assert "Pairing is paused" in text_of(card)
    await redraw_all(harness)
    assert "I've stopped looking" in text_of(card)


async def test_an_edit_of_a_former_card_leaves_it_pointing_to_the_newer_one(
    harness: ChatHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It arrives after the card has moved."""
    alice, card = await paused_card(harness)
    calls = list[object]()

    async def late(*edit: Any) -> None:
        if not calls:
            calls.append(await alice.slash(harness.study, "study status"))
        await edit_original_answer(*edit)

    monkeypatch.setattr(redraw, "edit_original_answer", late)
    await redraw_all(harness)
    assert "There's a newer message" in text_of(card)


@pytest.mark.parametrize("is_first", [True, False])
async def test_what_changes_while_an_answer_is_shown_is_not_forgotten(
    harness: ChatHarness, monkeypatch: pytest.MonkeyPatch, *, is_first: bool
) -> None:
    """The answer was drawn before, and becomes the card afterwards: the member's first or another one."""
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    show = Replies.show_view
    if not is_first:
        await alice.slash(harness.study, "study now")
        await harness.store.tickets.stop_waiting(alice.id, harness.clock.now())
    for member in (alice, bob):
        ticket = Scenario(harness.store, harness.clock).ticket(member.id)
        ticket = replace(ticket, server_id=harness.guild.id, pool=str(harness.guild.id))
        await harness.store.tickets.start_waiting(ticket)
    match_id = await harness.match(alice, bob)

    async def overtaken(self: Replies, interaction: Interaction, view: discord.ui.LayoutView) -> int:
        message_id = await show(self, interaction, view)
        assert await harness.store.matches.end(match_id, EndReason.NO_SHOW, now=harness.clock.now())
        return message_id

    with monkeypatch.context() as patched:
        patched.setattr(Replies, "show_view", overtaken)
        card = message_of(await alice.slash(harness.study, "study status"))
    assert "Open the room" in labels_of(card)
    await redraw_all(harness)
    assert labels_of(card) == ["Show status"]


async def test_what_an_answer_says_first_stays(harness: ChatHarness) -> None:
    """That a card is drawn again takes nothing from it that still holds."""
    alice, _, card = await invited(harness)
    await alice.click(card, label="I can't make it")
    await alice.click(card, label="Undo")
    await redraw_all(harness)
    assert "You're back. Nothing is lost." in text_of(card)


async def member_without_the_role(harness: ChatHarness) -> MemberActor:
    """A member who is waiting, and has just lost the role that the server requires; nobody has been told yet."""
    role = harness.guild.create_role("Students")
    await harness.set_up(role_id=role.id)
    alice = harness.member("Alice", roles=[role])
    await alice.slash(harness.study, "study now", wait=60)
    harness.clock.pass_time(minutes=3)
    harness.env.backend.remove_member_role(harness.guild.id, alice.id, role.id)
    return alice


async def is_known_to_be_barred(harness: ChatHarness, member: MemberActor) -> bool:
    """Whether the present moment's news of a member is recorded, and has ended their search."""
    known = await harness.store.memberships.find(harness.guild.id, member.id)
    ticket = await harness.store.tickets.find_by_member(member.id)
    now = harness.clock.now()
    return known.told_at == now and is_barred(known.barred_until, now) and ticket is None


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("study now", "You need a role"),
        ("study status", "You didn't have the role for pairing in Study Hall."),
        ("study leave", "You didn't have the role for pairing in Study Hall."),
        ("study link", "No session right now"),
        ("study block", "Who do you mean?"),
        ("study unblock", "Not blocked"),
        ("study report", "Nobody to report"),
        ("reports", "This is for those who read reports"),
    ],
)
async def test_every_command_tells_what_discord_says_of_its_member(
    harness: ChatHarness, command: str, says: str
) -> None:
    """The answer knows it already."""
    alice = await member_without_the_role(harness)
    options = {"member": harness.member("Bob")} if command == "study unblock" else {}
    assert says in text_of(await alice.slash(harness.study, command, **options))
    assert await is_known_to_be_barred(harness, alice)


FORMS = {WISHES_FORM, TOPICS_FORM, FORMER_TOPICS_FORM, TEXT_FORM, RULES_FORM, REPORT_FORM, SECOND_LOOK_FORM}
FORMS |= {DECIDE_FORM, STEP_FORM, APPEAL_FORM}
BUTTONS = {text: kind for kind, _, text in RELEASED if kind not in FORMS}


@pytest.mark.parametrize("custom_id", BUTTONS)
async def test_every_button_tells_what_discord_says_of_its_member(harness: ChatHarness, custom_id: str) -> None:
    """Also one that opens a form, and one for admins."""
    alice = await member_without_the_role(harness)
    custom_id = custom_id.replace(str(ID), str(harness.guild.id))
    view = card_view(Card(title="Any", buttons=(Button(label="Press", id=custom_id),)))
    await harness.chat.client.get_partial_messageable(harness.study.id).send(view=view)
    await alice.click(harness.last_public_message(), custom_id=custom_id)
    assert await is_known_to_be_barred(harness, alice)


async def test_the_form_tells_what_discord_says_of_its_member(harness: ChatHarness) -> None:
    """It may have been open for long."""
    await harness.set_up()
    alice = harness.member("Alice")
    card = message_of(await alice.slash(harness.study, "study now"))
    form = await alice.click(card, label="Change")
    harness.clock.pass_time(minutes=3)
    submitted = {"subject": ["Physics"], "length": ["25"], "language": ["en"], "manner": [], "level": ["any"]}
    await alice.submit_modal(form, submitted)
    known = await harness.store.memberships.find(harness.guild.id, alice.id)
    assert known.told_at == harness.clock.now()


async def test_a_direct_message_tells_nothing_of_a_member(harness: ChatHarness) -> None:
    """Discord sends no member with it, so what was known stays known."""
    await harness.set_up()
    alice = harness.member("Alice")
    await alice.slash(harness.study, "study now")
    told_at = harness.clock.now()
    harness.clock.pass_time(minutes=3)
    await alice.user.slash("study status")
    assert (await harness.store.memberships.find(harness.guild.id, alice.id)).told_at == told_at


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_commands_at_once_leave_one_card(harness: ChatHarness, order: tuple[int, ...]) -> None:
    """The answer to the last of them, in whatever order they are shown; all others point to it.

    The stand-in does one command after another, so each is given the time at which it came.
    """
    await harness.set_up()
    alice = harness.member("Alice")
    await alice.slash(harness.study, "study now")
    answers = dict[int, ResponseMessage]()
    for number in order:
        harness.clock.correct(seconds=1 + number)
        answers[number] = message_of(await alice.slash(harness.study, "study status"))
        harness.clock.correct(seconds=-1 - number)
    harness.clock.pass_time(seconds=5)
    await redraw_all(harness)
    shown = [text_of(answers[number]).splitlines()[0] for number in range(3)]
    assert shown == ["### There's a newer message", "### There's a newer message", "### Looking for a partner"]
