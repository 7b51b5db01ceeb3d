"""Discord's REST interface on loopback: who may call, how often, what is refused; what a call does is the engine's."""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from aiohttp import web
from simcord.backend import errors, serializers
from simcord.backend.errors import BackendError
from simcord.enums import ChannelType
from simcord.http import router
from simcord.http import routes as _routes  # noqa: F401 -- importing registers every route

from bot.clock import Clock
from bot.sandbox.discord import files, payloads
from bot.sandbox.discord.engine import Engine
from bot.sandbox.discord.faults import Fault, Faults
from bot.sandbox.discord.limits import RateLimits, Verdict
from bot.sandbox.discord.published import published

PREFIX = "/api/v10"
NONCE_HOLDS = timedelta(minutes=5)
LONGEST_NONCE = 25
OWN_TOKEN = ("/interactions/", "/webhooks/")  # these carry a token of their own and no limit of the bot's
FREE = Verdict(passes=True, headers={})
MADE_UP = Verdict(passes=False, headers={}, retry_after=0.3)
UNAUTHORIZED = BackendError(401, 0, "401: Unauthorized")
INVALID_WEBHOOK_TOKEN = BackendError(401, 50027, "Invalid Webhook Token")
CANNOT_MESSAGE = BackendError(403, 50007, "Cannot send messages to this user")
NO_MUTUAL_SERVERS = BackendError(403, 50278, "Cannot send messages to this user due to having no mutual guilds")
NOT_JSON = BackendError(400, 50109, "The request body contains invalid JSON.")

Payload = dict[str, Any] | list[Any] | None
Call = Callable[[], Payload]

log = logging.getLogger(__name__)


class Rest:
    """Answers the bot's HTTP calls. `gateway` tells what `GET /gateway/bot` answers."""

    def __init__(
        self,
        *,
        engine: Engine,
        token: str,
        clock: Clock,
        faults: Faults,
        limits: RateLimits,
        gateway: Callable[[], dict[str, Any]],
    ) -> None:
        self._engine = engine
        self._token = token
        self._clock = clock
        self._faults = faults
        self._limits = limits
        self._gateway = gateway
        self._nonces: dict[tuple[int, str], tuple[datetime, int]] = {}

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One call."""
        path = request.path.removeprefix(PREFIX)
        fault = await self._faults.strike(request.method, path)
        if fault is Fault.RESET_BEFORE:
            return _reset(request)
        try:
            body, uploads = await files.read(request)
        except ValueError:
            return _refuse(NOT_JSON)
        response = self._answer(request, path, fault, lambda: self._carry_out(request, path, body, uploads))
        self._engine.went_on()
        return _reset(request) if fault is Fault.RESET_AFTER else response

    def _answer(self, request: web.Request, path: str, fault: Fault | None, call: Call) -> web.Response:
        verdict = FREE
        if not path.startswith(OWN_TOKEN):
            if request.headers.get("Authorization") != f"Bot {self._token}":
                return _refuse(UNAUTHORIZED)
            verdict = self._limits.judge(request.method, path)
        if fault is Fault.RATE_LIMITED:
            verdict = MADE_UP
        if fault is Fault.SERVER_ERROR:
            return web.json_response({"message": "Internal Server Error", "code": 0}, status=502)
        if not verdict.passes:
            return _too_many(verdict)
        try:
            return _json(published(call()), verdict.headers)
        except (router.RouteNotImplemented, router.UnsupportedField) as gap:
            log.error("the stand-in cannot do this: %s", gap)  # noqa: TRY400 -- the sentence says it all
            return _refuse(gap)
        except BackendError as refusal:
            return _refuse(refusal)

    def _carry_out(self, request: web.Request, path: str, body: Payload, uploads: Sequence[files.Upload]) -> Payload:
        if path in {"/gateway", "/gateway/bot"}:
            return self._gateway()
        if path.startswith("/webhooks/"):
            self._must_live(path)

        def dispatch() -> Payload:
            return self._dispatch(request, path, body, uploads)

        if request.method == "POST" and path.startswith("/channels/") and path.endswith("/messages"):
            return self._send(int(path.split("/")[2]), body if isinstance(body, dict) else {}, dispatch)
        return dispatch()

    def _dispatch(self, request: web.Request, path: str, body: Payload, uploads: Sequence[files.Upload]) -> Payload:
        try:
            payloads.check(path, body)
            answer = router.dispatch(
                self._engine, request.method, path, json=body, params=dict(request.query), files=list(uploads)
            )
        except (AttributeError, KeyError, TypeError, ValueError) as malformed:
            raise errors.invalid_form_body(f"{type(malformed).__name__}: {malformed}") from malformed
        finally:
            self._engine.forget_calls()
        return cast(Payload, answer)

    def _must_live(self, path: str) -> None:
        """An interaction's token is worth nothing after a quarter of an hour."""
        token = path.split("/")[3] if path.count("/") > 2 else ""  # noqa: PLR2004 -- /webhooks/ID/TOKEN
        interaction_id = self._engine.interaction_tokens.get(token)
        if interaction_id is None:
            return
        expires_at = self._engine.interactions[interaction_id].expires_at
        if expires_at is not None and self._engine.now_iso() >= expires_at:
            raise INVALID_WEBHOOK_TOKEN

    # --- messages ----------------------------------------------------------------------------------------------------

    def _send(self, channel_id: int, body: dict[str, Any], dispatch: Call) -> Payload:
        self._must_reach(channel_id)
        nonce = str(body.get("nonce") or "")
        if len(nonce) > LONGEST_NONCE:
            raise errors.invalid_form_body("nonce: Must be 25 or fewer in length.")
        before = self._sent_before(channel_id, nonce) if body.get("enforce_nonce") else None
        sent = cast(dict[str, Any], before or dispatch())
        if nonce and before is None:
            self._nonces[channel_id, nonce] = (self._clock.now(), int(sent["id"]))
        return {**sent, "nonce": body.get("nonce")}

    def _must_reach(self, channel_id: int) -> None:
        """Direct messages arrive where people have not closed theirs and share a server with the bot."""
        channel = self._engine.get_channel(channel_id)
        if channel.type != ChannelType.DM:
            return
        for person in channel.recipient_ids:
            if person in self._engine.closed_to_direct_messages:
                raise CANNOT_MESSAGE
            if not any(person in guild.members for guild in self._engine.guilds.values()):
                raise NO_MUTUAL_SERVERS

    def _sent_before(self, channel_id: int, nonce: str) -> Payload:
        now = self._clock.now()
        at, message_id = self._nonces.get((channel_id, nonce), (now - NONCE_HOLDS, 0))
        message = self._engine.messages.get(channel_id, {}).get(message_id)
        if now - at >= NONCE_HOLDS or message is None:
            return None
        return dict(serializers.message_payload(self._engine, message))


def _json(result: Payload, headers: Mapping[str, str]) -> web.Response:
    if result is None:
        return web.Response(status=204, headers=headers)
    # discord.py reads a body as JSON only where the type is exactly this.
    return web.Response(body=json.dumps(result).encode(), headers={"Content-Type": "application/json", **headers})


def _refuse(refusal: BackendError) -> web.Response:
    response = _json(refusal.to_json(), {})
    response.set_status(refusal.status)
    return response


def _too_many(verdict: Verdict) -> web.Response:
    body = {
        "message": "You are being rate limited.",
        "code": 0,
        "retry_after": verdict.retry_after,
        "global": verdict.whole_bot,
    }
    response = _json(body, {**verdict.headers, "Retry-After": f"{verdict.retry_after:.3f}", "Via": "1.1 stand-in"})
    response.set_status(429)
    return response


def _reset(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
