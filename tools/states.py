"""Prints docs/states.md from the table of a match's life: `python -m tools.states > docs/states.md`."""

from bot.domain.match import TRANSITIONS, MatchState

OPENING = """# A match's life

Printed by `python -m tools.states` from the table in `bot/domain/match.py`, which the store's statements
use as well. A combination of state and event that is missing here changes nothing.
"""
COLUMNS = ("state", "event", "next state", "reason")


def page() -> str:
    """The diagram and the table, as Markdown."""
    rows = [
        (state.value, signal.value, then.value, reason.value if reason else "")
        for (state, signal), (then, reason) in TRANSITIONS.items()
    ]
    table = "\n".join(f"| {' | '.join(row)} |" for row in (COLUMNS, ("---",) * len(COLUMNS), *rows))
    return f"{OPENING}\n{_diagram()}\n\n{table}\n"


def _diagram() -> str:
    edges: dict[tuple[str, str], list[str]] = {("[*]", MatchState.INVITING.value): ["two tickets matched"]}
    for (state, _), (then, reason) in TRANSITIONS.items():
        names = edges.setdefault((state.value, then.value), [])
        names += [name for name in [reason.value if reason else "both in"] if name not in names]
    lines = [f"    {start} --> {end}: {', '.join(names)}" for (start, end), names in edges.items()]
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, f"    {MatchState.ENDED.value} --> [*]", "```"])


if __name__ == "__main__":
    print(page(), end="")
