"""`heybuddy check`: goes the way of members, of LiveKit and of the bot for real, and says whose side each fault is on.

It changes nothing but a room at LiveKit, which it makes and deletes, and sends one message if that is asked for. Where
the page would listen it listens itself, if `heybuddy run` does not run.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import aiohttp

from bot import store
from bot.check.clocks import Patience
from bot.check.everything import try_everything
from bot.check.finding import Finding, findings_as_json, findings_as_table, found_well
from bot.check.rights import check_metrics_readers, check_rights
from bot.clock import Clock
from bot.config import Settings, SettingsError

__all__ = ["Finding", "Patience", "findings_as_json", "findings_as_table", "run_checks"]


async def run_checks(
    read_settings: Callable[[], Settings],
    file: Path,
    clock: Clock,
    *,
    environment: Mapping[str, str],
    patience: Patience | None = None,
    tests_contact: bool = False,
) -> Sequence[Finding]:
    """Check the settings, and if they can be read, everything that they name, all at the same time, within 15 seconds.

    `file` and the variables in `environment` are where the settings came from. `patience` is the usual one by default.
    With `tests_contact` the safety contact gets a message, if that was not so within the last hour.
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
        tried = await try_everything(settings, http, clock, patience, tests_contact=tests_contact)
    readers = check_metrics_readers(settings.ops.host, settings.ops.port)
    return (found_well("settings", "are complete"), *rights, *tried, *readers)
