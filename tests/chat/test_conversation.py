"""The exchange with Discord around an answer: what happens when something comes in between."""

import asyncio

import discord
import pytest

from bot.chat.conversation import Conversation, InHand
from bot.chat.drawing import Card
from tests.chat.hall import Hall
from tests.chat.reading import link, words


async def test_a_partner_found_while_the_card_is_on_its_way(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """The waiting card must not stand over the invitation."""
    await hall.set_up()
    alice, bob = hall.member("Alice"), hall.member("Bob")
    await alice.slash(hall.study, "study now", subject="Maths", style="quiet")
    edit = Conversation.edit
    first = True

    async def meets_on_the_way(self: Conversation, interaction: discord.Interaction, card: Card) -> None:
        nonlocal first
        if first:
            first = False
            await hall.match(alice, bob)
        await edit(self, interaction, card)

    monkeypatch.setattr(Conversation, "edit", meets_on_the_way)
    shown = await bob.slash(hall.study, "study now", subject="Maths", style="quiet")
    assert "You have a partner: Alice" in words(shown)
    assert link(shown) == hall.link_of(bob)


@pytest.mark.parametrize(("status", "code", "is_waiting"), [(404, 10062, False), (400, 40060, True)])
async def test_too_late_or_answered_already(hall: Hall, status: int, code: int, *, is_waiting: bool) -> None:
    """Nothing is done for who asked too long ago; what has been answered, by a try whose answer was lost, is done."""
    await hall.set_up()
    alice = hall.member("Alice")
    hall.env.inject_error("POST", "/interactions/*", status=status, code=code)
    await alice.slash(hall.study, "study now")
    assert (await hall.store.tickets.find_by_member(alice.id) is not None) is is_waiting


async def test_the_answer_cannot_be_shown(hall: Hall) -> None:
    """The search goes on; the next command shows it."""
    await hall.set_up()
    alice = hall.member("Alice")
    hall.env.inject_error("PATCH", "/webhooks/*", status=500, times=2)
    await alice.slash(hall.study, "study now")
    assert "Looking for a partner" in words(await alice.slash(hall.study, "study status"))


async def test_a_stop_waits_for_whom_we_answer() -> None:
    """Nobody is left with a thinking dot because of a restart."""
    in_hand = InHand()
    async with in_hand, in_hand:
        waiting = asyncio.create_task(in_hand.empty())
        await asyncio.sleep(0)
        assert not waiting.done()
    await waiting
