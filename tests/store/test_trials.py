"""Trials: an admin meets themselves through real links and rooms, and nothing but the trial itself ever counts it."""

import asyncio
from datetime import timedelta

import pytest

from bot.clock import new_id
from bot.domain.invitation import digest
from bot.domain.match import EndReason, MatchKind, MatchState
from bot.domain.message import Delivered, MessageKind, Refused, Route, next_route
from bot.domain.restriction import Restriction, RestrictionKind
from bot.domain.trial import TRIAL_LASTS, TRIALS_AN_HOUR, TRIALS_WINDOW, TrialStart, TrialStep
from bot.store.retention import KEPT_FOR
from tests.store.scenario import SERVER, Scenario
from tests.store.trial_story import meet, messages, rows, seat, send_all, trial_now

MILLISECOND = timedelta(milliseconds=1)
LONG = timedelta(minutes=9)


async def test_a_trial_has_two_seats_of_one_member(scenario: Scenario) -> None:
    """Both are live, each has a link, neither has a ticket or a name."""
    trial = await scenario.trial(1)
    for side in (0, 1):
        own = await seat(scenario, trial, side)
        assert own.match.kind is MatchKind.TRIAL
        assert own.is_trial
        assert own.own.member_id == own.partner.member_id == 1
        assert own.own.name == own.partner.name == ""
        assert (await scenario.invitation(trial.tokens[side])).seat_id == own.own.id
        assert await scenario.store.tickets.find_by_seat(own.own.id) is None


async def test_three_messages_are_written_for_it(scenario: Scenario) -> None:
    """How far it has come, as an answer to the admin, and both links, directly; nothing goes to a channel."""
    trial = await scenario.trial(1)
    written = await messages(scenario)
    assert sorted((each.kind, each.route) for each in written) == [
        (MessageKind.INVITATION, Route.DIRECT),
        (MessageKind.INVITATION, Route.DIRECT),
        (MessageKind.TRIAL, Route.FOLLOW_UP),
    ]
    assert {each.match_id for each in written} == {trial.match_id}
    for link in (each for each in written if each.kind is MessageKind.INVITATION):
        assert next_route(link.kind, link.payload, Route.DIRECT) is Route.FOLLOW_UP
        assert next_route(link.kind, link.payload, Route.FOLLOW_UP) is None


async def test_nobody_begins_one_who_waits_or_has_a_seat_beside_somebody(scenario: Scenario) -> None:
    """Also while a former trial goes on: that one stays."""
    former = await scenario.trial(1)
    await scenario.waiting(1)
    assert await scenario.store.trials.start(scenario.trial_of(1)[0]) is TrialStart.BUSY
    assert (await seat(scenario, former)).match.state is MatchState.INVITING
    await scenario.matched(3, 4)
    assert await scenario.store.trials.start(scenario.trial_of(3)[0]) is TrialStart.BUSY
    assert await rows(scenario, "matches.find_live_trial", member_id=3) == []


async def test_the_next_trial_ends_the_former(scenario: Scenario) -> None:
    """With its links and its room, in whatever server it was; others' trials go on."""
    former, other = await scenario.trial(1, SERVER + 1), await scenario.trial(2)
    assert await scenario.redeem(former.tokens[0])
    await scenario.trial(1)
    ended = (await seat(scenario, former)).match
    assert (ended.state, ended.reason) == (MatchState.ENDED, EndReason.DONE)
    assert not await scenario.redeem(former.tokens[1])
    orders = await scenario.store.room_orders.find_due(9)
    assert [order.room_name for order in orders] == [former.room_name]
    assert {each.match_id for each in await messages(scenario) if each.kind is MessageKind.INVITATION} >= {
        other.match_id
    }
    assert former.match_id not in {
        each.match_id for each in await messages(scenario) if each.kind is MessageKind.INVITATION
    }
    assert (await seat(scenario, other)).match.state is MatchState.INVITING


async def test_of_many_that_begin_at_once_one_is_left(scenario: Scenario) -> None:
    """The index decides; each of the others has ended, and none raised."""
    started = [scenario.trial_of(1) for _ in range(8)]
    assert await asyncio.gather(*(scenario.store.trials.start(new) for new, _ in started)) == [TrialStart.BEGUN] * 8
    states = [(await seat(scenario, trial)).match.state for _, trial in started]
    assert sorted(states) == sorted([MatchState.ENDED] * 7 + [MatchState.INVITING])


async def test_so_many_an_hour_of_one_member(scenario: Scenario) -> None:
    """In whatever server, so that nobody makes video rooms of tests. The next is possible to the millisecond."""
    begun_at = scenario.clock.now()
    for number in range(TRIALS_AN_HOUR):
        await scenario.trial(1, SERVER + number)
        scenario.clock.pass_time(minutes=1)
    [former] = await rows(scenario, "matches.find_live_trial", member_id=1)
    assert await scenario.store.trials.start(scenario.trial_of(1, SERVER + 99)[0]) is TrialStart.TOO_MANY
    assert await rows(scenario, "matches.find_live_trial", member_id=1) == [former]
    assert await scenario.store.trials.find_next_start(SERVER, 2, scenario.clock.now()) is None
    await scenario.trial(2)
    next_at = begun_at + TRIALS_WINDOW
    assert await scenario.store.trials.find_next_start(SERVER + 99, 1, scenario.clock.now()) == next_at
    scenario.clock.set(next_at - MILLISECOND)
    assert await scenario.store.trials.start(scenario.trial_of(1)[0]) is TrialStart.TOO_MANY
    scenario.clock.set(next_at)
    await scenario.trial(1)


async def test_so_many_an_hour_in_one_server(scenario: Scenario) -> None:
    """Whoever begins them, and also if they delete their data in between."""
    for member_id in range(1, TRIALS_AN_HOUR + 1):
        await scenario.trial(member_id)
        await scenario.store.personal_data.erase(member_id, nobody=-1, now=scenario.clock.now())
    late, _ = scenario.trial_of(99)
    assert await scenario.store.trials.start(late) is TrialStart.TOO_MANY
    assert await scenario.store.trials.find_next_start(SERVER, 99, late.created_at) == late.created_at + TRIALS_WINDOW
    await scenario.trial(99, SERVER + 1)


async def test_of_many_at_once_so_many_begin(scenario: Scenario) -> None:
    """The count is in the transaction."""
    started = [scenario.trial_of(member_id)[0] for member_id in range(1, 2 * TRIALS_AN_HOUR + 1)]
    came_of_it = await asyncio.gather(*map(scenario.store.trials.start, started))
    assert came_of_it.count(TrialStart.BEGUN) == came_of_it.count(TrialStart.TOO_MANY) == TRIALS_AN_HOUR


async def test_deleting_ones_data_gives_no_more_of_them(scenario: Scenario) -> None:
    """The seats stay under the member's pseudonym, and are counted."""
    for number in range(TRIALS_AN_HOUR):
        await scenario.trial(1, SERVER + number)
    await scenario.store.personal_data.erase(1, nobody=-1, now=scenario.clock.now())
    assert await scenario.store.trials.start(scenario.trial_of(1)[0]) is TrialStart.TOO_MANY


@pytest.mark.parametrize("kind", RestrictionKind)
async def test_who_is_banned_begins_none(scenario: Scenario, kind: RestrictionKind) -> None:
    """In that server, or in all of them. A hold and a pause concern matches with strangers only."""
    now = scenario.clock.now()
    for name, server_id in (("here", SERVER), ("everywhere", None)):
        ban = Restriction(id=name, kind=kind, member_id=1, server_id=server_id, since=now)
        await scenario.store.restrictions.add(ban, now)
        expected = TrialStart.BANNED if kind is RestrictionKind.BAN else TrialStart.BEGUN
        assert await scenario.store.trials.start(scenario.trial_of(1)[0]) is expected
        elsewhere = expected if server_id is None else TrialStart.BEGUN
        assert await scenario.store.trials.start(scenario.trial_of(1, SERVER + 1)[0]) is elsewhere
        await scenario.store.restrictions.lift(name, now)
    await scenario.trial(1)


async def test_it_ends_once(scenario: Scenario) -> None:
    """By its id or by its member; afterwards there is nothing to end."""
    trial, now = await scenario.trial(1), scenario.clock.now()
    assert await scenario.store.trials.end(trial.match_id, now)
    assert not await scenario.store.trials.end(trial.match_id, now)
    assert not await scenario.store.trials.end_of_member(1, now)
    await scenario.trial(1)
    assert await scenario.store.trials.end_of_member(1, now)
    meeting = await scenario.matched(1, 2)
    assert not await scenario.store.trials.end_of_member(1, now)
    assert not await scenario.store.trials.end(meeting.match_id, now)


async def test_its_time_is_up_after_ten_minutes(scenario: Scenario) -> None:
    """To the millisecond, whether the two seats have met or not; the page shows the same end."""
    met, missed = await scenario.trial(1), await scenario.trial(2)
    scenario.clock.pass_time(minutes=3)
    await meet(scenario, met)
    match = (await seat(scenario, met)).match
    assert match.state is MatchState.MEETING
    assert match.ends_at == match.created_at + TRIAL_LASTS
    scenario.clock.set(match.created_at + TRIAL_LASTS - MILLISECOND)
    assert await scenario.store.trials.find_finished(scenario.clock.now()) == []
    scenario.clock.set(match.created_at + TRIAL_LASTS)
    assert sorted(await scenario.store.trials.find_finished(scenario.clock.now())) == sorted(
        (met.match_id, missed.match_id)
    )


async def test_it_is_over_when_both_seats_were_left(scenario: Scenario) -> None:
    """One is not enough. Leaving cannot be undone: another trial can be begun at once."""
    trial, sessions = await scenario.trial(1), scenario.store.browser_sessions
    await meet(scenario, trial)
    assert await sessions.leave_seat(trial.seats[0], scenario.clock.now())
    assert await scenario.store.trials.find_finished(scenario.clock.now()) == []
    assert (await seat(scenario, trial)).undo_until is None
    assert not await sessions.undo_leaving(trial.seats[0], scenario.clock.now())
    assert await sessions.leave_seat(trial.seats[1], scenario.clock.now())
    assert await scenario.store.trials.find_finished(scenario.clock.now()) == [trial.match_id]


async def test_a_match_beside_somebody_is_no_finished_trial(scenario: Scenario) -> None:
    """Neither by its age nor when both have left it."""
    meeting = await scenario.matched(1, 2)
    scenario.clock.pass_time(hours=1)
    for each in meeting.seats:
        assert await scenario.store.browser_sessions.leave_seat(each, scenario.clock.now())
    assert await scenario.store.trials.find_finished(scenario.clock.now()) == []
    assert await scenario.store.trials.find(meeting.match_id) is None
    assert await scenario.store.trials.find_latest(SERVER) is None


async def test_the_steps_are_read_from_its_links(scenario: Scenario) -> None:
    """Message, page, link, video: each is done when it is done with both."""
    trial = await scenario.trial(1)

    async def done() -> list[int]:
        now = await trial_now(scenario, trial)
        assert now.steps_done == sum(now.is_done(step) for step in TrialStep)
        return [now.count_done(step) for step in TrialStep]

    assert await done() == [0, 0, 0, 0]
    await send_all(scenario)
    assert await done() == [2, 0, 0, 0]
    scenario.clock.pass_time(seconds=5)
    opened_at = scenario.clock.now()
    await scenario.store.trials.mark_opened(digest(trial.tokens[1]), opened_at)
    scenario.clock.pass_time(seconds=5)
    await scenario.store.trials.mark_opened(digest(trial.tokens[1]), scenario.clock.now())
    assert (await trial_now(scenario, trial)).links[1].opened_at == opened_at
    assert await done() == [2, 1, 0, 0]
    assert await scenario.redeem(trial.tokens[0])
    assert await done() == [2, 2, 1, 0]
    assert await scenario.redeem(trial.tokens[1])
    assert (await trial_now(scenario, trial)).missing_step is TrialStep.VIDEO
    await scenario.in_the_room(trial, 0)
    assert await done() == [2, 2, 2, 1]
    assert (await trial_now(scenario, trial)).steps_done == 3
    await scenario.in_the_room(trial, 1)
    assert (await trial_now(scenario, trial)).steps_done == 4
    assert (await trial_now(scenario, trial)).missing_step is None


async def test_only_links_of_trials_are_marked_as_opened(scenario: Scenario) -> None:
    """Of a student's link nothing is written before it is redeemed."""
    meeting = await scenario.matched(1, 2)
    await scenario.store.trials.mark_opened(digest(meeting.tokens[0]), scenario.clock.now())
    links = await rows(scenario, "matches.find_trial_links", match_id=meeting.match_id)
    assert [link["opened_at"] for link in links] == [None, None]


async def test_how_a_link_came_or_why_it_did_not(scenario: Scenario) -> None:
    """By an answer instead of a direct message; or by no way at all, with the reason."""
    trial = await scenario.trial(1)
    await send_all(scenario, Route.FOLLOW_UP)
    assert [link.is_direct for link in (await trial_now(scenario, trial)).links] == [False, False]
    trial, fence = await scenario.trial(2), await scenario.fence("courier")
    for message in await messages(scenario):
        refused = Refused(reason="Discord refused (code 240000)")
        now = scenario.clock.now()
        await scenario.store.outbox.mark_failed(message, reason=refused.reason, now=now, fence=fence)
    links = (await trial_now(scenario, trial)).links
    assert [(link.delivered_at, link.failure) for link in links] == [(None, "Discord refused (code 240000)")] * 2


async def test_a_new_link_to_a_seat_takes_the_place_of_the_former(scenario: Scenario) -> None:
    """What was done with the former stays done, and there are still two links."""
    trial = await scenario.trial(1)
    await send_all(scenario)
    await scenario.store.trials.mark_opened(digest(trial.tokens[0]), scenario.clock.now())
    scenario.clock.pass_time(seconds=1)
    invitation_id = new_id(scenario.clock)
    hashed = digest(invitation_id)
    assert await scenario.store.invitations.issue(trial.seats[0], invitation_id, hashed, now=scenario.clock.now())
    now = await trial_now(scenario, trial)
    assert [now.count_done(step) for step in TrialStep] == [2, 1, 0, 0]
    assert len(now.links) == 2


async def test_the_latest_of_a_server_is_kept_as_long_as_matches(scenario: Scenario) -> None:
    """Afterwards nobody knows that there was one."""
    await scenario.trial(2)
    scenario.clock.pass_time(minutes=1)
    latest = await scenario.trial(1)
    await scenario.trial(3, SERVER + 1)
    found = await scenario.store.trials.find_latest(SERVER)
    assert found is not None
    assert found.id == latest.match_id
    for trial_id in await scenario.store.trials.find_finished(scenario.clock.now() + TRIAL_LASTS):
        assert await scenario.store.trials.end(trial_id, scenario.clock.now())
    while await scenario.store.retention.delete_expired(scenario.clock.now() + KEPT_FOR["matches"] + MILLISECOND):
        pass
    assert await scenario.store.trials.find_latest(SERVER) is None


async def test_the_sweep_keeps_its_room(scenario: Scenario) -> None:
    """It is a room in use with two seats, like that of any match, until the trial has ended."""
    trial = await scenario.trial(1)
    [room] = await scenario.store.presence.rooms_in_use()
    assert (room.room_name, room.seat_ids) == (trial.room_name, frozenset(trial.seats))
    assert await scenario.store.trials.end_of_member(1, scenario.clock.now())
    assert await scenario.store.presence.rooms_in_use() == []


async def test_its_messages_are_drawn_again_when_it_changes(scenario: Scenario) -> None:
    """When a link is redeemed, when both are in, and when it ends: the links, and what says how far it has come."""
    trial = await scenario.trial(1)
    await send_all(scenario)
    outbox, fence = scenario.store.outbox, await scenario.fence("courier")

    async def stale() -> set[MessageKind]:
        now = scenario.clock.now()
        found = await outbox.find_stale(now, 99)
        for each in found:
            await outbox.mark_drawn(each, Delivered(shows="x"), now, fence)
        return {each.message.kind for each in found}

    assert await stale() == set()
    assert await scenario.redeem(trial.tokens[0])
    assert await stale() == {MessageKind.TRIAL, MessageKind.INVITATION}
    assert await scenario.redeem(trial.tokens[1])
    await stale()
    await scenario.in_the_room(trial)
    assert await stale() == {MessageKind.TRIAL, MessageKind.INVITATION}
    assert await scenario.store.trials.end_of_member(1, scenario.clock.now())
    assert await stale() == {MessageKind.TRIAL, MessageKind.INVITATION}
