"""Keeping what was sent true: after all new messages, a few at a time, and at most as often as it helps."""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.courier import MAX_ATTEMPTS, MAX_IN_PROGRESS, Work
from bot.domain.match import EndReason
from bot.domain.message import Delivered, Outcome, Refused, Route, TryAgain
from bot.store.interactions import LAST_EDIT_AFTER, Interaction
from bot.store.outbox import OutboxMessage, StaleMessage
from tests.loops.factories import make_courier
from tests.polling import TIMEOUT
from tests.store.rows import fetch_rows
from tests.store.scenario import Scenario
from tests.store.test_stale import send_all, show_card

MANY = 5 * MAX_ATTEMPTS


class ScriptedRedraw:
    """Answers each attempt as scripted, and records all of them."""

    def __init__(self, answer: Callable[[StaleMessage], Outcome]) -> None:
        self.answer = answer
        self.attempts: list[StaleMessage] = []

    async def __call__(self, stale: StaleMessage) -> Outcome:
        self.attempts.append(stale)
        return self.answer(stale)


async def delivered(_: OutboxMessage) -> Outcome:
    """Everything arrives."""
    return Delivered(channel_id=1, message_id=1)


async def one_round(scenario: Scenario, redraw: ScriptedRedraw) -> None:
    """One step of a courier; returns when everything in progress is finished."""
    courier = make_courier(scenario.store, scenario.clock, delivered, redraw=redraw)
    await courier.step(await scenario.fence("courier"))
    await courier.in_progress.wait_for_all()


async def ended_matches(scenario: Scenario, pairs: int) -> None:
    """Matches that have ended, after all members got their message."""
    meetings = [await scenario.matched(2 * pair + 1, 2 * pair + 2) for pair in range(pairs)]
    await send_all(scenario)
    for meeting in meetings:
        assert await scenario.store.matches.end(meeting.match_id, EndReason.NO_SHOW, now=scenario.clock.now())


async def test_what_is_stale_is_drawn_once(scenario: Scenario) -> None:
    """What it shows is recorded, so that the next drawing can tell whether that has changed."""
    await ended_matches(scenario, 1)
    redraw = ScriptedRedraw(lambda _: Delivered(shows="over"))
    for _ in range(2):
        await one_round(scenario, redraw)
    assert sorted(each.message.member_id for each in redraw.attempts) == [1, 2]
    await scenario.store.matches.end("another", EndReason.NO_SHOW, now=scenario.clock.now())
    assert await fetch_rows(scenario.store, "SELECT shows FROM outbox") == [("over",), ("over",)]


async def test_cards_come_first_and_messages_last(scenario: Scenario) -> None:
    """Edits of cards are free; edits of direct messages wait until no message is due."""
    await show_card(scenario, 1)
    await ended_matches(scenario, 1)
    await scenario.matched(3, 4)
    redraw = ScriptedRedraw(lambda _: Delivered())
    seen = []
    for _ in range(3):
        before = len(redraw.attempts)
        await one_round(scenario, redraw)
        seen.append([each.message.route for each in redraw.attempts[before:]])
    assert seen == [[Route.CARD], [Route.DIRECT, Route.DIRECT], []]


async def test_few_edits_are_in_progress(scenario: Scenario) -> None:
    """A new message never waits for many of them."""
    room = MAX_IN_PROGRESS[Work.EDIT]
    await ended_matches(scenario, room)
    go_on = asyncio.Event()

    async def slow(_: StaleMessage) -> Outcome:
        await go_on.wait()
        return Delivered()

    courier = make_courier(scenario.store, scenario.clock, delivered, redraw=slow)
    fence = await scenario.fence("courier")
    assert [await courier.step(fence), await courier.step(fence)] == [room, 0]
    go_on.set()
    await courier.in_progress.wait_for_all()


async def test_a_crowd_of_cards_keeps_no_message_waiting(scenario: Scenario) -> None:
    """However many cards are being edited, a message that is due is sent beside them."""
    for member_id in range(1, MAX_IN_PROGRESS[Work.ANSWER] + 2):
        await show_card(scenario, member_id)
    go_on, sent = asyncio.Event(), asyncio.Event()

    async def slow(_: StaleMessage) -> Outcome:
        await go_on.wait()
        return Delivered()

    async def send(_: OutboxMessage) -> Outcome:
        sent.set()
        return Delivered()

    courier = make_courier(scenario.store, scenario.clock, send, redraw=slow)
    fence = await scenario.fence("courier")
    assert await courier.step(fence) == MAX_IN_PROGRESS[Work.ANSWER]
    await scenario.matched(1001, 1002)
    assert await courier.step(fence) == len(("to one", "to the other"))
    async with asyncio.timeout(TIMEOUT):
        await sent.wait()
    go_on.set()
    await courier.in_progress.wait_for_all()


async def follow_ups_sent(scenario: Scenario) -> None:
    """Two follow-ups were sent: the tokens by which they can be edited are over in `USABLE_FOR`."""
    await scenario.matched(901, 902)
    now, fence, outbox = scenario.clock.now(), await scenario.fence("courier"), scenario.store.outbox
    for message in await outbox.find_due(now, 9):
        await outbox.reroute(message, Route.FOLLOW_UP, due_at=now, reason="closed", now=now, fence=fence)
    kept = Interaction(encrypted_token="sealed", opened_at=now)
    for message in await outbox.find_due(now, 9):
        assert message.route is Route.FOLLOW_UP
        await scenario.store.interactions.save_follow_up(message.member_id, kept, message.id)
        sent = Delivered(message_id=1, shows="link", changes_at=kept.last_edit_at)
        assert await outbox.mark_sent(message, sent, now, fence)


class HangingRedraw(ScriptedRedraw):
    """Draws everything, but edits by the bot's token go on until `go_on` is set."""

    def __init__(self) -> None:
        super().__init__(lambda _: Delivered())
        self.go_on = asyncio.Event()

    async def __call__(self, stale: StaleMessage) -> Outcome:
        outcome = await super().__call__(stale)
        if stale.message.route is Route.DIRECT:
            await self.go_on.wait()
        return outcome

    @property
    def routes(self) -> set[Route]:
        """The routes of what was drawn."""
        return {each.message.route for each in self.attempts}


async def test_the_last_form_of_a_follow_up_waits_for_no_edit(scenario: Scenario) -> None:
    """It needs no share of Discord's limit, as a card, and its token is over a minute later."""
    await follow_ups_sent(scenario)
    scenario.clock.pass_time(seconds=LAST_EDIT_AFTER.total_seconds() - 1)
    await ended_matches(scenario, MAX_IN_PROGRESS[Work.ANSWER] + 1)
    scenario.clock.pass_time(seconds=1)
    redraw = HangingRedraw()
    courier = make_courier(scenario.store, scenario.clock, delivered, redraw=redraw)
    await courier.step(await scenario.fence("courier"))
    await asyncio.sleep(0)
    assert redraw.routes == {Route.FOLLOW_UP, Route.DIRECT}
    redraw.go_on.set()
    await courier.in_progress.wait_for_all()


async def test_a_crowd_of_cards_hides_no_edit(scenario: Scenario) -> None:
    """However many cards are being edited or wait for that, other messages are edited beside them."""
    await ended_matches(scenario, 1)
    for member_id in range(1001, 1001 + 3 * MAX_IN_PROGRESS[Work.ANSWER]):
        await show_card(scenario, member_id)
    go_on, drawn = asyncio.Event(), set()

    async def slow(stale: StaleMessage) -> Outcome:
        drawn.add(stale.message.route)
        await go_on.wait()
        return Delivered()

    courier = make_courier(scenario.store, scenario.clock, delivered, redraw=slow)
    await courier.step(await scenario.fence("courier"))
    await asyncio.sleep(0)
    assert drawn == {Route.CARD, Route.DIRECT}
    go_on.set()
    await courier.in_progress.wait_for_all()


async def test_a_message_that_hangs_keeps_nothing_waiting(scenario: Scenario) -> None:
    """What is being sent is not due any more: neither a last form nor an edit waits for it."""
    await ended_matches(scenario, 1)
    await follow_ups_sent(scenario)
    scenario.clock.pass_time(seconds=LAST_EDIT_AFTER.total_seconds())
    await scenario.matched(11, 12)
    go_on = asyncio.Event()

    async def hangs(_: OutboxMessage) -> Outcome:
        await go_on.wait()
        return Delivered(channel_id=1, message_id=1)

    redraw = ScriptedRedraw(lambda _: Delivered())
    courier = make_courier(scenario.store, scenario.clock, hangs, redraw=redraw)
    drawn = []
    for _ in range(2):
        await courier.step(await scenario.fence("courier"))
        await asyncio.sleep(0)
        drawn.append({each.message.route for each in redraw.attempts})
        scenario.clock.pass_time(seconds=1)
    assert drawn == [{Route.FOLLOW_UP}, {Route.FOLLOW_UP, Route.DIRECT}]
    go_on.set()
    await courier.in_progress.wait_for_all()


async def test_a_refused_edit_is_not_repeated(scenario: Scenario) -> None:
    """The message is gone or out of reach; nobody is told."""
    await ended_matches(scenario, 1)
    redraw = ScriptedRedraw(lambda _: Refused(reason="discord_404_10008"))
    for _ in range(3):
        await one_round(scenario, redraw)
        scenario.clock.pass_time(minutes=10)
    assert len(redraw.attempts) == 2


async def test_a_failed_edit_is_repeated_until_discord_is_back(scenario: Scenario) -> None:
    """However long that takes: until then the message goes on offering what is not there any more."""
    await ended_matches(scenario, 1)
    redraw = ScriptedRedraw(lambda _: TryAgain(reason="discord_503_0", after=timedelta(seconds=3)))
    await one_round(scenario, redraw)
    await one_round(scenario, redraw)
    assert len(redraw.attempts) == 2, "not before the time that was asked for"
    for _ in range(MANY):
        scenario.clock.pass_time(minutes=6)
        await one_round(scenario, redraw)
    assert len(redraw.attempts) == 2 * (MANY + 1)
    back = ScriptedRedraw(lambda _: Delivered())
    scenario.clock.pass_time(minutes=6)
    await one_round(scenario, back)
    assert len(back.attempts) == 2


async def test_an_edit_that_is_our_mistake_is_given_up(scenario: Scenario) -> None:
    """After as many attempts as messages have: nothing but a newer version can help."""
    await ended_matches(scenario, 1)

    def fail(_: StaleMessage) -> Outcome:
        raise ZeroDivisionError

    redraw = ScriptedRedraw(fail)
    for _ in range(MAX_ATTEMPTS + 3):
        await one_round(scenario, redraw)
        scenario.clock.pass_time(minutes=6)
    assert len(redraw.attempts) == 2 * MAX_ATTEMPTS


async def test_an_edit_that_triggers_a_bug_is_logged_and_repeated(
    scenario: Scenario, caplog: pytest.LogCaptureFixture
) -> None:
    """The others are drawn."""
    await ended_matches(scenario, 1)

    def answer(stale: StaleMessage) -> Outcome:
        if stale.message.member_id == 1:
            raise ZeroDivisionError
        return Delivered()

    redraw = ScriptedRedraw(answer)
    with caplog.at_level(logging.ERROR, "bot.courier"):
        await one_round(scenario, redraw)
    assert len(caplog.records) == 1
    scenario.clock.pass_time(minutes=1)
    await one_round(scenario, redraw)
    assert [each.message.member_id for each in redraw.attempts[2:]] == [1]


async def test_what_cannot_be_tried_is_not_given_up(scenario: Scenario) -> None:
    """Discord may be away for hours: what was sent before is put right when it is back."""
    await ended_matches(scenario, 1)
    failing = ScriptedRedraw(lambda _: TryAgain(reason="busy"))
    away = ScriptedRedraw(lambda _: TryAgain(reason="connecting", after=timedelta(seconds=1), attempted=False))
    for redraw in [failing] * (MAX_ATTEMPTS - 1) + [away] * (MAX_ATTEMPTS + 3):
        await one_round(scenario, redraw)
        scenario.clock.pass_time(minutes=6)
    back = ScriptedRedraw(lambda _: Delivered())
    await one_round(scenario, back)
    assert [each.message.attempts for each in back.attempts] == [MAX_ATTEMPTS - 1] * 2


async def test_attempts_are_counted_anew_after_each_drawing(scenario: Scenario) -> None:
    """An edit that failed once leaves the next one no fewer attempts."""
    meeting = await scenario.matched(1, 2)
    await send_all(scenario)
    outcomes: list[Outcome] = [TryAgain(reason="busy"), Delivered()]
    redraw = ScriptedRedraw(lambda _: outcomes[0])
    for attempt in range(2):
        assert await scenario.store.invitations.issue(
            meeting.seats[0], f"new {attempt}", f"new {attempt}".encode(), now=scenario.clock.now()
        )
        for _ in range(2):
            await one_round(scenario, redraw)
            scenario.clock.pass_time(minutes=1)
            outcomes.reverse()
    assert [each.message.attempts for each in redraw.attempts] == [0, 0, 1, 1, 0, 0, 1, 1]
