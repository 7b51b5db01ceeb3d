"""Discord's gateway on loopback: hello, identify, ready, heartbeats, resume, and the ways it ends."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import discord
from aiohttp import WSCloseCode, WSMsgType, web
from simcord import intents as intent_rules
from simcord.backend import serializers

from bot.clock import Clock, new_id
from bot.sandbox.discord import hidden
from bot.sandbox.discord.engine import Engine
from bot.sandbox.discord.session import Connection, Frame, Op, Session

HEARTBEAT_EVERY = 41_250  # milliseconds
AUTHENTICATION_FAILED = 4004
ACK_AFTER = 0.02  # seconds; discord.py notes when it has sent a beat, and an answer in no time looks a beat late to it
DISALLOWED_INTENTS = 4014
LEFT_FOR_GOOD = frozenset({WSCloseCode.OK, WSCloseCode.GOING_AWAY})  # a bot that closes so gives its session up
IDENTIFIES_A_DAY = 1000


class Gateway:
    """Serves the bot's WebSocket. `approved`: the privileged intents it may ask for; `identifies`: how often it did."""

    def __init__(self, *, engine: Engine, token: str, clock: Clock) -> None:
        self._engine = engine
        self._token = token
        self._clock = clock
        self._browser_sessions: dict[str, Session] = {}
        self.approved = discord.Intents.none()
        self.identifies = 0
        self.url = ""
        engine.subscribers.append(self._happened)

    @property
    def connected(self) -> bool:
        """Whether the bot hears us."""
        return any(session.connection is not None for session in self._browser_sessions.values())

    def address(self) -> dict[str, Any]:
        """What `GET /gateway/bot` tells."""
        limit = {
            "total": IDENTIFIES_A_DAY,
            "remaining": max(0, IDENTIFIES_A_DAY - self.identifies),
            "reset_after": 86_400_000,
            "max_concurrency": 1,
        }
        return {"url": self.url, "shards": 1, "session_start_limit": limit}

    # --- trouble -----------------------------------------------------------------------------------------------------

    def _connections(self) -> list[Connection]:
        return [session.connection for session in self._browser_sessions.values() if session.connection is not None]

    async def cut(self) -> None:
        """Break every connection without a word, as networks do; sessions can be resumed."""
        for connection in self._connections():
            connection.drop()
        await asyncio.sleep(0)

    def ask_to_reconnect(self) -> None:
        """Ask the bot to connect anew and resume, as Discord does when it moves a session."""
        for connection in self._connections():
            connection.put(Op.RECONNECT)

    async def invalidate(self) -> None:
        """Tell the bot that its sessions are worth nothing any more."""
        for connection in self._connections():
            connection.put(Op.INVALID_SESSION, data=False)
        self._browser_sessions.clear()

    # --- one connection ----------------------------------------------------------------------------------------------

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """One connection, from hello to close."""
        socket = web.WebSocketResponse(compress=False, max_msg_size=0)
        await socket.prepare(request)
        connection = Connection(socket, request.transport, compressed=request.query.get("compress") == "zlib-stream")
        connection.put(Op.HELLO, {"heartbeat_interval": HEARTBEAT_EVERY})
        pumping = asyncio.create_task(connection.pump())
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    await self._heard(connection, json.loads(message.data))
        finally:
            self._hung_up(connection)
            pumping.cancel()
            await asyncio.gather(pumping, return_exceptions=True)
        return socket

    def _hung_up(self, connection: Connection) -> None:
        for session in list(self._browser_sessions.values()):
            if session.connection is connection:
                session.connection = None
                if connection.socket.close_code in LEFT_FOR_GOOD:
                    del self._browser_sessions[session.id]

    async def _heard(self, connection: Connection, frame: Frame) -> None:
        match frame.get("op"):
            case Op.HEARTBEAT:
                await asyncio.sleep(ACK_AFTER)
                connection.put(Op.HEARTBEAT_ACK)
            case Op.IDENTIFY:
                await self._identify(connection, frame["d"])
            case Op.RESUME:
                self._resume(connection, frame["d"])

    async def _identify(self, connection: Connection, data: Frame) -> None:
        self.identifies += 1
        intents = discord.Intents._from_value(data["intents"])  # noqa: SLF001 -- the library's only way from a number
        if data["token"] != self._token:
            await connection.socket.close(code=AUTHENTICATION_FAILED, message=b"Authentication failed.")
        elif intent_rules.missing_privileged_intents(intents, self.approved):
            await connection.socket.close(code=DISALLOWED_INTENTS, message=b"Disallowed intent(s).")
        else:
            first, of = data.get("shard", (0, 1))
            session = Session(
                id=new_id(self._clock), engine=self._engine, intents=intents, shard=(first, of), connection=connection
            )
            self._browser_sessions[session.id] = session
            self._greet(session)

    def _greet(self, session: Session) -> None:
        guilds = [guild for guild in self._engine.guilds.values() if session.has(guild.id)]
        session.send(
            "READY",
            {
                "v": 10,
                "user": serializers.user_payload(self._engine.bot_user),
                "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
                "session_id": session.id,
                "resume_gateway_url": self.url,
                "shard": list(session.shard),
                "application": {"id": str(self._engine.application_id), "flags": 0},
            },
        )
        for guild in guilds:
            session.offer("GUILD_CREATE", serializers.guild_create_payload(self._engine, guild))

    def _resume(self, connection: Connection, data: Frame) -> None:
        session = self._browser_sessions.get(data["session_id"])
        known = session is not None and data["token"] == self._token
        if not known or session is None or not session.resume(connection, seen=data["seq"]):
            self._browser_sessions.pop(data["session_id"], None)
            connection.put(Op.INVALID_SESSION, data=False)

    def _happened(self, event: str, payload: Mapping[str, Any]) -> None:
        self._offer(event, payload)
        for channel in hidden.changed(self._engine, event, payload):
            self._offer("CHANNEL_UPDATE", channel)

    def _offer(self, event: str, payload: Mapping[str, Any]) -> None:
        for session in self._browser_sessions.values():
            session.offer(event, payload)
