"""A bot's session at the gateway, which outlives its connections, and the connection itself."""

import asyncio
import copy
import json
import zlib
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import discord
from aiohttp import web
from simcord import intents as intent_rules

from bot.sandbox.discord import hidden
from bot.sandbox.discord.engine import Engine

KEPT = 1000  # events a connection may miss
CENSORED = frozenset({"MESSAGE_CREATE", "MESSAGE_UPDATE"})

Frame = dict[str, Any]


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


class Connection:
    """One WebSocket. Frames leave in the order they were put; compressed, they are one zlib stream."""

    def __init__(self, socket: web.WebSocketResponse, transport: asyncio.Transport | None, *, compressed: bool) -> None:
        self.socket = socket
        self._transport = transport
        self._compressor = zlib.compressobj() if compressed else None
        self._frames: asyncio.Queue[Frame] = asyncio.Queue()

    def put(self, op: Op, data: Frame | bool | None = None) -> None:
        """Send what belongs to no session."""
        self.put_frame({"op": op, "d": data, "s": None, "t": None})

    def put_frame(self, frame: Frame) -> None:
        """Send a whole frame."""
        self._frames.put_nowait(frame)

    def drop(self) -> None:
        """Break it without a word."""
        if self._transport is not None:
            self._transport.abort()

    async def pump(self) -> None:
        """Send until the connection ends."""
        try:
            while True:
                text = json.dumps(await self._frames.get())
                if self._compressor is None:
                    await self.socket.send_str(text)
                else:
                    packed = self._compressor.compress(text.encode()) + self._compressor.flush(zlib.Z_SYNC_FLUSH)
                    await self.socket.send_bytes(packed)
        except ConnectionError:
            return


@dataclass(kw_only=True)
class Session:
    """One shard's stream of events; `connection` is None while nobody hears them."""

    id: str
    engine: Engine
    intents: discord.Intents
    shard: tuple[int, int]
    connection: Connection | None
    sequence: int = 0
    kept: deque[Frame] = field(default_factory=lambda: deque(maxlen=KEPT))

    def send(self, event: str, payload: Mapping[str, Any]) -> None:
        """Put an event into the stream."""
        self.sequence += 1
        frame = {"op": Op.DISPATCH, "t": event, "s": self.sequence, "d": payload}
        self.kept.append(frame)
        if self.connection is not None:
            self.connection.put_frame(frame)

    def offer(self, event: str, payload: Mapping[str, Any]) -> None:
        """Send an event as far as this session's intents and shard let it through."""
        bot_id = self.engine.bot_user.id
        about_itself = event == "GUILD_MEMBER_UPDATE" and int(payload["user"]["id"]) == bot_id  # told in any case
        gate = None if about_itself else intent_rules.required_intent(event, payload)
        guild_id = int(payload.get("id" if event == "GUILD_CREATE" else "guild_id") or 0)
        if not self.has(guild_id) or (gate is not None and not getattr(self.intents, gate)):
            return
        own = copy.deepcopy(dict(payload))
        if event == "GUILD_CREATE":
            intent_rules.prune_guild_create(own, self.intents, bot_id)
        if event in CENSORED and not self.intents.message_content:
            intent_rules.censor_message(own, bot_id, backend=self.engine)
        self.send(event, hidden.as_the_bot_sees(self.engine, event, own))

    def has(self, guild_id: int) -> bool:
        """Whether a server belongs to this shard; direct messages (0) belong to the first."""
        first, of = self.shard
        return (guild_id >> 22) % of == first

    def resume(self, connection: Connection, *, seen: int) -> bool:
        """Go on over another connection, after the events it has missed; False where too many are missing."""
        missed = [frame for frame in self.kept if frame["s"] > seen]
        if len(missed) != self.sequence - seen:
            return False
        self.connection = connection
        for frame in missed:
            connection.put_frame(frame)
        self.send("RESUMED", {})
        return True
