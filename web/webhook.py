"""`POST /livekit/webhook`: LiveKit's events, verified by their signature."""

import logging

from aiohttp import web

from bot.domain.room import is_check_room
from bot.store.installation import NEWEST_CHECK_ROOM, Installation
from web.request_body import read_body
from web.room_presence import RoomPresence
from web.rooms import ForgedWebhook, Rooms, UntimelyWebhook, VideoProblem

WEBHOOK_PATH = "/livekit/webhook"

log = logging.getLogger(__name__)


class WebhookHandler:
    """Receives LiveKit's events. About rooms of `heybuddy check` it only notes that one has come."""

    def __init__(self, *, rooms: Rooms, installation: Installation, room_presence: RoomPresence) -> None:
        self._rooms = rooms
        self._installation = installation
        self._room_presence = room_presence

    async def receive_event(self, request: web.Request) -> web.Response:
        """Apply one event. 200 for every genuine event, even one that is ignored; 401 for a forged one."""
        try:
            event = self._rooms.read_webhook(await read_body(request), request.headers.get("Authorization", ""))
        except UntimelyWebhook:
            log.warning("a webhook was refused: it is minutes old, or LiveKit's clock and this machine's are apart")
            return web.Response(status=401)
        except ForgedWebhook:
            log.warning("a webhook was refused: LiveKit signs it with another key, or somebody else has sent it")
            return web.Response(status=401)
        if is_check_room(event.room_name):
            await self._installation.set(NEWEST_CHECK_ROOM, event.room_name)
            return web.Response()
        try:
            await self._room_presence.apply_event(event)
        except VideoProblem as problem:
            log.warning("the next sweep looks at a room of which LiveKit has told us, because %s", problem.reason)
        return web.Response()
