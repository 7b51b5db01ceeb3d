"""The sandbox's page around the windows: restart button, getting started, reconnecting."""

import pytest
from playwright.async_api import WebSocketRoute, expect

from tests.browser.sandbox.conftest import OpenPage
from tests.browser.sandbox.scripted_sandbox import (
    BOT,
    PEOPLE,
    STUDY,
    ScriptedSandbox,
)

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def test_restart_button(sandbox: ScriptedSandbox, open_page: OpenPage) -> None:
    """The restart button restarts the bot, and the page says when it is done."""
    await (await open_page()).restart_bot()
    assert sandbox.requests == [("restart", {})]


async def test_getting_started(sandbox: ScriptedSandbox, open_page: OpenPage) -> None:
    """The steps are ticked off as they are done, and can write the command."""
    page = await open_page()
    steps = page.page.get_by_role("region", name="What to try")
    await steps.get_by_role("button", name="Write it for me").click()
    await expect(page.window("alice").box).to_have_value("/study now")
    sandbox.write_message(STUDY, to="alice", interaction={"command": "study now", "user": PEOPLE["alice"]})
    await expect(steps.get_by_role("listitem").filter(has_text="done")).to_have_count(1)
    await expect(steps.locator("[aria-current]")).to_contain_text("Bob sends /study now")


async def test_reconnect(sandbox: ScriptedSandbox, open_page: OpenPage) -> None:
    """After a broken connection the page reconnects and shows messages sent meanwhile."""
    page = await open_page()
    connections: list[WebSocketRoute] = []

    def forward(connection: WebSocketRoute) -> None:
        connections.append(connection)
        connection.connect_to_server()

    await page.page.route_web_socket("**/live", forward)
    await page.page.reload()
    await expect(page.status("Bot")).to_contain_text("connected")
    await connections[0].close()
    sandbox.messages.append(
        {"id": "5000", "channel_id": STUDY, "author": BOT, "timestamp": "2026-05-04T17:00:00Z", "content": "Meanwhile."}
    )
    await expect(page.window("alice").message("Meanwhile.")).to_be_visible()
