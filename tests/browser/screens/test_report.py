"""Leave and report in a real browser: by keyboard, with our server away, after a reload, without a video service."""

import pytest
from playwright.async_api import Browser, Request, expect

from tests.browser.flow.test_accessibility import find_violations_everywhere
from tests.browser.flow.two_students import let_time_pass, wait_until
from tests.browser.screens.scenes import SCENES, in_room, together
from tests.browser.screens.staged_page import REPORT_TOKEN, StagedPage, in_minutes, problem, view

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

FILED = {"number": 27, "read_by": "admins", "now": in_minutes(0), "undo_until": in_minutes(0.5)}
KEPT_APART = "You two won't be matched again."
SCREENS = (
    "hidden video",
    "shown video",
    "reported",
    "report unsent",
    "report, threatened",
    "report said",
    "report undone",
)


async def open_stage(browser: Browser) -> tuple[StagedPage, list[Request]]:
    """A tab, and the reports that it sends."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    stage = StagedPage(page=await context.new_page())
    sent: list[Request] = []
    stage.page.on("request", lambda request: sent.append(request) if request.url.endswith("/report") else None)
    await stage.prepare()
    return stage, sent


async def tap(stage: StagedPage) -> None:
    await stage.page.get_by_role("button", name="Leave and report").click()
    await stage.expect_screen("report")


@pytest.mark.parametrize("scene", SCREENS)
async def test_everybody_can_use_it(browser: Browser, scene: str) -> None:
    """No screen has a fault that axe finds, on a phone and on a laptop, light and dark."""
    stage, _ = await open_stage(browser)
    await SCENES[scene](stage)
    found = await find_violations_everywhere(stage.page)
    await stage.page.context.close()
    assert found == []


async def test_the_keyboard_is_enough(browser: Browser) -> None:
    """From the room: Tab and Enter report, the arrows choose a reason, and Tab leads to words, help, Undo and Send."""
    stage, sent = await open_stage(browser)
    await together(devices=False)(stage)
    stage.answers["POST /report"] = FILED
    keyboard = stage.page.keyboard
    await stage.page.get_by_role("button", name="More").focus()
    for key in ("Tab", "Enter"):
        await keyboard.press(key)
    await expect(stage.page.locator("[data-lead]")).to_contain_text(KEPT_APART)
    for key in ("Tab", "Space", "ArrowDown", "ArrowDown", "ArrowDown", "Tab"):
        await keyboard.press(key)
    await keyboard.type("Shouted at me.")
    reached = []
    for _ in range(4):
        await keyboard.press("Tab")
        reached.append(await stage.page.evaluate("document.activeElement.textContent.trim()"))
    assert reached == ["Get help", "Open Discord", "Undo", "Send"]
    await keyboard.press("Enter")
    await expect(stage.page.locator("[data-lead]")).to_contain_text("report 27")
    bodies = [request.post_data_json for request in sent]
    await stage.page.context.close()
    token = {"token": REPORT_TOKEN}
    assert bodies == [token, {**token, "reason": "hate", "words": "Shouted at me."}]


@pytest.mark.parametrize("answer", [None, problem("store_unavailable")], ids=["no answer", "no database"])
async def test_a_reload_while_our_server_is_away(browser: Browser, answer: dict[str, object] | None) -> None:
    """The report stays through reloads, the room does not open again, and it arrives once our server is back."""
    stage, sent = await open_stage(browser)
    await together(devices=False)(stage)
    if answer:
        stage.answers["POST /report"] = answer
    await tap(stage)
    for _ in range(2):
        await expect(stage.page.locator("[data-lead]")).to_contain_text("I'll keep trying")
        await stage.page.reload()
        await stage.expect_screen("report")
    stage.answers["POST /report"] = FILED
    await expect(stage.page.locator("[data-lead]")).to_contain_text(KEPT_APART)
    count = len(sent)
    await stage.page.reload()
    await expect(stage.page.locator("[data-lead]")).to_contain_text(KEPT_APART)
    await let_time_pass(stage.page, 1_500)
    await stage.page.context.close()
    assert len(sent) == count, "it is sent until it has arrived, and not again"


async def test_a_session_that_another_link_has_ended(browser: Browser) -> None:
    """Whoever is thrown out of the room, because this browser has another seat by now, reports all the same."""
    stage, sent = await open_stage(browser)
    await in_room(view)(stage)
    stage.answers |= {"GET /session": problem("other_seat", holder="Wilhelmina"), "POST /report": FILED}
    await stage.expect_screen("problem")
    found = await find_violations_everywhere(stage.page)
    await stage.page.get_by_role("button", name="Report", exact=True).click()
    await expect(stage.page.locator("[data-lead]")).to_contain_text(KEPT_APART)
    bodies = [request.post_data_json for request in sent]
    shown = f"{stage.page.url} {await stage.page.content()}"
    await stage.page.context.close()
    assert (found, bodies) == ([], [{"token": REPORT_TOKEN}])
    assert REPORT_TOKEN not in shown


async def test_one_browser_with_two_seats(browser: Browser) -> None:
    """What a closed tab could not send arrives, once and with its own seat's token, while another seat is open."""
    first, _ = await open_stage(browser)
    context = first.page.context
    await together(devices=False)(first)
    await tap(first)
    await first.page.get_by_text("Hate or insults").click()
    await first.page.get_by_role("button", name="Send").click()
    await expect(first.page.locator("[data-lead]")).to_contain_text("If you close this page")
    await first.page.close()
    second = StagedPage(page=await context.new_page())
    sent: list[object] = []
    second.page.on("request", lambda each: sent.append(each.post_data_json) if each.url.endswith("/report") else None)
    await second.prepare()
    await in_room(lambda: view(seat="other", report_token="other.signature"))(second)
    waiting = "localStorage.getItem('hey-buddy-reports') !== null"
    assert await second.page.evaluate(waiting)
    second.answers["POST /report"] = FILED
    await second.page.evaluate("dispatchEvent(new Event('online'))")

    async def is_sent() -> bool:
        return not await second.page.evaluate(waiting)

    await wait_until(is_sent)
    count = len(sent)
    await second.page.evaluate("dispatchEvent(new Event('online'))")
    await let_time_pass(second.page, 500)
    await second.expect_screen("room")
    await context.close()
    assert sent == [{"token": REPORT_TOKEN, "reason": "hate"}] * count


STATES = {
    "alone": in_room(view),
    "together": together(devices=False),
    "reconnecting": SCENES["reconnecting"],
    "hidden video": SCENES["hidden video"],
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("width", [320, 1280])
async def test_the_shield_is_always_there(browser: Browser, state: str, width: int) -> None:
    """One tap in every state of the room, on a phone as well: no picture, no sound, no device of ours goes on."""
    stage, sent = await open_stage(browser)
    await STATES[state](stage)
    await stage.page.set_viewport_size({"width": width, "height": 640})
    await tap(stage)
    left = await stage.page.evaluate("document.querySelectorAll('video, audio').length")

    async def is_sent() -> bool:
        return bool(sent)

    await wait_until(is_sent)  # the browser lends the lock first, which may be after the screen is shown
    await stage.page.context.close()
    assert left == 0


async def test_help_needs_no_server(browser: Browser) -> None:
    """Whoever was recorded or threatened reads what helps, though neither our server nor the video service answers."""
    stage, _ = await open_stage(browser)
    await SCENES["reconnecting"](stage)
    await tap(stage)
    stage.answers.clear()
    await stage.page.get_by_text("Recorded or threatened me").click()
    await expect(stage.page.locator("[data-threatened]")).to_contain_text("Don't pay.")
    links = stage.page.locator("[data-help] a")
    kinds = await links.evaluate_all("all => all.map(({ target, rel, protocol }) => [target, rel, protocol])")
    await stage.page.context.close()
    assert len(kinds) >= 3
    assert {tuple(kind) for kind in kinds} == {("_blank", "noreferrer", "https:")}


async def test_no_frame_before_show_video(browser: Browser) -> None:
    """Where the server wants it, nothing of the partner is attached or asked for before the tap, nor once hidden."""
    stage, _ = await open_stage(browser)
    await SCENES["hidden video"](stage)
    state = """() => {
      const video = document.querySelector('[data-role="partner"]');
      const [publication] = [...livekit.remoteParticipants.get("partner").trackPublications.values()];
      return [video.hidden, video.srcObject !== null, publication.isDesired];
    }"""
    before = await stage.page.evaluate(state)
    await stage.page.get_by_role("button", name="Show video").click()
    shown = await stage.page.evaluate(state)
    await stage.page.get_by_role("button", name="More").click()
    await stage.page.get_by_role("button", name="Hide video").click()
    hidden = await stage.page.evaluate(state)
    await stage.page.context.close()
    assert before == hidden == [True, False, False]
    assert (shown[0], shown[2]) == (False, True)
