"""The routes: which handler answers which request. docs/http.md describes them for users of the interface."""

from aiohttp import web
from aiohttp.typedefs import Handler

from web.another_partner import AnotherPartnerHandler
from web.built_page import BuiltPage
from web.health import HealthHandler
from web.join_token import JoinTokenHandler
from web.leave import LeaveHandler
from web.problems import HttpProblem, problem_response
from web.redeem import RedeemHandler
from web.report import ReportHandler
from web.resend_link import ResendHandler
from web.session import SessionHandler
from web.webhook import WEBHOOK_PATH, WebhookHandler


def add_page_routes(app: web.Application, *, page: BuiltPage) -> None:
    """Add the page and its files."""
    _add_route(app, "GET", "/j", page.serve_document)
    _add_route(app, "GET", "/room", page.serve_document)
    _add_route(app, "GET", "/assets/{name}", page.serve_asset)


def add_session_routes(
    app: web.Application,
    *,
    redeem: RedeemHandler,
    session: SessionHandler,
    leave: LeaveHandler,
    another: AnotherPartnerHandler,
    join_token: JoinTokenHandler,
    resend: ResendHandler,
    report: ReportHandler,
) -> None:
    """Add the routes that the page uses."""
    _add_route(app, "POST", "/session", redeem.redeem_link)
    _add_route(app, "GET", "/session", session.show_session)
    _add_route(app, "DELETE", "/session", leave.leave_seat)
    _add_route(app, "POST", "/session/undo", leave.undo_leave)
    _add_route(app, "POST", "/session/another", another.request_another)
    _add_route(app, "POST", "/session/join-token", join_token.issue_join_token)
    _add_route(app, "POST", "/invitation/inspect", redeem.inspect_link)
    _add_route(app, "POST", "/invitation/resend", resend.resend_link)
    _add_route(app, "POST", "/report", report.file_report)
    _add_route(app, "POST", "/report/undo", report.undo_report)
    _add_route(app, "POST", "/block", report.block_partner)


def add_service_routes(app: web.Application, *, webhook: WebhookHandler, health: HealthHandler) -> None:
    """Add the routes that LiveKit and monitors use."""
    _add_route(app, "POST", WEBHOOK_PATH, webhook.receive_event)
    _add_route(app, "GET", "/healthz", health.healthz)
    _add_route(app, "GET", "/readyz", health.readyz)


def _add_route(app: web.Application, method: str, path: str, handler: Handler) -> None:
    """Add a route; GET also answers HEAD."""
    for each in ("GET", "HEAD") if method == "GET" else (method,):
        app.router.add_route(each, path, handler, expect_handler=_handle_expect)


async def _handle_expect(request: web.Request) -> web.StreamResponse | None:
    """Handle the only expectation that HTTP defines; refuse any other."""
    if request.headers.get("Expect", "").lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0  # the response itself has not begun
        return None
    return problem_response(HttpProblem("bad_request"), request.headers)
