"""How a session ends for two real browsers, whoever ends it and whatever the page hears first: never as a problem."""

import itertools
from collections.abc import Iterator

import pytest
from playwright.async_api import BrowserContext, Page, expect

from bot.words import words_for
from tests.browser.flow.two_students import RoomTab, TwoStudents, let_time_pass
from tests.browser.sandbox.sandbox_page import PersonWindow

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

RUNS = 1
"""Races need more: fourteen have been run by hand."""
SETTLES_WITHIN_MS = 1_000
OWN_CONNECTION_IS_WEAK = words_for()("page.room.quality.weak")
"""What a student may hear at any time on a busy machine."""
HELD_FOR_MS = 3_000
"""A partner who disappears is held for so long: web/page/partner_presence.js."""
NAMES = ("Alice", "Bob", "Noor", "Mika", "Sara", "Tomas")
LISTEN = """addEventListener("DOMContentLoaded", () => {
  window.shown = [];
  window.noticed = [];
  window.frameAt = 0;
  const watch = (selector, options, note) =>
    new MutationObserver(note).observe(document.querySelector(selector), options);
  watch("body", { attributeFilter: ["data-state"] }, () => shown.push(document.body.dataset.state));
  const notice = (what) => noticed.push([what, performance.timeOrigin + performance.now() - frameAt]);
  watch("#announce", { childList: true }, ([{ target }]) => target.textContent && notice(target.textContent));
  watch("#screens", { attributeFilter: ["hidden"], subtree: true }, (changes) => {
    const shows = changes.filter(({ target }) => !target.hidden);
    if (shows.some(({ target }) => target.matches("[data-interrupted], [data-alone]"))) notice("partner absent");
  });
})"""
"""`shown`: the states of the page. `noticed`: what is said, or that the partner is absent, and how many milliseconds
after the partner's last frame."""


@pytest.fixture(scope="module")
def pairs() -> Iterator[tuple[str, str]]:
    """Pairs that have not met: whoever was blocked or declined is not matched again."""
    return itertools.combinations(NAMES, 2)


async def _screens_of(page: Page) -> list[str]:
    """The screens that a page has shown, once it has shown the end."""
    await RoomTab(page).expect_screen("over")
    shown: list[str] = await page.evaluate("shown")
    return shown


async def _block(window: PersonWindow) -> None:
    await window.channel("study")
    await window.command("/study block")


@pytest.mark.parametrize("run", range(RUNS))
async def test_a_block_in_a_session(
    students: TwoStudents, context: BrowserContext, pairs: Iterator[tuple[str, str]], run: int
) -> None:
    """Whoever blocks is out, and the partner reads that they have left; neither page shows a problem."""
    await context.add_init_script(LISTEN)
    one, other = await students.meet(*next(pairs))
    await _block(students.windows[0])
    assert "problem" not in await _screens_of(one.page)
    await expect(other.page.get_by_role("heading", name="has left")).to_be_visible()
    await other.page.locator("[data-leave]").click()
    assert "problem" not in await _screens_of(other.page)


@pytest.mark.parametrize("run", range(RUNS))
@pytest.mark.parametrize("command", ["/study leave", "/study block"])
async def test_a_partner_who_does_not_come(
    students: TwoStudents, context: BrowserContext, pairs: Iterator[tuple[str, str]], command: str, run: int
) -> None:
    """Whoever waits in the room when the partner declines or blocks them reads that they can't make it."""
    await context.add_init_script(LISTEN)
    windows = await students.get_links(*next(pairs))
    tab = await students.open_link(windows[0])
    await tab.press("Join")
    await tab.expect_screen("room")
    await windows[1].channel("study")
    await windows[1].command(command)
    assert "problem" not in await _screens_of(tab.page)
    await expect(tab.page.get_by_role("heading", name="can't make it")).to_be_visible()


@pytest.mark.parametrize("run", range(RUNS))
async def test_a_reload_frightens_nobody(
    students: TwoStudents, context: BrowserContext, pairs: Iterator[tuple[str, str]], run: int
) -> None:
    """While one student reloads the page, nothing is shown or said to the other.

    That holds for the three seconds in which a partner who disappears is held; a busy machine may reload for longer.
    """
    await context.add_init_script(LISTEN)
    one, other = await students.meet(*next(pairs))
    await other.watch_frames()
    await let_time_pass(other.page, SETTLES_WITHIN_MS)
    await other.page.evaluate("shown.length = noticed.length = 0")
    await one.page.reload()
    await one.expect_screen("room")
    await other.expect_picture(10)
    assert await other.page.evaluate("shown") == []
    noticed = await other.page.evaluate("noticed")
    gaps = [milliseconds for what, milliseconds in noticed if what != OWN_CONNECTION_IS_WEAK]
    assert not gaps or gaps[0] >= HELD_FOR_MS, noticed
