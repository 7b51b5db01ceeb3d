"""The web server of the sandbox's page: its files, actions and live feed. What an action does is defined elsewhere."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from importlib.resources import files
from pathlib import PurePosixPath
from types import MappingProxyType

from aiohttp import web

from bot.sandbox.event_feed import Event, EventFeed

PAGE = files("bot.sandbox").joinpath("page")
CONTENT_TYPES = MappingProxyType(
    {
        ".html": "text/html",
        ".css": "text/css",
        ".js": "text/javascript",
        ".svg": "image/svg+xml",
    }
)
PICTURES = MappingProxyType(
    {
        "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
        "image/jpeg": re.compile(rb"\xff\xd8\xff"),
        "image/gif": re.compile(rb"GIF8[79]a"),
        "image/webp": re.compile(rb"RIFF....WEBP", re.DOTALL),
    }
)
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
SECURITY_HEADERS = MappingProxyType(
    {
        "Content-Security-Policy": CONTENT_SECURITY_POLICY,
        "Cache-Control": "no-store",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
)
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
HEARTBEAT_S = 20
MAX_BODY_BYTES = 16 * 1024 * 1024  # a form may bring files

Json = dict[str, object]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Action = Callable[[Json], Awaitable[Json]]


class ActionRefused(Exception):
    """This action cannot be done; the text tells the person at the page why."""


def create_page_app(
    actions: Mapping[str, Action], feed: EventFeed, *, read_attachment: Callable[[str], bytes | None]
) -> web.Application:
    """Serve the page at `/`, its actions at `POST /do/NAME` and the feed as a WebSocket at `/live`.

    Actions take and return JSON; a refused one returns {"failed": text}. `read_attachment` returns the content of the
    attachment at a path below `/attachments/`, or None.
    """
    app = web.Application(middlewares=[_require_own_origin], client_max_size=MAX_BODY_BYTES)
    app.on_response_prepare.append(_add_security_headers)
    app.router.add_get("/live", _live_handler(feed))
    app.router.add_post("/do/{action}", _action_handler(actions))
    app.router.add_get("/attachments/{path:.*}", _attachment_handler(read_attachment))
    app.router.add_get("/channels/{channel:.*}", _redirect_to_page)
    app.router.add_get("/{path:.*}", _serve_file)
    return app


@web.middleware
async def _require_own_origin(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Reject other web pages: Host must be a loopback name, and Origin must be ours for actions and the feed."""
    host = request.headers.get("Host", "")
    if host.rpartition(":")[0] not in LOOPBACK_NAMES:
        raise web.HTTPForbidden(text="This address is not the sandbox's own.")
    needs_origin = request.method != "GET" or request.path == "/live"
    if needs_origin and request.headers.get("Origin") != f"http://{host}":
        raise web.HTTPForbidden(text="Only the sandbox's own page may do this.")
    return await handler(request)


async def _add_security_headers(_: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(SECURITY_HEADERS)


async def _redirect_to_page(_: web.Request) -> web.Response:
    """Redirect the web part's links to Discord channels, which in the sandbox are on this page."""
    raise web.HTTPFound("/")


async def _serve_file(request: web.Request) -> web.Response:
    path = PurePosixPath(request.match_info["path"] or "index.html")
    file = PAGE.joinpath(*path.parts)
    if ".." in path.parts or path.suffix not in CONTENT_TYPES or not file.is_file():
        raise web.HTTPNotFound
    return web.Response(body=file.read_bytes(), content_type=CONTENT_TYPES[path.suffix], charset="utf-8")


def _attachment_handler(read_attachment: Callable[[str], bytes | None]) -> Handler:
    async def serve_attachment(request: web.Request) -> web.Response:
        """Serve a picture so that the page can show it, and any other file so that it can only be saved."""
        data = read_attachment(request.path)
        if data is None:
            raise web.HTTPNotFound
        kind = next((kind for kind, begins in PICTURES.items() if begins.match(data)), None)
        if kind is None:
            headers = {"Content-Disposition": "attachment"}
            return web.Response(body=data, content_type="application/octet-stream", headers=headers)
        return web.Response(body=data, content_type=kind)

    return serve_attachment


def _action_handler(actions: Mapping[str, Action]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle_action(request: web.Request) -> web.Response:
        action, body = actions.get(request.match_info["action"]), await _read_json_object(request)
        if action is None:
            raise web.HTTPNotFound
        return await _run_action(action, body)

    return handle_action


async def _run_action(action: Action, body: Json) -> web.Response:
    try:
        return web.json_response(await action(body))
    except ActionRefused as refused:
        return web.json_response({"failed": str(refused)})
    except (KeyError, TypeError, ValueError) as error:
        return web.json_response({"failed": f"This request can't be understood: {error!r}."}, status=400)


async def _read_json_object(request: web.Request) -> Json:
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType
    try:
        body = await request.json()
    except ValueError:
        raise web.HTTPBadRequest(text="The body isn't JSON.") from None
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text="The body isn't a JSON object.")
    return body


def _live_handler(feed: EventFeed) -> Callable[[web.Request], Awaitable[web.WebSocketResponse]]:
    async def handle_live(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT_S)
        await socket.prepare(request)
        with feed.subscribe() as events:
            await _forward_events(events, socket)
        return socket

    return handle_live


async def _forward_events(events: asyncio.Queue[Event], socket: web.WebSocketResponse) -> None:
    """Send events until the page disconnects; what the page sends is ignored."""

    async def send_events() -> None:
        while True:
            await socket.send_json(await events.get())

    sending = asyncio.create_task(send_events())
    try:
        async for _ in socket:
            pass
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
