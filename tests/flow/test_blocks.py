"""Nobody is matched with whom they have blocked, or who has blocked them: in memory, and in the store."""

from collections.abc import Callable
from dataclasses import asdict
from random import Random

import pytest

from bot.matching.engine import Engine
from bot.matching.fit import Weights
from bot.matching.history import History
from bot.store import Store
from tests.both_databases import on_both_databases
from tests.clocks import START, VirtualClock
from tests.flow.market_of_blocks import BlockCounts, BlockMarket
from tests.loops.factories import make_matchmaker
from tests.matching.sample_tickets import ticket

EVENTS = 100


def play_in_memory(number: int) -> int:
    """One market in the engine, in which people block and unblock each other. Returns how many pairs were made."""
    chance, engine, pairs = Random(number), Engine(weights=Weights()), 0
    people = list(range(chance.randint(6, 10)))
    for person in people:
        engine.add_ticket(ticket(person))
    for seconds in (0, 120, 300, 600):
        blocks = {tuple(chance.sample(people, 2)) for _ in range(chance.randint(0, len(people)))}
        engine.forget_history(people)
        engine.add_history(History(blocks=frozenset((one, other) for one, other in blocks)))
        for pair in engine.decide(START.timestamp() + seconds):
            ids = pair.a.member_id, pair.b.member_id
            assert ids not in blocks
            assert ids[::-1] not in blocks
            pairs += 1
    return pairs


@pytest.mark.parametrize(
    ("part", "matches"),
    [
        pytest.param(0, 1_000, marks=pytest.mark.dose),
        *(pytest.param(part, 10_000, marks=pytest.mark.faults) for part in range(10)),
    ],
)
def test_no_block_is_crossed_in_memory(part: int, matches: int, record_property: Callable[[str, object], None]) -> None:
    """Blocks come and go between the engine's decisions, as they do when the matchmaker reads them again."""
    made, market = 0, part * 1_000_000
    while made < matches:
        made += play_in_memory(market)
        market += 1
    record_property("times", made)


@on_both_databases
@pytest.mark.parametrize(
    "markets",
    [
        pytest.param(range(15), marks=pytest.mark.dose),
        *(pytest.param(range(first, first + 125), marks=pytest.mark.faults) for first in range(0, 1_000, 125)),
    ],
    ids=lambda markets: f"markets {markets[0]} to {markets[-1]}",
)
async def test_no_block_is_crossed_through_the_store(
    store: Store, clock: VirtualClock, markets: range, record_property: Callable[[str, object], None]
) -> None:
    """Members block each other, are held back, delete their data and come back in between."""
    counts, matchmaker = BlockCounts(), make_matchmaker(store, clock)
    for number in markets:
        await BlockMarket(number, store, clock, matchmaker, counts).play(EVENTS)
        clock.pass_time(minutes=90)  # nobody of this market waits any more
    record_property("times", len(markets))
    for name, count in asdict(counts).items():
        record_property(name, count)
    often = (counts.matches, counts.blocks, counts.deletions, counts.returns, counts.refused_searches)
    assert min(often) > len(markets)
    assert counts.blocked_while_away > len(markets) / 10
