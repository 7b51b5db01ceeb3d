"""The menus in the header of a person's window."""

import pytest
from playwright.async_api import expect

from tests.browser.sandbox.conftest import OpenPage
from tests.browser.sandbox.scripted_sandbox import PEOPLE, STUDY, ScriptedSandbox, person

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def test_close_direct_messages(sandbox: ScriptedSandbox, open_page: OpenPage) -> None:
    """The settings menu closes a person's direct messages."""
    await (await open_page()).window("alice").close_direct_messages()
    await sandbox.wait_for_request("direct-messages", {"person": "11", "channel": STUDY, "closed": True})


async def test_an_open_menu_survives_updates(sandbox: ScriptedSandbox, open_page: OpenPage) -> None:
    """An update is shown beside an open menu, which stays open; a menu opened later shows the new state."""
    alice = (await open_page()).window("alice").node
    await alice.get_by_role("button", name="Switch").click()
    people = [person(key) | {"closed": key == "alice"} for key in PEOPLE]
    sandbox.feed.publish({"snapshot": sandbox.snapshot() | {"people": people}})
    await expect(alice.get_by_text("direct messages closed")).to_be_visible()
    await expect(alice.get_by_role("menu", name="Show someone else here")).to_be_visible()
    await alice.get_by_role("button", name="Settings of Alice").click()
    await expect(alice.get_by_role("menuitem", name="Open direct messages")).to_be_visible()
