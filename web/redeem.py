"""`POST /session`: a browser redeems a link and gets the session cookie. `POST /invitation/inspect`: it asks before."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from bot.store.invitations import Invitation
from bot.store.seats import SeatInMatch
from web.admission import Admission
from web.failure_limit import FailureLimit
from web.join_grant import JoinGrants
from web.link_redemption import LinkRedemption, RedemptionAttempt, room_is_ready
from web.problems import HttpProblem
from web.refused_entries import log_refused_entry
from web.request_body import read_json_object, require_text
from web.session_cookies import SessionCookies, keeps_cookies, set_probe_cookie, set_session_cookie
from web.session_view import SessionViews

UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class RedeemHandler:
    """Lets browsers redeem links; `failure_limit` counts failed attempts by client address."""

    def __init__(
        self,
        *,
        link_redemption: LinkRedemption,
        session_cookies: SessionCookies,
        session_views: SessionViews,
        admission: Admission,
        join_grants: JoinGrants,
        failure_limit: FailureLimit,
    ) -> None:
        self._link_redemption = link_redemption
        self._session_cookies = session_cookies
        self._session_views = session_views
        self._admission = admission
        self._join_grants = join_grants
        self._failure_limit = failure_limit

    async def inspect_link(self, request: web.Request) -> web.Response:
        """Answer 200 if `redeem_link` would let this browser in, with whether it has kept a cookie of ours.

        Changes nothing, except that the admin of a trial is shown that its page has loaded, and tells nothing else of
        the match. A browser without a cookie gets the probe, so that its second answer is certain. Raises HttpProblem
        as `redeem_link` does, but for `video_*`; failures count as its do.
        """
        attempt = _read_attempt(await read_json_object(request))
        invitation = await self._link_redemption.find_to_inspect(attempt)
        if invitation is None or not await self._session_cookies.holds_seat(request, invitation.seat_id):
            async with self._note_failure(request, invitation):
                self._link_redemption.inspect(invitation, attempt)
        has_kept_cookie = keeps_cookies(request)
        response = web.json_response({"keeps_cookies": has_kept_cookie})
        if not has_kept_cookie:
            set_probe_cookie(response)
        return response

    async def redeem_link(self, request: web.Request) -> web.Response:
        """Answer 201 with the view and the cookie, or 200 with the view if this browser already has the session.

        With `"enter": true` the view of a new session also holds a join grant as `way`, if its room is known to exist
        and its member is admitted; otherwise the page asks for a join token. Raises HttpProblem; failures count for
        the client's address.
        """
        body = await read_json_object(request)
        attempt = _read_attempt(body)
        invitation = await self._link_redemption.find_to_redeem(attempt)
        if invitation is not None and await self._session_cookies.holds_seat(request, invitation.seat_id):
            return web.json_response(await self._session_views.render_current(invitation.seat_id))
        async with self._note_failure(request, invitation):
            redeemed = await self._link_redemption.redeem(invitation, attempt)
        seat = await self._session_views.load_seat(redeemed.seat_id)
        view = await self._render(redeemed, seat, enter=body.get("enter") is True)
        response = web.json_response(view, status=201)
        set_session_cookie(response, self._link_redemption.cookie_secret_for(redeemed, attempt), seat)
        return response

    @asynccontextmanager
    async def _note_failure(self, request: web.Request, invitation: Invitation | None) -> AsyncIterator[None]:
        """Log a refusal, count it for the client's address, and add the way back to Discord to its problem."""
        try:
            yield
        except HttpProblem as problem:
            if invitation is None:
                log_refused_entry(problem)
            else:
                log_refused_entry(problem, match_id=invitation.match_id, seat_id=invitation.seat_id)
            if not problem.code.startswith("video_"):
                await self._failure_limit.record_failure(request)
            if invitation is not None:
                problem.chat_url = await self._session_views.chat_url_of(invitation.seat_id)
            raise

    async def _render(self, redeemed: Invitation, seat: SeatInMatch, *, enter: bool) -> dict[str, Any]:
        view = await self._session_views.render(seat)
        if enter and room_is_ready(redeemed, seat) and await self._admission.is_admitted(seat):
            view["way"] = self._join_grants.grant_for(seat)
        return view


def _read_attempt(body: dict[str, Any]) -> RedemptionAttempt:
    token, key = require_text(body, "token"), require_text(body, "attempt")
    if not UUID.fullmatch(key):
        raise HttpProblem("bad_request")
    return RedemptionAttempt.with_token(token, key=key.lower())
