"""What running processes say of themselves is shown with its age; those that have stopped are not."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from bot.check.finding import Finding
from bot.check.processes import describe_processes
from bot.store import Inspection
from bot.store.times import to_ms
from tests.clocks import VirtualClock

NOW = VirtualClock().now()


def state(
    word: str, *, reason: str | None = None, holder: str = "running-1", seen: int = 3, since: int = 90
) -> Mapping[str, object]:
    """A row of the table readiness; `seen` and `since` in seconds ago."""
    ago = {"seen_at": seen, "since": since}
    times = {name: to_ms(NOW - timedelta(seconds=seconds)) for name, seconds in ago.items()}
    return {"holder": holder, "word": word, "reason": reason, **times}


def lease(name: str, *, stepped: int | None) -> Mapping[str, object]:
    """A row of the table leases; `stepped` in seconds ago."""
    stepped_at = None if stepped is None else to_ms(NOW - timedelta(seconds=stepped))
    return {"name": name, "holder": "running-1", "expires_at": to_ms(NOW), "stepped_at": stepped_at}


def describe(*states: Mapping[str, object], leases: Sequence[Mapping[str, object]] = ()) -> Sequence[Finding]:
    """What is found with these rows."""
    return describe_processes(Inspection(version=4, wanted=4, leases=leases, readiness=states), NOW)


def test_nothing_runs() -> None:
    """Nothing has been written, or long ago: processes that were killed leave their last words behind."""
    for states in (
        [],
        [state("store", seen=61)],
        [state("store", reason="broken", seen=3600)],
        [state("store", seen=-61)],
    ):
        [finding] = describe(*states)
        assert (finding.ok, finding.message) == (True, "none uses this database at the moment")


def test_what_is_missing() -> None:
    """Each word that is not ready has its reason, since when, and which process says so."""
    findings = describe(
        state("store"),
        state("gateway", reason="Discord closed the connection"),
        state("video", reason="LiveKit does not answer", holder="running-2", since=600),
        state("store", reason="broken", holder="killed", seen=120),
    )
    assert [(finding.ok, finding.message) for finding in findings] == [
        (False, "gateway has not been ready for 90 s in process runnin: Discord closed the connection"),
        (False, "video has not been ready for 10 min in process runnin: LiveKit does not answer"),
    ]


def test_who_leads() -> None:
    """When nothing is missing, the leaders are named with the age of their last round."""
    [finding] = describe(
        state("store"),
        leases=[lease("rooms", stepped=None), lease("matchmaker", stepped=1), lease("janitor", stepped=150)],
    )
    assert finding.ok
    assert finding.message == "ready: process runnin; janitor by runnin, 2 min ago; matchmaker by runnin, 1 s ago"
