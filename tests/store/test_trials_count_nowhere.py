"""Nothing but the trial itself ever counts a trial: no timer, no search, no number, no question about members."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.clock import new_id
from bot.domain.age_group import AgeGroup
from bot.domain.match import MET_AFTER, NO_SHOW_AFTER, UNDO_FOR, EndReason, MatchState
from bot.domain.membership import Bar, Barred, Membership
from bot.domain.message import Route
from bot.domain.server import Audience
from bot.domain.ticket import requeued_ticket
from bot.domain.trial import TRIAL_LASTS
from bot.store.tickets import InMatch
from tests.loops.factories import open_server
from tests.store.rows import change_rows
from tests.store.scenario import SERVER, Scenario
from tests.store.trial_story import meet, rows, seat, send_all

LONG = timedelta(minutes=9)


async def test_a_trial_is_no_match_of_the_member(scenario: Scenario) -> None:
    """They have no match to see or leave, and can search, be matched and be requeued while it goes on."""
    trial = await scenario.trial(1)
    assert await scenario.store.matches.find_by_member(1) is None
    assert await scenario.store.matches.find_latest_by_member(1) is None
    meeting = await scenario.matched(1, 2)
    with pytest.raises(InMatch):
        await scenario.store.tickets.start_waiting(scenario.ticket(1))
    own = await scenario.store.matches.find_by_member(1)
    assert own is not None
    assert own.match.id == meeting.match_id
    assert await scenario.store.browser_sessions.leave_seat(meeting.seats[1], scenario.clock.now())
    scenario.clock.pass_time(seconds=UNDO_FOR.seconds)
    now = scenario.clock.now()
    again = requeued_ticket(meeting.tickets[0], new_id=new_id(scenario.clock), matched_at=now, now=now)
    assert await scenario.store.matches.end(meeting.match_id, EndReason.DECLINED, now=now, requeue=[again])
    assert await scenario.store.tickets.find_by_member(1) is not None
    assert (await seat(scenario, trial)).match.state is MatchState.INVITING
    latest = await scenario.store.matches.find_latest_by_member(1)
    assert latest is not None
    assert latest.match.id == meeting.match_id


async def test_nobody_meets_themselves(scenario: Scenario) -> None:
    """Minutes together in the room are no meeting, and after the end nobody is kept apart from themselves."""
    trial = await scenario.trial(1)
    await meet(scenario, trial)
    scenario.clock.pass_time(seconds=2 * MET_AFTER.seconds)
    await scenario.store.presence.participant_left(trial.seats[0], "PA_0", trial.room_name, scenario.clock.now())
    assert await scenario.store.trials.end(trial.match_id, scenario.clock.now())
    beginning = scenario.clock.now() - LONG
    assert await scenario.store.last_meetings.find_met_at(1, beginning, scenario.clock.now() + LONG) == []
    await scenario.trial(2)
    await scenario.waiting(2)
    assert await scenario.store.last_meetings.apart_from_waiting([2], scenario.clock.now()) == {}
    assert await scenario.store.last_meetings.find_with_waiting([2]) == {}


async def test_no_timer_of_matches_touches_it(scenario: Scenario) -> None:
    """No reminder, no no-show, nothing declined or over, nobody who did not come; not even with nobody in the room."""
    left, met, missed = await scenario.trial(1), await scenario.trial(2), await scenario.trial(3)
    await send_all(scenario)
    assert await scenario.store.browser_sessions.leave_seat(left.seats[0], scenario.clock.now())
    await meet(scenario, met)
    for side in (0, 1):
        await scenario.store.presence.participant_left(
            met.seats[side], f"PA_{side}", met.room_name, scenario.clock.now()
        )
    scenario.clock.pass_time(seconds=2 * NO_SHOW_AFTER.seconds)
    matches, now = scenario.store.matches, scenario.clock.now()
    assert await matches.seats_to_remind(now) == []
    assert await matches.no_shows(now) == []
    assert await matches.left_before_meeting(now) == []
    assert await matches.finished_meetings(now) == []
    for trial in (left, met, missed):
        for reason in EndReason:
            assert not await matches.end(trial.match_id, reason, now=now, requeue=[])
        assert await scenario.store.trials.end(trial.match_id, now)
    assert await matches.no_shows_of(1, now - timedelta(days=7), now) == []


async def test_one_that_cannot_be_read_is_left_to_its_end(scenario: Scenario) -> None:
    """Its admin gets no message about a match, and its time is up all the same."""
    trial = await scenario.trial(1)
    await change_rows(scenario.store, "UPDATE matches SET agreement = '[]'")
    assert await scenario.store.matches.find_unreadable() == []
    scenario.clock.pass_time(seconds=TRIAL_LASTS.seconds)
    assert await scenario.store.trials.find_finished(scenario.clock.now()) == [trial.match_id]


async def test_no_number_counts_it(scenario: Scenario) -> None:
    """Neither what was decided nor how links came, in any statistic of the server."""
    trial = await scenario.trial(1)
    await send_all(scenario)
    await meet(scenario, trial)
    assert await scenario.store.trials.end_of_member(1, scenario.clock.now())
    day = {"day_length": 86_400_000, "since": 0, "until": 2**53, "fewest": 5, "server_id": SERVER}
    for name in ("matches.count_outcomes", "matches.count_links"):
        assert await rows(scenario, name, **day) == []


async def test_the_check_counts_how_its_links_came(scenario: Scenario) -> None:
    """That they were sent, and not directly, is true of them as of any."""
    await scenario.trial(1)
    await send_all(scenario, Route.FOLLOW_UP)
    figures = await scenario.store.setup_figures.read(SERVER, scenario.clock.now(), refusals=("a%", "b%"))
    assert (figures.links, figures.links_not_direct) == (2, 2)


async def test_whom_its_admin_may_meet_is_no_question(scenario: Scenario) -> None:
    """An admin who is barred, or in another pool, keeps the trial, and its links work; Discord is not asked."""
    trial = await scenario.trial(1)
    bar = Bar(reason=Barred.ROLE, until=scenario.clock.now() + timedelta(days=1))
    now = scenario.clock.now()
    assert await scenario.store.memberships.record(SERVER, 1, bar=bar, told_at=now, now=now)
    assert (await seat(scenario, trial)).own.left_at is None
    invitation = await scenario.invitation(trial.tokens[0])
    assert (invitation.barred_until, invitation.is_in_other_pool) == (None, False)
    assert await scenario.redeem(trial.tokens[0])
    server = await open_server(scenario.store)
    mixed = replace(server, audience=Audience.MIXED)
    await scenario.store.servers.save(mixed, expected_version=server.version)
    await scenario.told(1, age_group=AgeGroup.MINOR)
    assert not (await scenario.invitation(trial.tokens[1])).is_in_other_pool
    scenario.clock.pass_time(hours=1)
    await scenario.store.memberships.ask_again(scenario.clock.now())
    await scenario.store.memberships.doubt(SERVER, 1, scenario.clock.now())
    for urgent in (True, False):
        assert await scenario.store.memberships.open_questions([SERVER], urgent=urgent, limit=9) == []


async def test_a_bar_takes_the_match_and_leaves_the_trial(scenario: Scenario) -> None:
    """Of a member who has both."""
    trial, meeting = await scenario.trial(1), await scenario.matched(1, 2)
    await scenario.told(1, Membership(in_server=False))
    assert (await seat(scenario, trial)).own.left_at is None
    found = await scenario.store.matches.find_by_seat(meeting.seats[0])
    assert found is not None
    assert found.own.left_at is not None
