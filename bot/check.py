"""What is wrong with this installation: every outside thing is really tried, and each trouble gets one sentence."""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import aiohttp

from bot import store
from bot.clock import Clock
from bot.config import DiscordSettings, LiveKitSettings, Settings, SettingsError, StoreSettings

PATIENCE = aiohttp.ClientTimeout(total=10)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What trying one thing showed: `about` is a setting's key or an outside thing."""

    about: str
    ok: bool
    says: str


async def everything(read_settings: Callable[[], Settings], clock: Clock) -> tuple[Finding, ...]:
    """Try the settings, then, where they can be read, the database, Discord and LiveKit at once."""
    try:
        settings = read_settings()
    except SettingsError as error:
        return tuple(Finding(about=problem.key, ok=False, says=problem.said) for problem in error.problems)
    async with aiohttp.ClientSession(timeout=PATIENCE) as http:
        tried = await asyncio.gather(
            database(settings.store), discord(settings.discord, http), livekit(settings.livekit, http, clock)
        )
    return (Finding(about="settings", ok=True, says="are complete"), *tried)


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
            if answer.status == 401:
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


def as_text(findings: Sequence[Finding]) -> str:
    """A line a finding, for people."""
    return "\n".join(f"{'✓' if finding.ok else '✗'} {finding.about}: {finding.says}" for finding in findings)


def as_json(findings: Sequence[Finding]) -> str:
    """One object, for scripts: `ok`, and `findings` with `about`, `ok` and `says` each."""
    return json.dumps({"ok": all(finding.ok for finding in findings), "findings": [asdict(f) for f in findings]})


def _reason(error: Exception) -> str:
    return f"status {error.status}" if isinstance(error, aiohttp.ClientResponseError) else type(error).__name__
