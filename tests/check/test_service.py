"""The database, the processes and the page's own word are put together: none is green on its own."""

from pathlib import Path

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.check.service import check_service
from bot.clock import SystemClock
from bot.store import SqliteInspector
from tests.polling import TIMEOUT


async def test_a_page_that_answers_beside_a_database_that_nobody_uses(tmp_path: Path) -> None:
    """Through a proxy that leads nowhere it is found at its own place, and what it lacks is told."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(text="store\n", status=503)

    app = web.Application()
    app.router.add_get("/readyz", answer)
    async with TestServer(app) as server, aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT)) as http:
        assert server.port is not None
        own_place = f"http://127.0.0.1:{server.port}"
        findings = await check_service(
            SqliteInspector(tmp_path / "new.db"), ("http://127.0.0.1:1", own_place), http, SystemClock(), pool_size=5
        )
    told = {finding.subject: (finding.ok, finding.message) for finding in findings}
    assert told["store.database"] == (True, f"doesn't exist yet; `heybuddy run` will make {tmp_path / 'new.db'}")
    assert told["processes"][0] is False
    assert "answers, but no process uses this database" in told["processes"][1]
    assert told["readyz"] == (False, f"{own_place}/readyz says what is missing: store")
