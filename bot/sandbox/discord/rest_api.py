"""Discord's REST API on loopback: authentication, rate limits, faults, refusals. The backend carries out the calls."""

import asyncio
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from aiohttp import web

from bot.clock import Clock
from bot.sandbox.discord.added_routes import answer_get
from bot.sandbox.discord.attachments import Upload, read_body
from bot.sandbox.discord.backend import DiscordBackend
from bot.sandbox.discord.faults import Failure, Fault, FaultInjector, Refusal
from bot.sandbox.discord.narrowed_answers import narrow_answer
from bot.sandbox.discord.outgoing_objects import complete_objects
from bot.sandbox.discord.payload_validation import validate_payload
from bot.sandbox.discord.rate_limits import RateLimitDecision, RateLimits
from bot.sandbox.discord.refusals import check_request, mention_everybody_unless_told
from bot.sandbox.discord.response_schema import complete_response
from bot.sandbox.discord.simcord_internals import (
    BackendError,
    ChannelType,
    RouteNotImplemented,
    UnsupportedField,
    dispatch,
    invalid_form_body,
    message_payload,
)

PATH_PREFIX = "/api/v10"
NONCE_LIFETIME = timedelta(minutes=5)
MAX_NONCE = 25
TOKEN_IN_PATH = ("/interactions/", "/webhooks/")  # not authenticated by the bot's token and not rate limited
UNLIMITED = RateLimitDecision(allowed=True, headers={})
TOO_MANY_REQUESTS = 429
WEBHOOK_TOKEN_SEGMENT = 3  # of /webhooks/ID/TOKEN

Payload = dict[str, Any] | list[Any] | None
Call = Callable[[], Payload]

log = logging.getLogger(__name__)


class RestApi:
    """Answers the bot's HTTP calls. `describe_gateway` returns the response to `GET /gateway/bot`."""

    def __init__(
        self,
        *,
        backend: DiscordBackend,
        token: str,
        clock: Clock,
        faults: FaultInjector,
        limits: RateLimits,
        describe_gateway: Callable[[], dict[str, Any]],
    ) -> None:
        self._backend = backend
        self._token = token
        self._clock = clock
        self._faults = faults
        self._limits = limits
        self._describe_gateway = describe_gateway
        self._nonces: dict[tuple[int, str], tuple[datetime, int]] = {}

    async def handle_request(self, request: web.Request) -> web.StreamResponse:
        """Answer one call."""
        path = request.path.removeprefix(PATH_PREFIX)
        fault = await self._faults.next_fault(request.method, path)
        self._limits.note_arrival(request.method, path)
        if fault is Fault.RESET_BEFORE:
            return _reset_connection(request)
        if fault is Fault.SILENCE:
            return await _stay_silent()
        try:
            body, uploads = await read_body(request)
        except ValueError:
            return _error_response(BackendError(400, 50109, "The request body contains invalid JSON."))
        response = self._respond(request, path, fault, lambda: self._carry_out(request, path, body, uploads))
        self._backend.notify_progress()
        if fault is Fault.RESET_MIDWAY:
            return await _break_off(request, response)
        return _reset_connection(request) if fault is Fault.RESET_AFTER else response

    def _respond(self, request: web.Request, path: str, fault: Failure | None, call: Call) -> web.Response:
        decision = UNLIMITED
        if not path.startswith(TOKEN_IN_PATH):
            if request.headers.get("Authorization") != f"Bot {self._token}":
                return _error_response(BackendError(401, 0, "401: Unauthorized"))
            decision = self._limits.count_request(request.method, path)
        if fault is Fault.RATE_LIMITED:
            decision = RateLimitDecision(allowed=False, headers={}, retry_after_s=self._faults.retry_after_s)
        if isinstance(fault, Refusal):
            return self._refuse(request, path, fault)
        if fault is Fault.SERVER_ERROR:
            return web.json_response({"message": "Internal Server Error", "code": 0}, status=502)
        if not decision.allowed:
            self._limits.note_pause(request.method, path, decision)
            return _rate_limit_response(decision)
        try:
            answer = complete_response(call())
            complete_objects(self._backend, answer, _guild_of(path))
            return _json_response(answer, decision.headers)
        except (RouteNotImplemented, UnsupportedField) as gap:
            log.error("the stand-in for Discord does not support this call: %s", gap)  # noqa: TRY400 -- no traceback
            return _error_response(gap)
        except BackendError as refusal:
            return _error_response(refusal)

    def _refuse(self, request: web.Request, path: str, refusal: Refusal) -> web.Response:
        if refusal.text is not None:
            return web.Response(status=refusal.status, text=refusal.text, content_type="text/html")
        if refusal.status == TOO_MANY_REQUESTS:
            decision = RateLimitDecision(
                allowed=False, headers={}, retry_after_s=refusal.retry_after_s, code=refusal.code
            )
            self._limits.note_pause(request.method, path, decision)
            return _rate_limit_response(decision)
        return _error_response(BackendError(refusal.status, refusal.code, refusal.message))

    def _carry_out(self, request: web.Request, path: str, body: Payload, uploads: Sequence[Upload]) -> Payload:
        if path in {"/gateway", "/gateway/bot"}:
            return self._describe_gateway()
        if path.startswith("/webhooks/"):
            self._check_interaction_token(path)
        if path.startswith("/guilds/") and not self._backend.bot_is_in(int(path.split("/")[2])):
            raise BackendError(404, 10004, "Unknown Guild")

        def dispatch_call() -> Payload:
            return self._dispatch(request, path, body, uploads)

        if request.method == "POST" and path.startswith("/channels/") and path.endswith("/messages"):
            return self._send_message(int(path.split("/")[2]), body if isinstance(body, dict) else {}, dispatch_call)
        return dispatch_call()

    def _dispatch(self, request: web.Request, path: str, body: Payload, uploads: Sequence[Upload]) -> Payload:
        try:
            answer = answer_get(self._backend, path, request.query) if request.method == "GET" else None
            if answer is None:
                answer = self._have_simcord_answer(request, path, body, uploads)
        except (AttributeError, KeyError, TypeError, ValueError) as malformed:
            raise invalid_form_body(f"{type(malformed).__name__}: {malformed}") from malformed
        finally:
            self._backend.clear_call_log()
        return cast(Payload, answer)

    def _have_simcord_answer(self, request: web.Request, path: str, body: Payload, uploads: Sequence[Upload]) -> Any:  # noqa: ANN401 -- any JSON
        backend, method = self._backend, request.method
        if method != "GET":
            validate_payload(backend, path, body)
        check_request(backend, method, path, body if isinstance(body, dict) else {}, uploads)
        told, query = mention_everybody_unless_told(method, path, body), dict(request.query)
        with backend.acting_as(backend.bot_user.id):
            answer = dispatch(backend, method, path, json=told, params=query, files=list(uploads))
        return narrow_answer(backend, method, path, answer)

    def _check_interaction_token(self, path: str) -> None:
        """Refuse an interaction's token that has expired; it lasts 15 minutes."""
        token = "".join(path.split("/")[WEBHOOK_TOKEN_SEGMENT : WEBHOOK_TOKEN_SEGMENT + 1])
        interaction_id = self._backend.interaction_tokens.get(token)
        if interaction_id is None:
            return
        expires_at = self._backend.interactions[interaction_id].expires_at
        if expires_at is not None and self._backend.now_iso() >= expires_at:
            raise BackendError(401, 50027, "Invalid Webhook Token")

    # --- messages ----------------------------------------------------------------------------------------------------

    def _send_message(self, channel_id: int, body: dict[str, Any], dispatch_call: Call) -> Payload:
        self._check_recipients(channel_id)
        nonce = str(body.get("nonce") or "")
        if len(nonce) > MAX_NONCE:
            raise invalid_form_body(f"nonce: Must be {MAX_NONCE} or fewer in length.")
        earlier = self._message_with_nonce(channel_id, nonce) if body.get("enforce_nonce") else None
        sent = cast(dict[str, Any], earlier or dispatch_call())
        if nonce and earlier is None:
            self._nonces[channel_id, nonce] = (self._clock.now(), int(sent["id"]))
        return {**sent, "nonce": body.get("nonce")}

    def _check_recipients(self, channel_id: int) -> None:
        """Refuse a direct message to users who have closed theirs or share no server with the bot."""
        channel = self._backend.get_channel(channel_id)
        if channel.type != ChannelType.DM:
            return
        for user_id in channel.recipient_ids:
            if user_id in self._backend.closed_to_direct_messages:
                raise BackendError(403, 50007, "Cannot send messages to this user")
            guilds = self._backend.guilds.values()
            if not any(user_id in each.members and self._backend.bot_is_in(each.id) for each in guilds):
                raise BackendError(403, 50278, "Cannot send messages to this user due to having no mutual guilds")

    def _message_with_nonce(self, channel_id: int, nonce: str) -> Payload:
        """The message sent with this nonce within the nonce's lifetime, if it still exists."""
        now = self._clock.now()
        sent_at, message_id = self._nonces.get((channel_id, nonce), (now - NONCE_LIFETIME, 0))
        message = self._backend.messages.get(channel_id, {}).get(message_id)
        if now - sent_at >= NONCE_LIFETIME or message is None:
            return None
        return dict(message_payload(self._backend, message))


def _guild_of(path: str) -> int:
    """The id of the server that a path is about; 0 if it is about none."""
    first, *below = path.strip("/").split("/")
    return int(below[0]) if first == "guilds" and below else 0


def _json_response(result: Payload, headers: Mapping[str, str], *, status: int = 200) -> web.Response:
    if result is None:
        return web.Response(status=204, headers=headers)
    # discord.py parses a body as JSON only if the content type is exactly this, without a charset.
    headers = {"Content-Type": "application/json", **headers}
    return web.Response(status=status, body=json.dumps(result).encode(), headers=headers)


def _error_response(error: BackendError) -> web.Response:
    return _json_response(error.to_json(), {}, status=error.status)


def _rate_limit_response(decision: RateLimitDecision) -> web.Response:
    body = {
        "message": "You are being rate limited.",
        "code": decision.code,
        "retry_after": decision.retry_after_s,
        "global": decision.is_global,
    }
    headers = {**decision.headers, "Retry-After": f"{decision.retry_after_s:.3f}", "Via": "1.1 stand-in"}
    return _json_response(body, headers, status=TOO_MANY_REQUESTS)


async def _stay_silent() -> web.Response:
    """Until the stand-in is stopped."""
    await asyncio.Event().wait()
    raise AssertionError


async def _break_off(request: web.Request, response: web.Response) -> web.StreamResponse:
    """Send the first half of a response, then break the connection."""
    body = response.body if isinstance(response.body, bytes) else b""
    headers = {"Content-Type": response.content_type, "Content-Length": str(len(body))}
    begun = web.StreamResponse(status=response.status, headers=headers)
    await begun.prepare(request)
    await begun.write(body[: len(body) // 2])
    _reset_connection(request)
    return begun


def _reset_connection(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
