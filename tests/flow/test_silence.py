"""Whoever is blocked or reported sees what anybody sees whose partner leaves, to the millisecond."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any, TypeAlias

import pytest

from bot.chat.search.wait_estimator import WaitEstimator
from bot.clock import new_id
from bot.domain.report import ReportPlace, ReportReason
from bot.matching.fit import Weights
from bot.store import Store
from bot.store.reports import NewReport
from bot.store.tickets import RestrictedMeanwhile
from bot.store.times import to_ms
from tests.clocks import START, VirtualClock
from tests.loops.factories import make_janitor
from tests.store.opening import open_store
from tests.store.rows import fetch_rows
from tests.store.scenario import Meeting, Scenario

TICK = 5  # seconds
LASTS = 25 * 60  # longer than the longest search, or a match in which nobody comes
LOOKS_EVERY = 60
UNDONE_AFTER = 25
PAIRS = 100
SEVERE_PAIRS = 20
TICKET_COLUMNS = 7
ESTIMATED = 20  # members whose wait is estimated at the end

SEES: Sequence[str] = (
    """SELECT own_member_id, state, reason, reminded_at, met_at, ends_at, parted_at, ended_at, version, own_entered_at,
      own_left_at, own_left_for_good, own_live, partner_entered_at, partner_left_at, notified_at, partner_reminded_at,
      own_barred_until, CASE WHEN partner_sid IS NOT NULL AND partner_left_at IS NULL THEN 1 ELSE 0 END
      FROM seat_in_match WHERE own_member_id % 2 = 0""",
    """SELECT member_id, kind, CASE WHEN kind = 'check_in' THEN '' ELSE payload END, state, due_at, useful_until,
      stale_at, changes FROM outbox WHERE member_id > 0 AND member_id % 2 = 0""",
    """SELECT member_id, waiting_since, expires_at, front, state, ended_at, version FROM tickets
      WHERE member_id % 2 = 0""",
    """SELECT s.member_id, b.state, b.ended_at FROM browser_sessions AS b JOIN seats AS s ON s.id = b.seat_id
      WHERE s.member_id % 2 = 0""",
    "SELECT member_id, kind, since, until FROM restrictions WHERE member_id % 2 = 0 AND since <= {now}",
)
"""All of which the page, the cards and the messages of the members with even ids are made, `now`."""

Act: TypeAlias = Callable[[Store, Scenario, Meeting], Awaitable[object]]
Seen: TypeAlias = list[tuple[Any, ...]]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What two who are matched do, in seconds after their match; None is never. The member with the odd id `acts`."""

    enters: int | None
    partner_enters: int | None
    acts: int
    partner_leaves: int | None
    partner_undoes: bool
    partner_searches: bool


def make_plan(chance: Random) -> Plan:
    """Any order of what can happen."""
    seconds = [TICK * chance.randrange(1, latest) for latest in (40, 40, 100, 100)]
    return Plan(
        enters=chance.choice([None, seconds[0], seconds[0]]),
        partner_enters=chance.choice([None, seconds[1], seconds[1]]),
        acts=seconds[2],
        partner_leaves=chance.choice([None, seconds[3]]),
        partner_undoes=chance.random() < 0.5,
        partner_searches=chance.random() < 0.5,
    )


SEARCHES_AFTERWARDS = Plan(
    enters=TICK,
    partner_enters=TICK,
    acts=20 * TICK,
    partner_leaves=40 * TICK,
    partner_undoes=False,
    partner_searches=True,
)
"""The partner has been in the room with the one who acts, and looks for another one at the end."""


async def leave(store: Store, scenario: Scenario, meeting: Meeting) -> None:
    await store.browser_sessions.leave_seat(meeting.seats[0], scenario.clock.now())


async def block(store: Store, scenario: Scenario, meeting: Meeting) -> None:
    ids = [ticket.member_id for ticket in meeting.tickets]
    await store.blocks.add(ids[0], ids[1], scenario.clock.now())


async def report(store: Store, scenario: Scenario, meeting: Meeting, reason: ReportReason = ReportReason.HATE) -> None:
    new = NewReport(id=new_id(scenario.clock), seat_id=meeting.seats[0], place=ReportPlace.ROOM, reason=reason)
    await store.reports.file(new, scenario.clock.now())


async def report_severely(store: Store, scenario: Scenario, meeting: Meeting) -> None:
    await report(store, scenario, meeting, ReportReason.SEXUAL)


async def report_by_mistake(store: Store, scenario: Scenario, meeting: Meeting) -> None:
    await report_severely(store, scenario, meeting)


async def undo_report(store: Store, scenario: Scenario, meeting: Meeting) -> None:
    assert await store.reports.undo(meeting.seats[0], scenario.clock.now())


UNDONE: Mapping[Act, Act] = {report_by_mistake: undo_report}
"""What is undone, and how, while it can be."""


class World:
    """Many pairs, each with its plan, played at the same time; `act` is what the members with odd ids do."""

    def __init__(self, store: Store, plans: Sequence[Plan], act: Act) -> None:
        self._store = store
        self._clock = VirtualClock()
        self._scenario = Scenario(store, self._clock)
        self._plans = plans
        self._act = act
        self._meetings: list[Meeting] = []

    async def play(self) -> Sequence[Seen]:
        """Play everything; returns all that the others could see, each minute, and how long they may wait then."""
        for number in range(len(self._plans)):
            meeting = await self._scenario.matched(2 * number + 1, 2 * number + 2)
            assert await self._scenario.redeem(meeting.tokens[1])
            self._meetings.append(meeting)
        janitor, seen = make_janitor(self._store, self._clock), []
        for second in range(0, LASTS, TICK):
            self._clock.set(START + timedelta(seconds=second))
            for plan, meeting in zip(self._plans, self._meetings, strict=True):
                await self._do(plan, meeting, second)
            await janitor.step(await self._scenario.fence("janitor"))
            if second % LOOKS_EVERY == 0:
                seen.append(await self._look())
        return [*seen, await self._estimate()]

    async def _do(self, plan: Plan, meeting: Meeting, second: int) -> None:
        now, sessions = self._clock.now(), self._store.browser_sessions
        if second == plan.enters:
            await self._scenario.in_the_room(meeting, 0)
        if second == plan.partner_enters:
            await self._scenario.in_the_room(meeting, 1)
        if second == plan.acts:
            await self._act(self._store, self._scenario, meeting)
        if second == plan.acts + UNDONE_AFTER and self._act in UNDONE:
            await UNDONE[self._act](self._store, self._scenario, meeting)
        if second == plan.partner_leaves:
            await sessions.leave_seat(meeting.seats[1], now)
        if plan.partner_leaves is not None and second == plan.partner_leaves + TICK and plan.partner_undoes:
            await sessions.undo_leaving(meeting.seats[1], now)
        if second == LASTS - LOOKS_EVERY and plan.partner_searches:
            await self._search(meeting.tickets[1].member_id)

    async def _search(self, member_id: int) -> None:
        live = await self._store.matches.find_by_member(member_id)
        if live is None and await self._store.tickets.find_by_member(member_id) is None:
            with suppress(RestrictedMeanwhile):
                await self._scenario.waiting(member_id)

    async def _look(self) -> Seen:
        queries = [sql.format(now=to_ms(self._clock.now())) for sql in SEES]
        return [row for sql in queries for row in sorted(await fetch_rows(self._store, sql), key=repr)]

    async def _estimate(self) -> Seen:
        estimator = WaitEstimator(self._store.tickets, Weights(), self._clock)
        waiting = [ticket for ticket in await self._scenario.waiting_tickets() if ticket.member_id % 2 == 0]
        tickets = sorted(waiting, key=lambda ticket: ticket.member_id)[:ESTIMATED]
        return [(ticket.member_id, repr(await estimator.estimate(ticket))) for ticket in tickets]


async def play(path: Path, plans: Sequence[Plan], act: Act) -> Sequence[Seen]:
    async with open_store(f"sqlite:///{path / act.__name__}.db") as store:
        return await World(store, plans, act).play()


@pytest.mark.parametrize(
    ("seed", "pairs"),
    [
        pytest.param(0, 25, id=pytest.HIDDEN_PARAM),
        *(pytest.param(each, PAIRS, marks=pytest.mark.faults) for each in range(1, 11)),
    ],
)
async def test_silence(tmp_path: Path, seed: int, pairs: int) -> None:
    """With the block or the report, words, order and times are those without, and so is the range of the wait.

    So they are with a severe report that is undone.
    """
    chance = Random(seed)
    plans = [SEARCHES_AFTERWARDS, *(make_plan(chance) for _ in range(pairs - 1))]
    without = await play(tmp_path, plans, leave)
    kinds = {row[1] for row in without[-2] if isinstance(row[1], str)}
    assert {"partner_declined", "check_in", "reminder", "invitation"} <= kinds
    assert without[-1], "somebody waits at the end"
    await require_only_holds(tmp_path, plans[:SEVERE_PAIRS], without)
    for act in (block, report, report_by_mistake):
        with_it = await play(tmp_path, plans, act)
        for minute, (one, other) in enumerate(zip(without, with_it, strict=True)):
            assert one == other, (act.__name__, minute)


async def require_only_holds(tmp_path: Path, plans: Sequence[Plan], without: Sequence[Seen]) -> None:
    """After severe reports the first pairs see what they see `without`, but for holds, and searches refused by them.

    The estimates of the wait are left out: who is kept from searching makes it longer for others, as if they were away.
    """
    members = range(1, 2 * len(plans) + 1)
    severe = await play(tmp_path, plans, report_severely)
    held: set[int] = set()
    for one, other in zip(without[:-1], severe[:-1], strict=True):
        usual, seen = ({row for row in rows if row[0] in members} for rows in (one, other))
        held |= {row[0] for row in seen - usual}
        assert {row[1] for row in seen - usual} <= {"hold"}
        assert usual - seen <= {row for row in usual if is_search(row) and row[0] in held}
    assert held, "somebody is held"
    assert {row[0] for row in without[-2] if is_search(row)} & held, "a search is refused"


def is_search(row: tuple[Any, ...]) -> bool:
    """Whether this was seen of a search that goes on."""
    return len(row) == TICKET_COLUMNS and row[4] == "waiting"
