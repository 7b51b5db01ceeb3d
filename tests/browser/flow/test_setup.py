"""A new admin sets the bot up and meets themselves, with real video: how many clicks that takes, and how long."""

import time

import pytest
from playwright.async_api import BrowserContext, Page, expect

from bot.domain.trial import TrialStep
from bot.sandbox.sandbox import Sandbox
from bot.words import words_for
from tests.browser.flow.two_students import RoomTab
from tests.browser.sandbox.sandbox_page import PersonWindow, SandboxPage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

WORDS = words_for()
NEXT = WORDS("chat.setup.next")
COUNT_CLICKS = "window.clicks = 0; addEventListener('click', (event) => (window.clicks += event.isTrusted), true)"
MOST_CLICKS, MOST_SECONDS = 14, 300


async def clicks_on(*pages: Page) -> int:
    """How often a person has clicked on these pages; keys and what scripts press do not count."""
    return sum([int(await page.evaluate("window.clicks")) for page in pages])


async def open_test_link(admin: PersonWindow, number: int) -> RoomTab:
    """Follow one of the two links, each in a tab of the same browser."""
    message = admin.message(WORDS("chat.trial.link.title", number=number, all=2))
    async with admin.page.expect_popup() as opened:
        await message.get_by_role("link", name=WORDS("chat.button.open")).click()
    tab = RoomTab(await opened.value)
    await tab.expect_screen("ready")
    return tab


async def test_a_new_admin_sets_up_and_meets_themselves(sandbox: Sandbox, context: BrowserContext) -> None:
    """From the command to four ticks in under five minutes, with about twelve clicks for all answers."""
    await context.add_init_script(COUNT_CLICKS)
    page = await SandboxPage.open(context, sandbox.addresses.sandbox)
    erik = await page.window("dana").switch_to("Erik")
    begun_at, begun_with = time.monotonic(), await clicks_on(page.page)
    await erik.command("/buddy setup")
    await erik.press(WORDS("chat.setup.audience.adults"), redraws=True)
    await erik.press(NEXT, redraws=True)
    await erik.choose(WORDS("chat.setup.channel.choose"), "library")
    await expect(erik.log).to_contain_text(WORDS("chat.setup.state.no_panel").partition(".")[0])
    await erik.choose(WORDS("chat.setup.staff.choose"), "staff-room", redraws=True)
    for title in ("people", "topics", "look"):
        await erik.press(NEXT, redraws=True)
        await expect(erik.log).to_contain_text(WORDS(f"chat.setup.titles.{title}"))
    await erik.press(WORDS("chat.setup.post"), redraws=True)
    await erik.press(NEXT, redraws=True)
    await erik.press(WORDS("chat.setup.trial.send"))
    await expect(erik.log).to_contain_text(WORDS("chat.trial.progress.title"))
    setup_clicks = await clicks_on(page.page) - begun_with
    await erik.direct_messages()
    devices = [await open_test_link(erik, number) for number in (1, 2)]
    for device in devices:
        await device.press(WORDS("page.ready.join"))
        await device.expect_screen("room")
    own, other = devices
    await expect(own.page.get_by_role("heading", level=1)).to_have_text(WORDS("chat.trial.device", number=2))
    await expect(other.page.get_by_role("heading", level=1)).to_have_text(WORDS("chat.trial.device", number=1))
    await erik.channel("staff-room")
    ticks = erik.message(WORDS("chat.trial.progress.title"))
    await expect(ticks).to_contain_text(WORDS("chat.trial.progress.well"))
    for step in TrialStep:
        await expect(ticks).to_contain_text(f"✅ {WORDS(f'chat.trial.step.{step}')}")
    seconds = time.monotonic() - begun_at
    all_clicks = await clicks_on(page.page, own.page, other.page) - begun_with
    print(f"setup: {setup_clicks} clicks; with the ticked test: {all_clicks} clicks, {seconds:.0f} s")  # noqa: T201
    assert setup_clicks <= MOST_CLICKS
    assert seconds < MOST_SECONDS
    await erik.press(WORDS("chat.setup.done"))
    await expect(erik.log).to_contain_text(WORDS("chat.trial.progress.title_over"))
    for device in devices:
        await device.expect_screen("over")
        await expect(device.page.get_by_role("heading", level=1)).to_have_text(WORDS("page.over.title_trial"))
    await expect(own.page.locator("[data-lead]")).to_have_text(WORDS("page.over.trial_met"))
