"""The engine's line is the ledger's."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.ticket import Level, Style
from tests.loops.made import matchmaker, open_hall
from tests.store.ledger import Ledger


async def test_other_wishes_are_heard_of(ledger: Ledger) -> None:
    """Two who could not meet can, once one of them has changed the length."""
    await open_hall(ledger)
    maker, fence = matchmaker(ledger), await ledger.fence()
    ticket = await ledger.waiting(1, lengths=(25,))
    await ledger.waiting(2, lengths=(75,))
    assert await maker.step(fence) == 0
    wishes = replace(ticket.wishes, lengths=(75,))
    await ledger.store.tickets.change(1, wishes, expires_at=ticket.expires_at, wait_minutes=14)
    assert await maker.step(fence) == 1


async def test_who_left_is_not_paired(ledger: Ledger) -> None:
    """The engine hears of it before it decides again."""
    await open_hall(ledger)
    maker, fence = matchmaker(ledger), await ledger.fence()
    await ledger.waiting(1)
    await maker.step(fence)
    await ledger.store.tickets.leave(1, ledger.clock.now())
    await ledger.waiting(2)
    assert await maker.step(fence) == 0
    await ledger.waiting(3)
    assert await maker.step(fence) == 1


async def test_a_pause_takes_everybody_out_of_the_line_and_its_end_brings_them_back(ledger: Ledger) -> None:
    """Whoever waits goes on waiting meanwhile."""
    await open_hall(ledger)
    maker, fence = matchmaker(ledger), await ledger.fence()
    await ledger.waiting(1)
    await maker.step(fence)
    await open_hall(ledger, paused=True)
    await ledger.waiting(2)
    assert await maker.step(fence) == 0
    await open_hall(ledger)
    assert await maker.step(fence) == 1


async def test_a_block_set_while_both_wait(ledger: Ledger) -> None:
    """The ledger refuses the pair; the engine is told why, and both can meet others."""
    await open_hall(ledger)
    maker, fence = matchmaker(ledger), await ledger.fence()
    await ledger.waiting(1)
    await maker.step(fence)
    await ledger.waiting(2)
    await ledger.store.blocks.add(1, 2, ledger.clock.now())
    assert [await maker.step(fence) for _ in range(3)] == [0, 0, 0]
    for member in (3, 4):
        await ledger.waiting(member)
    assert await maker.step(fence) == 2


async def test_a_new_leader_knows_who_came_lately(ledger: Ledger) -> None:
    """Where many come it does not take the first poor pair, though it saw none of them come."""
    await open_hall(ledger)
    for number in range(60):
        await ledger.waiting(100 + number)
        await ledger.store.tickets.leave(100 + number, ledger.clock.now())
        ledger.clock.pass_time(seconds=30)
    one = await ledger.waiting(1, subject="Maths", style=Style.QUIET, level=Level.BEGINNER)
    await ledger.waiting(2, subject="Art", style=Style.TALK, level=Level.ADVANCED)
    assert await matchmaker(ledger).step(await ledger.fence()) == 0
    ledger.clock.set(one.expires_at - timedelta(seconds=1))
    assert await matchmaker(ledger).step(await ledger.fence()) == 1
