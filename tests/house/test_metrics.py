"""docs/metrics.md describes every metric that a process has, and its alerts ask for metrics that are there."""

import re
from pathlib import Path

import pytest

from bot.assemble import Assembly
from bot.clock import SystemClock
from bot.config import Part, load_settings
from bot.metrics import Metrics
from tests.config.test_load import REQUIRED
from tests.documented_metrics import DOCUMENT, documented_labels
from tests.metric_samples import read_samples
from tests.store.opening import open_store
from web.livekit_rooms import connect_rooms

NAME_IN_RULE = re.compile(r"\bheybuddy_\w+")
LABEL_IN_RULE = re.compile(r"(heybuddy_\w+)\{(\w+)[=!~]")
OF_HISTOGRAMS = ("_bucket", "_count", "_sum")


@pytest.fixture
async def labels(database: Path) -> dict[str, frozenset[str]]:
    """The labels of each metric in a process that runs every part, by name; histograms by their common name."""
    metrics, clock, found = Metrics(), SystemClock(), dict[str, frozenset[str]]()
    settings = load_settings(environment=REQUIRED)
    async with open_store(f"sqlite:///{database}", metrics=metrics) as store:
        assembly = Assembly(
            settings, store=store, clock=clock, metrics=metrics, report=print, shard_ids=None, chat_url=""
        )
        assembly.services(tuple(Part))
        assembly._web(None)._application(connect_rooms(None, None))  # type: ignore[arg-type]  # nothing is asked
        for sample in read_samples(metrics.as_text().decode()):
            suffix = next((each for each in OF_HISTOGRAMS if sample.name.endswith(each)), "")
            name = sample.name.removesuffix(suffix)
            found[name] = found.get(name, frozenset()) | sample.labels.keys()
    return found


async def test_every_metric_is_documented_and_the_reverse(labels: dict[str, frozenset[str]]) -> None:
    """With exactly its labels; those of the process itself, which Prometheus' library makes, are named together."""
    ours = {name: names for name, names in labels.items() if not name.startswith("process_")}
    assert documented_labels() == ours
    assert len(ours) < len(labels)


def test_rules_ask_for_metrics_that_are_there() -> None:
    """An alert on a metric that does not exist never rings."""
    text, documented = DOCUMENT.read_text(encoding="utf-8"), documented_labels()
    assert {*NAME_IN_RULE.findall(text)} <= {*documented}
    filters = LABEL_IN_RULE.findall(text)
    assert len(filters) >= 2
    assert [(name, label) for name, label in filters if label not in documented[name]] == []
