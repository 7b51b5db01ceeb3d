"""`heybuddy check`: goes the way of members, of LiveKit and of the bot for real, and says whose side each fault is on.

It changes nothing but a room at LiveKit, which it makes and deletes. Where the page would listen it listens itself, if
`heybuddy run` does not run.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import aiohttp

from bot import store
from bot.check.clocks import ClockComparison, Patience
from bot.check.discord_token import check_discord
from bot.check.finding import Finding, findings_as_json, findings_as_table, found_well
from bot.check.page import PageCheck, check_page
from bot.check.receiver import Receiver
from bot.check.rights import check_metrics_readers, check_rights, check_safety_contact
from bot.check.service import check_service
from bot.check.video import check_video
from bot.clock import Clock, new_id
from bot.config import Settings, SettingsError
from web.livekit_rooms import LiveKitRooms, LiveKitServer

__all__ = ["Finding", "Patience", "findings_as_json", "findings_as_table", "run_checks"]


async def run_checks(
    read_settings: Callable[[], Settings],
    file: Path,
    clock: Clock,
    *,
    environment: Mapping[str, str],
    patience: Patience | None = None,
) -> Sequence[Finding]:
    """Check the settings, and if they can be read, everything that they name, all at the same time, within 15 seconds.

    `file` and the variables in `environment` are where the settings came from. `patience` is the usual one by default.
    """
    try:
        settings = read_settings()
    except SettingsError as error:
        return tuple(Finding(subject=problem.key, ok=False, message=problem.message) for problem in error.problems)
    url = settings.store.database
    rights = check_rights(file, None if store.is_postgres(url) else store.sqlite_path(url), environment)
    patience = patience or Patience()
    timeout = aiohttp.ClientTimeout(total=patience.answer_s, sock_connect=patience.connection_s)
    async with aiohttp.ClientSession(timeout=timeout) as http:
        tried = await _try_everything(settings, http, clock, patience)
    readers = check_metrics_readers(settings.ops.host, settings.ops.port)
    contact = check_safety_contact(settings.ops.safety_contact)
    return (found_well("settings", "are complete"), *rights, *tried, *readers, *contact)


async def _try_everything(
    settings: Settings, http: aiohttp.ClientSession, clock: Clock, patience: Patience
) -> Sequence[Finding]:
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
            check_discord(settings.discord, http, clocks, is_running=partial(_is_running, page)),
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
        )
    return (*(finding for findings in found for finding in findings), *clocks.findings())


async def _is_running(page: asyncio.Task[PageCheck]) -> bool:
    return (await page).is_running


async def _findings_of(page: asyncio.Task[PageCheck]) -> Sequence[Finding]:
    return (await page).findings
