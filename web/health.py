"""Health: whether the process answers, and whether it can do its work."""

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from bot.store import StoreUnavailable
from web.problems import HttpProblem

Check = Callable[[], Awaitable[object]]


class Health:
    """`/healthz` and `/readyz`; `checks` are tried by name, and one that raises or says False is not ready."""

    def __init__(self, checks: Mapping[str, Check]) -> None:
        self._checks = checks

    async def healthz(self, _request: web.Request) -> web.Response:
        """200: the process answers."""
        return web.Response(text="ok\n")

    async def readyz(self, _request: web.Request) -> web.Response:
        """200; or 503 with one word a line for what is not ready."""
        waiting = [name for name, check in self._checks.items() if not await _holds(check)]
        if waiting:
            return web.Response(text="".join(f"{name}\n" for name in waiting), status=503)
        return web.Response(text="ok\n")


async def _holds(check: Check) -> bool:
    try:
        return await check() is not False
    except (HttpProblem, StoreUnavailable):
        return False
