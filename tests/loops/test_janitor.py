"""Every timer of the janitor, one second before it is due and when it is due."""

import logging
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.agreement import agree
from bot.domain.match import NO_SHOW_AFTER, UNDO_FOR, EndReason, MatchState
from bot.domain.membership import ASK_AGAIN_AFTER, FRESH_FOR_MATCH
from bot.domain.message import DELIVERIES, NEWS_USEFUL_FOR, MatchDetails, MessageKind, SearchDetails
from bot.domain.room import LONGEST_OUTAGE, RoomAction
from bot.domain.trial import TRIAL_LASTS
from bot.janitor import ASK_ABOUT_MEMBERS_EVERY
from bot.store import LostLease, StoreUnavailable
from bot.store.outbox import NewMessage
from tests.loops.factories import make_janitor
from tests.store.rows import fetch_rows
from tests.store.scenario import SERVER, WAIT, Meeting, Scenario


async def step_at(scenario: Scenario, moment: datetime) -> list[tuple[MessageKind, int]]:
    """One step of the janitor at `moment`. Returns kind and member of each due message but the first links."""
    scenario.clock.set(moment)
    await make_janitor(scenario.store, scenario.clock).step(await scenario.fence("janitor"))
    due = await scenario.store.outbox.find_due(moment, 99)
    return [(message.kind, message.member_id) for message in due if message.kind is not MessageKind.INVITATION]


async def steps_around(scenario: Scenario, moment: datetime) -> list[list[tuple[MessageKind, int]]]:
    """The same a second before `moment`, at it and a second after it."""
    return [await step_at(scenario, moment + timedelta(seconds=seconds)) for seconds in (-1, 0, 1)]


async def state(scenario: Scenario, meeting: Meeting) -> tuple[MatchState, EndReason | None]:
    seat = await scenario.store.matches.find_by_seat(meeting.seats[0])
    assert seat is not None
    return seat.match.state, seat.match.reason


async def test_a_search_that_found_nobody(scenario: Scenario) -> None:
    """When the ticket expires, the member gets one message that says how long they waited."""
    ticket = await scenario.waiting(1)
    told = [(MessageKind.UNMATCHED, 1)]
    assert await steps_around(scenario, ticket.expires_at) == [[], told, told]
    (message,) = await scenario.store.outbox.find_due(scenario.clock.now(), 9)
    assert message.payload == SearchDetails(minutes=WAIT, subject="Maths")
    assert await scenario.store.tickets.find_by_member(1) is None


async def test_the_missing_member_is_reminded_after_four_minutes(scenario: Scenario) -> None:
    """Once, with the link that still works."""
    meeting = await scenario.matched(1, 2)
    begun = scenario.clock.now()
    await scenario.in_the_room(meeting, 0)
    told = [(MessageKind.REMINDER, 2)]
    assert await steps_around(scenario, begun + timedelta(minutes=4)) == [[], told, told]
    due = await scenario.store.outbox.find_due(scenario.clock.now(), 9)
    (reminder,) = [message for message in due if message.kind is MessageKind.REMINDER]
    assert reminder.invitation_id == meeting.invitations[1]
    assert reminder.payload == MatchDetails(agreement=agree(*meeting.tickets))


@pytest.mark.parametrize("present", [(), (0,), (1,)], ids=["nobody came", "the first came", "the second came"])
async def test_no_show_after_fifteen_minutes(scenario: Scenario, present: tuple[int, ...]) -> None:
    """If the two were never in the room together, the match ends, both get one message, and the room is closed."""
    meeting = await scenario.matched(1, 2)
    begun = scenario.clock.now()
    for side in present:
        await scenario.in_the_room(meeting, side)
    due_at = begun + timedelta(minutes=15)
    await step_at(scenario, due_at - timedelta(seconds=1))
    assert await state(scenario, meeting) == (MatchState.INVITING, None)
    for seconds in (0, 1):
        told = await step_at(scenario, due_at + timedelta(seconds=seconds))
        assert sorted(told) == [(MessageKind.NO_SHOW, 1), (MessageKind.NO_SHOW, 2)]
    assert await state(scenario, meeting) == (MatchState.ENDED, EndReason.NO_SHOW)
    assert [order.action for order in await scenario.store.room_orders.find_due(9)] == [RoomAction.CLOSE]
    assert await scenario.waiting_tickets() == []


@pytest.mark.parametrize("leaver", [0, 1])
async def test_a_member_who_has_left_gets_no_no_show_message(scenario: Scenario, leaver: int) -> None:
    """A member who gave up the seat in the last seconds gets no message; the other one does."""
    meeting = await scenario.matched(1, 2)
    due_at = scenario.clock.now() + timedelta(minutes=15)
    await scenario.store.browser_sessions.leave_seat(meeting.seats[leaver], due_at - timedelta(seconds=5))
    staying = meeting.tickets[1 - leaver].member_id
    assert await step_at(scenario, due_at) == [(MessageKind.NO_SHOW, staying)]
    assert await state(scenario, meeting) == (MatchState.ENDED, EndReason.NO_SHOW)


@pytest.mark.parametrize("leaver", [0, 1])
async def test_a_member_who_cannot_come(scenario: Scenario, leaver: int) -> None:
    """Declining can be undone for ten seconds; then the partner gets a message and is requeued."""
    meeting = await scenario.matched(1, 2)
    left = scenario.clock.now() + timedelta(minutes=1)
    scenario.clock.set(left)
    await scenario.store.browser_sessions.leave_seat(meeting.seats[leaver], left)
    partner = meeting.tickets[1 - leaver]
    told = [(MessageKind.PARTNER_DECLINED, partner.member_id)]
    assert await steps_around(scenario, left + timedelta(seconds=10)) == [[], told, told]
    assert await state(scenario, meeting) == (MatchState.ENDED, EndReason.DECLINED)
    (waiting,) = await scenario.waiting_tickets()
    assert waiting.member_id == partner.member_id
    assert (waiting.front, waiting.waiting_since) == (True, partner.waiting_since)
    assert waiting.expires_at == left + timedelta(seconds=10, minutes=WAIT)


async def test_nobody_is_requeued_if_both_cannot_come(scenario: Scenario) -> None:
    """Nobody lost a willing partner, so nobody gets a message or is requeued."""
    meeting = await scenario.matched(1, 2)
    for seat in meeting.seats:
        await scenario.store.browser_sessions.leave_seat(seat, scenario.clock.now())
    assert await step_at(scenario, scenario.clock.now() + timedelta(seconds=10)) == []
    assert await state(scenario, meeting) == (MatchState.ENDED, EndReason.DECLINED)
    assert await scenario.waiting_tickets() == []


async def empty_the_room(scenario: Scenario, meeting: Meeting) -> timedelta:
    now = scenario.clock.now()
    for side in (0, 1):
        await scenario.store.presence.participant_left(meeting.seats[side], f"PA_{side}", meeting.room_name, now)
    return timedelta(minutes=5)


async def both_leave(scenario: Scenario, meeting: Meeting) -> timedelta:
    for seat in meeting.seats:
        await scenario.store.browser_sessions.leave_seat(seat, scenario.clock.now())
    return timedelta(seconds=10)


async def nobody_leaves(scenario: Scenario, meeting: Meeting) -> timedelta:
    del scenario, meeting
    return timedelta(minutes=50 + 10)


@pytest.mark.parametrize("happens", [empty_the_room, both_leave, nobody_leaves])
async def test_the_end_of_a_meeting(
    scenario: Scenario, happens: Callable[[Scenario, Meeting], Awaitable[timedelta]]
) -> None:
    """Done when empty for five minutes, left by both, or ten minutes over its length, and not a second earlier."""
    meeting = await scenario.matched(1, 2)
    await scenario.in_the_room(meeting)
    begun = scenario.clock.now()
    after = await happens(scenario, meeting)
    await step_at(scenario, begun + after - timedelta(seconds=1))
    assert await state(scenario, meeting) == (MatchState.MEETING, None)
    await step_at(scenario, begun + after)
    assert await state(scenario, meeting) == (MatchState.ENDED, EndReason.DONE)


async def test_a_meeting_goes_on_when_one_has_left(scenario: Scenario) -> None:
    """The partner may stay in the room."""
    meeting = await scenario.matched(1, 2)
    await scenario.in_the_room(meeting)
    await scenario.store.browser_sessions.leave_seat(meeting.seats[0], scenario.clock.now())
    await step_at(scenario, scenario.clock.now() + timedelta(minutes=20))
    assert await state(scenario, meeting) == (MatchState.MEETING, None)


@pytest.mark.parametrize(
    ("steps", "more", "expected"),
    [
        ((0, 1, 59, 60, 61, 119, 121), False, [0, 60, 121]),
        ((0, 1, 2), True, [0, 1, 2]),
        ((3600, 0, 1, 60), False, [3600, 60]),
    ],
    ids=["usually", "when more is left", "when the clock went back"],
)
async def test_old_data_is_deleted_every_minute(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch, steps: tuple[int, ...], more: bool, expected: list[int]
) -> None:
    """At the first step, then once a minute, or in each step while more is left; by the time that has passed."""
    begun, deleted = scenario.clock.now(), []

    async def note(now: datetime) -> bool:
        deleted.append((now - begun).total_seconds())
        return more

    monkeypatch.setattr(scenario.store.retention, "delete_expired", note)
    janitor = make_janitor(scenario.store, scenario.clock)
    for seconds in steps:
        scenario.clock.set(begun + timedelta(seconds=seconds))
        await janitor.step(await scenario.fence("janitor"))
    assert deleted == expected


async def test_nobody_is_late_for_a_room_that_could_not_be_entered(scenario: Scenario) -> None:
    """While LiveKit is away nobody is reminded and no match ends; the times count from its return."""
    meeting = await scenario.matched(1, 2)
    away_at = scenario.clock.now() + timedelta(minutes=3)
    await scenario.livekit_is_away(away_at)
    for minutes in (1, 4, 12, 30):
        assert await step_at(scenario, away_at + timedelta(minutes=minutes)) == []
    back_at = scenario.clock.now()
    await scenario.livekit_is_back()
    reminded = [(MessageKind.REMINDER, 1), (MessageKind.REMINDER, 2)]
    first, then, _ = await steps_around(scenario, back_at + timedelta(minutes=4))
    assert (first, sorted(then)) == ([], reminded)
    assert sorted(await step_at(scenario, back_at + timedelta(minutes=14, seconds=59))) == reminded
    told = await step_at(scenario, back_at + NO_SHOW_AFTER)
    assert sorted(told) == [(MessageKind.NO_SHOW, 1), (MessageKind.NO_SHOW, 2)]
    assert await state(scenario, meeting) == (MatchState.ENDED, EndReason.NO_SHOW)


async def test_a_room_that_was_emptied_by_an_outage(scenario: Scenario) -> None:
    """Both get five minutes from LiveKit's return to come back, but no longer meeting than they agreed on."""
    meeting = await scenario.matched(1, 2)
    await scenario.in_the_room(meeting)
    await scenario.listed(meeting, {})
    emptied_at = scenario.clock.now()
    await scenario.livekit_is_away(emptied_at)
    await step_at(scenario, emptied_at + timedelta(minutes=10))
    back_at = scenario.clock.now()
    await scenario.livekit_is_back()
    await step_at(scenario, back_at + timedelta(minutes=4, seconds=59))
    assert await state(scenario, meeting) == (MatchState.MEETING, None)
    await scenario.livekit_is_away()
    await step_at(scenario, emptied_at + timedelta(minutes=59, seconds=59))
    assert await state(scenario, meeting) == (MatchState.MEETING, None)
    await step_at(scenario, emptied_at + timedelta(minutes=60))
    assert await state(scenario, meeting) == (MatchState.ENDED, EndReason.DONE)


async def test_an_outage_without_an_end(scenario: Scenario) -> None:
    """After an hour matches end as ever, so that nobody is bound to a match in which they cannot meet."""
    meeting = await scenario.matched(1, 2)
    begun = scenario.clock.now()
    await scenario.livekit_is_away(begun)
    await step_at(scenario, begun + LONGEST_OUTAGE - timedelta(seconds=1))
    assert await state(scenario, meeting) == (MatchState.INVITING, None)
    await step_at(scenario, begun + LONGEST_OUTAGE)
    assert await state(scenario, meeting) == (MatchState.ENDED, EndReason.NO_SHOW)


async def test_a_duty_that_fails_keeps_no_other_from_being_done(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Searches before it and matches after it end in time; the failure is raised for the loop's log."""
    await scenario.waiting(3)
    meeting = await scenario.matched(1, 2)

    async def fail(*_: datetime) -> None:
        raise ZeroDivisionError

    janitor = make_janitor(scenario.store, scenario.clock)
    monkeypatch.setattr(scenario.store.matches, "seats_to_remind", fail)
    scenario.clock.pass_time(minutes=15)
    with pytest.raises(ExceptionGroup) as failed:
        await janitor.step(await scenario.fence("janitor"))
    assert [type(error) for error in failed.value.exceptions] == [ZeroDivisionError]
    assert await scenario.store.tickets.find_by_member(3) is None
    assert await state(scenario, meeting) == (MatchState.ENDED, EndReason.NO_SHOW)


@pytest.mark.parametrize("error", [LostLease(), StoreUnavailable()], ids=repr)
async def test_trouble_that_concerns_every_duty_ends_the_round(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """It is raised as it is, and nothing more is tried."""

    async def fail(*_: datetime) -> None:
        raise error

    monkeypatch.setattr(scenario.store.matches, "seats_to_remind", fail)
    monkeypatch.setattr(scenario.store.matches, "no_shows", lambda *_: pytest.fail("tried"))
    with pytest.raises(type(error)):
        await make_janitor(scenario.store, scenario.clock).step(await scenario.fence("janitor"))


async def test_a_partner_whose_ticket_cannot_be_read_is_told_the_truth(scenario: Scenario, database: Path) -> None:
    """They are not requeued, so they do not read that they are first in the line."""
    meeting = await scenario.matched(1, 2)
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("UPDATE tickets SET wishes = '[]' WHERE member_id = 2")
    await scenario.store.browser_sessions.leave_seat(meeting.seats[0], scenario.clock.now())
    told = await step_at(scenario, scenario.clock.now() + timedelta(seconds=11))
    assert told == [(MessageKind.MATCH_OVER, 2)]
    assert await scenario.store.tickets.find_by_member(2) is None


@pytest.mark.parametrize("late", [timedelta(minutes=20), timedelta(hours=1), timedelta(days=7)])
async def test_a_search_that_expired_while_nothing_ran(scenario: Scenario, late: timedelta) -> None:
    """The news is told for an hour, with the time that the member was willing to wait, not that of the pause."""
    ticket = await scenario.waiting(1)
    told = await step_at(scenario, ticket.expires_at + late)
    assert told == ([] if late >= NEWS_USEFUL_FOR else [(MessageKind.UNMATCHED, 1)])
    for message in await scenario.store.outbox.find_due(scenario.clock.now(), 9):
        assert message.payload == SearchDetails(minutes=WAIT, subject="Maths")
    assert await scenario.store.tickets.find_by_member(1) is None


@pytest.mark.parametrize("late", [timedelta(minutes=20), timedelta(hours=1), timedelta(days=7)])
async def test_a_match_that_was_over_while_nothing_ran(scenario: Scenario, late: timedelta) -> None:
    """It ends, without a reminder; within an hour both learn that they did not meet. Old links are not sent."""
    meeting = await scenario.matched(1, 2)
    told = await step_at(scenario, scenario.clock.now() + NO_SHOW_AFTER + late)
    news = [] if late >= NEWS_USEFUL_FOR else [(MessageKind.NO_SHOW, 1), (MessageKind.NO_SHOW, 2)]
    assert sorted(told) == news
    assert len(await scenario.store.outbox.find_due(scenario.clock.now(), 99)) == len(news)
    assert await state(scenario, meeting) == (MatchState.ENDED, EndReason.NO_SHOW)


@pytest.mark.parametrize("late", [timedelta(minutes=20), timedelta(hours=1), timedelta(days=7)])
async def test_a_partner_who_declined_while_nothing_ran(scenario: Scenario, late: timedelta) -> None:
    """Nobody is put into the queue without being told: after an hour the other one neither hears of it nor waits."""
    meeting = await scenario.matched(1, 2)
    await scenario.store.browser_sessions.leave_seat(meeting.seats[0], scenario.clock.now())
    told = await step_at(scenario, scenario.clock.now() + UNDO_FOR + late)
    in_time = late < NEWS_USEFUL_FOR
    assert told == ([(MessageKind.PARTNER_DECLINED, 2)] if in_time else [])
    assert len(await scenario.waiting_tickets()) == in_time
    assert await state(scenario, meeting) == (MatchState.ENDED, EndReason.DECLINED)


@pytest.mark.parametrize("kind", MessageKind)
async def test_messages_that_are_too_old_are_withdrawn(scenario: Scenario, kind: MessageKind) -> None:
    """Each kind when its age is reached, and not before."""
    ticket = await scenario.waiting(1)
    scenario.clock.set(ticket.expires_at)
    due_at, fence = ticket.expires_at, await scenario.fence("janitor")
    message = NewMessage(id=kind, kind=kind, member_id=1, due_at=due_at, server_id=SERVER, locale="en")
    await scenario.store.tickets.expire(ticket, now=due_at, messages=[message], fence=fence)
    too_old_at = due_at + DELIVERIES[kind].useful_for
    scenario.clock.set(too_old_at - timedelta(milliseconds=1))
    assert await withdrawn(scenario) == set()
    scenario.clock.set(too_old_at)
    assert await withdrawn(scenario) == {kind}


async def withdrawn(scenario: Scenario) -> set[str]:
    """The kinds of the messages that the janitor has withdrawn by now."""
    await make_janitor(scenario.store, scenario.clock).step(await scenario.fence("janitor"))
    return {kind for (kind,) in await fetch_rows(scenario.store, "SELECT kind FROM outbox WHERE state = 'withdrawn'")}


async def test_the_log_says_how_many_messages_were_too_old(
    scenario: Scenario, caplog: pytest.LogCaptureFixture
) -> None:
    """Once, for example after a restore."""
    await scenario.matched(1, 2)
    with caplog.at_level(logging.INFO, "bot.housekeeping"):
        for days in (7, 8):
            scenario.clock.pass_time(days=days)
            await make_janitor(scenario.store, scenario.clock).step(await scenario.fence("janitor"))
    assert caplog.messages[:1] == ["messages that were too old to be useful and were not sent: 2"]


async def test_members_are_asked_about_while_they_wait_or_have_a_seat(scenario: Scenario) -> None:
    """Early enough that what is known of them never gets too old for a match."""
    await scenario.matched(1, 2)
    await scenario.waiting(3)
    told_at, asked = scenario.clock.now(), []
    for moment in (ASK_AGAIN_AFTER - timedelta(seconds=ASK_ABOUT_MEMBERS_EVERY), ASK_AGAIN_AFTER, FRESH_FOR_MATCH):
        await step_at(scenario, told_at + moment)
        questions = await scenario.store.memberships.open_questions([SERVER], urgent=False, limit=9)
        asked.append(sorted(question.member_id for question in questions))
    assert asked == [[], [1, 2, 3], [1, 2, 3]]


async def test_members_are_asked_about_every_five_seconds(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the first step, and then so often, whatever the time of day says."""
    begun, looked = scenario.clock.now(), []

    async def note(now: datetime) -> None:
        looked.append((now - begun).total_seconds())

    monkeypatch.setattr(scenario.store.memberships, "ask_again", note)
    janitor = make_janitor(scenario.store, scenario.clock)
    for seconds in (0, 1, 4, 5, 9, 11):
        scenario.clock.set(begun + timedelta(seconds=seconds))
        await janitor.step(await scenario.fence("janitor"))
    scenario.clock.correct(hours=-1)
    scenario.clock.pass_time(seconds=5)
    await janitor.step(await scenario.fence("janitor"))
    assert looked == [0, 5, 11, 16 - 3600]


async def test_a_trial_ends_when_its_time_is_up(scenario: Scenario) -> None:
    """Whether rooms can be entered or not, with one reason and no message; another one goes on."""
    janitor, due = make_janitor(scenario.store, scenario.clock), await scenario.trial(1)
    await scenario.livekit_is_away()
    scenario.clock.pass_time(minutes=1)
    later = await scenario.trial(2)
    scenario.clock.pass_time(seconds=TRIAL_LASTS.seconds - 60)
    await janitor.step(await scenario.fence("janitor"))
    ended, going_on = [await scenario.store.matches.find_by_seat(each.seats[0]) for each in (due, later)]
    assert ended is not None
    assert going_on is not None
    assert (ended.match.state, ended.match.reason, ended.match.ended_at) == ("ended", "done", scenario.clock.now())
    assert going_on.match.state == "inviting"
    assert {each.match_id for each in await scenario.store.outbox.find_due(scenario.clock.now(), 9)} == {later.match_id}
