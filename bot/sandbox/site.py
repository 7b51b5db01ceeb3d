"""The sandbox's web server: its page, the page's actions, its live feed. What an action does is not its business."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from importlib.resources import files
from pathlib import PurePosixPath

from aiohttp import web

from bot.sandbox.site_feed import Event, Feed

PAGE = files("bot.sandbox").joinpath("page")
TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
HEARTBEAT = 20
LARGEST_BODY = 64 * 1024

Json = dict[str, object]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Action = Callable[[Json], Awaitable[Json]]


class Refusal(Exception):
    """This action cannot be done; the text says why, for the person at the page."""


def create_site(actions: Mapping[str, Action], feed: Feed) -> web.Application:
    """The page at `/`, its actions at `POST /do/NAME` (JSON → JSON, maybe {"failed": words}), its feed at `/live`."""
    app = web.Application(middlewares=[_guard], client_max_size=LARGEST_BODY)
    app.on_response_prepare.append(_harden)
    app.router.add_get("/live", _live(feed))
    app.router.add_post("/do/{action}", _do(actions))
    app.router.add_get("/channels/{channel:.*}", _home)
    app.router.add_get("/{path:.*}", _file)
    return app


@web.middleware
async def _guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """No page of the internet may drive the sandbox: our name in Host, our origin for all that acts or listens."""
    host = request.headers.get("Host", "")
    if host.rpartition(":")[0] not in LOOPBACK_NAMES:
        raise web.HTTPForbidden(text="This address is not the sandbox's own.")
    acts = request.method != "GET" or request.path == "/live"
    if acts and request.headers.get("Origin") != f"http://{host}":
        raise web.HTTPForbidden(text="Only the sandbox's own page may do this.")
    return await handler(request)


async def _harden(_: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(HEADERS)


async def _home(_: web.Request) -> web.Response:
    """Where the page students see sends them back to: Discord's channels are here."""
    raise web.HTTPFound("/")


async def _file(request: web.Request) -> web.Response:
    path = PurePosixPath(request.match_info["path"] or "index.html")
    file = PAGE.joinpath(*path.parts)
    if ".." in path.parts or path.suffix not in TYPES or not file.is_file():
        raise web.HTTPNotFound
    return web.Response(body=file.read_bytes(), content_type=TYPES[path.suffix], charset="utf-8")


def _do(actions: Mapping[str, Action]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def do(request: web.Request) -> web.Response:
        action, body = actions.get(request.match_info["action"]), await _body(request)
        if action is None:
            raise web.HTTPNotFound
        return await _answer(action, body)

    return do


async def _answer(action: Action, body: Json) -> web.Response:
    try:
        return web.json_response(await action(body))
    except Refusal as refusal:
        return web.json_response({"failed": str(refusal)})
    except (KeyError, TypeError, ValueError) as error:
        return web.json_response({"failed": f"This request makes no sense: {error!r}."}, status=400)


async def _body(request: web.Request) -> Json:
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType
    try:
        body = await request.json()
    except ValueError:
        raise web.HTTPBadRequest(text="The body is no JSON.") from None
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text="The body is no JSON object.")
    return body


def _live(feed: Feed) -> Callable[[web.Request], Awaitable[web.WebSocketResponse]]:
    async def live(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT)
        await socket.prepare(request)
        with feed.hearing() as events:
            await _pass_on(events, socket)
        return socket

    return live


async def _pass_on(events: asyncio.Queue[Event], socket: web.WebSocketResponse) -> None:
    """Send events until the page goes away; what the page says here is not listened to."""

    async def send() -> None:
        while True:
            await socket.send_json(await events.get())

    sending = asyncio.create_task(send())
    try:
        async for _ in socket:
            pass
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
