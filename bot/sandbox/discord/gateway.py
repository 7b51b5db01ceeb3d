"""Discord's gateway on loopback: hello, identify, ready, events, heartbeats, resume. What happens, the engine says."""

import asyncio
import copy
import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import discord
from aiohttp import WSCloseCode, WSMsgType, web
from simcord import intents as intent_rules
from simcord.backend import serializers

from bot.clock import Clock, new_id
from bot.sandbox.discord.engine import Engine

HEARTBEAT_EVERY = 41_250  # milliseconds
KEPT = 1000  # events a session may have missed
AUTHENTICATION_FAILED = 4004


class Op(IntEnum):
    """The opcodes in use."""

    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    RESUME = 6
    RECONNECT = 7
    INVALID_SESSION = 9
    HELLO = 10
    HEARTBEAT_ACK = 11


Frame = dict[str, Any]


@dataclass(kw_only=True)
class Session:
    """One shard's stream of events, which outlives its connections."""

    id: str
    intents: discord.Intents
    shard: tuple[int, int]
    sequence: int = 0
    kept: deque[Frame] = field(default_factory=lambda: deque(maxlen=KEPT))
    outgoing: asyncio.Queue[Frame] = field(default_factory=asyncio.Queue)
    socket: web.WebSocketResponse | None = None

    def send(self, event: str, payload: Mapping[str, Any]) -> None:
        """Put an event into the stream."""
        self.sequence += 1
        frame = {"op": Op.DISPATCH, "t": event, "s": self.sequence, "d": payload}
        self.kept.append(frame)
        if self.socket is not None:
            self.outgoing.put_nowait(frame)


class Gateway:
    """Serves the bot's WebSocket."""

    def __init__(self, *, engine: Engine, token: str, clock: Clock) -> None:
        self._engine = engine
        self._token = token
        self._clock = clock
        self._sessions: dict[str, Session] = {}
        self.url = ""
        engine.subscribers.append(self._happened)

    @property
    def connected(self) -> bool:
        """Whether the bot hears us."""
        return any(session.socket is not None for session in self._sessions.values())

    async def cut(self) -> None:
        """Break every connection, as networks do; sessions can be resumed."""
        for session in self._sessions.values():
            if session.socket is not None:
                await session.socket.close(code=WSCloseCode.GOING_AWAY)

    async def invalidate(self) -> None:
        """Tell every connection that its session is worth nothing any more."""
        for session in list(self._sessions.values()):
            if session.socket is not None:
                await session.socket.send_json({"op": Op.INVALID_SESSION, "d": False, "s": None, "t": None})
        self._sessions.clear()

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """One connection, from hello to close."""
        socket = web.WebSocketResponse(max_msg_size=0)
        await socket.prepare(request)
        await socket.send_json({"op": Op.HELLO, "d": {"heartbeat_interval": HEARTBEAT_EVERY}, "s": None, "t": None})
        session: Session | None = None
        sending: asyncio.Task[None] | None = None
        try:
            async for message in socket:
                if message.type is not WSMsgType.TEXT:
                    continue
                started = await self._heard(socket, json.loads(message.data))
                if started is not None:
                    session, sending = started, asyncio.create_task(_pump(socket, started))
        finally:
            if session is not None and session.socket is socket:
                session.socket = None
            if sending is not None:
                sending.cancel()
                await asyncio.gather(sending, return_exceptions=True)
        return socket

    async def _heard(self, socket: web.WebSocketResponse, frame: Frame) -> Session | None:
        match frame.get("op"):
            case Op.HEARTBEAT:
                await socket.send_json({"op": Op.HEARTBEAT_ACK, "d": None, "s": None, "t": None})
            case Op.IDENTIFY:
                return await self._identify(socket, frame["d"])
            case Op.RESUME:
                return await self._resume(socket, frame["d"])
        return None

    async def _identify(self, socket: web.WebSocketResponse, data: Frame) -> Session | None:
        if data["token"] != self._token:
            await socket.close(code=AUTHENTICATION_FAILED, message=b"Authentication failed.")
            return None
        intents = discord.Intents._from_value(data["intents"])  # noqa: SLF001 -- the library's only way from a number
        first, of = data.get("shard", (0, 1))
        session = Session(id=new_id(self._clock), intents=intents, shard=(first, of), socket=socket)
        self._sessions[session.id] = session
        self._greet(session)
        return session

    def _greet(self, session: Session) -> None:
        guilds = [guild for guild in self._engine.guilds.values() if self._belongs(session, guild.id)]
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
            self._offer(session, "GUILD_CREATE", serializers.guild_create_payload(self._engine, guild))

    async def _resume(self, socket: web.WebSocketResponse, data: Frame) -> Session | None:
        session = self._sessions.get(data["session_id"])
        if session is None or data["token"] != self._token:
            await socket.send_json({"op": Op.INVALID_SESSION, "d": False, "s": None, "t": None})
            return None
        session.socket = socket
        session.outgoing = asyncio.Queue()
        for frame in session.kept:
            if frame["s"] > data["seq"]:
                session.outgoing.put_nowait(frame)
        session.send("RESUMED", {})
        return session

    def _happened(self, event: str, payload: Mapping[str, Any]) -> None:
        for session in self._sessions.values():
            self._offer(session, event, payload)

    def _offer(self, session: Session, event: str, payload: Mapping[str, Any]) -> None:
        """Send an event, as far as this session's intents and shard let it through."""
        gate = intent_rules.required_intent(event, payload)
        guild_id = payload.get("id" if event.startswith("GUILD_CREATE") else "guild_id")
        if (gate is not None and not getattr(session.intents, gate)) or not self._belongs(session, int(guild_id or 0)):
            return
        own = copy.deepcopy(dict(payload))
        if event == "GUILD_CREATE":
            intent_rules.prune_guild_create(own, session.intents, self._engine.bot_user.id)
        session.send(event, own)

    def _belongs(self, session: Session, guild_id: int) -> bool:
        first, of = session.shard
        return (guild_id >> 22) % of == first


async def _pump(socket: web.WebSocketResponse, session: Session) -> None:
    while not socket.closed:
        frame = await session.outgoing.get()
        await socket.send_json(frame)
