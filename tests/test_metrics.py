"""The metrics of a process: which samples they show, and that counting stops nobody."""

import logging

import pytest

from bot.metrics import Metrics
from tests.metric_samples import counted, name_of, read_samples


def all_samples(metrics: Metrics) -> dict[str, float]:
    """Every sample of ours, also those that are 0."""
    samples = read_samples(metrics.as_text().decode())
    return {name_of(each): each.value for each in samples if not each.name.startswith("process_")}


def test_every_value_of_a_label_is_shown_from_the_start() -> None:
    """Without that, the first event of a kind would be no rise from 0, and no alert would see it."""
    metrics = Metrics()
    counter = metrics.counter("doors", "Doors.", colour=("red", "blue"), state=("open",))
    counter.count("red", "open", times=2)
    assert all_samples(metrics) == {"doors_total red open": 2, "doors_total blue open": 0}


@pytest.mark.parametrize("values", [("green",), (), ("red", "open")])
def test_a_value_that_no_label_has_is_not_counted(values: tuple[str, ...], caplog: pytest.LogCaptureFixture) -> None:
    """No made-up label reaches Prometheus, and the step that is counted goes on."""
    metrics = Metrics()
    metrics.counter("doors", "Doors.", colour=("red",)).count(*values)
    assert all_samples(metrics) == {"doors_total red": 0}
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


def test_a_metric_that_exists_is_shared() -> None:
    """Two places count the same; the second may know more values."""
    metrics = Metrics()
    metrics.counter("doors", "Doors.", colour=("red",)).count("red")
    metrics.counter("doors", "Doors.", colour=("red", "blue")).count("red")
    assert all_samples(metrics) == {"doors_total red": 2, "doors_total blue": 0}


def test_two_processes_share_nothing() -> None:
    """What one counts is not in the metrics of another, even in the same interpreter."""
    ours, others = Metrics(), Metrics()
    for metrics in (ours, others):
        metrics.counter("doors", "Doors.")
    ours.counter("doors", "Doors.").count()
    assert (all_samples(ours), all_samples(others)) == ({"doors_total": 1}, {"doors_total": 0})


def test_a_gauge_shows_what_is_so_now() -> None:
    """What it follows is read anew each time."""
    metrics, doors = Metrics(), list[str]()
    metrics.gauge("doors", "Doors.").follow(lambda: len(doors))
    metrics.gauge("lamps", "Lamps.", "room").set(2, "hall")
    before = all_samples(metrics)
    doors.append("front")
    assert (before, all_samples(metrics)) == ({"doors": 0, "lamps hall": 2}, {"doors": 1, "lamps hall": 2})


def test_a_histogram_sorts_values_by_their_size() -> None:
    """Each bucket counts all values up to its bound."""
    metrics = Metrics()
    observe = metrics.histogram("waits_seconds", "Waits.", buckets=(1, 2))
    for seconds in (0.5, 1.5, 9):
        observe(seconds)
    assert counted(metrics) == {
        "waits_seconds_bucket 1.0": 1,
        "waits_seconds_bucket 2.0": 2,
        "waits_seconds_bucket +Inf": 3,
        "waits_seconds_count": 3,
        "waits_seconds_sum": 11,
    }
