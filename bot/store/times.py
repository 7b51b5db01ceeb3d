"""Times as the database holds them: whole milliseconds since 1970 in UTC."""

from datetime import UTC, datetime, timedelta
from typing import overload

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


@overload
def to_ms(time: datetime) -> int: ...
@overload
def to_ms(time: datetime | None) -> int | None: ...
def to_ms(time: datetime | None) -> int | None:
    """Whole milliseconds since 1970, rounded down. `time` must be aware; None stays None."""
    return None if time is None else (time - EPOCH) // MILLISECOND


@overload
def from_ms(milliseconds: int) -> datetime: ...
@overload
def from_ms(milliseconds: int | None) -> datetime | None: ...
def from_ms(milliseconds: int | None) -> datetime | None:
    """The time `milliseconds` after the start of 1970, in UTC; None stays None."""
    return None if milliseconds is None else EPOCH + timedelta(milliseconds=milliseconds)


def from_ms_if_readable(milliseconds: int | None) -> datetime | None:
    """As `from_ms`, but None also for a number so large that it is no time."""
    try:
        return from_ms(milliseconds)
    except OverflowError:
        return None
