"""From `/study now` to two faces on a screen, with a real LiveKit server and real browsers with fake cameras."""

import aiohttp
import pytest
from livekit import api
from playwright.async_api import Browser, Response, expect

from bot.sandbox.sandbox import Sandbox
from tests.browser.flow.meeting import Meeting, Room

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


CREATED = 201


async def stranger(browser: Browser, meeting: Meeting, address: str) -> Room:
    """Another browser altogether, at an address."""
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(address)
    return Room(page)


async def enters(sandbox: Sandbox, token: str) -> int:
    """What LiveKit says to somebody who comes with this token."""
    address = sandbox.addresses.livekit
    assert address is not None
    url = f"{address.replace('ws', 'http', 1)}/rtc/validate?access_token={token}"
    async with aiohttp.ClientSession() as http, http.get(url) as answer:
        return answer.status


async def test_two_students_meet(meeting: Meeting) -> None:
    """Both type the command, click the link in their message, press Join; each sees and hears the other."""
    one, other = await meeting.met("Alice", "Bob")
    for room in (one, other):
        await room.sees(60)
        await room.hears()
        await expect(room.page.get_by_role("heading", level=1)).to_have_text("Bob" if room is one else "Alice")


async def test_a_used_link_lets_nobody_in(meeting: Meeting, browser: Browser) -> None:
    """A third browser with either link is told that it was opened elsewhere, and the two stay in."""
    one, other = await meeting.met("Noor", "Mika")
    for column in meeting.columns:
        third = await stranger(browser, meeting, await meeting.address(column))
        await third.press("Join")
        await third.is_at("problem", "link_used")
        await third.page.context.close()
    await one.sees(10)
    await other.sees(10)


async def test_a_reload_goes_back_in(meeting: Meeting) -> None:
    """After a reload the student is in again without a click, with the same devices on."""
    one, other = await meeting.met("Alice", "Bob")
    await one.page.reload()
    await one.is_at("room")
    await one.sees(30)
    await other.sees(30)


async def test_a_new_link_moves_the_seat(meeting: Meeting, browser: Browser, sandbox: Sandbox) -> None:
    """On another device, New link in two clicks; the first device is out for good, the partner stays."""
    tokens: list[str] = []

    async def note(response: Response) -> None:
        if response.status == CREATED:
            tokens.append((await response.json())["way"]["token"])

    columns = await meeting.invited("Noor", "Mika")
    one = await meeting.opened(columns[0])
    one.page.on("response", note)
    other = await meeting.opened(columns[1])
    await one.join()
    await other.join()
    await one.sees(1)
    laptop = await stranger(browser, meeting, await meeting.address(columns[0]))
    await laptop.press("Join")
    await laptop.is_at("problem", "link_used")
    links = columns[0].log.get_by_role("link", name="Open the room")
    before = await links.count()
    await laptop.press("New link")
    await expect(links).to_have_count(before + 1)
    await laptop.page.goto(await meeting.address(columns[0]))
    await laptop.is_at("ready")
    await laptop.join()
    await one.is_at("problem", "session_replaced")
    await laptop.sees(30)
    await other.sees(30)
    old = api.TokenVerifier(*_key(sandbox)).verify(tokens[0])
    assert old.video is not None
    refreshed = api.AccessToken(*_key(sandbox)).with_identity(old.identity).with_grants(old.video).to_jwt()
    assert [await enters(sandbox, token) for token in (tokens[0], refreshed)] == [404, 404]
    await laptop.page.context.close()


def _key(sandbox: Sandbox) -> tuple[str, str]:
    server = sandbox.video.server
    assert server is not None
    return server.api_key, server.api_secret


async def test_the_same_seat_on_another_screen(meeting: Meeting) -> None:
    """The screen that came last has the call; the other says so, and takes it back with one press."""
    one, other = await meeting.met("Noor", "Mika")
    second = Room(await one.page.context.new_page())
    await second.page.goto(one.page.url)
    await second.is_at("room")
    await one.is_at("problem", "displaced")
    await second.sees(10)
    await one.press("Use this one")
    await one.is_at("room")
    await second.is_at("problem", "displaced")
    await one.sees(10)
    await other.sees(10)


async def test_leaving_tells_the_other(meeting: Meeting) -> None:
    """Who leaves can take it back for ten seconds; the other reads that their partner has left, and nothing else."""
    one, other = await meeting.met("Alice", "Bob")
    await one.press("Leave")
    await one.is_at("over")
    await expect(other.page.get_by_role("heading", name="Your partner has left")).to_be_visible()
    await one.press("Undo")
    await one.is_at("room")
    await other.sees(10)


async def test_two_seats_under_one_address_keep_apart(meeting: Meeting, browser: Browser) -> None:
    """Where both links are opened in one browser the later one holds the cookie; the earlier tab says whose it is."""
    columns = await meeting.invited("Noor", "Mika")
    context = await browser.new_context()
    rooms = []
    for column in columns:
        page = await context.new_page()
        await page.goto((await meeting.address(column)).replace("noor.", "").replace("mika.", ""))
        rooms.append(Room(page))
    await rooms[0].join()
    await rooms[1].join()
    await rooms[0].is_at("problem", "other_seat")
    await expect(rooms[0].page.get_by_text("the seat of Mika")).to_be_visible()
    await context.close()
