"""The end of a session in a real browser, fourteen times for each order in which the page can hear of it."""

from typing import Any

import pytest
from playwright.async_api import Browser

from tests.browser.flow.two_students import let_time_pass
from tests.browser.screens.staged_page import StagedPage, in_minutes, problem, view

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

RUNS = 14
PAUSE_MS = 25
"""Each run waits one more of these between the first news and the next."""
NOTE_STATES = """
addEventListener("DOMContentLoaded", () => {
  window.states = [];
  const note = () => states.push(document.body.dataset.state);
  new MutationObserver(note).observe(document.body, { attributeFilter: ["data-state"] });
});
"""
OVER = problem("match_over")
DECLINED = view(state="ended", ended_as="declined", requeued="waiting", version=2)
LEFT = view(state="after", version=2, times={"left_at": in_minutes(0), "undo_until": in_minutes(1)})


async def _hear(stage: StagedPage, order: str, pause_ms: int) -> None:
    """The page hears of the end: of its room first, of its session first, or of nothing when it asks for the reason."""
    if order == "session first":
        await stage.page.evaluate("dispatchEvent(new Event('online')); livekit.emit('Reconnecting')")
        await let_time_pass(stage.page, pause_ms)
    if order == "lost answer":
        session = stage.answers.pop("GET /session")
        await stage.page.evaluate("livekit.emit('Disconnected')")
        await let_time_pass(stage.page, pause_ms)
        stage.answers["GET /session"] = session
        return
    await stage.page.evaluate("livekit.emit('Disconnected')")


@pytest.mark.parametrize("shown", [DECLINED, LEFT], ids=["declined", "left in Discord"])
@pytest.mark.parametrize("order", ["room first", "session first", "lost answer"])
async def test_the_end_is_never_a_problem(browser: Browser, order: str, shown: dict[str, Any]) -> None:
    """From the room the page goes straight to *over*."""
    context = await browser.new_context()
    await context.add_init_script(NOTE_STATES)
    stage = StagedPage(page=await context.new_page())
    await stage.prepare()
    for run in range(RUNS):
        await stage.open_room(view())
        await stage.expect_screen("room")
        stage.answers |= {"GET /session": shown, "POST /session/join-token": OVER}
        await _hear(stage, order, run * PAUSE_MS)
        await stage.page.wait_for_selector('body:is([data-state="over"], [data-state="problem"])')
        assert (await stage.page.evaluate("states"))[-2:] == ["room", "over"], f"run {run}"
    await context.close()
