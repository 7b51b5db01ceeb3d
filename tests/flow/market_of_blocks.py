"""A market of people who search, meet, block each other, are held back, delete their data and come back."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.match import EndReason, MatchState
from bot.domain.pseudonym import NOBODY_BYTES, nobody_of
from bot.domain.report import UNDO_REPORT_FOR
from bot.domain.restriction import Restriction, RestrictionKind
from bot.matchmaker.loop import Matchmaker
from bot.store import Store
from bot.store.tickets import AlreadyWaiting, InMatch, RestrictedMeanwhile
from tests.clocks import VirtualClock
from tests.loops.factories import open_server
from tests.store.scenario import Scenario

MOMENTS = (0, 1, 10, 61, 400)
"""Seconds that pass between two events."""
HELD_FOR = timedelta(minutes=10)


@dataclass(kw_only=True)
class BlockCounts:
    """What happened in all markets."""

    blocks: int = 0
    blocked_while_away: int = 0
    unblocks: int = 0
    holds: int = 0
    deletions: int = 0
    returns: int = 0
    refused_searches: int = 0
    matches: int = 0


class BlockMarket:
    """Six people in one server, and random events among them.

    An oracle of its own knows by whom each is blocked and until when each is held back, and checks each match; it knows
    people by their true ids, whatever they have deleted.
    """

    def __init__(
        self, number: int, store: Store, clock: VirtualClock, matchmaker: Matchmaker, counts: BlockCounts
    ) -> None:
        self._chance = random.Random(number)
        self._store = store
        self._clock = clock
        self._matchmaker = matchmaker
        self._scenario = Scenario(store, clock)
        self._counts = counts
        self._people = [1_000_000 + 10 * number + each for each in range(6)]
        self._blocks: set[tuple[int, int]] = set()
        self._holds: list[Restriction] = []
        self._away: set[int] = set()
        self._made: dict[str, frozenset[int]] = {}

    async def play(self, events: int) -> None:
        """Let so many events happen, and check after each."""
        await open_server(self._store)
        frequent = (self._search, self._search, self._search, self._match, self._match, self._meet)
        rare = (self._block, self._block_last_partner, self._unblock, self._hold, self._delete, self._pass_time)
        for _ in range(events):
            await self._chance.choice((*frequent, *rare))()
            await self._check_matches()

    async def _search(self) -> None:
        person = self._chance.choice(self._people)
        held = any(hold.since <= self._clock.now() for hold in self._holds_of(person))
        try:
            await self._scenario.waiting(person)
        except (AlreadyWaiting, InMatch, RestrictedMeanwhile):
            self._counts.refused_searches += 1
            return
        assert not held, "somebody searches who is held back"
        self._counts.returns += person in self._away
        self._away.discard(person)

    async def _match(self) -> None:
        """By the matchmaker; or by one that knows nothing of blocks."""
        await self._matchmaker.step(await self._scenario.fence())
        waiting = [await self._store.tickets.find_by_member(person) for person in self._people]
        tickets = [ticket for ticket in waiting if ticket]
        if len(tickets) >= 2 and self._chance.random() < 0.5:
            new, _ = self._scenario.match_of(*self._chance.sample(tickets, 2))
            await self._store.matches.create(new, fence=await self._scenario.fence())

    async def _meet(self) -> None:
        """Somebody meets their partner; afterwards everybody can search again."""
        seat = await self._store.matches.find_by_member(self._chance.choice(self._people))
        if seat is None:
            return
        both = (seat.own.id, seat.partner.id)
        for each in both:
            await self._store.presence.participant_joined(each, each, seat.match.room_name, self._clock.now())
        for each in both:
            await self._store.browser_sessions.leave_seat(each, self._clock.now())
        self._clock.pass_time(seconds=11)
        reason = EndReason.DONE if seat.match.state is MatchState.MEETING else EndReason.DECLINED
        await self._store.matches.end(seat.match.id, reason, now=self._clock.now())

    async def _block(self) -> None:
        blocker, blocked = self._chance.sample(self._people, 2)
        await self._store.blocks.add(blocker, blocked, self._clock.now())
        self._blocks.add((blocker, blocked))
        self._counts.blocks += 1

    async def _block_last_partner(self) -> None:
        """The partner may have deleted their data since: then the store names them by their pseudonym."""
        person = self._chance.choice(self._people)
        seat = await self._store.matches.find_latest_by_member(person)
        if seat is None:
            return
        [partner] = self._made[seat.match.id] - {person}
        await self._store.blocks.add(person, seat.partner.member_id, self._clock.now())
        self._blocks.add((person, partner))
        self._counts.blocks += 1
        self._counts.blocked_while_away += seat.partner.member_id < 0

    async def _unblock(self) -> None:
        if self._blocks:
            block = self._chance.choice(sorted(self._blocks))
            assert await self._store.blocks.remove(*block)
            self._blocks.discard(block)
            self._counts.unblocks += 1

    def _holds_of(self, person: int) -> Sequence[Restriction]:
        """Those that have not ended. No match is made from the moment that one is written, whenever it begins."""
        ends = [(hold, hold.until) for hold in self._holds if hold.member_id == person]
        return [hold for hold, until in ends if until is not None and until > self._clock.now()]

    async def _hold(self) -> None:
        """At once, or when a report cannot be undone any more."""
        person, now = self._chance.choice(self._people), self._clock.now()
        hold = Restriction(
            id=f"{person} {self._counts.holds}",
            kind=RestrictionKind.HOLD,
            member_id=person,
            server_id=None,
            since=now + self._chance.choice((timedelta(), UNDO_REPORT_FOR)),
            until=now + HELD_FOR,
        )
        await self._store.restrictions.add(hold, now)
        self._holds.append(hold)
        self._counts.holds += 1

    async def _delete(self) -> None:
        person, nobody = self._chance.choice(self._people), nobody_of(self._clock.random_bytes(NOBODY_BYTES))
        await self._store.personal_data.erase(person, nobody=nobody, now=self._clock.now())
        if self._chance.random() < 0.5:
            self._clock.pass_time(seconds=30)
            await self._store.personal_data.finish_erasing(nobody=nobody, now=self._clock.now())
        self._away.add(person)
        self._counts.deletions += 1

    async def _pass_time(self) -> None:
        self._clock.pass_time(seconds=self._chance.choice(MOMENTS))

    async def _check_matches(self) -> None:
        """In each new match neither has blocked the other, and nobody is held back."""
        for person in self._people:
            seat = await self._store.matches.find_by_member(person)
            if seat is None or seat.match.id in self._made:
                continue
            both = frozenset({person, seat.partner.member_id})
            assert both <= set(self._people)
            self._made[seat.match.id] = both
            self._counts.matches += 1
            assert not any(block <= both for block in map(frozenset, self._blocks)), "a block was crossed"
            assert not any(map(self._holds_of, both)), "somebody held back was matched"
