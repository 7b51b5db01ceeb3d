"""`POST /livekit/webhook`: what LiveKit tells, judged by its signature, answered fast, believed as a hint."""

import logging

from aiohttp import web

from web import body
from web.livekit_rooms import Forged, Rooms
from web.presence import RoomPresence
from web.problems import HttpProblem

log = logging.getLogger(__name__)


class Webhook:
    """Receives LiveKit's events."""

    def __init__(self, *, rooms: Rooms, presence: RoomPresence) -> None:
        self._rooms = rooms
        self._presence = presence

    async def post(self, request: web.Request) -> web.Response:
        """200 for every event that is LiveKit's, whatever it means to us; 401 for any other."""
        try:
            event = self._rooms.event(await body.raw(request), request.headers.get("Authorization", ""))
        except Forged:
            return web.Response(status=401)
        try:
            await self._presence.told(event)
        except HttpProblem as trouble:
            log.warning("a stranger could not be put out of a room yet: %s", trouble.code)
        return web.Response()
