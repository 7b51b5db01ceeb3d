"""`GET /healthz` and `GET /readyz`: whether the process answers, and whether it has what it needs to serve."""

from collections.abc import Awaitable, Callable, Sequence

from aiohttp import web


class HealthHandler:
    """Answers monitors. `missing()` returns the words of what is not ready."""

    def __init__(self, missing: Callable[[], Awaitable[Sequence[str]]]) -> None:
        self._missing = missing

    async def healthz(self, _request: web.Request) -> web.Response:
        """Answer 200: the process is alive."""
        return web.Response(text="ok\n")

    async def readyz(self, _request: web.Request) -> web.Response:
        """Answer 200, or 503 with the word of each thing that is missing on a line of its own."""
        missing = await self._missing()
        if missing:
            return web.Response(text="".join(f"{word}\n" for word in missing), status=503)
        return web.Response(text="ok\n")
