"""When LiveKit was away: nobody is late for a room that could not be entered."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec

from bot.domain.room import LONGEST_OUTAGE
from bot.store.codec import decode, encode
from bot.store.installation import Installation
from bot.store.times import EPOCH

VIDEO_OUTAGE: Final = "video_outage"
"""Under this name stands the last outage in the installation's values."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Outage:
    """`ended_at` is None while it lasts."""

    began_at: datetime
    ended_at: datetime | None = None


class VideoOutages:
    """The last outage of LiveKit."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation

    async def is_on(self) -> bool:
        """Whether LiveKit is away."""
        outage = await self._read()
        return outage is not None and outage.ended_at is None

    async def begin(self, now: datetime) -> None:
        """Record that LiveKit is away. Repeating it changes nothing."""
        former = await self._installation.get(VIDEO_OUTAGE)
        outage = _read(former)
        if outage is None or outage.ended_at is not None:
            await self._installation.replace(VIDEO_OUTAGE, former, encode(_Outage(began_at=now)))

    async def end(self, now: datetime) -> None:
        """Record that LiveKit is back. Repeating it changes nothing."""
        former = await self._installation.get(VIDEO_OUTAGE)
        outage = _read(former)
        if outage is not None and outage.ended_at is None:
            ended = _Outage(began_at=outage.began_at, ended_at=now)
            await self._installation.replace(VIDEO_OUTAGE, former, encode(ended))

    async def enterable_since(self, now: datetime) -> datetime:
        """Since when rooms can be entered: `now` during an outage, 1970 if there was none.

        An outage that has lasted for `LONGEST_OUTAGE` excuses nobody any more, nor does one ahead of the clock.
        """
        outage = await self._read()
        if outage is None:
            return EPOCH
        until = outage.ended_at or now
        is_too_long = outage.ended_at is None and now - outage.began_at >= LONGEST_OUTAGE
        return EPOCH if is_too_long or outage.began_at > now or until > now else until

    async def _read(self) -> _Outage | None:
        return _read(await self._installation.get(VIDEO_OUTAGE))


def _read(value: str | None) -> _Outage | None:
    try:
        return None if value is None else decode(value, _Outage)
    except msgspec.DecodeError:
        return None
