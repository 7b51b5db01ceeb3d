"""The pictures of docs/admins.md: every step of setup, the overview, a check, an alert, reports, and statistics.

They are written to the folder HEYBUDDY_PICTURES (`HEYBUDDY_PICTURES=docs/pictures`), by default to a temporary one.
"""

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Error, Locator, expect

from bot.chat.statistics.cards import ShownStatistics, statistics_view
from bot.chat.statistics.charts import charts_of
from bot.chat.statistics.pictures import draw_chart
from bot.domain.report import UNDO_REPORT_FOR
from bot.sandbox.sandbox import Sandbox
from bot.words import words_for
from tests.browser.sandbox.sandbox_page import PersonWindow, SandboxPage
from tests.browser.sandbox.scripted_sandbox import COMPONENTS_V2, EPHEMERAL, STAFF, ScriptedSandbox
from tests.chat.statistics.figures import busy_statistics
from tests.sandbox.sandbox_without_video import sandbox_without_video
from tests.sandbox.student import Student

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(loop_scope="module")
async def sandbox() -> AsyncIterator[Sandbox]:
    async with sandbox_without_video(students=4) as up:
        yield up


class Album:
    """Takes pictures of an admin's newest message."""

    def __init__(self, window: PersonWindow, folder: Path) -> None:
        self.window = window
        self.folder = folder
        self.taken: list[str] = []

    async def take(self, name: str, title: str) -> None:
        """Wait for the message with this title, and save its picture."""
        heading = self.window.page.get_by_role("heading", name=title, exact=True)
        await self.take_message(name, self.window.log.get_by_role("article").filter(has=heading).last)

    async def take_message(self, name: str, message: Locator) -> None:
        """Wait for this message, and save its picture."""
        await expect(message).to_be_visible()
        while True:
            try:
                await message.screenshot(path=self.folder / f"{name}.png")
            except Error as error:
                if "not attached" not in error.message:
                    raise
            else:
                self.taken.append(name)
                return  # otherwise the message was drawn anew meanwhile


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(os.environ.get("HEYBUDDY_PICTURES", tmp_path))


@asynccontextmanager
async def open_page(browser: Browser, url: str) -> AsyncIterator[SandboxPage]:
    """The sandbox's page without the tour, in a dark window that shows whole messages."""
    context = await browser.new_context(
        viewport={"width": 1100, "height": 1600}, color_scheme="dark", device_scale_factor=1.25
    )
    page = await SandboxPage.open(context, url)
    await page.page.get_by_role("button", name="Hide the tour").click()
    yield page
    await context.close()


async def test_pictures_of_setup(browser: Browser, sandbox: Sandbox, folder: Path) -> None:
    """An admin goes through setup and the check; every message is in a picture."""
    async with open_page(browser, sandbox.addresses.sandbox) as page:
        taken = await take_setup(page, folder)
    assert {f"{name}.png" for name in taken} <= {path.name for path in folder.iterdir()}
    assert len(taken) == 8


async def take_setup(page: SandboxPage, folder: Path) -> list[str]:
    """Erik sets Riverside College up."""
    erik = await page.window("alice").switch_to("Erik")
    await erik.channel("staff-room")
    await erik.command("/buddy setup")
    album = Album(erik, folder)
    await erik.press("Some are under 18", redraws=True)
    await erik.choose("The role of members under 18", "Under 18", redraws=True)
    await erik.choose("The role of members who are 18 or older", "18 or older", redraws=True)
    await album.take("setup-1", "Who's in this server?")
    await erik.press("Only adults", redraws=True)
    await erik.press("Next", redraws=True)
    await erik.choose("Choose a channel", "library", redraws=True)
    await erik.choose("Choose a private channel", "staff-room", redraws=True)
    await album.take("setup-2", "Where?")
    await erik.press("Next", redraws=True)
    await erik.choose("Everyone", "18 or older", redraws=True)
    await erik.choose("Members with Manage Server", "Safety", redraws=True)
    await erik.choose("Choose one", "Careful")  # as it is at first, so nothing is sent
    await album.take("setup-3", "Who takes part?")
    await erik.press("Next", redraws=True)
    await album.take("setup-4", "What do they study?")
    await erik.press("Next", redraws=True)
    await album.take("setup-5", "Have a look")
    await erik.press("Post the button", redraws=True)
    await erik.press("Next", redraws=True)
    await album.take("setup-6", "Try it")
    await erik.press("Skip")
    await album.take("setup", "Pairing in Riverside College")
    await erik.command("/buddy check")
    await album.take("check", "Check of Riverside College")
    return album.taken


async def test_pictures_of_reports(browser: Browser, sandbox: Sandbox, folder: Path) -> None:
    """Bob and Noor have reported their partners; Dana has the alerts, opens the list, and the report with words."""
    await report(sandbox, Student(sandbox, "Alice"), Student(sandbox, "Bob"), {"words": ""})
    words = "They wanted my number, and said they had filmed me."
    await report(sandbox, Student(sandbox, "Mika"), Student(sandbox, "Noor"), {"reason": "recorded", "words": words})
    async with open_page(browser, sandbox.addresses.sandbox) as page:
        dana = page.window("alice")
        dana = await dana.switch_to("Dana")
        await dana.channel("staff")
        sandbox.clock.shift(UNDO_REPORT_FOR)
        await expect(dana.log.get_by_role("article")).to_have_count(2)
        await dana.command("/reports")
        album = Album(dana, folder)
        await album.take("reports", "Reports in Study Hall")
        await dana.press("Open")
        await album.take_message("report-opened", dana.log.get_by_role("article").filter(has_text=words))


async def report(sandbox: Sandbox, reported: Student, reporter: Student, what: dict[str, object]) -> None:
    """The two are matched, and one reports the other."""
    for student in (reported, reporter):
        await student.search()
    await reporter.link()
    await reporter.submit(await reporter.command("study report"), what)


async def test_picture_of_statistics(browser: Browser, folder: Path) -> None:
    """The message of `/buddy stats` with its pictures, drawn from four weeks of a busy server."""
    words, statistics = words_for(), busy_statistics(unmatched={"any": 31, "Maths": 24, "Physics": 12, "Law": 6})
    shown = ShownStatistics(server_name="Study Hall", days=28, statistics=statistics, unread_reports=1)
    charts = charts_of(words, statistics)
    components = statistics_view(words, shown, charts).to_components()  # type: ignore[no-untyped-call]  # discord.py's
    scripted = ScriptedSandbox()
    for chart in charts:
        scripted.attachments[f"/attachments/1/{chart.name}"] = draw_chart(chart)
    text = json.dumps(components).replace("attachment://", "http://127.0.0.1:1/attachments/1/")
    scripted.write_message(STAFF, to="dana", components=json.loads(text), flags=COMPONENTS_V2 | EPHEMERAL)
    async with scripted.serve_page() as url, open_page(browser, url) as page:
        dana = await page.window("alice").switch_to("Dana")
        message = dana.log.get_by_role("article").last
        await expect(message.get_by_role("img")).to_have_count(len(charts))
        await message.screenshot(path=folder / "statistics.png")
