"""What is wrong with this installation: every outside thing is really tried, and each trouble gets one sentence."""

import asyncio
import json
import stat
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus
from pathlib import Path

import aiohttp
from rich.table import Table
from rich.text import Text

from bot import store
from bot.clock import Clock, new_id
from bot.config import DiscordSettings, LiveKitSettings, Settings, SettingsError, StoreSettings
from web.livekit_rooms import VIDEO_PROBLEMS, LiveKitServer, connect_rooms
from web.problems import HttpProblem

OTHERS = stat.S_IRWXO
PATIENCE = aiohttp.ClientTimeout(total=10)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What trying one thing showed: `about` is a setting's key or an outside thing."""

    about: str
    ok: bool
    says: str


async def everything(read_settings: Callable[[], Settings], file: Path, clock: Clock) -> tuple[Finding, ...]:
    """Try the settings and their `file`; then, where they can be read, the database, Discord and LiveKit at once."""
    try:
        settings = read_settings()
    except SettingsError as error:
        return tuple(Finding(about=problem.key, ok=False, says=problem.said) for problem in error.problems)
    async with aiohttp.ClientSession(timeout=PATIENCE) as http:
        tried = await asyncio.gather(
            database(settings.store), discord(settings.discord, http), livekit(settings.livekit, http, clock)
        )
    return (settings_file(file), *tried)


def settings_file(file: Path) -> Finding:
    """Whether others on this machine can read the secrets."""
    if file.exists() and file.stat().st_mode & OTHERS:
        says = f"are complete, but others on this machine can read the secrets in {file}: chmod 600 {file}"
        return Finding(about="settings", ok=False, says=says)
    return Finding(about="settings", ok=True, says="are complete")


async def database(settings: StoreSettings) -> Finding:
    """Open the database, which brings it up to date and writes to it."""
    try:
        async with store.open_store(settings.database):
            pass
    except store.StoreError as error:
        return Finding(about="store.database", ok=False, says=str(error))
    return Finding(about="store.database", ok=True, says="can be written")


async def discord(settings: DiscordSettings, http: aiohttp.ClientSession) -> Finding:
    """Ask Discord who we are."""
    headers = {"Authorization": f"Bot {settings.token}"}
    try:
        async with http.get(f"{settings.api_base}/users/@me", headers=headers) as answer:
            if answer.status == HTTPStatus.UNAUTHORIZED:
                says = "Discord does not know this token: copy it again from your application's page Bot"
                return Finding(about="discord.token", ok=False, says=says)
            answer.raise_for_status()
            me = await answer.json()
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        says = (
            f"Discord does not answer here as it should ({_reason(error)}): is this machine's way to the internet open?"
        )
        return Finding(about="discord.api_base", ok=False, says=says)
    return Finding(about="discord.token", ok=True, says=f"logs in as {me['username']}")


async def livekit(settings: LiveKitSettings | None, http: aiohttp.ClientSession, clock: Clock) -> Finding:
    """Knock as a browser would at a room that was never made, then ask for the list of rooms as we do."""
    if settings is None:
        return Finding(about="livekit.url", ok=False, says="is not set: without LiveKit nobody can meet")
    rooms = connect_rooms(LiveKitServer(**dict(settings)), http)
    knock = rooms.join_token(identity=new_id(clock), room_name=new_id(clock))
    try:
        async with http.get(
            f"{settings.url.replace('ws', 'http', 1)}/rtc/validate", params={"access_token": knock}
        ) as door:
            status, said = door.status, await door.text()
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        says = (
            f"LiveKit does not answer where browsers look for it ({_reason(error)}): is it running, is the port open?"
        )
        return Finding(about="livekit.url", ok=False, says=says)
    if trouble := _behind_the_door(status, said):
        return trouble
    try:
        await rooms.check_connection()
    except HttpProblem as problem:
        return Finding(about="livekit.api_url", ok=False, says=VIDEO_PROBLEMS[problem.code])
    return Finding(about="livekit.url", ok=True, says="takes our key, and lets nobody into a room that is not there")


def _behind_the_door(status: int, said: str) -> Finding | None:
    """What is wrong with LiveKit's answer to a join of a room that is not there; None where it is as it should be."""
    if status == HTTPStatus.UNAUTHORIZED:
        return Finding(about="livekit.api_secret", ok=False, says="LiveKit refuses this key or secret: copy both again")
    if status == HTTPStatus.OK:
        says = "LiveKit makes rooms for whoever comes: set room.auto_create to false in its configuration"
        return Finding(about="livekit.url", ok=False, says=says)
    if status != HTTPStatus.NOT_FOUND or "room" not in said:
        says = f"something else than LiveKit answers here (status {status}): does your proxy pass everything on?"
        return Finding(about="livekit.url", ok=False, says=says)
    return None


def as_table(findings: Sequence[Finding]) -> Table:
    """A row a finding, for people; words from outside are shown as they are."""
    table = Table.grid(padding=(0, 1))
    for finding in findings:
        mark = Text("✓", style="green") if finding.ok else Text("✗", style="red")
        table.add_row(mark, Text(finding.about, style="bold"), Text(finding.says))
    return table


def as_json(findings: Sequence[Finding]) -> str:
    """One object, for scripts: `ok`, and `findings` with `about`, `ok` and `says` each."""
    return json.dumps({"ok": all(finding.ok for finding in findings), "findings": [asdict(f) for f in findings]})


def _reason(error: Exception) -> str:
    return f"status {error.status}" if isinstance(error, aiohttp.ClientResponseError) else type(error).__name__
