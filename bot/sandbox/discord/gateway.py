"""Discord's gateway on loopback: hello, identify, ready, heartbeats, resume, and the ways a session ends."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import discord
from aiohttp import WSCloseCode, WSMsgType, web

from bot.clock import Clock, new_id
from bot.sandbox.discord.backend import DiscordBackend
from bot.sandbox.discord.gateway_connection import Frame, GatewayConnection, Op
from bot.sandbox.discord.gateway_session import GatewaySession
from bot.sandbox.discord.hidden_channels import channels_to_resend
from bot.sandbox.discord.member_events import members_chunk
from bot.sandbox.discord.simcord_internals import guild_create_payload, missing_privileged_intents, user_payload

HEARTBEAT_INTERVAL_MS = 41_250
AUTHENTICATION_FAILED = 4004
DISALLOWED_INTENTS = 4014
# discord.py records the time of a heartbeat after sending it: an immediate ack would seem to be an earlier one's.
ACK_DELAY_S = 0.02
CLOSES_SESSION = frozenset({WSCloseCode.OK, WSCloseCode.GOING_AWAY})  # a bot that closes with these cannot resume
IDENTIFIES_PER_DAY = 1000
DAY_MS = 86_400_000


class Gateway:
    """Serves the bot's WebSocket.

    `approved_intents`: the privileged intents the bot may use. `identify_count`: how often the bot has logged in.
    `shards`: how many the bot is told to use. `answers_about_members`: whether requests for members are answered.
    `member_requests`: how many ids each of them had.
    """

    def __init__(self, *, backend: DiscordBackend, token: str, clock: Clock) -> None:
        self._backend = backend
        self._token = token
        self._clock = clock
        self._sessions: dict[str, GatewaySession] = {}
        self.approved_intents = discord.Intents.none()
        self.identify_count = 0
        self.shards = 1
        self.answers_about_members = True
        self.member_requests: list[int] = []
        self.url = ""
        backend.subscribers.append(self._handle_event)

    @property
    def connected(self) -> bool:
        """Whether the bot is connected and logged in."""
        return bool(self._connections())

    def describe(self) -> dict[str, Any]:
        """The response to `GET /gateway/bot`."""
        limit = {
            "total": IDENTIFIES_PER_DAY,
            "remaining": max(0, IDENTIFIES_PER_DAY - self.identify_count),
            "reset_after": DAY_MS,
            "max_concurrency": 1,
        }
        return {"url": self.url, "shards": self.shards, "session_start_limit": limit}

    # --- disturbances ------------------------------------------------------------------------------------------------

    def _connections(self) -> list[GatewayConnection]:
        return [session.connection for session in self._sessions.values() if session.connection is not None]

    async def abort_connections(self) -> None:
        """Break every connection without a closing handshake; sessions can be resumed."""
        for connection in self._connections():
            connection.abort()
        await asyncio.sleep(0)

    def request_reconnect(self) -> None:
        """Ask the bot to reconnect and resume, as Discord does when it moves a session."""
        for connection in self._connections():
            connection.queue_op(Op.RECONNECT)

    async def invalidate_sessions(self) -> None:
        """End all sessions and tell the bot so: it has to identify again."""
        for connection in self._connections():
            connection.queue_op(Op.INVALID_SESSION, data=False)
        self._sessions.clear()

    # --- one connection ----------------------------------------------------------------------------------------------

    async def handle_connection(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one connection from hello to close."""
        socket = web.WebSocketResponse(compress=False, max_msg_size=0)
        await socket.prepare(request)
        compressed = request.query.get("compress") == "zlib-stream"
        connection = GatewayConnection(socket, request.transport, compressed=compressed)
        connection.queue_op(Op.HELLO, {"heartbeat_interval": HEARTBEAT_INTERVAL_MS})
        sending = asyncio.create_task(connection.send_frames())
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    await self._handle_frame(connection, json.loads(message.data))
        finally:
            self._disconnect(connection)
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
        return socket

    def _disconnect(self, connection: GatewayConnection) -> None:
        for session in list(self._sessions.values()):
            if session.connection is connection:
                session.connection = None
                if connection.socket.close_code in CLOSES_SESSION:
                    del self._sessions[session.id]

    async def _handle_frame(self, connection: GatewayConnection, frame: Frame) -> None:
        match frame.get("op"):
            case Op.HEARTBEAT:
                await asyncio.sleep(ACK_DELAY_S)
                connection.queue_op(Op.HEARTBEAT_ACK)
            case Op.IDENTIFY:
                await self._identify(connection, frame["d"])
            case Op.REQUEST_MEMBERS:
                self._answer_about_members(connection, frame["d"])
            case Op.RESUME:
                self._resume_session(connection, frame["d"])

    async def _identify(self, connection: GatewayConnection, data: Frame) -> None:
        self.identify_count += 1
        intents = discord.Intents.none()
        intents.value = data["intents"]
        if data["token"] != self._token:
            await connection.socket.close(code=AUTHENTICATION_FAILED, message=b"Authentication failed.")
        elif missing_privileged_intents(intents, self.approved_intents):
            await connection.socket.close(code=DISALLOWED_INTENTS, message=b"Disallowed intent(s).")
        else:
            index, count = data.get("shard", (0, 1))
            session = GatewaySession(
                id=new_id(self._clock),
                backend=self._backend,
                intents=intents,
                shard=(index, count),
                connection=connection,
            )
            self._sessions[session.id] = session
            self._send_ready(session)

    def _send_ready(self, session: GatewaySession) -> None:
        is_there = self._backend.bot_is_in
        guilds = [each for each in self._backend.guilds.values() if session.covers_guild(each.id) and is_there(each.id)]
        session.send_event(
            "READY",
            {
                "v": 10,
                "user": user_payload(self._backend.bot_user),
                "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
                "session_id": session.id,
                "resume_gateway_url": self.url,
                "shard": list(session.shard),
                "application": {"id": str(self._backend.application_id), "flags": 0},
            },
        )
        for guild in guilds:
            session.offer_event("GUILD_CREATE", guild_create_payload(self._backend, guild))

    def _resume_session(self, connection: GatewayConnection, data: Frame) -> None:
        session = self._sessions.get(data["session_id"]) if data["token"] == self._token else None
        if session is None or not session.resume_on(connection, last_seen=data["seq"]):
            self._sessions.pop(data["session_id"], None)
            connection.queue_op(Op.INVALID_SESSION, data=False)

    def _answer_about_members(self, connection: GatewayConnection, request: Frame) -> None:
        self.member_requests.append(len(request.get("user_ids") or ()))
        chunk = members_chunk(self._backend, request) if self.answers_about_members else None
        for session in self._sessions.values():
            if session.connection is connection and chunk and session.covers_guild(int(chunk["guild_id"])):
                session.send_event("GUILD_MEMBERS_CHUNK", chunk)

    # --- events ------------------------------------------------------------------------------------------------------

    def _handle_event(self, event: str, payload: Mapping[str, Any]) -> None:
        if (
            event == "GUILD_CREATE"
        ):  # the bot has joined; of servers that it was in at login it hears from `_send_ready`
            payload = {key: value for key, value in payload.items() if key != "unavailable"}
        self._offer_event(event, payload)
        for channel in channels_to_resend(self._backend, event, payload):
            self._offer_event("CHANNEL_UPDATE", channel)

    def _offer_event(self, event: str, payload: Mapping[str, Any]) -> None:
        for session in self._sessions.values():
            session.offer_event(event, payload)
