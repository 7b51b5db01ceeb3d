"""Adults and members under 18 never meet: random markets in memory and in the store, with roles that change."""

from collections.abc import Callable
from dataclasses import asdict, replace
from random import Random

import pytest

from bot.domain.age_group import age_group_of, pool_of
from bot.domain.server import Audience, Server
from bot.matching.engine import Engine
from bot.matching.fit import Weights
from bot.store import Store
from tests.clocks import START, VirtualClock
from tests.flow.market_of_pools import CHANCES, ROLES, ROLES_OF, Counts, Market
from tests.loops.factories import make_matchmaker
from tests.matching.sample_tickets import ticket

EVENTS = 120
SERVERS = tuple(
    Server(server_id=number, name="School", audience=Audience.MIXED, minor_role_id=minor, adult_role_id=adult)
    for number, (minor, adult) in ((1, ROLES), (2, ROLES[::-1]))
)


def play_in_memory(number: int) -> int:
    """One market in the engine: people of random roles wait in two servers. Returns how many pairs were made."""
    chance, engine = Random(number), Engine(weights=Weights())
    roles = {member: chance.choices(ROLES_OF, CHANCES)[0] for member in range(chance.randint(2, 7))}
    for member, held in roles.items():
        server = chance.choice(SERVERS)
        group = age_group_of(held, server)
        engine.add_ticket(replace(ticket(member, pool=pool_of(server.server_id, group)), server_id=server.server_id))
    pairs = [pair for seconds in (0, 300, 600) for pair in engine.decide(START.timestamp() + seconds)]
    for pair in pairs:
        assert pair.a.server_id == pair.b.server_id
        server = SERVERS[pair.a.server_id - 1]
        groups = {age_group_of(roles[each.member_id], server) for each in (pair.a, pair.b)}
        assert len(groups) == 1
    return len(pairs)


@pytest.mark.parametrize(
    "markets",
    [pytest.param(2_000, marks=pytest.mark.dose), pytest.param(100_000, marks=pytest.mark.faults)],
    ids="{} markets".format,
)
def test_nobody_is_paired_across_pools_in_memory(markets: int, record_property: Callable[[str, object], None]) -> None:
    """The engine has no pair of two pools, nor of two servers, whatever the roles mean in each."""
    pairs = sum(play_in_memory(number) for number in range(markets))
    record_property("times", markets)
    record_property("pairs", pairs)
    assert pairs > markets / 2


@pytest.mark.parametrize(
    "markets",
    [pytest.param(25, marks=pytest.mark.dose), pytest.param(1_000, marks=pytest.mark.faults)],
    ids="{} markets".format,
)
async def test_nobody_meets_across_pools_through_the_store(
    store: Store, clock: VirtualClock, markets: int, record_property: Callable[[str, object], None]
) -> None:
    """Roles and settings change between ticket, match and entry: no match and no token across pools.

    It holds by the roles that Discord told last; and nobody enters more than a minute after a change of theirs.
    """
    counts, matchmaker = Counts(), make_matchmaker(store, clock)
    for number in range(markets):
        await Market(number, store, clock, matchmaker, counts).play(EVENTS)
        clock.pass_time(minutes=90)  # nobody of this market waits any more
    record_property("times", markets)
    for name, count in asdict(counts).items():
        record_property(name, count)
    assert min(counts.matches, counts.tokens, counts.role_changes, counts.setting_changes) > markets / 2
    assert counts.refused_tokens > markets / 2
