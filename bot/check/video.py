"""Tries LiveKit with a room that is made for the test and deleted afterwards: API, way in, and webhook."""

from collections.abc import Sequence
from functools import partial
from typing import Final

import aiohttp

from bot.check.clocks import ClockComparison, Patience
from bot.check.database import read_note
from bot.check.finding import Finding, found_fault, found_well
from bot.check.receiver import Receiver
from bot.check.way_in import WayIn, describe_video_problem
from bot.check.webhook import WebhookTrial
from bot.clock import Clock, new_id
from bot.config import Settings
from bot.domain.room import check_room_name
from bot.store import Inspector
from web.livekit_rooms import LiveKitRooms
from web.rooms import VideoProblem

NOT_SET: Final = found_fault(
    "livekit.url",
    "isn't set, and without LiveKit nobody can meet: set livekit.url, livekit.api_key, livekit.api_secret",
)


async def check_video(
    settings: Settings,
    rooms: LiveKitRooms | None,
    receiver: Receiver,
    *,
    database: Inspector,
    http: aiohttp.ClientSession,
    clocks: ClockComparison,
    clock: Clock,
    patience: Patience,
) -> Sequence[Finding]:
    """Try the LiveKit that the settings name; without one there is one finding."""
    if rooms is None:
        return (NOT_SET,)
    public_url = settings.web.public_url
    way_in = WayIn(public_url=public_url, rooms=rooms, http=http, clocks=clocks, greeting_within_s=patience.greeting_s)
    webhook = WebhookTrial(
        public_url=public_url,
        rooms=rooms,
        http=http,
        receiver=receiver,
        patience=patience,
        read_note=partial(read_note, database),
    )
    return await try_livekit(way_in, webhook, clock)


async def try_livekit(way_in: WayIn, webhook: WebhookTrial, clock: Clock) -> Sequence[Finding]:
    """Make a room, enter it, delete it, and wait for LiveKit's event about it.

    Without the room only the way in is tried, and what is wrong with both is reported once.
    """
    room_name, own_room, missing_room = (check_room_name(new_id(clock)) for _ in range(3))
    fault_of_way = await webhook.try_own_event(own_room)
    try:
        await webhook.rooms.ensure_room(room_name)
    except VideoProblem as problem:
        api = describe_video_problem(problem)
        entered = await way_in.check(room_name=None, missing_room=missing_room)
        return (api,) if entered == api else (entered, api)
    entered = await way_in.check(room_name=room_name, missing_room=missing_room)
    try:
        await webhook.rooms.close_room(room_name)
    except VideoProblem as problem:
        api = describe_video_problem(problem)
    else:
        api = found_well(webhook.rooms.server.api_setting, "makes and deletes rooms")
    return (entered, api, await webhook.wait_for_event(room_name, fault_of_way=fault_of_way))
