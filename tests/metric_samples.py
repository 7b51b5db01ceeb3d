"""What Prometheus would read, as tests compare it."""

from collections.abc import Iterable, Iterator, Mapping

from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from bot.metrics import PREFIX, Metrics


def read_samples(text: str) -> Iterator[Sample]:
    """All samples of a text in Prometheus' form."""
    for family in text_string_to_metric_families(text):
        yield from family.samples


def name_of(sample: Sample) -> str:
    """A sample's name and label values, such as "matches_ended_total done", in the order of the labels' names."""
    return " ".join([sample.name.removeprefix(f"{PREFIX}_"), *(value for _, value in sorted(sample.labels.items()))])


def counted(metrics: Metrics, *, without: Iterable[str] = ("process_", "loop_", "database_")) -> Mapping[str, float]:
    """What differs from 0, by `name_of`; without the names that begin with one of `without`."""
    samples = read_samples(metrics.as_text().decode())
    return {name_of(each): each.value for each in samples if each.value and not name_of(each).startswith((*without,))}
