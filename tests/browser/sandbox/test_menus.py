"""The menus of a person's header in the sandbox's page."""

import pytest
from playwright.async_api import expect

from tests.browser.sandbox.conftest import Open
from tests.browser.sandbox.scripted_sandbox import PEOPLE, STUDY, ScriptedSandbox, person

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def test_direct_messages_are_closed(sandbox: ScriptedSandbox, opened: Open) -> None:
    """A member's own menu closes their direct messages."""
    await (await opened()).window("alice").close_direct_messages()
    await sandbox.is_asked("direct-messages", {"person": "11", "channel": STUDY, "closed": True})


async def test_an_open_menu_outlives_news(sandbox: ScriptedSandbox, opened: Open) -> None:
    """What happens to a member meanwhile is drawn beside it, and it says what holds when it is opened again."""
    alice = (await opened()).window("alice").node
    await alice.get_by_role("button", name="Switch").click()
    people = [person(key) | {"closed": key == "alice"} for key in PEOPLE]
    sandbox.feed.publish({"snapshot": sandbox.snapshot() | {"people": people}})
    await expect(alice.get_by_text("direct messages closed")).to_be_visible()
    await expect(alice.get_by_role("menu", name="Who stands here")).to_be_visible()
    await alice.get_by_role("button", name="Settings of Alice").click()
    await expect(alice.get_by_role("menuitem", name="Open direct messages")).to_be_visible()
