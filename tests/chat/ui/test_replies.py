"""Replies to interactions when something goes wrong in between."""

import asyncio

import pytest

from bot.chat.ui.replies import OpenReplies
from bot.store import StoreUnavailable
from tests.chat.chat_harness import ChatHarness
from tests.chat.shown import labels_of, message_of, text_of


@pytest.mark.parametrize(("status", "code", "is_waiting"), [(404, 10062, False), (400, 40060, True)])
async def test_only_an_expired_interaction_is_dropped(
    harness: ChatHarness, status: int, code: int, *, is_waiting: bool
) -> None:
    """If Discord got our response but its answer was lost, the work is still done."""
    await harness.set_up()
    alice = harness.member("Alice")
    harness.env.inject_error("POST", "/interactions/*", status=status, code=code)
    await alice.slash(harness.study, "study now")
    assert (await harness.store.tickets.find_by_member(alice.id) is not None) is is_waiting


async def test_an_answer_that_cannot_be_shown_was_still_acted_on(harness: ChatHarness) -> None:
    """The search continues, and the next command shows it."""
    await harness.set_up()
    alice = harness.member("Alice")
    harness.env.inject_error("PATCH", "/webhooks/*", status=500, times=2)
    await alice.slash(harness.study, "study now")
    assert "Looking for a partner" in text_of(await alice.slash(harness.study, "study status"))


async def test_a_form_that_cannot_be_opened_is_answered(harness: ChatHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """The member alone sees why, and the card stays as it is."""
    await harness.set_up()
    alice = harness.member("Alice")
    card = message_of(await alice.slash(harness.study, "study now"))

    async def unavailable(*_: object) -> None:
        raise StoreUnavailable("locked")

    monkeypatch.setattr(type(harness.store.servers), "get", unavailable)
    shown = await alice.click(card, label="Change")
    assert shown.modal is None
    assert shown.ephemeral
    assert "My storage doesn't answer." in text_of(shown)
    assert labels_of(card) == ["Change", "Stop waiting"]


async def test_a_stop_waits_for_open_replies() -> None:
    """No member is left without an answer because of a restart."""
    open_replies = OpenReplies()
    async with open_replies, open_replies:
        waiting = asyncio.create_task(open_replies.wait_for_all())
        await asyncio.sleep(0)
        assert not waiting.done()
    await waiting
