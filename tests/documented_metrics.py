"""What docs/metrics.md says of each metric: its name and labels."""

import re
from collections.abc import Mapping
from pathlib import Path

DOCUMENT = Path(__file__).parents[1] / "docs" / "metrics.md"
ROW = re.compile(r"^\| `(heybuddy_\w+)` \|(.*?)\| .+ \|$", re.MULTILINE)
LABEL = re.compile(r"`(\w+)`")


def documented_labels() -> Mapping[str, frozenset[str]]:
    """The names of the labels of each metric in the table, by its name."""
    text = DOCUMENT.read_text(encoding="utf-8")
    return {name: frozenset(LABEL.findall(labels)) for name, labels in ROW.findall(text)}
