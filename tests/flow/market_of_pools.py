"""A market with separated pools: what its members' roles are, what was told of them, and who was let together."""

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.chat.memberships import MembershipNews
from bot.domain.age_group import age_group_of, pool_of
from bot.domain.membership import Membership
from bot.domain.server import Audience, Server
from bot.matchmaker.loop import Matchmaker
from bot.store import Store
from bot.store.servers import Servers
from bot.store.tickets import AlreadyWaiting, BarredMeanwhile, InMatch, PoolUncertain
from tests.clocks import VirtualClock
from tests.store.scenario import Scenario
from web.admission import Admission
from web.problems import HttpProblem

ROLES = (11, 12)
ROLES_OF: Sequence[Collection[int]] = ((11,), (12,), (), (11, 12))
CHANCES = (6, 6, 1, 1)
"""How many members have these roles: most have one of the two."""
MATCHED_WITHIN, ENTERED_WITHIN = timedelta(minutes=10), timedelta(seconds=60)
"""Of what Discord told: what the design promises, written anew."""
MOMENTS = (0, 1, 30, 59, 61, 300, 599, 601)
"""Seconds that pass between two events: around the times for which an answer counts."""
AUDIENCES = (Audience.MIXED, Audience.MIXED, Audience.UNSURE, Audience.ADULTS)


@dataclass(kw_only=True)
class Person:
    """A member of two servers: the roles there, since when, and what Discord told last, judged by whom."""

    id: int
    roles: dict[int, Collection[int]]
    changed_at: dict[int, datetime]
    former: dict[int, Collection[int]]
    told: dict[int, tuple[datetime, Collection[int]]] = field(default_factory=dict)


@dataclass(kw_only=True)
class Counts:
    """What happened in all markets."""

    role_changes: int = 0
    setting_changes: int = 0
    searches: int = 0
    refused_searches: int = 0
    matches: int = 0
    tokens: int = 0
    refused_tokens: int = 0


class Market:
    """Two servers with their own age roles, and people who are in both; everything happens in random order.

    An oracle of its own checks each match and each token: by the roles that Discord told last, and by the settings that
    held then and hold now.
    """

    def __init__(self, number: int, store: Store, clock: VirtualClock, matchmaker: Matchmaker, counts: Counts) -> None:
        self._chance = random.Random(number)
        self._store = store
        self._clock = clock
        self._matchmaker = matchmaker
        self._scenario = Scenario(store, clock)
        self._servers = Servers(store.database, minors_allowed=True)
        self._news = MembershipNews(store.memberships, self._servers, store.staff_members, clock)
        self._admission = Admission(memberships=store.memberships, servers=self._servers, clock=clock)
        self._settings: dict[int, Server] = {}
        self._separated_at: dict[int, datetime] = {}
        self._seen: set[str] = set()
        self._counts = counts
        self._ids = (10_000 + 2 * number, 10_001 + 2 * number)
        now = clock.now()
        self._people = [
            Person(
                id=1_000_000 + 10 * number + each,
                roles={server: self._random_roles() for server in self._ids},
                changed_at=dict.fromkeys(self._ids, now),
                former={},
            )
            for each in range(self._chance.randint(4, 7))
        ]
        for person in self._people:
            person.former = dict(person.roles)

    async def play(self, events: int) -> None:
        """Set both servers up, let so many events happen, and check after each."""
        for server_id in self._ids:
            await self._save(server_id)
        frequent = (self._search, self._search, self._match, self._match, self._tell, self._enter, self._enter)
        rare = (self._change_role, self._change_role, self._pass_time, self._pass_time, self._save_either, self._leave)
        for _ in range(events):
            await self._chance.choice((*frequent, *rare))()
            await self._check_matches()

    def _random_roles(self) -> Collection[int]:
        return self._chance.choices(ROLES_OF, CHANCES)[0]

    async def _save(self, server_id: int) -> None:
        """As its admins please: another audience, the same roles or the two swapped."""
        before = self._settings.get(server_id)
        minor, adult = self._chance.choice((ROLES, ROLES, ROLES[::-1]))
        server = Server(
            server_id=server_id,
            name="School",
            audience=self._chance.choice(AUDIENCES),
            channel_id=1,
            minor_role_id=minor,
            adult_role_id=adult,
            reader_role_id=9,
        )
        saved = await self._servers.save(server, expected_version=before.version if before else 0)
        self._settings[server_id] = saved
        if before and _meaning(before) != _meaning(saved):
            for person in self._people:
                person.told.pop(server_id, None)

    async def _save_either(self) -> None:
        if self._chance.random() < 0.3:
            await self._save(self._chance.choice(self._ids))
            self._counts.setting_changes += 1

    async def _pass_time(self) -> None:
        self._clock.pass_time(seconds=self._chance.choice(MOMENTS))

    async def _change_role(self) -> None:
        """Somebody's roles change. Nobody is told."""
        person, server_id = self._chance.choice(self._people), self._chance.choice(self._ids)
        person.former[server_id] = person.roles[server_id]
        person.roles[server_id] = self._random_roles()
        person.changed_at[server_id] = self._clock.now()
        self._counts.role_changes += 1

    async def _tell(self) -> None:
        """Discord tells of somebody, or of everybody."""
        people = self._people if self._chance.random() < 0.5 else [self._chance.choice(self._people)]
        for server_id in self._ids:
            for person in people:
                await self._tell_of(person, server_id)

    async def _tell_of(self, person: Person, server_id: int) -> None:
        roles, now = person.roles[server_id], self._clock.now()
        membership = Membership(role_ids=frozenset(roles))
        await self._news.record(server_id, person.id, membership, server_role_ids=ROLES, told_at=now)
        person.told[server_id] = (now, roles)

    async def _search(self) -> None:
        """Somebody searches, as chat does it: their interaction tells their roles first. Or chat is mistaken."""
        person, server_id = self._chance.choice(self._people), self._chance.choice(self._ids)
        server = self._settings[server_id]
        if self._chance.random() < 0.9:
            await self._tell_of(person, server_id)
        roles = person.roles[server_id] if self._chance.random() < 0.9 else self._random_roles()
        pool = pool_of(server_id, age_group_of(roles, server))
        ticket = replace(self._scenario.ticket(person.id), server_id=server_id, pool=pool)
        await self._scenario.agreed(person.id, server_id)
        try:
            await self._store.tickets.start_waiting(ticket)
            self._counts.searches += 1
        except (AlreadyWaiting, BarredMeanwhile, InMatch, PoolUncertain):
            self._counts.refused_searches += 1

    async def _match(self) -> None:
        """By the matchmaker; or by one that knows nothing of pools."""
        await self._matchmaker.step(await self._scenario.fence())
        waiting = [await self._store.tickets.find_by_member(person.id) for person in self._people]
        tickets = [ticket for ticket in waiting if ticket]
        if len(tickets) >= 2 and self._chance.random() < 0.5:
            new, _ = self._scenario.match_of(*self._chance.sample(tickets, 2))
            await self._store.matches.create(new, fence=await self._scenario.fence())

    async def _leave(self) -> None:
        person = self._chance.choice(self._people)
        seat = await self._store.matches.find_by_member(person.id)
        if seat is not None and self._chance.random() < 0.5:
            await self._store.browser_sessions.leave_seat(seat.own.id, self._clock.now())
            if self._chance.random() < 0.5:
                await self._tell_of(person, seat.match.server_id)
            await self._store.browser_sessions.undo_leaving(seat.own.id, self._clock.now())

    async def _check_matches(self) -> None:
        """Each new match is of two whom Discord told lately to be of one group, which is its pool."""
        now = self._clock.now()
        for person in self._people:
            seat = await self._store.matches.find_by_member(person.id)
            if seat is None or seat.match.id in self._seen:
                continue
            self._seen.add(seat.match.id)
            self._counts.matches += 1
            server = self._settings[seat.match.server_id]
            both = [each for each in self._people if each.id in {seat.own.member_id, seat.partner.member_id}]
            assert len(both) == 2, "a match of people from two markets"
            groups = {_group_told(each, server, now, within=MATCHED_WITHIN) for each in both}
            assert len(groups) == 1, f"two groups met: {groups}"
            assert groups <= {"minor", "adult"} or not _is_separated(server), f"nobody knows their group: {groups}"

    async def _enter(self) -> None:
        """Somebody asks for a join token. Whoever gets one is of the group of their partner, as told a minute ago."""
        person, now = self._chance.choice(self._people), self._clock.now()
        seat = await self._store.matches.find_by_member(person.id)
        if seat is None:
            return
        try:
            await self._admission.require_admitted(seat)
        except HttpProblem:
            self._counts.refused_tokens += 1
            return
        self._counts.tokens += 1
        server_id, server = seat.match.server_id, self._settings[seat.match.server_id]
        if not _is_separated(server):
            assert seat.match.pool == str(server_id), "a room of a pool that is no more"
            return
        group = _group_told(person, server, now, within=ENTERED_WITHIN)
        assert group in {"minor", "adult"}
        assert seat.match.pool == f"{server_id}:{group}"
        real = {_group(person.roles[server_id], server)}
        if now - person.changed_at[server_id] <= ENTERED_WITHIN:
            real.add(_group(person.former[server_id], server))
        assert group in real or now - person.changed_at[server_id] <= ENTERED_WITHIN, "entered long after a change"


def _is_separated(server: Server) -> bool:
    return server.audience is not Audience.ADULTS


def _meaning(server: Server) -> tuple[object, ...]:
    return _is_separated(server), server.minor_role_id, server.adult_role_id


def _group(roles: Collection[int], server: Server) -> str:
    """What roles mean, written anew."""
    names = {server.minor_role_id: "minor", server.adult_role_id: "adult"}
    return "+".join(sorted(str(names[role]) for role in roles)) or "neither"


def _group_told(person: Person, server: Server, now: datetime, *, within: timedelta) -> str:
    """The group of a member by what Discord told last; where nothing separates pools, all are of one."""
    if not _is_separated(server):
        return "everybody"
    told_at, roles = person.told.get(server.server_id, (None, ()))
    if told_at is None or now - told_at > within:
        return f"unknown of {person.id}"
    return _group(roles, server)
