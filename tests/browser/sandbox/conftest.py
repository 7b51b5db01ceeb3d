"""Fixtures for tests of the sandbox's page: a browser, a scripted sandbox, and a function that opens the page."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from tests.browser.sandbox.sandbox_page import SandboxPage
from tests.browser.sandbox.scripted_sandbox import ScriptedSandbox
from tools import chromium

OpenPage = Callable[..., Awaitable[SandboxPage]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
        browser = await playwright.chromium.launch(executable_path=chromium.find_executable(), args=flags)
        yield browser
        await browser.close()


@pytest.fixture
def sandbox() -> ScriptedSandbox:
    return ScriptedSandbox()


@pytest_asyncio.fixture(loop_scope="module")
async def open_page(browser: Browser, sandbox: ScriptedSandbox) -> AsyncIterator[OpenPage]:
    """Open the page in a window of any size and either colour scheme. Fails on errors in its console."""
    errors: list[str] = []
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(sandbox.serve_page())

        async def open_in_window(*, width: int = 1600, height: int = 900, scheme: str = "light") -> SandboxPage:
            context = await browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]  # one of two words
            stack.push_async_callback(context.close)
            context.on("weberror", lambda error: errors.append(str(error.error)))
            context.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
            return await SandboxPage.open(context, url)

        yield open_in_window
    assert errors == []
