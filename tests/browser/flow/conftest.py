"""Fixtures of the browser tests: a sandbox with real video, a browser with fake devices, two students."""

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, async_playwright

from bot.assemble import open_configured_store
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.settings import Secrets, choose_ports
from bot.sandbox.shifted_clock import ShiftedClock
from bot.sandbox.start import running_sandbox
from tests.browser.flow.chromium_flags import CHROMIUM_FLAGS
from tests.browser.flow.two_students import TwoStudents
from tests.browser.sandbox.sandbox_page import SandboxPage
from tests.ports import free_livekit_ports
from tests.store.scenario import agree_to_rules
from tools import chromium


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """A Chromium with fake devices."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium.find_executable(), args=CHROMIUM_FLAGS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sandbox() -> AsyncIterator[Sandbox]:
    """A running sandbox with twelve students, who have agreed to the rules, and LiveKit."""
    clock = ShiftedClock()
    async with running_sandbox(
        ports=choose_ports(0),
        secrets=Secrets.generate(clock),
        students=12,
        environment=os.environ,
        clock=clock,
        report_progress=print,
        video_ports=free_livekit_ports(),
    ) as sandbox:
        assert sandbox.video.server is not None, "these tests need real video"
        async with open_configured_store(sandbox.bot._settings) as store:
            for member_id in sandbox.fake_discord.people:
                await agree_to_rules(store, sandbox.fake_discord.guild_id, member_id, clock.now())
        yield sandbox


@pytest_asyncio.fixture(loop_scope="module")
async def contexts(browser: Browser) -> AsyncIterator[AsyncExitStack]:
    """Closes the contexts of a test, in reverse order; the browser outlives it."""
    del browser
    async with AsyncExitStack() as stack:
        yield stack


@pytest_asyncio.fixture(loop_scope="module")
async def context(browser: Browser, contexts: AsyncExitStack) -> BrowserContext:
    """A browser context for one test."""
    created = await browser.new_context(viewport={"width": 1600, "height": 900})
    contexts.push_async_callback(created.close)
    return created


@pytest_asyncio.fixture(loop_scope="module")
async def students(sandbox: Sandbox, context: BrowserContext) -> AsyncIterator[TwoStudents]:
    """Two students on the sandbox's page. Each test uses a pair that has not met in the test before it."""
    page = await SandboxPage.open(context, sandbox.addresses.sandbox)
    pair = TwoStudents(sandbox, page)
    yield pair
    await pair.leave_everything()
