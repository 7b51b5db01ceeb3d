"""Failed attempts to use a link, counted over all processes. A client is known by a hash of its address alone."""

from datetime import datetime

from bot.domain.invitation import FAILURES_PER_WINDOW, FAILURES_WINDOW
from bot.store.database import Database, Statement
from bot.store.times import from_ms, to_ms


class FailedAttempts:
    """How often clients have failed in the last `FAILURES_WINDOW`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def record(self, attempt_id: str, client_hash: bytes, now: datetime) -> datetime | None:
        """Count a failed attempt of a client at `now`.

        If `FAILURES_PER_WINDOW` count already, from when on another one will: then nothing is written, and in a flood
        nothing but a few rows is read. Otherwise None.
        """
        values: dict[str, str | int | bytes] = {
            "client_hash": client_hash,
            "since": to_ms(now - FAILURES_WINDOW),
            "until": to_ms(now + FAILURES_WINDOW),
            "others": FAILURES_PER_WINDOW - 1,
        }
        free_at = await self._find_free_time(values)
        if free_at is not None:
            return free_at
        insert = Statement(name="failed_attempts.record", values={**values, "id": attempt_id, "now": to_ms(now)})
        [written] = await self._database.write([insert])
        return None if written else await self._find_free_time(values)

    async def _find_free_time(self, values: dict[str, str | int | bytes]) -> datetime | None:
        row = await self._database.one("failed_attempts.find_limiting", **values)
        return None if row is None else from_ms(int(row["failed_at"])) + FAILURES_WINDOW
