"""The page's own answer to `GET /readyz` is read where monitors read it and past the proxy."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.check.readyz import ReadyzAnswer, ask_readyz
from bot.readiness import WORDS
from tests.check.installation import Place, receiving
from tests.polling import TIMEOUT
from tests.ports import free_port
from web.health import HealthHandler


class Page:
    """The page's own handler, or whatever else `answer` is; `missing` are the words of what is not ready."""

    def __init__(self) -> None:
        self.missing: list[str] = []
        self.answer: web.Response | None = None
        self._health = HealthHandler(self._missing)

    async def readyz(self, request: web.Request) -> web.StreamResponse:
        return self.answer or await self._health.readyz(request)

    async def _missing(self) -> list[str]:
        return self.missing


@pytest.fixture
def page() -> Page:
    return Page()


@pytest.fixture
async def address(page: Page) -> AsyncIterator[str]:
    """Where the page answers."""
    app = web.Application()
    app.router.add_get("/readyz", page.readyz)
    async with TestServer(app) as server:
        yield f"http://127.0.0.1:{server.port}"


async def ask(*addresses: str) -> list[ReadyzAnswer]:
    """The answers."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT)) as http:
        return [*await ask_readyz(addresses, http)]


@pytest.mark.parametrize("missing", [[], ["store"], ["gateway", "matchmaker"], [*WORDS]])
async def test_the_page_answers(page: Page, address: str, missing: list[str]) -> None:
    """Its words are read, and make a fault of it; both ways to it are asked, and one that is the same once."""
    page.missing = missing
    elsewhere = f"http://127.0.0.1:{free_port()}"
    [answer] = await ask(elsewhere, address, address)
    assert (answer.url, [*answer.missing]) == (f"{address}/readyz", missing)
    finding = answer.finding()
    assert finding.ok == (not missing)
    assert ", ".join(missing) in finding.message


@pytest.mark.parametrize(
    "answer",
    [
        web.Response(text="ok"),
        web.Response(text="ok\n", status=503),
        web.Response(text="<html>503 Service Unavailable</html>", status=503),
        web.Response(text="", status=503),
        web.Response(text="store\n", status=200),
        web.Response(text="store\n", status=502),
        web.Response(text="store\nnginx\n", status=503),
        web.Response(body=b"\xff" * 2000, status=503),
        web.Response(status=302, headers={"Location": "/login"}),
        web.Response(text="Not Found", status=404),
    ],
    ids=lambda response: f"{response.status} {(response.body or b'')[:20]!r}",
)
async def test_somebody_else_answers(page: Page, address: str, answer: web.Response) -> None:
    """A proxy, a login page and another program say nothing about the page."""
    page.answer = answer
    assert await ask(address) == []


async def test_the_check_itself_is_not_the_page() -> None:
    """Nor is nobody."""
    place = Place()
    assert await ask(place.public_url) == []
    async with receiving(place, None):
        assert await ask(place.public_url) == []
