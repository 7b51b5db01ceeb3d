"""Links opened in real browsers: which of them are told that it cannot work, before the link is redeemed."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Page, Playwright, Route, async_playwright, expect

from bot.domain.invitation import InvitationState
from bot.words import words_for
from tests.browser.flow.chromium_flags import CHROMIUM_FLAGS
from tests.store.scenario import Meeting, Scenario
from tests.web.endings import end_match
from tests.web.scripted_rooms import ScriptedRooms
from tools import chromium
from web.part import WebPart

pytestmark = pytest.mark.browser

BLOCK_COOKIES = {"profile": {"default_content_setting_values": {"cookies": 2}}}
FORBID_STORAGE = """for (const name of ["sessionStorage", "localStorage"]) {
  Object.defineProperty(window, name, { get() { throw new DOMException("", "SecurityError"); } });
}"""
FORBID_CLIPBOARD = "Object.defineProperty(navigator, 'clipboard', { value: undefined })"
words = words_for()


@pytest.fixture
async def address(web_part: WebPart, rooms: ScriptedRooms) -> AsyncIterator[str]:
    """Where the page is served, and browsers treat it as secure."""
    async with replace(web_part, is_own_origin=lambda _: True).serve(rooms) as site:
        yield f"http://localhost:{site.port}"


async def open_browser(playwright: Playwright, folder: Path, settings: object) -> BrowserContext:
    """A browser with a profile of its own and these settings."""
    (folder / "Default").mkdir(parents=True)
    (folder / "Default" / "Preferences").write_text(json.dumps(settings), encoding="utf-8")
    return await playwright.chromium.launch_persistent_context(
        folder, executable_path=chromium.find_executable(), args=CHROMIUM_FLAGS
    )


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[Page]:
    """A tab of a browser with usual settings."""
    async with async_playwright() as playwright:
        context = await open_browser(playwright, tmp_path / "usual", {})
        yield await context.new_page()
        await context.close()


@pytest.fixture
async def page_without_cookies(tmp_path: Path) -> AsyncIterator[Page]:
    """A tab of a browser whose settings block cookies; then it forbids storage, too."""
    async with async_playwright() as playwright:
        context = await open_browser(playwright, tmp_path / "blocking", BLOCK_COOKIES)
        yield await context.new_page()
        await context.close()


async def expect_screen(page: Page, name: str, code: str = "") -> None:
    """Wait for a screen."""
    await page.wait_for_selector(f'body[data-state="{name}"]' + (f'[data-code="{code}"]' if code else ""))


async def drop_cookies(page: Page) -> None:
    """Forget every cookie as soon as it has come, as some extensions and in-app browsers do."""

    async def answer(route: Route) -> None:
        response = await route.fetch()
        await page.context.clear_cookies()
        headers = {name: value for name, value in response.headers.items() if name != "set-cookie"}
        await route.fulfill(response=response, headers=headers)

    await page.context.route("**/invitation/*", answer)


async def expect_advice(page: Page, address: str, token: str) -> None:
    """The page says what is wrong, again after a reload, and has the link to copy."""
    for _ in range(2):
        await expect_screen(page, "problem", "no_cookies")
        await expect(page.get_by_text(words("page.obstacle.unused"))).to_be_visible()
        await expect(page.get_by_role("button", name=words("page.problem.reload"))).to_be_visible()
        await page.get_by_role("button", name=words("page.obstacle.copy")).click()
        await expect(page.locator("[data-copy-by-hand] input")).to_have_value(f"{address}/j#{token}")
        await page.reload()


async def test_cookies_are_blocked(
    scenario: Scenario, meeting: Meeting, address: str, page_without_cookies: Page
) -> None:
    """The student learns so at once, and the link stays good for another browser."""
    page = page_without_cookies
    await page.add_init_script(FORBID_CLIPBOARD)
    await page.goto(f"{address}/j#{meeting.tokens[0]}")
    await expect_advice(page, address, meeting.tokens[0])
    assert (await scenario.invitation(meeting.tokens[0])).state is InvitationState.OPEN


async def test_cookies_get_lost_on_the_way(scenario: Scenario, meeting: Meeting, address: str, page: Page) -> None:
    """The same for a browser that believes it keeps cookies."""
    await drop_cookies(page)
    await page.add_init_script(FORBID_CLIPBOARD)
    await page.goto(f"{address}/j#{meeting.tokens[0]}")
    await expect_advice(page, address, meeting.tokens[0])
    assert (await scenario.invitation(meeting.tokens[0])).state is InvitationState.OPEN


async def test_storage_is_forbidden(
    scenario: Scenario, meeting: Meeting, rooms: ScriptedRooms, address: str, page: Page
) -> None:
    """A browser that keeps cookies and forbids only storage survives a reload before and after Join."""
    await page.add_init_script(FORBID_STORAGE)
    await page.goto(f"{address}/j#{meeting.tokens[0]}")
    await expect_screen(page, "ready")
    await page.reload()
    await expect_screen(page, "ready")
    await expect(page).to_have_url(f"{address}/j")
    rooms.problem = "video_unreachable"
    await page.get_by_role("button", name=words("page.ready.join"), exact=True).click()
    await expect_screen(page, "problem", "video_unreachable")
    await page.reload()
    await expect_screen(page, "ready")
    rooms.problem = None
    await page.get_by_role("button", name=words("page.ready.join"), exact=True).click()
    await page.wait_for_url(f"{address}/room")
    assert (await scenario.invitation(meeting.tokens[0])).state is InvitationState.REDEEMED
    await page.reload()
    await page.wait_for_selector('body[data-code^="video_"]')  # it has its session, and there is no LiveKit


async def test_looking_at_a_link(scenario: Scenario, meeting: Meeting, address: str, page: Page) -> None:
    """A browser that only looks redeems nothing; a second tab of it is asked nothing twice."""
    for _ in range(2):
        tab = await page.context.new_page()
        await tab.goto(f"{address}/j#{meeting.tokens[0]}")
        await expect_screen(tab, "ready")
    assert (await scenario.invitation(meeting.tokens[0])).state is InvitationState.OPEN


async def use_up(scenario: Scenario, meeting: Meeting) -> None:
    assert await scenario.redeem(meeting.tokens[0])


DEAD = {
    "link_used": (use_up, "button", "page.problem.new_link"),
    "match_over": (end_match, "link", "page.problem.find_next"),
}


@pytest.mark.parametrize("code", DEAD)
async def test_a_dead_link(scenario: Scenario, meeting: Meeting, address: str, page: Page, code: str) -> None:
    """It says so without a press, and what can be done."""
    spoil: Callable[[Scenario, Meeting], Awaitable[None]]
    spoil, role, name = DEAD[code]
    await spoil(scenario, meeting)
    await page.goto(f"{address}/j#{meeting.tokens[0]}")
    await expect_screen(page, "problem", code)
    await expect(page.get_by_role(role, name=words(name))).to_be_visible()  # type: ignore[arg-type]  # a role's name


async def test_an_unknown_link(address: str, page: Page) -> None:
    """It leads to the member's direct messages, where the right one is."""
    await page.goto(f"{address}/j#nobody-knows-this-link")
    await expect_screen(page, "problem", "link_unknown")
    link = page.get_by_role("link", name=words("page.over.open_chat"))
    await expect(link).to_have_attribute("href", "https://discord.example/channels/@me")


async def test_in_a_frame(meeting: Meeting, address: str, page: Page) -> None:
    """Other sites cannot show the page in a frame, where its cookies would be theirs to block."""
    await page.route(
        "http://other.test/",
        lambda route: route.fulfill(body=f'<iframe src="{address}/j"></iframe>', content_type="text/html"),
    )
    await page.goto("http://other.test/")
    assert [await frame.locator("#screens").count() for frame in page.frames[1:]] == [0]
    del meeting
