"""The count that keeps our address from being banned."""

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.chat.invalid_requests import InvalidRequests, TooManyInvalidRequests
from tests.clocks import VirtualClock


@pytest.mark.parametrize(
    ("status", "shared", "counts"),
    [
        (401, False, True),
        (403, False, True),
        (429, False, True),
        (429, True, False),
        (404, False, False),
        (200, False, False),
    ],
)
def test_what_counts(status: int, shared: bool, counts: bool) -> None:
    """401, 403 and 429 do; a limit that others share does not."""
    invalid = InvalidRequests(VirtualClock(), limit=1)
    invalid.note(status, shared=shared)
    assert invalid.stopped is counts


def test_ten_minutes_later_they_are_forgotten() -> None:
    """It goes on by itself when enough of them are old."""
    clock = VirtualClock()
    invalid = InvalidRequests(clock, limit=2)
    invalid.note(403)
    clock.pass_time(minutes=5)
    invalid.note(403)
    assert invalid.stopped
    clock.pass_time(minutes=5, seconds=1)
    assert not invalid.stopped


async def test_at_the_limit_nothing_leaves_the_house() -> None:
    """A traced session is stopped before its request is sent."""
    reached: list[str] = []

    async def refuse(request: web.Request) -> web.Response:
        reached.append(request.path)
        raise web.HTTPForbidden

    app = web.Application()
    app.router.add_get("/x", refuse)
    invalid = InvalidRequests(VirtualClock(), limit=3)
    async with TestServer(app) as server, aiohttp.ClientSession(trace_configs=[invalid.trace()]) as session:
        for _ in range(3):
            async with session.get(server.make_url("/x")):
                pass
        with pytest.raises(TooManyInvalidRequests):
            await session.get(server.make_url("/x"))
    assert len(reached) == 3
