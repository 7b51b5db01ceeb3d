"""What the tests of the whole way share: a sandbox with real video, a browser with fake cameras, two students."""

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, async_playwright

from bot.clock import SystemClock
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.settings import Secrets, choose_ports
from bot.sandbox.start import running
from tests.browser.flow.meeting import Meeting
from tests.browser.sandbox.sandbox_page import SandboxPage
from tools import chromium

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--allow-loopback-in-peer-connection",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium.find_executable(), args=FLAGS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sandbox() -> AsyncIterator[Sandbox]:
    clock = SystemClock()
    async with running(
        ports=choose_ports(0),
        secrets=Secrets.fresh(clock),
        students=12,
        environment=os.environ,
        clock=clock,
        say=print,
    ) as up:
        assert up.video.server is not None, "the whole way needs real video"
        yield up


@pytest_asyncio.fixture(loop_scope="module")
async def contexts(browser: Browser) -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


@pytest_asyncio.fixture(loop_scope="module")
async def context(browser: Browser, contexts: AsyncExitStack) -> BrowserContext:
    made = await browser.new_context(viewport={"width": 1600, "height": 900})
    contexts.push_async_callback(made.close)
    return made


@pytest_asyncio.fixture(loop_scope="module")
async def meeting(sandbox: Sandbox, context: BrowserContext) -> AsyncIterator[Meeting]:
    """The sandbox's page with two students who have not met in an earlier test."""
    page = await SandboxPage.open(context, sandbox.addresses.sandbox)
    made = Meeting(sandbox, page)
    yield made
    await made.end()
