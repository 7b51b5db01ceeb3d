"""Whether the process answers, and whether it can do its work."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from bot.store import StoreUnavailable
from tests.web.browsers import Browser, Browsers
from tests.web.scripted_rooms import ScriptedRooms
from web.part import WebPart
from web.problems import HttpProblem


async def passes() -> None:
    """A check that passes."""


async def is_true() -> bool:
    return True


async def is_false() -> bool:
    return False


async def has_no_store() -> None:
    raise StoreUnavailable("the disk is full")


async def has_no_video() -> None:
    raise HttpProblem("video_unreachable")


async def test_healthy(browser: Browser) -> None:
    """Alive and ready are both 200 with one word."""
    for path in ("/healthz", "/readyz"):
        answer = await browser.get(path)
        assert (answer.status, answer.body) == (200, b"ok\n")


@pytest.mark.parametrize(
    ("check", "status", "body"),
    [
        (passes, 200, b"ok\n"),
        (is_true, 200, b"ok\n"),
        (is_false, 503, b"discord\n"),
        (has_no_store, 503, b"discord\n"),
        (has_no_video, 503, b"discord\n"),
    ],
)
async def test_readiness_of_another_part(
    web_part: WebPart, rooms: ScriptedRooms, check: Callable[[], Awaitable[object]], status: int, body: bytes
) -> None:
    """A part that is not ready is named; the process still counts as alive."""
    async with replace(web_part, checks={"discord": check}).serve(rooms) as site:
        browsers = Browsers(site.port)
        browser = browsers.open()
        ready, alive = await browser.get("/readyz"), await browser.get("/healthz")
        await browsers.close()
    assert (ready.status, ready.body) == (status, body)
    assert alive.status == 200


async def test_livekit_fails(browser: Browser, rooms: ScriptedRooms) -> None:
    """Without LiveKit the web part is alive but not ready."""
    rooms.problem = "video_unreachable"
    answer = await browser.get("/readyz")
    assert (answer.status, answer.body) == (503, b"video\n")
