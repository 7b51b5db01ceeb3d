"""Where the keyboard is: at the start of each screen, and after what was focused has disappeared."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Browser, expect

from bot.words import words_for
from tests.browser.screens.scenes import SCENES
from tests.browser.screens.staged_page import StagedPage, in_minutes, met, problem

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

Vanish = Callable[[StagedPage], Awaitable[object]]
FOCUSED = """() => {
  const { activeElement: node } = document;
  return `${node.localName} ${node.getAttribute("aria-label") ?? node.textContent.trim()}`;
}"""


async def _open_stage(browser: Browser, scene: str) -> StagedPage:
    context = await browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    stage = StagedPage(page=await context.new_page())
    await stage.prepare()
    await SCENES[scene](stage)
    return stage


async def _focused(stage: StagedPage) -> str:
    return str(await stage.page.evaluate(FOCUSED))


async def _tab(stage: StagedPage, times: int) -> list[str]:
    reached = []
    for _ in range(times):
        await stage.page.keyboard.press("Tab")
        reached.append(await _focused(stage))
    return reached


async def test_the_switches_come_before_join(browser: Browser) -> None:
    """On the ready screen Tab reaches microphone, camera and the sound test, and then Join."""
    stage = await _open_stage(browser, "ready")
    reached = await _tab(stage, 4)
    assert reached == [
        "button Turn microphone on",
        "button Turn camera on",
        "button Play a sound",
        "button Join",
    ]
    await stage.page.context.close()


async def test_undo_comes_first(browser: Browser) -> None:
    """After leaving, the first Tab reaches Undo, which is announced as well."""
    stage = await _open_stage(browser, "just left")
    assert (await _focused(stage)).startswith("h1 ")
    await expect(stage.page.locator("#announce")).to_contain_text("undo")
    assert await _tab(stage, 1) == ["button Undo"]
    await stage.page.context.close()


STARTS = (
    "ready",
    "entering, slowly",
    "alone",
    "over, studied",
    "report unsent",
    "link used",
    "video unreachable",
    "in another app",
)


@pytest.mark.parametrize("scene", STARTS)
async def test_a_screen_begins_at_its_start(browser: Browser, scene: str) -> None:
    """The focus is on the heading, or where reading the whole screen begins."""
    stage = await _open_stage(browser, scene)
    assert (await _focused(stage)).split()[0] in {"h1", "main"}
    await stage.page.context.close()


async def _time_is_over(stage: StagedPage) -> None:
    stage.answers["GET /session"] = met(
        state="after", times={"left_at": in_minutes(-1), "undo_until": in_minutes(-0.5)}
    )
    await expect(stage.page.get_by_role("button", name="Undo")).to_be_hidden()


async def _undone_elsewhere(stage: StagedPage) -> None:
    stage.answers["GET /session"] = met()
    await expect(stage.page.get_by_role("link", name="Find a partner")).to_be_hidden()


async def _partner_comes(stage: StagedPage) -> None:
    await stage.page.evaluate("livekit.bringPartner(false)")
    await expect(stage.page.locator("[data-alone]")).to_be_hidden()


async def _connection_is_back(stage: StagedPage) -> None:
    stage.answers["POST /session/join-token"] = {"url": "ws://localhost:9", "token": "token", "expires_at": ""}
    await stage.page.keyboard.press("Enter")
    await expect(stage.page.get_by_role("heading", name="Connection lost")).to_be_hidden()


async def _permission_comes(stage: StagedPage) -> None:
    await stage.page.evaluate("delete navigator.mediaDevices.getUserMedia")
    await stage.page.keyboard.press("Enter")
    await expect(stage.page.get_by_role("button", name="Try again")).to_be_hidden()


async def _press(stage: StagedPage) -> None:
    pressed = await stage.page.locator(":focus").element_handle()
    await stage.page.keyboard.press("Enter")
    await pressed.wait_for_element_state("hidden")


async def _request_link_in_vain(stage: StagedPage) -> None:
    await stage.page.keyboard.press("Enter")
    await expect(stage.page.locator("[data-feedback]")).to_have_text(words_for()("page.problem.new_link_failed"))


async def _cannot_connect(stage: StagedPage) -> None:
    stage.answers["GET /session"] = problem("no_session")
    await stage.expect_screen("problem")


VANISHING: dict[str, tuple[str, str, Vanish, str]] = {
    "Undo, when its time is over": ("just left", "Undo", _time_is_over, "h1"),
    "the next partner, when leaving is undone": ("just left", "Find a partner", _undone_elsewhere, "h1"),
    "the choice, when the partner comes": ("alone, may choose", "Find someone else", _partner_comes, "h1"),
    "the choice, when it was made": ("alone, may choose", "Wait", _press, "div"),
    "a toast that was closed": ("the time is up", "Close", _press, "h1"),
    "Try now, when the connection is back": ("reconnecting", "Try now", _connection_is_back, "h1"),
    "Try again, when the camera works": ("ready, permission refused", "Try again", _permission_comes, "h1"),
    "the panel, when it was closed": ("the panel", "Close", _press, "button"),
    "a new link, while it is requested": ("link used", "New link", _request_link_in_vain, "button"),
    "the room, when it is over": ("alone, may choose", "Find someone else", _cannot_connect, "h1"),
}


@pytest.mark.parametrize("what", VANISHING)
async def test_the_focus_is_not_lost(browser: Browser, what: str) -> None:
    """When the focused element disappears, the focus goes to the heading beside it, never to the document."""
    scene, name, vanish, expected = VANISHING[what]
    stage = await _open_stage(browser, scene)
    target = stage.page.locator(":is(button, a):visible").filter(has_text=name).first
    await target.focus()
    await vanish(stage)
    assert (await _focused(stage)).split()[0] == expected
    await stage.page.context.close()


async def test_the_focus_is_not_taken_from_who_left_it(browser: Browser) -> None:
    """A student who has clicked beside everything is not moved when what they had used disappears."""
    stage = await _open_stage(browser, "alone, may choose")
    await stage.page.get_by_role("button", name="Wait").focus()
    await stage.page.evaluate("document.activeElement.blur()")
    await _partner_comes(stage)
    assert (await _focused(stage)).split()[0] == "body"
    await stage.page.context.close()


async def test_escape_closes_the_panel(browser: Browser) -> None:
    """The panel's heading has the focus when it opens, and its button again when it closes."""
    stage = await _open_stage(browser, "the panel")
    assert await _focused(stage) == "h2 More"
    await stage.page.keyboard.press("Escape")
    assert await _focused(stage) == "button More"
    assert await stage.page.evaluate("document.activeElement.ariaExpanded") == "false"
    await stage.page.context.close()
