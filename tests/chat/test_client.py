"""The client when Discord or the store refuses something."""

import pytest

from bot.store import StoreUnavailable
from tests.chat.chat_harness import ChatHarness


async def test_commands_that_discord_refuses_are_synced_at_the_next_start(harness: ChatHarness) -> None:
    """The bot goes on with the commands there are, and does not remember these as synced."""
    name = f"commands_synced:{harness.chat.client.application_id}"
    await harness.store.installation.set(name, "of an older version")
    harness.env.inject_error("PUT", "/applications/*/commands", status=400, code=50035)
    await harness.restart()
    assert await harness.store.installation.get(name) == "of an older version"
    await harness.restart()
    assert await harness.store.installation.get(name) != "of an older version"


async def test_a_failed_autocompletion_suggests_nothing(harness: ChatHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """The member is not shown a failure while typing."""
    await harness.set_up()
    alice = harness.member("Alice")

    async def unavailable(*_: object) -> None:
        raise StoreUnavailable("locked")

    monkeypatch.setattr(type(harness.store.servers), "get", unavailable)
    assert not await alice.autocomplete(harness.study, "study now", "subject", "")
