"""Discord's REST interface on loopback: who may call, how often, what is refused; what a call does is the engine's."""

import json
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, cast

from aiohttp import web
from simcord.backend import errors, serializers
from simcord.backend.errors import BackendError
from simcord.http import router
from simcord.http import routes as _routes  # noqa: F401 -- importing registers every route

from bot.clock import Clock
from bot.sandbox.discord.engine import Engine
from bot.sandbox.discord.faults import Fault, Faults
from bot.sandbox.discord.limits import RateLimits, Verdict

PREFIX = "/api/v10"
NONCE_HOLDS = timedelta(minutes=5)
LONGEST_NONCE = 25
OWN_TOKEN = ("/interactions/", "/webhooks/")  # these carry a token of their own and no limit of the bot's
UNAUTHORIZED = BackendError(401, 0, "401: Unauthorized")
INVALID_WEBHOOK_TOKEN = BackendError(401, 50027, "Invalid Webhook Token")
CANNOT_MESSAGE = BackendError(403, 50007, "Cannot send messages to this user")
DIRECT_MESSAGES = 1

Payload = dict[str, Any] | list[Any] | None

log = logging.getLogger(__name__)


class Rest:
    """Answers the bot's HTTP calls."""

    def __init__(self, *, engine: Engine, token: str, clock: Clock, faults: Faults, limits: RateLimits) -> None:
        self._engine = engine
        self._token = token
        self._clock = clock
        self._faults = faults
        self._limits = limits
        self._nonces: dict[tuple[str, str], tuple[datetime, int]] = {}
        self.gateway_url = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One call."""
        path = request.path.removeprefix(PREFIX)
        fault = await self._faults.strike()
        if fault is Fault.RESET_BEFORE:
            return _reset(request)
        body = await _body(request)
        response = self._answer(request, path, body, fault)
        self._engine.went_on()
        return _reset(request) if fault is Fault.RESET_AFTER else response

    def _answer(self, request: web.Request, path: str, body: Payload, fault: Fault | None) -> web.Response:
        verdict = Verdict(passes=True, headers={})
        if not path.startswith(OWN_TOKEN):
            if request.headers.get("Authorization") != f"Bot {self._token}":
                return _refuse(UNAUTHORIZED)
            verdict = self._limits.judge(request.method, path)
        if fault is Fault.RATE_LIMITED:
            verdict = Verdict(passes=False, headers={}, retry_after=0.3)
        if fault is Fault.SERVER_ERROR:
            return web.json_response({"message": "Internal Server Error"}, status=502)
        if not verdict.passes:
            return _too_many(verdict)
        try:
            result = self._carry_out(request, path, body)
        except (router.RouteNotImplemented, router.UnsupportedField) as gap:
            log.error("the stand-in cannot do this: %s", gap)  # noqa: TRY400 -- the sentence says it all
            return _refuse(gap)
        except BackendError as refusal:
            return _refuse(refusal)
        return _json(result, verdict.headers)

    def _carry_out(self, request: web.Request, path: str, body: Payload) -> Payload:
        if path in {"/gateway", "/gateway/bot"}:
            return self._gateway()
        if path.startswith("/webhooks/"):
            self._must_live(path)
        if request.method == "POST" and path.startswith("/channels/") and path.endswith("/messages"):
            return self._send(path, body if isinstance(body, dict) else {})
        return self._dispatch(request.method, path, body, dict(request.query))

    def _dispatch(self, method: str, path: str, body: Payload, params: Mapping[str, str]) -> Payload:
        try:
            return cast(Payload, router.dispatch(self._engine, method, path, json=body, params=dict(params)))
        except (KeyError, TypeError, ValueError) as malformed:
            raise errors.invalid_form_body(str(malformed)) from malformed
        finally:
            self._engine.forget_calls()

    def _gateway(self) -> dict[str, Any]:
        limit = {"total": 1000, "remaining": 999, "reset_after": 86_400_000, "max_concurrency": 1}
        return {"url": self.gateway_url, "shards": 1, "session_start_limit": limit}

    def _must_live(self, path: str) -> None:
        """An interaction's token is worth nothing after a quarter of an hour."""
        token = path.split("/")[3] if path.count("/") > 2 else ""  # noqa: PLR2004 -- /webhooks/ID/TOKEN
        interaction_id = self._engine.interaction_tokens.get(token)
        if interaction_id is None:
            return
        expires_at = self._engine.interactions[interaction_id].expires_at
        if expires_at is not None and self._engine.now_iso() >= expires_at:
            raise INVALID_WEBHOOK_TOKEN

    def _send(self, path: str, body: dict[str, Any]) -> Payload:
        channel_id = path.split("/")[2]
        channel = self._engine.get_channel(int(channel_id))
        if channel.type == DIRECT_MESSAGES and set(channel.recipient_ids) & self._engine.closed_to_direct_messages:
            raise CANNOT_MESSAGE
        nonce = str(body.get("nonce") or "") if body.get("enforce_nonce") else ""
        if len(nonce) > LONGEST_NONCE:
            raise errors.invalid_form_body("nonce: Must be 25 or fewer in length.")
        before = self._sent_before(channel_id, nonce)
        if before is not None:
            return before
        sent = cast(dict[str, Any], self._dispatch("POST", path, body, {}))
        if nonce:
            self._nonces[channel_id, nonce] = (self._clock.now(), int(sent["id"]))
        return {**sent, "nonce": body.get("nonce")}

    def _sent_before(self, channel_id: str, nonce: str) -> Payload:
        now = self._clock.now()
        at, message_id = self._nonces.get((channel_id, nonce), (now - NONCE_HOLDS, 0))
        message = self._engine.messages.get(int(channel_id), {}).get(message_id)
        if now - at >= NONCE_HOLDS or message is None:
            return None
        return {**serializers.message_payload(self._engine, message), "nonce": nonce}


async def _body(request: web.Request) -> Payload:
    if request.content_type == "multipart/form-data":
        form = await request.post()
        payload = form.get("payload_json")
        return json.loads(payload) if isinstance(payload, str) else {}
    raw = await request.read()
    return json.loads(raw) if raw else {}


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
