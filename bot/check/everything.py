"""All checks of what the settings name: the database and who uses it, Discord, the page, LiveKit, and the clocks."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import aiohttp

from bot import store
from bot.check.clocks import ClockComparison, Patience
from bot.check.discord_token import check_discord
from bot.check.finding import Finding
from bot.check.operator import check_operator
from bot.check.page import PageCheck, check_page
from bot.check.receiver import Receiver
from bot.check.service import check_service
from bot.check.video import check_video
from bot.clock import Clock, new_id
from bot.config import Settings
from web.livekit_rooms import LiveKitRooms, LiveKitServer


async def try_everything(
    settings: Settings, http: aiohttp.ClientSession, clock: Clock, patience: Patience, *, tests_contact: bool
) -> Sequence[Finding]:
    """Try everything that the settings name, at the same time. Requests go through `http`."""
    clocks, web = ClockComparison(clock), settings.web
    server = LiveKitServer(**dict(settings.livekit)) if settings.livekit else None
    rooms = LiveKitRooms(server, http, answer_within_s=patience.video_s) if server else None
    receiver = Receiver(host=web.host, port=web.port, nonce=new_id(clock), rooms=rooms)
    pool = settings.store.pool()
    quick = replace(
        pool,
        connect_timeout_s=min(pool.connect_timeout_s, patience.database_s),
        query_timeout_s=min(pool.query_timeout_s, patience.database_s),
    )
    database = store.inspector_of(settings.store.database, quick)
    async with receiver.listening():
        page = asyncio.create_task(check_page(settings, receiver, http=http, clocks=clocks))
        found = await asyncio.gather(
            check_service(
                database, (web.public_url, receiver.address), http, clock, pool_size=settings.store.pool_size
            ),
            check_discord(
                settings.discord,
                http,
                clocks,
                is_running=partial(_is_running, page),
                contact_id=settings.ops.safety_contact if tests_contact else 0,
                now=clock.now(),
            ),
            _findings_of(page),
            check_video(
                settings,
                rooms,
                receiver,
                database=database,
                http=http,
                clocks=clocks,
                clock=clock,
                patience=patience,
            ),
            check_operator(settings, database, clock.now()),
        )
    return (*(finding for findings in found for finding in findings), *clocks.findings())


async def _is_running(page: asyncio.Task[PageCheck]) -> bool:
    return (await page).is_running


async def _findings_of(page: asyncio.Task[PageCheck]) -> Sequence[Finding]:
    return (await page).findings
