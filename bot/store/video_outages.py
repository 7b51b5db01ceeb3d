"""When LiveKit was silent and away: nobody is late for a room that could not be entered.

What leaders record goes on from what was recorded before, whoever did that. It is written only if nothing was recorded
since the leader looked, before it asked LiveKit: an answer that a frozen leader had long ago ends no newer silence.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import msgspec

from bot.domain.room import LONGEST_OUTAGE
from bot.store.codec import decode, encode
from bot.store.database import Database, Statement
from bot.store.installation import Installation
from bot.store.leases import Fence, write_fenced
from bot.store.times import EPOCH

OUTAGE_AFTER: Final = timedelta(seconds=30)
"""LiveKit is away once it has not answered for this long."""
SAME_SILENCE_WITHIN: Final = 2 * OUTAGE_AFTER
"""A failure that comes later after the last one begins a new silence: for a while nobody asked LiveKit."""
VIDEO_OUTAGE: Final = "video_outage"
"""Under this name stand the last outage and the silence there is, in the installation's values."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Outages:
    """The last outage, whose `ended_at` is None while it lasts, and the first and last failure of the silence."""

    began_at: datetime | None = None
    ended_at: datetime | None = None
    silent_since: datetime | None = None
    failed_at: datetime | None = None

    @property
    def is_on(self) -> bool:
        return self.began_at is not None and self.ended_at is None

    def after_failure(self, now: datetime) -> "_Outages":
        """The same once LiveKit has not answered at `now`; an outage begins when its silence has lasted."""
        goes_on = self.failed_at is not None and self.failed_at <= now <= self.failed_at + SAME_SILENCE_WITHIN
        since = self.silent_since if goes_on and self.silent_since is not None else now
        silent = replace(self, silent_since=since, failed_at=now)
        begins = not self.is_on and now - since >= OUTAGE_AFTER
        return replace(silent, began_at=now, ended_at=None) if begins else silent

    def after_answer(self, now: datetime) -> "_Outages":
        """The same once LiveKit has answered at `now`."""
        return _Outages(began_at=self.began_at, ended_at=now if self.is_on else self.ended_at)


@dataclass(frozen=True, kw_only=True, slots=True)
class Silence:
    """What was recorded about LiveKit's silence when a leader looked: to be read before LiveKit is asked."""

    recorded: str | None

    @property
    def is_on(self) -> bool:
        """Whether LiveKit did not answer when it was last asked."""
        outages = _read(self.recorded)
        return outages.silent_since is not None or outages.is_on


class VideoOutages:
    """The last outage of LiveKit, and its silence before one."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._installation = Installation(database)

    async def read_silence(self) -> Silence:
        """What is recorded about LiveKit's silence. Read it before LiveKit is asked."""
        return Silence(recorded=await self._installation.get(VIDEO_OUTAGE))

    async def record_failure(self, before: Silence, now: datetime) -> None:
        """Record that LiveKit has not answered, and an outage once that has lasted for `OUTAGE_AFTER`.

        Does nothing if anything was recorded since `before`. Without a fence, because LiveKit may be silent for longer
        than the lease that its leader had.
        """
        await self._database.write([_replacement(before, _read(before.recorded).after_failure(now))])

    async def record_answer(self, fence: Fence, before: Silence, now: datetime) -> None:
        """Record that LiveKit answers: its silence has ended, and so has an outage.

        Does nothing if anything was recorded since `before`. Raises LostLease.
        """
        answered = _replacement(before, _read(before.recorded).after_answer(now))
        await write_fenced(self._database, fence, now, [answered])

    async def enterable_since(self, now: datetime) -> datetime:
        """Since when rooms can be entered: `now` during an outage, 1970 if there was none.

        An outage that has lasted for `LONGEST_OUTAGE` excuses nobody any more, nor does one ahead of the clock.
        """
        outage = _read(await self._installation.get(VIDEO_OUTAGE))
        if outage.began_at is None:
            return EPOCH
        until = outage.ended_at or now
        is_too_long = outage.is_on and now - outage.began_at >= LONGEST_OUTAGE
        return EPOCH if is_too_long or outage.began_at > now or until > now else until


def _replacement(before: Silence, outages: _Outages) -> Statement:
    values = {"name": VIDEO_OUTAGE, "former": before.recorded or "", "value": encode(outages)}
    return Statement(name="installation.replace", values=values)


def _read(value: str | None) -> _Outages:
    try:
        return _Outages() if value is None else decode(value, _Outages)
    except msgspec.DecodeError:
        return _Outages()
