"""The counter that keeps our address from being banned."""

import pytest

from bot.chat.invalid_requests import InvalidRequests
from bot.metrics import Metrics
from tests.clocks import VirtualClock
from tests.metric_samples import counted


@pytest.mark.parametrize(
    ("status", "shared", "counts"),
    [
        (401, False, True),
        (403, False, True),
        (429, False, True),
        (429, True, False),
        (404, False, False),
        (200, False, False),
    ],
)
def test_only_invalid_requests_count(status: int, shared: bool, counts: bool) -> None:
    """401, 403 and 429 count, except for a 429 of a shared limit."""
    invalid_requests = InvalidRequests(VirtualClock())
    invalid_requests.record(status, shared=shared)
    assert invalid_requests.count == counts


def test_invalid_requests_stop_counting_after_ten_minutes() -> None:
    """Each for itself."""
    clock = VirtualClock()
    invalid_requests = InvalidRequests(clock)
    invalid_requests.record(403)
    clock.pass_time(minutes=5)
    invalid_requests.record(403)
    assert invalid_requests.count == 2
    clock.pass_time(minutes=5, seconds=1)
    assert invalid_requests.count == 1


@pytest.mark.parametrize(("refused", "pace"), [(0, 1.0), (50, 0.9), (250, 0.5), (499, 0.002), (500, 0.0), (600, 0.0)])
def test_the_pace_falls_with_each_refusal(refused: int, pace: float) -> None:
    """From the full rate down to nothing at five hundred."""
    invalid_requests = InvalidRequests(VirtualClock())
    for _ in range(refused):
        invalid_requests.record(403)
    assert invalid_requests.pace == pytest.approx(pace)


@pytest.mark.parametrize(
    ("status", "shared", "kinds"),
    [
        (200, False, []),
        (404, False, []),
        (401, False, ["unauthorized"]),
        (403, False, ["forbidden"]),
        (429, False, ["rate_limited"]),
        (429, True, ["shared_limit"]),
        (500, False, ["unavailable"]),
        (503, False, ["unavailable"]),
    ],
)
def test_every_refusal_is_in_the_metrics(status: int, shared: bool, kinds: list[str]) -> None:
    """By its kind, also those that Discord does not count as invalid."""
    metrics = Metrics()
    InvalidRequests(VirtualClock(), metrics).record(status, shared=shared)
    assert counted(metrics) == {f"discord_requests_refused_total {kind}": 1 for kind in kinds}
