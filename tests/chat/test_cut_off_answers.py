"""A process that is killed between a search and its answer: the member is told all the same."""

import asyncio
from typing import Any

import pytest

from bot.chat.ui.replies import Replies
from bot.store.interactions import CUT_OFF_AFTER
from tests.chat.chat_harness import ChatHarness
from tests.chat.outbox import redraw_all
from tests.chat.shown import text_of
from tests.loops.factories import make_janitor


async def test_a_search_that_was_cut_off_is_shown(harness: ChatHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next process puts the card where Discord says that the bot is thinking; a later command points to the new."""
    await harness.set_up()
    alice = harness.member("Alice")

    async def die(*_: object) -> int:
        raise asyncio.CancelledError

    with monkeypatch.context() as killed:
        killed.setattr(Replies, "show_view", die)
        response = await alice.slash(harness.study, "study now", subject="Maths")
    assert response.deferred
    await harness.restart()
    harness.clock.pass_time(seconds=CUT_OFF_AFTER.seconds + 1)
    await make_janitor(harness.store, harness.clock)._housekeeping.do_if_due()
    await redraw_all(harness)
    assert "Maths" in text_of(response)
    newer = await alice.slash(harness.study, "study status")
    assert "Maths" in text_of(newer)
    assert "Maths" not in text_of(response)


async def test_an_answer_that_comes_late_stays(harness: ChatHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was taken for cut off, and is not told to point to itself."""
    await harness.set_up()
    alice = harness.member("Alice")
    show_view = Replies.show_view

    async def show_late(*arguments: Any) -> int:
        harness.clock.pass_time(seconds=CUT_OFF_AFTER.seconds + 1)
        assert await harness.store.interactions.adopt_unanswered(harness.clock.now()) == 1
        return await show_view(*arguments)

    monkeypatch.setattr(Replies, "show_view", show_late)
    response = await alice.slash(harness.study, "study now", subject="Maths")
    assert "Maths" in text_of(response)
    await redraw_all(harness)
    assert "Maths" in text_of(response)
