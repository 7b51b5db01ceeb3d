"""Whether the process answers, and whether it has what it needs to serve."""

from tests.web.browsers import Browser
from tests.web.scripted_rooms import ScriptedRooms
from web.part import WebPart


async def test_healthy(browser: Browser) -> None:
    """Alive and ready are both 200 with one word."""
    for path in ("/healthz", "/readyz"):
        answer = await browser.get(path)
        assert (answer.status, answer.body) == (200, b"ok\n")


async def test_what_is_missing_is_named(web_part: WebPart, browser: Browser, rooms: ScriptedRooms) -> None:
    """One word a line and nothing else, with 503; the process still counts as alive."""

    async def is_not_connected() -> str | None:
        return "The connection to Discord is not up."

    web_part.readiness.require("gateway", is_not_connected)
    rooms.problem = "video_unreachable"
    ready, alive = await browser.get("/readyz"), await browser.get("/healthz")
    assert (ready.status, ready.body) == (503, b"video\ngateway\n")
    assert alive.status == 200


async def test_livekit_fails(browser: Browser, rooms: ScriptedRooms) -> None:
    """Without LiveKit the web part is alive but not ready."""
    rooms.problem = "video_unreachable"
    answer = await browser.get("/readyz")
    assert (answer.status, answer.body) == (503, b"video\n")
