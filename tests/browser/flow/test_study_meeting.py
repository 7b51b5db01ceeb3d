"""From `/study now` to two faces on a screen, with a real LiveKit server and real browsers with fake cameras."""

import aiohttp
import pytest
from livekit import api
from playwright.async_api import Browser, Response, expect

from bot.sandbox.sandbox import Sandbox
from tests.browser.flow.two_students import RoomTab, TwoStudents, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

CREATED = 201


async def open_elsewhere(browser: Browser, address: str) -> RoomTab:
    """Open an address as another browser would, without any cookie."""
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(address)
    return RoomTab(page)


async def validate_token(sandbox: Sandbox, token: str) -> int:
    """The HTTP status with which LiveKit answers a client that wants to join with this token."""
    address = sandbox.addresses.livekit
    assert address is not None
    url = f"{address.replace('ws', 'http', 1)}/rtc/validate?access_token={token}"
    async with aiohttp.ClientSession() as http, http.get(url) as answer:
        return answer.status


async def test_two_students_meet(students: TwoStudents) -> None:
    """Both type the command, click the link in their message and press Join; each sees and hears the other."""
    one, other = await students.meet("Alice", "Bob")
    for room in (one, other):
        await room.expect_picture(60)
        await room.expect_sound()
        await expect(room.page.get_by_role("heading", level=1)).to_have_text("Bob" if room is one else "Alice")


async def test_a_used_link_admits_nobody(students: TwoStudents, browser: Browser) -> None:
    """A third browser with either link learns at once that it was used elsewhere; the two stay in the room."""
    one, other = await students.meet("Noor", "Mika")
    for window in students.windows:
        third = await open_elsewhere(browser, students.link_address(window))
        await third.expect_screen("problem", "link_used")
        await third.page.context.close()
    await one.expect_picture(10)
    await other.expect_picture(10)


async def test_a_reload_rejoins(students: TwoStudents) -> None:
    """After a reload the student is back in the room without a click, with the same devices on."""
    one, other = await students.meet("Alice", "Bob")
    await one.page.reload()
    await one.expect_screen("room")
    await one.expect_picture(30)
    await other.expect_picture(30)


async def test_a_new_link_moves_the_seat(students: TwoStudents, browser: Browser, sandbox: Sandbox) -> None:
    """On another device *Get a new link* takes two clicks; the first device is out for good, and the partner stays."""
    tokens: list[str] = []

    async def keep_token(response: Response) -> None:
        if response.status == CREATED:
            tokens.append((await response.json())["way"]["token"])

    windows = await students.get_links("Noor", "Mika")
    one = await students.open_link(windows[0])
    one.page.on("response", keep_token)
    other = await students.open_link(windows[1])
    await one.join()
    await other.join()
    await one.expect_picture(1)
    laptop = await open_elsewhere(browser, students.link_address(windows[0]))
    await laptop.expect_screen("problem", "link_used")
    await laptop.press("Get a new link")
    await laptop.page.goto(await students.expect_new_link(windows[0]))
    await laptop.expect_screen("ready")
    await laptop.join()
    await one.expect_screen("problem", "session_replaced")
    await laptop.expect_picture(30)
    await other.expect_picture(30)

    async def has_token() -> bool:
        return bool(tokens)

    await wait_until(has_token)  # Playwright reads answers beside the test
    old = api.TokenVerifier(*_api_key(sandbox)).verify(tokens[0])
    assert old.video is not None
    refreshed = api.AccessToken(*_api_key(sandbox)).with_identity(old.identity).with_grants(old.video).to_jwt()
    assert [await validate_token(sandbox, token) for token in (tokens[0], refreshed)] == [404, 404]
    await laptop.page.context.close()


def _api_key(sandbox: Sandbox) -> tuple[str, str]:
    server = sandbox.video.server
    assert server is not None
    return server.api_key, server.api_secret


async def test_the_same_seat_in_another_tab(students: TwoStudents) -> None:
    """The tab that joined last has the call; the other says so, and can take it back with one click."""
    one, other = await students.meet("Sara", "Tomas")
    second = RoomTab(await one.page.context.new_page())
    await second.page.goto(one.page.url)
    await second.expect_screen("room")
    await one.expect_screen("problem", "another_tab")
    await second.expect_picture(10)
    await one.press("Switch back here")
    await one.expect_screen("room")
    await second.expect_screen("problem", "another_tab")
    await one.expect_picture(10)
    await other.expect_picture(10)


async def test_leaving_is_shown_to_the_partner(students: TwoStudents) -> None:
    """Leaving can be undone for ten seconds; the partner learns only that the other has left."""
    one, other = await students.meet("Alice", "Bob")
    await one.press("Leave")
    await one.expect_screen("over")
    await expect(other.page.get_by_role("heading", name="Alice has left")).to_be_visible()
    await one.press("Undo")
    await one.expect_screen("room")
    await other.expect_picture(10)


async def test_leaving_is_undone_in_discord(students: TwoStudents) -> None:
    """The open page offers the way back into the room; no camera turns on before the click."""
    one, other = await students.meet("Sara", "Tomas")
    window = students.windows[0]
    await window.channel("study")
    await window.command("/study leave")
    await one.expect_screen("over")
    await window.press("Undo")
    await expect(one.page.get_by_role("heading", name="You've got your place back")).to_be_visible()
    await one.press("Go back to the room")
    await one.expect_screen("room")
    await other.expect_picture(10)


async def test_two_seats_in_one_browser(students: TwoStudents, browser: Browser) -> None:
    """When both links are opened in one browser, the later one gets the cookie; the earlier tab says who has it."""
    windows = await students.get_links("Noor", "Mika")
    context = await browser.new_context()
    rooms = []
    for window in windows:
        page = await context.new_page()
        await page.goto(students.link_address(window).replace("noor.", "").replace("mika.", ""))
        rooms.append(RoomTab(page))
    await rooms[0].join()
    await rooms[1].join()
    await rooms[0].expect_screen("problem", "other_seat")
    await expect(rooms[0].page.get_by_text("They joined as Mika.")).to_be_visible()
    await context.close()
