"""Prints docs/states.md from the transitions of a match: `python -m tools.states > docs/states.md`."""

from bot.domain.match import TRANSITIONS, MatchState

INTRODUCTION = """# A match's life

Printed by `python -m tools.states` from the table in `bot/domain/match.py`, which the store's
statements use as well. A combination of state and event that is missing here changes nothing.

The times of *no_show*, of the reminder before it and of asking for somebody else count from the
match, but not before LiveKit can be reached, and those of an empty room not before it can be
reached again: nobody is late for a room that could not be entered. An outage counts from half a
minute on, and for an hour at most.

A block is no event of its own: the member who blocks the other gives up the seat, for good and at
once. The partner sees what any other leave shows.
"""
COLUMN_TITLES = ("state", "event", "next state", "reason")


def render_page() -> str:
    """The diagram and the table of all transitions, as Markdown."""
    rows = [
        (state.value, signal.value, then.value, reason.value if reason else "")
        for (state, signal), (then, reason) in TRANSITIONS.items()
    ]
    table = "\n".join(f"| {' | '.join(row)} |" for row in (COLUMN_TITLES, ("---",) * len(COLUMN_TITLES), *rows))
    return f"{INTRODUCTION}\n{_render_diagram()}\n\n{table}\n"


def _render_diagram() -> str:
    edges: dict[tuple[str, str], list[str]] = {("[*]", MatchState.INVITING.value): ["two tickets matched"]}
    for (state, _), (then, reason) in TRANSITIONS.items():
        names = edges.setdefault((state.value, then.value), [])
        names += [name for name in [reason.value if reason else "both in"] if name not in names]
    lines = [f"    {start} --> {end}: {', '.join(names)}" for (start, end), names in edges.items()]
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, f"    {MatchState.ENDED.value} --> [*]", "```"])


if __name__ == "__main__":
    print(render_page(), end="")
