"""The web part: assembled here from plain values, with its HTTP server and the loop that carries out room orders."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

import aiohttp
from aiohttp import web

from bot.clock import Clock
from bot.domain.derived_keys import KeyPurpose, derive_key
from bot.domain.match import MINUTE
from bot.domain.report_token import report_token
from bot.leader_loop import Leadership
from bot.metrics import Metrics
from bot.process import CannotStart
from bot.readiness import NotYet, Readiness
from bot.store import Store
from web.admission import Admission
from web.another_partner import AnotherPartnerHandler
from web.bounded_site import BoundedSite
from web.built_page import BuiltPage, NotBuilt
from web.client_address import ClientAddresses
from web.entry_metrics import EntryMetrics
from web.failure_limit import FailureLimit
from web.health import HealthHandler
from web.http_server import serve_http
from web.join_grant import JoinGrants
from web.join_token import JOIN_TOKENS_PER_MINUTE, JoinTokenHandler
from web.leave import LeaveHandler
from web.link_redemption import LinkRedemption
from web.livekit_rooms import LiveKitServer, connect_rooms
from web.middlewares import problem_middleware, same_origin_middleware
from web.presence_sweep import PresenceSweep
from web.rate_limits import RateLimit
from web.redeem import RedeemHandler
from web.report import ReportHandler
from web.report_seats import REPORTS_PER_MINUTE, ReportSeats
from web.request_body import MAX_BODY_BYTES
from web.resend_link import ResendHandler
from web.room_order_loop import RoomOrderLoop
from web.room_presence import RoomPresence
from web.rooms import Rooms, VideoProblem
from web.routes import add_page_routes, add_service_routes, add_session_routes
from web.same_origin import OriginCheck
from web.security_headers import SecurityHeaders
from web.session import SessionHandler
from web.session_cookies import SessionCookies
from web.session_view import SessionViews
from web.webhook import WebhookHandler

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class WebPart:
    """The web part, built from its settings; nothing is opened before `run` or `serve`.

    `is_own_origin` tells whether an Origin header is ours; `chat_url` is the address of Discord's channels;
    `readiness` and `metrics` are those of the whole process; without `livekit` nobody can enter a room;
    `max_connections` may be open at the same time.
    """

    store: Store
    clock: Clock
    leadership: Leadership
    session_secret: bytes
    public_url: str
    host: str
    port: int
    trusted_proxies: tuple[str, ...]
    livekit: LiveKitServer | None
    is_own_origin: OriginCheck
    chat_url: str
    readiness: Readiness
    max_connections: int
    metrics: Metrics = field(default_factory=Metrics)

    def __post_init__(self) -> None:
        self.readiness.require("video", _is_starting)

    async def run(self) -> None:
        """Serve and carry out room orders until cancelled.

        Raises CannotStart if the page has not been built or the port cannot be used.
        """
        async with aiohttp.ClientSession() as http:
            rooms = connect_rooms(self.livekit, http)
            async with self.serve(rooms) as site:
                log.info("the page listens at %s and is reached at %s", site.name, self.public_url)
                await self.room_order_loop(rooms).run()

    @asynccontextmanager
    async def serve(self, rooms: Rooms) -> AsyncIterator[BoundedSite]:
        """Serve the page and its HTTP interface while the context is open; raises CannotStart as `run` does."""
        security_headers = SecurityHeaders(public_url=self.public_url, livekit_url=rooms.url)
        app = self._application(rooms)
        self.readiness.require("video", partial(_video_problem, rooms))
        async with serve_http(
            app,
            security_headers=security_headers,
            host=self.host,
            port=self.port,
            max_connections=self.max_connections,
        ) as site:
            yield site

    def room_order_loop(self, rooms: Rooms) -> RoomOrderLoop:
        """The loop that carries out room orders and sweeps presence."""
        presence_sweep = PresenceSweep(
            presence=self.store.presence, rooms=rooms, room_presence=self._room_presence(rooms)
        )
        return RoomOrderLoop(
            room_orders=self.store.room_orders,
            video_outages=self.store.video_outages,
            rooms=rooms,
            presence_sweep=presence_sweep,
            leadership=self.leadership,
            clock=self.clock,
            listener=self.store.listen("room_orders"),
        )

    def _application(self, rooms: Rooms) -> web.Application:
        middlewares = [problem_middleware(f"{self.chat_url}/@me"), same_origin_middleware(self.is_own_origin)]
        app = web.Application(middlewares=middlewares, client_max_size=MAX_BODY_BYTES)
        add_page_routes(app, page=_built_page())
        self._add_session_routes(app, rooms)
        add_service_routes(
            app,
            webhook=WebhookHandler(
                rooms=rooms, installation=self.store.installation, room_presence=self._room_presence(rooms)
            ),
            health=HealthHandler(self.readiness.missing),
        )
        return app

    def _add_session_routes(self, app: web.Application, rooms: Rooms) -> None:
        store, clock = self.store, self.clock
        cookies = SessionCookies(browser_sessions=store.browser_sessions, clock=clock)
        admission = Admission(memberships=store.memberships, servers=store.servers, clock=clock)
        entry_metrics = EntryMetrics(self.metrics)
        join_grants = JoinGrants(rooms=rooms, clock=clock, entry_metrics=entry_metrics)
        failures = self._failure_limit()
        views = SessionViews(
            matches=store.matches,
            tickets=store.tickets,
            outbox=store.outbox,
            servers=store.servers,
            enterable_since=store.video_outages.enterable_since,
            clock=clock,
            chat_url=self.chat_url,
            report_token_of=partial(report_token, self._report_key),
        )
        add_session_routes(
            app,
            redeem=self._redeem_handler(rooms, admission, cookies, views, failures, entry_metrics=entry_metrics),
            session=SessionHandler(session_cookies=cookies, session_views=views),
            leave=LeaveHandler(
                session_cookies=cookies, browser_sessions=store.browser_sessions, session_views=views, clock=clock
            ),
            another=AnotherPartnerHandler(
                session_cookies=cookies,
                matches=store.matches,
                tickets=store.tickets,
                video_outages=store.video_outages,
                clock=clock,
            ),
            join_token=JoinTokenHandler(
                session_cookies=cookies,
                admission=admission,
                rooms=rooms,
                join_grants=join_grants,
                seat_limit=RateLimit(clock=clock, max_attempts=JOIN_TOKENS_PER_MINUTE, window=MINUTE),
                entry_metrics=entry_metrics,
            ),
            resend=self._resend_handler(failures),
            report=self._report_handler(cookies, failures),
        )

    def _redeem_handler(
        self,
        rooms: Rooms,
        admission: Admission,
        cookies: SessionCookies,
        views: SessionViews,
        failures: FailureLimit,
        *,
        entry_metrics: EntryMetrics,
    ) -> RedeemHandler:
        return RedeemHandler(
            link_redemption=LinkRedemption(
                invitations=self.store.invitations,
                trials=self.store.trials,
                rooms=rooms,
                cookie_key=derive_key(self.session_secret, KeyPurpose.COOKIE),
                clock=self.clock,
                entry_metrics=entry_metrics,
            ),
            session_cookies=cookies,
            session_views=views,
            admission=admission,
            join_grants=JoinGrants(rooms=rooms, clock=self.clock, entry_metrics=entry_metrics),
            failure_limit=failures,
        )

    def _resend_handler(self, failures: FailureLimit) -> ResendHandler:
        return ResendHandler(
            invitations=self.store.invitations,
            matches=self.store.matches,
            failure_limit=failures,
            link_key=derive_key(self.session_secret, KeyPurpose.LINK),
            clock=self.clock,
        )

    def _report_handler(self, cookies: SessionCookies, failures: FailureLimit) -> ReportHandler:
        return ReportHandler(
            report_seats=ReportSeats(
                report_key=self._report_key,
                matches=self.store.matches,
                session_cookies=cookies,
                failure_limit=failures,
                seat_limit=RateLimit(clock=self.clock, max_attempts=REPORTS_PER_MINUTE, window=MINUTE),
                clock=self.clock,
            ),
            browser_sessions=self.store.browser_sessions,
            reports=self.store.reports,
            blocks=self.store.blocks,
            clock=self.clock,
        )

    @property
    def _report_key(self) -> bytes:
        return derive_key(self.session_secret, KeyPurpose.REPORT)

    def _failure_limit(self) -> FailureLimit:
        return FailureLimit(
            failed_attempts=self.store.failed_attempts,
            client_addresses=ClientAddresses(self.trusted_proxies),
            address_key=derive_key(self.session_secret, KeyPurpose.ADDRESS),
            clock=self.clock,
        )

    def _room_presence(self, rooms: Rooms) -> RoomPresence:
        return RoomPresence(presence=self.store.presence, matches=self.store.matches, rooms=rooms, clock=self.clock)


async def _is_starting() -> str:
    return NotYet("The page is being started.")


async def _video_problem(rooms: Rooms) -> str | None:
    try:
        await rooms.check_connection()
    except VideoProblem as problem:
        return problem.reason
    return None


def _built_page() -> BuiltPage:
    try:
        return BuiltPage()
    except NotBuilt as missing:
        raise CannotStart(str(missing)) from missing
