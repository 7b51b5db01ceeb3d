"""Browsers that cannot run the page: each reads a sentence that is true of it, and none an empty page."""

import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Route, expect

from bot.words import words_for
from tests.browser.screens.staged_page import ADDRESS, DIST, StagedPage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

SCRIPT = next(
    name
    for name in json.loads((DIST / "manifest.json").read_text(encoding="utf-8"))["files"]
    if "/assets/page-" in name
)
UNKNOWN_SYNTAX = "export const page = 1; class { #of the future }"
UNKNOWN_FUNCTION = "Promise.ofTheFuture();"
UNKNOWN_FUNCTION_LATER = "(async () => { Promise.ofTheFuture(); })();"
NO_MODULES = "delete HTMLScriptElement.prototype.noModule"
words = words_for()


@pytest_asyncio.fixture(loop_scope="module")
async def stage(browser: Browser) -> AsyncIterator[StagedPage]:
    context = await browser.new_context()
    stage = StagedPage(page=await context.new_page())
    await stage.prepare()
    yield stage
    await context.close()


async def serve_script(stage: StagedPage, body: str | None) -> None:
    """Answer with another script than the page's; None breaks the connection off."""

    async def answer(route: Route) -> None:
        if body is None:
            await route.abort()
        else:
            await route.fulfill(body=body, content_type="text/javascript")

    await stage.page.route(f"**{SCRIPT}", answer)


async def expect_heading(stage: StagedPage, key: str) -> None:
    """One heading is shown, and it is this one."""
    await expect(stage.page.get_by_role("heading", level=1)).to_have_text(words(f"{key}.title"))
    await expect(stage.page.get_by_text(words(f"{key}.detail")).filter(visible=True)).to_have_count(1)


@pytest.mark.parametrize("path", ["/j#token", "/room"])
@pytest.mark.parametrize(
    ("script", "key"),
    [
        (UNKNOWN_SYNTAX, "page.obstacle.outdated"),
        (UNKNOWN_FUNCTION, "page.obstacle.outdated"),
        (UNKNOWN_FUNCTION_LATER, "page.obstacle.outdated"),
        (None, "page.incomplete"),
    ],
)
async def test_a_script_that_does_not_start(stage: StagedPage, path: str, script: str | None, key: str) -> None:
    """What the browser does not understand is told apart from what has not arrived."""
    await serve_script(stage, script)
    await stage.page.goto(ADDRESS + path)
    await expect_heading(stage, key)


async def test_a_browser_without_modules(stage: StagedPage) -> None:
    """It ignores the page's script, and says nothing by itself."""
    await stage.page.add_init_script(NO_MODULES)
    await serve_script(stage, "")
    await stage.page.goto(f"{ADDRESS}/j#token")
    await expect_heading(stage, "page.obstacle.outdated")


@pytest.mark.parametrize("path", ["/j#token", "/room"])
@pytest.mark.parametrize(
    ("lack", "key"),
    [
        ("delete AbortSignal.timeout", "page.obstacle.outdated"),
        ("delete HTMLElement.prototype.inert", "page.obstacle.outdated"),
        ("delete window.RTCPeerConnection", "page.obstacle.no_webrtc"),
        ("window.RTCPeerConnection = undefined", "page.obstacle.no_webrtc"),
    ],
)
async def test_a_browser_that_lacks_something(stage: StagedPage, path: str, lack: str, key: str) -> None:
    """It reads that, and not that its connection may be down; there is no way into a room that it cannot enter."""
    await stage.page.add_init_script(lack)
    await stage.page.goto(ADDRESS + path)
    await expect_heading(stage, key)
    await expect(stage.page.get_by_role("button", name=words("page.ready.join"), exact=True)).to_have_count(0)
    copies = stage.page.get_by_role("button", name=words("page.obstacle.copy"))
    await expect(copies).to_have_count(1 if "token" in path else 0)


@pytest.mark.parametrize(
    "lack",
    [
        "delete Navigator.prototype.mediaDevices",
        "Object.defineProperty(navigator, 'mediaDevices', { value: undefined })",
        "navigator.mediaDevices.getUserMedia = undefined",
    ],
)
async def test_a_browser_without_devices(stage: StagedPage, lack: str) -> None:
    """Its student can join and listen."""
    await stage.page.add_init_script(lack)
    await stage.open_link()
    await expect_heading(stage, "page.obstacle.no_devices")
    await stage.page.get_by_role("button", name=words("page.obstacle.listen")).click()
    await stage.expect_screen("ready")


async def test_without_javascript(browser: Browser) -> None:
    """The page says what it needs."""
    context = await browser.new_context(java_script_enabled=False)
    stage = StagedPage(page=await context.new_page())
    await stage.prepare()
    await stage.page.goto(f"{ADDRESS}/j#token")
    shown = stage.page.locator("noscript main")
    await expect(shown).to_be_visible()
    for part in ("title", "detail"):
        await expect(shown).to_contain_text(words(f"page.noscript.{part}"))
    await context.close()


async def test_a_browser_that_lacks_nothing(stage: StagedPage) -> None:
    """It is told nothing of the kind."""
    await stage.open_link()
    await stage.expect_screen("ready")
    await expect(stage.page.get_by_role("heading", level=1)).to_have_count(1)
