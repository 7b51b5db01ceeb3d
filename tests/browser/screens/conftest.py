"""A browser with fake devices for the page's screens."""

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from tests.browser.flow.chromium_flags import CHROMIUM_FLAGS
from tools import chromium


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium.find_executable(), args=CHROMIUM_FLAGS)
        yield browser
        await browser.close()
