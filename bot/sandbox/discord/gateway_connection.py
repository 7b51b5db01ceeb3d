"""One WebSocket connection of a bot to the gateway: frames are queued, optionally compressed, and sent in order."""

import asyncio
import json
import zlib
from enum import IntEnum
from typing import Any

from aiohttp import web

Frame = dict[str, Any]


class Op(IntEnum):
    """The gateway opcodes in use."""

    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    RESUME = 6
    RECONNECT = 7
    REQUEST_MEMBERS = 8
    INVALID_SESSION = 9
    HELLO = 10
    HEARTBEAT_ACK = 11


class GatewayConnection:
    """Sends frames in the order they are queued. If compressed, all frames form one zlib stream."""

    def __init__(self, socket: web.WebSocketResponse, transport: asyncio.Transport | None, *, compressed: bool) -> None:
        self.socket = socket
        self._transport = transport
        self._compressor = zlib.compressobj() if compressed else None
        self._frames: asyncio.Queue[Frame] = asyncio.Queue()

    def queue_op(self, op: Op, data: Frame | bool | None = None) -> None:
        """Queue a frame that belongs to no session, so it has no sequence number."""
        self.queue_frame({"op": op, "d": data, "s": None, "t": None})

    def queue_frame(self, frame: Frame) -> None:
        """Queue a complete frame."""
        self._frames.put_nowait(frame)

    def abort(self) -> None:
        """Break the connection without a closing handshake."""
        if self._transport is not None:
            self._transport.abort()

    async def send_frames(self) -> None:
        """Send queued frames until the connection ends."""
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
