"""The metrics of one process, in the form that Prometheus reads. Each is made where what it tells is known.

A label is never an id or a name: it has a fixed set of values, all of which are shown from the start.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import product
from typing import Final

import prometheus_client
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.metrics_core import Metric

CONTENT_TYPE: Final = CONTENT_TYPE_PLAIN_0_0_4
PREFIX: Final = "heybuddy"
CREATED: Final = "_created"
"""Ends the names of samples that the library adds, and that Prometheus makes no use of in this form."""

log = logging.getLogger(__name__)


class Counter:
    """Counts what has happened, by the values of its labels."""

    def __init__(self, name: str, family: prometheus_client.Counter) -> None:
        self._name = name
        self._family = family
        self._children: dict[tuple[str, ...], prometheus_client.Counter] = {}

    def add_values(self, values: Iterable[tuple[str, ...]]) -> None:
        """Count these values of the labels from now on."""
        for each in values:
            self._children.setdefault(each, self._family.labels(*each) if each else self._family)

    def count(self, *values: str, times: int = 1) -> None:
        """Count `times`, by one value for each label. Never raises, so that counting stops nothing else.

        A value that the label does not have is a mistake of ours: it is logged and not counted.
        """
        child = self._children.get(values)
        if child is None:
            log.error("the metric %s has no such label: %s", self._name, ", ".join(values))
        else:
            child.inc(times)


class Gauge:
    """Shows a number that rises and falls, for each value of its labels that has been set or followed."""

    def __init__(self, family: prometheus_client.Gauge) -> None:
        self._family = family

    def set(self, number: float, *values: str) -> None:
        """Show `number` until it is set again."""
        self._child(values).set(number)

    def follow(self, read: Callable[[], float], *values: str) -> None:
        """Show what `read`, which may neither wait nor raise, returns whenever the metrics are read."""
        self._child(values).set_function(read)

    def _child(self, values: Sequence[str]) -> prometheus_client.Gauge:
        return self._family.labels(*values) if values else self._family


class Metrics:
    """All metrics of a process. Making one that exists already returns it."""

    def __init__(self) -> None:
        self._registry = prometheus_client.CollectorRegistry()
        self._counters: dict[str, Counter] = {}
        self._gauges: dict[str, Gauge] = {}
        prometheus_client.ProcessCollector(registry=self._registry)

    def counter(self, name: str, meaning: str, **labels: Iterable[str]) -> Counter:
        """The counter `heybuddy_NAME_total`; `labels` are the values of each label."""
        if name not in self._counters:
            family = prometheus_client.Counter(name, meaning, [*labels], namespace=PREFIX, registry=self._registry)
            self._counters[name] = Counter(name, family)
        self._counters[name].add_values(product(*labels.values()))
        return self._counters[name]

    def gauge(self, name: str, meaning: str, *labels: str) -> Gauge:
        """The gauge `heybuddy_NAME`. Its values are set or followed by `labels`, whose values are not checked."""
        if name not in self._gauges:
            family = prometheus_client.Gauge(name, meaning, labels, namespace=PREFIX, registry=self._registry)
            self._gauges[name] = Gauge(family)
        return self._gauges[name]

    def histogram(self, name: str, meaning: str, *, buckets: Sequence[float]) -> Callable[[float], None]:
        """The histogram `heybuddy_NAME`, as the function that adds a value. Make it once."""
        return prometheus_client.Histogram(
            name, meaning, namespace=PREFIX, registry=self._registry, buckets=buckets
        ).observe

    def collect(self) -> Iterator[Metric]:
        """All metrics as they are now; called by the library."""
        for metric in self._registry.collect():
            metric.samples = [sample for sample in metric.samples if not sample.name.endswith(CREATED)]
            yield metric

    def as_text(self) -> bytes:
        """All metrics as they are now, in the form that `CONTENT_TYPE` names."""
        return generate_latest(self)
