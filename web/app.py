"""The browser door put together: routes, the guard before them, and what everything shares."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.clock import Clock
from bot.domain.derived_keys import KeyPurpose, derive_key
from bot.domain.invitation import LINKS_PER_WINDOW, LINKS_WINDOW
from bot.leader_loop import Leadership
from bot.store import Store, StoreUnavailable
from bot.words import load
from web import body
from web.headers import SecurityHeaders
from web.health import Check, Health
from web.join_token import JoinToken
from web.leave import Leave
from web.livekit_rooms import Rooms
from web.orders import RoomOrderLoop
from web.pages import Pages
from web.presence import RoomPresence
from web.problems import HttpProblem, answer
from web.rate_limits import Addresses, RateLimit
from web.redeem import Redeem
from web.resend import Resend
from web.same_origin import OriginRule, must_be_ours
from web.server import DoorRunner
from web.session_cookies import SessionCookies
from web.session_page import SessionPage
from web.sweep import Sweep
from web.views import Views
from web.webhook import Webhook

WEBHOOK = "/livekit/webhook"
SAFE = frozenset({"GET", "HEAD"})
FAILURES_A_MINUTE = 20
JOIN_TOKENS_A_MINUTE = 10
MINUTE = timedelta(minutes=1)

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Door:
    """What the browser door needs. `is_ours` judges Origin; `chat_url` is where Discord shows its channels."""

    store: Store
    rooms: Rooms
    pages: Pages
    clock: Clock
    session_secret: bytes
    public_url: str
    is_ours: OriginRule
    chat_url: str
    trusted_proxies: tuple[str, ...]
    checks: Mapping[str, Check]


def create_runner(door: Door) -> DoorRunner:
    """The application on its server, ready to be set up and to listen."""
    security = SecurityHeaders(public_url=door.public_url, livekit_url=door.rooms.url)
    app = web.Application(middlewares=[_in_our_words, _guard(door.is_ours)], client_max_size=body.LARGEST)
    app.on_response_prepare.append(security.on_prepare)
    _add_session_routes(app, door)
    _add_other_routes(app, door)
    return DoorRunner(app, security)


def room_orders(door: Door, leadership: Leadership) -> RoomOrderLoop:
    """The loop that carries out room orders and sweeps."""
    store, rooms = door.store, door.rooms
    sweep = Sweep(presence=store.presence, rooms=rooms, room_presence=_room_presence(door))
    return RoomOrderLoop(
        room_orders=store.room_orders,
        rooms=rooms,
        sweep=sweep,
        leadership=leadership,
        clock=door.clock,
        listener=store.listen("room_orders"),
    )


def _add_session_routes(app: web.Application, door: Door) -> None:
    store, clock = door.store, door.clock
    session_cookies = SessionCookies(browser_sessions=store.browser_sessions, clock=clock)
    page = SessionPage(
        session_cookies=session_cookies,
        matches=store.matches,
        servers=store.servers,
        views=Views(clock=clock, chat_url=door.chat_url),
    )
    redeem = Redeem(
        invitations=store.invitations,
        session_cookies=session_cookies,
        page=page,
        rooms=door.rooms,
        failures=RateLimit(clock=clock, times=FAILURES_A_MINUTE, within=MINUTE),
        addresses=Addresses(door.trusted_proxies),
        cookie_key=derive_key(door.session_secret, KeyPurpose.COOKIE),
        clock=clock,
    )
    leave = Leave(
        session_cookies=session_cookies,
        browser_sessions=store.browser_sessions,
        matches=store.matches,
        tickets=store.tickets,
        page=page,
        clock=clock,
    )
    join_token = JoinToken(
        session_cookies=session_cookies,
        rooms=door.rooms,
        per_seat=RateLimit(clock=clock, times=JOIN_TOKENS_A_MINUTE, within=MINUTE),
        clock=clock,
    )
    _add(app, "POST", "/session", redeem.post)
    _add(app, "GET", "/session", page.get)
    _add(app, "DELETE", "/session", leave.delete)
    _add(app, "POST", "/session/undo", leave.undo)
    _add(app, "POST", "/session/another", leave.another)
    _add(app, "POST", "/session/join-token", join_token.post)


def _add_other_routes(app: web.Application, door: Door) -> None:
    resend = Resend(
        invitations=door.store.invitations,
        matches=door.store.matches,
        unknown=RateLimit(clock=door.clock, times=FAILURES_A_MINUTE, within=MINUTE),
        per_seat=RateLimit(clock=door.clock, times=LINKS_PER_WINDOW, within=LINKS_WINDOW),
        addresses=Addresses(door.trusted_proxies),
        link_key=derive_key(door.session_secret, KeyPurpose.LINK),
        clock=door.clock,
    )
    health = Health(door.checks)
    _add(app, "POST", "/invitation/resend", resend.post)
    _add(app, "POST", WEBHOOK, Webhook(rooms=door.rooms, presence=_room_presence(door)).post)
    _add(app, "GET", "/j", door.pages.document)
    _add(app, "GET", "/room", door.pages.document)
    _add(app, "GET", "/assets/{name}", door.pages.asset)
    _add(app, "GET", "/healthz", health.healthz)
    _add(app, "GET", "/readyz", health.readyz)


def _room_presence(door: Door) -> RoomPresence:
    return RoomPresence(presence=door.store.presence, matches=door.store.matches, rooms=door.rooms, clock=door.clock)


def _add(app: web.Application, method: str, path: str, handler: Handler) -> None:
    methods = SAFE if method == "GET" else {method}
    for each in methods:
        app.router.add_route(each, path, handler, expect_handler=_expect)


async def _expect(request: web.Request) -> web.StreamResponse | None:
    """Only what HTTP knows may be expected of us."""
    if request.headers.get("Expect", "").lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0  # the answer itself has not begun
        return None
    return answer(HttpProblem("bad_request"), load())


def _guard(is_ours: OriginRule) -> Middleware:
    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        """Changes come from our own pages only; LiveKit's news are judged by their signature instead."""
        if request.method not in SAFE and request.path != WEBHOOK:
            must_be_ours(request, is_ours)
        return await handler(request)

    return guard


@web.middleware
async def _in_our_words(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Whatever goes wrong becomes a problem with a code, its words and what to do next."""
    try:
        return await handler(request)
    except HttpProblem as problem:
        met = problem
    except web.HTTPException as refusal:
        return _refused(request, refusal)
    except StoreUnavailable:
        met = HttpProblem("store_unavailable")
    except Exception:  # a mistake of ours must not show itself to a browser
        log.exception("%s %s failed", request.method, request.path)
        met = HttpProblem("internal")
    return answer(met, load(), accept=request.headers.get("Accept", ""))


def _refused(request: web.Request, refusal: web.HTTPException) -> web.Response:
    codes = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}
    problem = HttpProblem(codes.get(refusal.status, "bad_request"))
    response = answer(problem, load(), accept=request.headers.get("Accept", ""))
    if "Allow" in refusal.headers:
        response.headers["Allow"] = refusal.headers["Allow"]
    return response
