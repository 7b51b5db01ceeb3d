"""LiveKit's webhooks, sent over a real socket to the web part under test."""

from dataclasses import dataclass, field
from itertools import count

from bot.domain.room import MediaSource
from tests.web.browsers import Answer, Browser
from tests.web.scripted_rooms import SIGNATURE, ScriptedRooms
from web.rooms import RoomEvent
from web.webhook import WEBHOOK_PATH

JOINED = "participant_joined"
LEFT = "participant_left"
ABORTED = "participant_connection_aborted"
PUBLISHED = "track_published"
UNPUBLISHED = "track_unpublished"


@dataclass(frozen=True, kw_only=True)
class WebhookSender:
    """Sends events as LiveKit does. Each event has a new id unless a test repeats one."""

    browser: Browser
    rooms: ScriptedRooms
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    async def send(
        self,
        kind: str,
        *,
        room_name: str,
        identity: str = "",
        sid: str = "PA_0",
        event_id: str | None = None,
        signature: str = SIGNATURE,
        source: MediaSource | None = None,
    ) -> Answer:
        """Send one event and return the answer. If it is genuine, LiveKit lists the participant, or not any more.

        An event about a track names its `source`.
        """
        inside = self.rooms.inside.setdefault(room_name, {})
        if signature == SIGNATURE and kind == JOINED:
            inside[identity] = sid
        elif signature == SIGNATURE and kind in {LEFT, ABORTED} and inside.get(identity) == sid:
            del inside[identity]
        self.rooms.webhook_event = RoomEvent(
            id=event_id or f"EV_{next(self.numbers)}",
            kind=kind,
            room_name=room_name,
            identity=identity,
            sid=sid,
            source=source,
            track_sid=f"TR_{source}" if source else "",
        )
        headers = {"Authorization": signature, "Content-Type": "application/webhook+json"}
        return await self.browser.request("POST", WEBHOOK_PATH, data=b"{}", headers=headers)
