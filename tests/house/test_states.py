"""Documents that are printed from the code are up to date."""

from pathlib import Path

from tools import states


def test_the_printed_states_are_the_tables() -> None:
    """docs/states.md is what `python -m tools.states` prints now."""
    assert Path("docs/states.md").read_text(encoding="utf-8") == states.render_page()
