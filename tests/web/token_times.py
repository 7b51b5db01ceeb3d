"""Tokens for LiveKit as a machine issues them whose clock is off."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from livekit.api import access_token


def shift_token_times(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    """Issue tokens as if this machine's clock were off by this much."""

    class ShiftedClock(datetime):
        @classmethod
        def now(cls, tz: object = UTC) -> "ShiftedClock":
            return super().now(UTC) + by

    shifted = SimpleNamespace(datetime=ShiftedClock, timezone=SimpleNamespace(utc=UTC), timedelta=timedelta)
    monkeypatch.setattr(access_token, "datetime", shifted)
