"""`heybuddy check`: tries the database, Discord and LiveKit for real and describes each problem in one sentence."""

import asyncio
import json
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final

import aiohttp
from rich.table import Table
from rich.text import Text

from bot import store
from bot.clock import Clock, new_id
from bot.config import DiscordSettings, LiveKitSettings, Settings, SettingsError, StoreSettings
from web.livekit_rooms import LiveKitServer, connect_rooms
from web.rooms import VideoProblem

ACCESS_FOR_OTHERS: Final = stat.S_IRWXO
REQUEST_TIMEOUT: Final = aiohttp.ClientTimeout(total=10)
UNREACHABLE: Final = (aiohttp.ClientError, TimeoutError, ValueError)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """The result of one check. `subject` is a setting's key, or "settings"; `message` is one sentence."""

    subject: str
    ok: bool
    message: str


async def run_checks(read_settings: Callable[[], Settings], file: Path, clock: Clock) -> tuple[Finding, ...]:
    """Check the settings and their `file`; if they can be read, also the database, Discord and LiveKit.

    Opens (and so migrates) the database, and sends requests to Discord and LiveKit, all three at the same time.
    """
    try:
        settings = read_settings()
    except SettingsError as error:
        return tuple(Finding(subject=problem.key, ok=False, message=problem.message) for problem in error.problems)
    async with aiohttp.ClientSession(timeout=REQUEST_TIMEOUT) as http:
        findings = await asyncio.gather(
            check_database(settings.store),
            check_discord(settings.discord, http),
            check_livekit(settings.livekit, http, clock),
        )
    return (check_settings_file(file), *findings)


def check_settings_file(file: Path) -> Finding:
    """Check that other users of this machine cannot read the secrets in `file`, if it exists."""
    if file.exists() and file.stat().st_mode & ACCESS_FOR_OTHERS:
        message = f"are complete, but others on this machine can read the secrets in {file}: chmod 600 {file}"
        return Finding(subject="settings", ok=False, message=message)
    return Finding(subject="settings", ok=True, message="are complete")


async def check_database(settings: StoreSettings) -> Finding:
    """Open the database, which migrates it and writes to it."""
    try:
        async with store.open_store(settings.database):
            pass
    except store.StoreError as error:
        return Finding(subject="store.database", ok=False, message=str(error))
    return Finding(subject="store.database", ok=True, message="can be written")


async def check_discord(settings: DiscordSettings, http: aiohttp.ClientSession) -> Finding:
    """Ask Discord whom the token belongs to."""
    headers = {"Authorization": f"Bot {settings.token}"}
    try:
        async with http.get(f"{settings.api_base}/users/@me", headers=headers) as answer:
            if answer.status == HTTPStatus.UNAUTHORIZED:
                message = "Discord does not know this token: copy it again from your application's page Bot"
                return Finding(subject="discord.token", ok=False, message=message)
            answer.raise_for_status()
            user = await answer.json()
    except UNREACHABLE as error:
        reason = _describe_error(error)
        message = f"Discord does not answer here as it should ({reason}): is this machine's way to the internet open?"
        return Finding(subject="discord.api_base", ok=False, message=message)
    return Finding(subject="discord.token", ok=True, message=f"logs in as {user['username']}")


async def check_livekit(settings: LiveKitSettings | None, http: aiohttp.ClientSession, clock: Clock) -> Finding:
    """Try to join a room that does not exist, as a browser would; then list the rooms through the API."""
    if settings is None:
        return Finding(subject="livekit.url", ok=False, message="is not set: without LiveKit nobody can meet")
    rooms = connect_rooms(LiveKitServer(**dict(settings)), http)
    token = rooms.join_token(identity=new_id(clock), room_name=new_id(clock))
    address = f"{settings.url.replace('ws', 'http', 1)}/rtc/validate"
    try:
        async with http.get(address, params={"access_token": token}) as answer:
            status, text = answer.status, await answer.text()
    except UNREACHABLE as error:
        reason = _describe_error(error)
        message = f"LiveKit does not answer where browsers look for it ({reason}): is it running, is the port open?"
        return Finding(subject="livekit.url", ok=False, message=message)
    if finding := _join_problem(status, text):
        return finding
    try:
        await rooms.check_connection()
    except VideoProblem as problem:
        return Finding(subject="livekit.api_url", ok=False, message=problem.reason)
    message = "takes our key, and lets nobody into a room that is not there"
    return Finding(subject="livekit.url", ok=True, message=message)


def _join_problem(status: int, text: str) -> Finding | None:
    """What is wrong with LiveKit's answer to joining a room that does not exist; None if it refused as expected."""
    if status == HTTPStatus.UNAUTHORIZED:
        message = "LiveKit refuses this key or secret: copy both again"
        return Finding(subject="livekit.api_secret", ok=False, message=message)
    if status == HTTPStatus.OK:
        message = "LiveKit makes rooms for whoever comes: set room.auto_create to false in its configuration"
        return Finding(subject="livekit.url", ok=False, message=message)
    if status != HTTPStatus.NOT_FOUND or "room" not in text:
        message = f"something else than LiveKit answers here (status {status}): does your proxy pass everything on?"
        return Finding(subject="livekit.url", ok=False, message=message)
    return None


def findings_as_table(findings: Sequence[Finding]) -> Table:
    """A table for people, one row per finding. Text from outside is not interpreted as markup."""
    table = Table.grid(padding=(0, 1))
    for finding in findings:
        mark = Text("✓", style="green") if finding.ok else Text("✗", style="red")
        table.add_row(mark, Text(finding.subject, style="bold"), Text(finding.message))
    return table


def findings_as_json(findings: Sequence[Finding]) -> str:
    """One JSON object for scripts: `ok`, and `findings`, each with `about`, `ok` and `says`."""
    rows = [{"about": finding.subject, "ok": finding.ok, "says": finding.message} for finding in findings]
    return json.dumps({"ok": all(finding.ok for finding in findings), "findings": rows})


def _describe_error(error: Exception) -> str:
    return f"status {error.status}" if isinstance(error, aiohttp.ClientResponseError) else type(error).__name__
