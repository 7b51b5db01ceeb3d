"""The counter that keeps our address from being banned."""

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.chat.discord_limits import InvalidRequestCounter, TooManyInvalidRequests
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
def test_only_invalid_requests_count(status: int, shared: bool, counts: bool) -> None:
    """401, 403 and 429 count, except for a 429 of a shared limit."""
    counter = InvalidRequestCounter(VirtualClock(), limit=1)
    counter.record(status, shared=shared)
    assert counter.limit_reached is counts


def test_invalid_requests_stop_counting_after_ten_minutes() -> None:
    """The limit is no longer reached once enough of them are older."""
    clock = VirtualClock()
    counter = InvalidRequestCounter(clock, limit=2)
    counter.record(403)
    clock.pass_time(minutes=5)
    counter.record(403)
    assert counter.limit_reached
    clock.pass_time(minutes=5, seconds=1)
    assert not counter.limit_reached


async def test_no_request_is_sent_at_the_limit() -> None:
    """A traced session raises before the request leaves."""
    received: list[str] = []

    async def refuse(request: web.Request) -> web.Response:
        received.append(request.path)
        raise web.HTTPForbidden

    app = web.Application()
    app.router.add_get("/x", refuse)
    counter = InvalidRequestCounter(VirtualClock(), limit=3)
    async with TestServer(app) as server, aiohttp.ClientSession(trace_configs=[counter.trace_config()]) as session:
        for _ in range(3):
            async with session.get(server.make_url("/x")):
                pass
        with pytest.raises(TooManyInvalidRequests):
            await session.get(server.make_url("/x"))
    assert len(received) == 3
