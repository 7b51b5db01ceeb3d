"""The pictures of docs/admins.md: every step of setup, the overview, a check that finds something, and statistics.

They are written to the folder HEYBUDDY_PICTURES (`HEYBUDDY_PICTURES=docs/pictures`), by default to a temporary one.
"""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Error, expect

from bot.sandbox.sandbox import Sandbox
from tests.browser.sandbox.sandbox_page import PersonWindow, SandboxPage
from tests.sandbox.sandbox_without_video import sandbox_without_video

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(loop_scope="module")
async def sandbox() -> AsyncIterator[Sandbox]:
    async with sandbox_without_video() as up:
        yield up


class Album:
    """Takes pictures of an admin's newest message."""

    def __init__(self, window: PersonWindow, folder: Path) -> None:
        self.window = window
        self.folder = folder
        self.taken: list[str] = []

    async def take(self, name: str, title: str) -> None:
        """Wait for the message with this title, and save its picture."""
        heading = self.window.page.get_by_role("heading", name=title, exact=True)
        message = self.window.log.get_by_role("article").filter(has=heading).last
        await expect(message).to_be_visible()
        while True:
            try:
                await message.screenshot(path=self.folder / f"{name}.png")
            except Error as error:
                if "not attached" not in error.message:
                    raise
            else:
                self.taken.append(name)
                return  # otherwise the message was drawn anew meanwhile


async def test_pictures(browser: Browser, sandbox: Sandbox, tmp_path: Path) -> None:
    """An admin goes through setup and the check; every message is in a picture."""
    folder = Path(os.environ.get("HEYBUDDY_PICTURES", tmp_path))
    context = await browser.new_context(
        viewport={"width": 1100, "height": 1400}, color_scheme="dark", device_scale_factor=1.25
    )
    page = await SandboxPage.open(context, sandbox.addresses.sandbox)
    await page.page.get_by_role("button", name="Hide the tour").click()
    erik = await page.window("alice").switch_to("Erik")
    await erik.channel("staff-room")
    await erik.command("/buddy setup")
    album = Album(erik, folder)
    await erik.press("Some are under 18")
    await erik.choose("The role of members under 18", "Under 18")
    await erik.choose("The role of members who are 18 or older", "18 or older")
    await album.take("setup-1", "Who's in this server?")
    await erik.press("Only adults")
    await erik.press("Next")
    await erik.choose("Choose a channel", "library")
    await erik.choose("Choose a private channel", "staff-room")
    await album.take("setup-2", "Where?")
    await erik.press("Next")
    await erik.choose("Everyone", "18 or older")
    await erik.choose("Members with Manage Server", "Safety")
    await erik.choose("Choose one", "Careful")
    await album.take("setup-3", "Who takes part?")
    await erik.press("Next")
    await album.take("setup-4", "What do they study?")
    await erik.press("Next")
    await album.take("setup-5", "Have a look")
    await erik.press("Post the button")
    await erik.press("Next")
    await album.take("setup-6", "Try it")
    await erik.press("Skip")
    await album.take("setup", "Pairing in Riverside College")
    await erik.command("/buddy check")
    await album.take("check", "Check of Riverside College")
    await context.close()
    assert {f"{name}.png" for name in album.taken} <= {path.name for path in folder.iterdir()}
    assert len(album.taken) == 8
