"""What the store counts: each committed step once; nothing that was repeated, refused or rolled back."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.clock import new_id
from bot.domain.match import NO_SHOW_AFTER, EndReason
from bot.domain.message import Delivered, Route, TryAgain
from bot.domain.ticket import requeued_ticket
from bot.metrics import Metrics
from bot.store import Store, StoreUnavailable, queries
from bot.store.database import DatabaseUsage, Row, Statement, UnexpectedRowCount, UniqueViolation
from bot.store.metrics import StoreMetrics
from bot.store.outbox import OutboxMessage
from bot.store.tickets import AlreadyWaiting
from tests.loops.factories import open_server
from tests.metric_samples import counted
from tests.store.scenario import SERVER, Scenario


async def two_searches(scenario: Scenario) -> None:
    """Two members wait; one of them asks twice."""
    await scenario.waiting(1)
    with pytest.raises(AlreadyWaiting):
        await scenario.waiting(1)
    await scenario.waiting(2)


async def a_search_that_is_stopped(scenario: Scenario) -> None:
    """Twice."""
    await scenario.waiting(1)
    for _ in range(2):
        await scenario.store.tickets.stop_waiting(1, scenario.clock.now())


async def a_search_that_expires(scenario: Scenario) -> None:
    """The leader's fence is asked for again after a search that was ended before."""
    ticket = await scenario.waiting(1)
    scenario.clock.pass_time(hours=1)
    fence = await scenario.fence("janitor")
    for _ in range(2):
        await scenario.store.tickets.expire(ticket, now=scenario.clock.now(), messages=[], fence=fence)


async def a_trial(scenario: Scenario) -> None:
    """An admin meets themselves: only that its links were not sent counts."""
    trial = await scenario.trial(1)
    for token in trial.tokens:
        assert await scenario.redeem(token)
    await scenario.in_the_room(trial)
    assert await scenario.store.trials.end(trial.match_id, scenario.clock.now())


async def a_match(scenario: Scenario) -> None:
    """Written twice: the second time nobody waits."""
    new, _ = scenario.match_of(await scenario.waiting(1), await scenario.waiting(2))
    fence = await scenario.fence()
    assert await scenario.store.matches.create(new, fence=fence)
    assert not await scenario.store.matches.create(new, fence=fence)


async def a_meeting(scenario: Scenario) -> None:
    """Both come, report after report; one leaves, and comes again by another connection."""
    meeting = await scenario.matched()
    for _ in range(2):
        await scenario.in_the_room(meeting)
    presence, now = scenario.store.presence, scenario.clock.now()
    await presence.participant_left(meeting.seats[0], "PA_0", meeting.room_name, now)
    await presence.participant_joined(meeting.seats[0], "PA_9", meeting.room_name, now)
    everybody = {meeting.seats[0]: "PA_9", meeting.seats[1]: "PA_1"}
    await scenario.listed(meeting, everybody)


async def only_the_sweep_sees_them(scenario: Scenario) -> None:
    """All webhooks were lost."""
    meeting = await scenario.matched()
    present = {seat: f"PA_{seat}" for seat in meeting.seats}
    for _ in range(3):
        await scenario.listed(meeting, present)


async def nobody_comes(scenario: Scenario) -> None:
    """Ended twice."""
    meeting = await scenario.matched()
    scenario.clock.pass_time(seconds=NO_SHOW_AFTER.total_seconds())
    for _ in range(2):
        await scenario.store.matches.end(meeting.match_id, EndReason.NO_SHOW, now=scenario.clock.now())


async def one_is_requeued(scenario: Scenario) -> None:
    """The one who came asks for somebody else."""
    meeting = await scenario.matched()
    await scenario.in_the_room(meeting, 0)
    scenario.clock.pass_time(minutes=8)
    now = scenario.clock.now()
    ticket = requeued_ticket(meeting.tickets[0], new_id=new_id(scenario.clock), matched_at=now, now=now)
    for _ in range(2):
        await scenario.store.matches.end(meeting.match_id, EndReason.REPLACED, now=now, requeue=[ticket])


MATCHED = {"searches_started_total command": 2, "searches_ended_total matched": 2, "matches_made_total": 1}


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        (two_searches, {"searches_started_total command": 2}),
        (a_search_that_is_stopped, {"searches_started_total command": 1, "searches_ended_total left": 1}),
        (a_search_that_expires, {"searches_started_total command": 1, "searches_ended_total expired": 1}),
        (a_match, MATCHED),
        (a_meeting, MATCHED | {"rooms_entered_total": 2, "meetings_begun_total": 1}),
        (only_the_sweep_sees_them, MATCHED | {"rooms_entered_total": 2, "meetings_begun_total": 1}),
        (a_trial, {"messages_settled_total direct withdrawn": 2}),
        (
            nobody_comes,
            MATCHED | {"matches_ended_total no_show": 1, "messages_settled_total direct withdrawn": 2},
        ),
        (
            one_is_requeued,
            MATCHED
            | {
                "rooms_entered_total": 1,
                "matches_ended_total replaced": 1,
                "searches_started_total requeue": 1,
                "messages_settled_total direct withdrawn": 2,
            },
        ),
    ],
)
async def test_a_step_counts_once(
    scenario: Scenario,
    metrics: Metrics,
    story: Callable[[Scenario], Awaitable[None]],
    expected: dict[str, float],
) -> None:
    """However often it is repeated or reported."""
    await story(scenario)
    assert counted(metrics) == expected


async def first_message(scenario: Scenario) -> OutboxMessage:
    """A message that is due by direct message."""
    await scenario.matched()
    return (await scenario.store.outbox.find_due(scenario.clock.now(), 9))[0]


async def test_a_message_counts_by_its_route_once(scenario: Scenario, store: Store, metrics: Metrics) -> None:
    """Tried again, sent by the next route, recorded twice: retried once, rerouted once, sent once."""
    message, outbox, now = await first_message(scenario), store.outbox, scenario.clock.now()
    fence = await scenario.fence("courier")
    for failed in (TryAgain(reason="no answer"), TryAgain(reason="not connected", attempted=False)):
        await outbox.postpone(message, due_at=now, failed=failed, now=now, fence=fence)
    await outbox.reroute(message, Route.FOLLOW_UP, due_at=now, reason="closed", now=now, fence=fence)
    for _ in range(2):
        await outbox.mark_sent(message, Delivered(), now, fence)
    await outbox.mark_failed(message, reason="too late", now=now, fence=fence)
    assert {name: number for name, number in counted(metrics).items() if name.startswith("message")} == {
        "message_retries_total direct": 1,
        "messages_rerouted_total follow_up": 1,
        "messages_settled_total follow_up sent": 1,
    }


async def test_messages_that_get_too_old_count_as_withdrawn(scenario: Scenario, store: Store, metrics: Metrics) -> None:
    """By the route that was next; one that failed counts as failed."""
    message, now = await first_message(scenario), scenario.clock.now()
    await store.outbox.mark_failed(message, reason="gone", now=now, fence=await scenario.fence("courier"))
    await store.outbox.withdraw_useless(now + timedelta(hours=2), limit=9)
    settled = {name: number for name, number in counted(metrics).items() if name.startswith("messages_")}
    assert settled == {"messages_settled_total direct failed": 1, "messages_settled_total direct withdrawn": 1}


async def test_the_bot_leaves_a_server(scenario: Scenario, store: Store, metrics: Metrics) -> None:
    """Every search there ends, and what was to be said is withdrawn; hearing of it twice changes nothing."""
    await open_server(store)
    await scenario.waiting(1)
    await scenario.waiting(2)
    await scenario.matched(3, 4)
    for _ in range(2):
        await store.servers.leave(SERVER, scenario.clock.now())
    ended = counted(metrics)
    assert ended["searches_ended_total left"] == 2
    assert ended["messages_settled_total direct withdrawn"] == 2


async def test_lists_count_by_what_becomes_of_them(store: Store, scenario: Scenario, metrics: Metrics) -> None:
    """Written, or refused because another came first."""
    await a_match(scenario)
    lists = {name: number for name, number in counted(metrics, without=()).items() if name.startswith("database_lists")}
    assert lists["database_lists_total refused"] == 1
    assert lists["database_lists_total written"] > 3
    commits = counted(metrics, without=())["database_commit_seconds_count"]
    assert commits >= 3


async def test_lists_that_share_a_commit_are_timed_once(store: Store, metrics: Metrics) -> None:
    """Those that arrive during a commit share the next one; each counts as written."""
    before = counted(metrics, without=())
    await asyncio.gather(*(store.check() for _ in range(20)))
    after = counted(metrics, without=())
    assert after["database_lists_total written"] - before["database_lists_total written"] == 20
    assert after["database_commit_seconds_count"] - before["database_commit_seconds_count"] <= 2


@pytest.mark.parametrize(
    ("outcome", "label"),
    [
        ([], "written"),
        (UnexpectedRowCount("tickets.spend"), "refused"),
        (UniqueViolation("one_waiting_ticket"), "refused"),
        (StoreUnavailable("away"), "failed"),
        (RuntimeError("a bug"), "failed"),
    ],
)
def test_what_becomes_of_a_list_is_one_of_three(outcome: Exception | list[list[Row]], label: str) -> None:
    """A lost race is nothing to worry about, so it is told from a failure."""
    metrics = Metrics()
    StoreMetrics(metrics).record_list([], outcome)
    assert counted(metrics, without=("process_",)) == {f"database_lists_total {label}": 1}


def test_a_commit_in_which_nothing_was_written_is_not_timed() -> None:
    """It waited for a database that was away; one list among others that was written is enough."""
    metrics = Metrics()
    store_metrics = StoreMetrics(metrics)
    store_metrics.record_commit(5, [StoreUnavailable("away"), StoreUnavailable("away")])
    assert counted(metrics, without=("process_",)) == {}
    store_metrics.record_commit(0.002, [StoreUnavailable("away"), []])
    assert counted(metrics, without=("process_",))["database_commit_seconds_sum"] == 0.002


async def test_a_list_whose_caller_was_cancelled_counts(store: Store, scenario: Scenario, metrics: Metrics) -> None:
    """It is written all the same."""
    await scenario.agreed(1)
    searching = asyncio.create_task(store.tickets.start_waiting(scenario.ticket(1)))
    await asyncio.sleep(0)
    searching.cancel()
    await asyncio.wait([searching])
    await store.check()
    assert counted(metrics) == {"searches_started_total command": 1}


async def test_usage_tells_what_waits_and_works(store: Store) -> None:
    """Twenty lists wait while nothing is written yet; then none."""
    writing = [asyncio.create_task(store.check()) for _ in range(20)]
    await asyncio.sleep(0)
    busy = store.database.usage
    await asyncio.gather(*writing)
    idle = store.database.usage
    assert busy.waiting_lists == 20
    assert busy.connections_in_use >= 1
    assert idle == DatabaseUsage(waiting_lists=0, connections=busy.connections, connections_in_use=0)


def test_every_counted_statement_exists_and_returns_rows() -> None:
    """A step is counted by the rows that its statement returns: one that returns none would never count."""
    statements = queries.load()
    names = StoreMetrics(Metrics())._steps
    assert {name for name in names if "RETURNING" not in statements.get(name, "")} == set()


def test_what_cannot_be_counted_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    """The change is committed: whoever waits for it gets an answer."""
    metrics = Metrics()
    broken = Statement(name="matches.end", values={})
    StoreMetrics(metrics).record_list([broken], [[{"another column": 1}]])
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert counted(metrics, without=()).get("database_lists_total written") == 1
