"""What a check has found, and how it is shown: a table for people, JSON for scripts."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from rich.table import Table
from rich.text import Text

SECONDS_SHOWN: Final = 120  # from then on minutes


@dataclass(frozen=True, kw_only=True)
class Finding:
    """The result of one check. `subject` is a setting's key, or what else was tried; `message` a sentence.

    A note is no fault, but something that should be known.
    """

    subject: str
    ok: bool
    message: str
    is_note: bool = False


def found_fault(subject: str, message: str) -> Finding:
    """A fault of `subject`; `message` says what is wrong, on whose side, and what to do."""
    return Finding(subject=subject, ok=False, message=message)


def found_well(subject: str, message: str) -> Finding:
    """`subject` is as it should be."""
    return Finding(subject=subject, ok=True, message=message)


def found_note(subject: str, message: str) -> Finding:
    """Something about `subject` that is no fault by itself, but should be known."""
    return Finding(subject=subject, ok=True, message=message, is_note=True)


def describe_duration(duration: timedelta) -> str:
    """A duration in whole seconds or minutes, such as "70 s" or "5 min"; 0 s if it is negative."""
    seconds = max(0, round(duration.total_seconds()))
    return f"{seconds} s" if seconds < SECONDS_SHOWN else f"{seconds // 60} min"


def findings_as_table(findings: Sequence[Finding]) -> Table:
    """A table for people, one row per finding. Text from outside is not interpreted as markup."""
    table = Table.grid(padding=(0, 1))
    for finding in findings:
        table.add_row(_mark(finding), Text(finding.subject, style="bold"), Text(finding.message))
    return table


def _mark(finding: Finding) -> Text:
    if finding.is_note:
        return Text("–", style="yellow")  # noqa: RUF001 -- as wide as the other marks
    return Text("✓", style="green") if finding.ok else Text("✗", style="red")


def findings_as_json(findings: Sequence[Finding]) -> str:
    """One JSON object for scripts: `ok`, and `findings`, each with `about`, `ok`, `note` and `says`."""
    rows = [
        {"about": finding.subject, "ok": finding.ok, "note": finding.is_note, "says": finding.message}
        for finding in findings
    ]
    return json.dumps({"ok": all(finding.ok for finding in findings), "findings": rows})
