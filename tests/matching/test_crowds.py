"""Crowds: a pool with many more partners than candidates stays fair, and a million pairs break no rule."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from bot.domain.ticket import Camera, Level, Style, Ticket, Wishes
from bot.matching.engine import INTERVAL_S, Engine, Pair
from bot.matching.fit import History, Weights, fit
from bot.matching.line import place_in_line
from bot.matching.may_meet import may_meet
from tests.clocks import START
from tests.matching.sample_tickets import NOBODY, ticket

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


def drawn(number: int, came: float, chance: np.random.Generator, *, pools: int = 1) -> Ticket:
    """Somebody who comes then, of any kind, with one to ten minutes of patience."""
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
    here = ticket(number, pool=str(chance.integers(pools)), after=came)
    return replace(
        here, wishes=wishes, expires_at=here.waiting_since + timedelta(seconds=int(chance.integers(60, 600)))
    )


def passed_over(pairs: Sequence[Pair], left_over: Sequence[Ticket], now: float) -> Iterator[tuple[Ticket, Ticket]]:
    """Who in their last interval was passed over for whom later in the line who suits the partner no better."""
    last = [each for each in left_over if each.expires_at.timestamp() - now <= INTERVAL_S]
    for pair in pairs:
        for partner, taken in ((pair.a, pair.b), (pair.b, pair.a)):
            theirs = fit(partner, taken, history=NOBODY, weights=WEIGHTS, now=START)
            for passed in last:
                mine = fit(partner, passed, history=NOBODY, weights=WEIGHTS, now=START)
                if place_in_line(passed) < place_in_line(taken) and mine >= theirs:
                    yield passed, taken


def test_a_crowd_is_fair() -> None:
    """In a pool where everybody has far more partners than candidates nobody is passed over at the end."""
    chance = np.random.default_rng(7)
    engine, waiting, paired = Engine(weights=WEIGHTS), dict[str, Ticket](), 0
    for turn in range(150):
        now = START.timestamp() + INTERVAL_S * turn
        for number in range(30 if turn < 60 else 3):
            here = drawn(100 * turn + number, INTERVAL_S * turn, chance)
            waiting[here.id] = here
            engine.add_ticket(here)
        waiting = {each.id: each for each in waiting.values() if each.expires_at.timestamp() > now}
        pairs = engine.decide(now)
        for pair in pairs:
            del waiting[pair.a.id], waiting[pair.b.id]
        assert not list(passed_over(pairs, list(waiting.values()), now))
        paired += len(pairs)
    assert paired > 700


@pytest.mark.parametrize(("going", "sought"), [(40, 30), (200, 150)])
def test_when_too_few_are_left_the_longest_wait_comes_first(going: int, sought: int) -> None:
    """Many who are about to go want few partners, each of whom has nearer ones: whoever came first gets them, all."""
    tongues = tuple(f"l{number}" for number in range(going + 10))
    seekers = [ticket(number, after=number / 5, languages=(tongue,)) for number, tongue in enumerate(tongues)]
    partners = [
        ticket(1000 + number, after=40, subject=f"s{number}", languages=tongues, camera=Camera.ON)
        for number in range(sought)
    ]
    now = START.timestamp() + 100
    engine = Engine(weights=WEIGHTS)
    for each in (
        *(replace(each, expires_at=START + timedelta(seconds=103)) for each in seekers[:going]),
        *partners,
        *(replace(each, waiting_since=START + timedelta(seconds=90)) for each in seekers[going:]),
    ):
        engine.add_ticket(each)
    pairs = engine.decide(now)
    assert {pair.a.member_id for pair in pairs} == set(range(sought))
    assert {pair.b.member_id for pair in pairs} == {each.member_id for each in partners}


@pytest.mark.faults
def test_a_million_pairs_break_no_rule() -> None:
    """Nobody sits twice, with themselves, in another pool, without a common length or language, or beyond a block."""
    chance = np.random.default_rng(8)
    engine, waiting, blocks, paired = Engine(weights=WEIGHTS), dict[str, Ticket](), set[tuple[int, int]](), 0
    number = turn = 0
    while paired < MILLION:
        turn += 1
        now = START.timestamp() + INTERVAL_S * turn
        for _ in range(400):
            number += 1
            here = drawn(number, INTERVAL_S * turn, chance, pools=20)
            if chance.random() < BLOCKED:
                block = (number, number - int(chance.integers(1, 400)))
                blocks.add(block if chance.random() < 0.5 else block[::-1])
                engine.add_history(History(blocks=frozenset({block if block in blocks else block[::-1]})))
            waiting[here.id] = here
            engine.add_ticket(here)
        for pair in engine.decide(now):
            assert waiting.pop(pair.a.id).expires_at.timestamp() > now
            assert waiting.pop(pair.b.id).expires_at.timestamp() > now
            assert may_meet(pair.a, pair.b, blocks)
            paired += 1
        if turn % 100 == 0:
            waiting = {each.id: each for each in waiting.values() if each.expires_at.timestamp() > now}
