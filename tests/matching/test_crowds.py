"""Crowded pools, with many more possible partners than candidates, are fair; random pairs break no hard rule."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from bot.domain.ticket import Camera, Level, Style, Ticket, Wishes
from bot.matching.engine import INTERVAL_S, Engine, Pair
from bot.matching.fit import Weights, fit
from bot.matching.history import History
from bot.matching.may_meet import may_meet
from bot.matching.queue_columns import queue_position
from tests.clocks import START
from tests.matching.sample_tickets import NO_HISTORY, must_wait, ticket

WEIGHTS = Weights()
MILLION = 1_000_000
BLOCKED = 0.2
KINDS: Sequence[Sequence[Any]] = (
    ("any", "a", "b", "c", "d", "e"),
    (None, *Level),
    tuple(Style),
    tuple(Camera),
    ((25,), (50,), (25, 50), (50, 75)),
    (("en",), ("en", "de"), ("de",), ("es", "en")),
)


def random_ticket(number: int, after: float, chance: np.random.Generator, *, pools: int = 1) -> Ticket:
    """A ticket with random wishes, opened `after` seconds, with one to ten minutes of patience."""
    subject, level, style, camera, lengths, languages = (kinds[int(chance.integers(len(kinds)))] for kinds in KINDS)
    wishes = Wishes(
        subject=subject,
        subject_group="any" if subject == "any" else f"g{ord(subject) % 2}",
        level=level,
        style=style,
        camera=camera,
        lengths=lengths,
        languages=languages,
    )
    opened = ticket(number, pool=str(chance.integers(pools)), after=after)
    return replace(
        opened, wishes=wishes, expires_at=opened.waiting_since + timedelta(seconds=int(chance.integers(60, 600)))
    )


def passed_over(pairs: Sequence[Pair], left_over: Sequence[Ticket], now: float) -> Iterator[tuple[Ticket, Ticket]]:
    """Tickets in their last interval, each with a later one that was preferred but suits the partner no better."""
    last = [each for each in left_over if each.expires_at.timestamp() - now <= INTERVAL_S]
    for pair in pairs:
        for partner, taken in ((pair.a, pair.b), (pair.b, pair.a)):
            theirs = fit(partner, taken, history=NO_HISTORY, weights=WEIGHTS, now=START)
            for passed in last:
                mine = fit(partner, passed, history=NO_HISTORY, weights=WEIGHTS, now=START)
                if queue_position(passed) < queue_position(taken) and mine >= theirs:
                    yield passed, taken


def test_a_crowded_pool_is_fair() -> None:
    """Even if everybody has far more possible partners than candidates, nobody is passed over at the end."""
    chance = np.random.default_rng(7)
    engine, waiting, paired = Engine(weights=WEIGHTS), dict[str, Ticket](), 0
    for step in range(150):
        now = START.timestamp() + INTERVAL_S * step
        for number in range(30 if step < 60 else 3):
            opened = random_ticket(100 * step + number, INTERVAL_S * step, chance)
            waiting[opened.id] = opened
            engine.add_ticket(opened)
        waiting = {each.id: each for each in waiting.values() if each.expires_at.timestamp() > now}
        pairs = engine.decide(now)
        for pair in pairs:
            del waiting[pair.a.id], waiting[pair.b.id]
        assert not list(passed_over(pairs, list(waiting.values()), now))
        paired += len(pairs)
    assert paired > 700


@pytest.mark.parametrize(("expiring", "partner_count"), [(40, 30), (200, 150)])
def test_with_too_few_partners_the_longest_wait_comes_first(expiring: int, partner_count: int) -> None:
    """Many expiring tickets want the same few partners, who have closer ones: the first in the queue get them all."""
    languages = tuple(f"l{number}" for number in range(expiring + 10))
    seekers = [ticket(number, after=number / 5, languages=(language,)) for number, language in enumerate(languages)]
    partners = [
        ticket(1000 + number, after=40, subject=f"s{number}", languages=languages, camera=Camera.ON)
        for number in range(partner_count)
    ]
    now = START.timestamp() + 100
    engine = Engine(weights=WEIGHTS)
    for each in (
        *(replace(each, expires_at=START + timedelta(seconds=103)) for each in seekers[:expiring]),
        *partners,
        *(replace(each, waiting_since=START + timedelta(seconds=90)) for each in seekers[expiring:]),
    ):
        engine.add_ticket(each)
    pairs = engine.decide(now)
    assert {pair.a.member_id for pair in pairs} == set(range(partner_count))
    assert {pair.b.member_id for pair in pairs} == {each.member_id for each in partners}


@pytest.mark.parametrize("count", [1_000, pytest.param(MILLION, marks=pytest.mark.faults, id="full")])
def test_random_pairs_break_no_rule(count: int, record_property: Callable[[str, object], None]) -> None:
    """A million random pairs: nobody twice, with themselves, across pools or blocks, or with nothing in common.

    Nor with somebody from whom they are kept apart, or who likes the opposite style and has only just come.
    """
    record_property("times", count)
    chance = np.random.default_rng(8)
    engine, waiting, blocks, paired = Engine(weights=WEIGHTS), dict[str, Ticket](), set[tuple[int, int]](), 0
    apart: dict[tuple[int, int], datetime] = {}
    number = step = 0
    while paired < count:
        step += 1
        now = START.timestamp() + INTERVAL_S * step
        for _ in range(400):
            number += 1
            opened = random_ticket(number, INTERVAL_S * step, chance, pools=20)
            if chance.random() < BLOCKED:
                block = (number, number - int(chance.integers(1, 400)))
                blocks.add(block if chance.random() < 0.5 else block[::-1])
                engine.add_history(History(blocks=frozenset({block if block in blocks else block[::-1]})))
            if chance.random() < BLOCKED:
                two, seconds = (number - int(chance.integers(1, 400)), number), float(chance.integers(600))
                apart[two] = datetime.fromtimestamp(now + seconds, UTC)
                engine.add_history(History(blocks=blocks & {two, two[::-1]}, apart_until={two: apart[two]}))
            waiting[opened.id] = opened
            engine.add_ticket(opened)
        history = History(blocks=blocks, apart_until=apart)
        for pair in engine.decide(now):
            assert not must_wait(pair.a, pair.b, now)
            assert waiting.pop(pair.a.id).expires_at.timestamp() > now
            assert waiting.pop(pair.b.id).expires_at.timestamp() > now
            assert may_meet(pair.a, pair.b, history, datetime.fromtimestamp(now, UTC))
            paired += 1
        if step % 100 == 0:
            waiting = {each.id: each for each in waiting.values() if each.expires_at.timestamp() > now}
