"""`GET /healthz` and `GET /readyz`: whether the process answers, and whether it can do its work."""

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from bot.store import StoreUnavailable
from web.problems import HttpProblem

ReadinessCheck = Callable[[], Awaitable[object]]


class HealthHandler:
    """Answers monitors. A check fails if it returns False or raises HttpProblem or StoreUnavailable."""

    def __init__(self, checks: Mapping[str, ReadinessCheck]) -> None:
        self._checks = checks

    async def healthz(self, _request: web.Request) -> web.Response:
        """Answer 200: the process is alive."""
        return web.Response(text="ok\n")

    async def readyz(self, _request: web.Request) -> web.Response:
        """Run every check; answer 200, or 503 with the name of each failed check on a line of its own."""
        failed = [name for name, check in self._checks.items() if not await _passes(check)]
        if failed:
            return web.Response(text="".join(f"{name}\n" for name in failed), status=503)
        return web.Response(text="ok\n")


async def _passes(check: ReadinessCheck) -> bool:
    try:
        return await check() is not False
    except (HttpProblem, StoreUnavailable):
        return False
