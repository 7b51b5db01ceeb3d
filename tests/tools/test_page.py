"""Which node builds the page: the machine's own when it is young enough and complete, else the one pip brings."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tools import page

Programs = Callable[..., None]


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """Puts programs that print a given text onto an otherwise empty PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))

    def put(**said: str) -> None:
        for name, text in said.items():
            (tmp_path / name).write_text(f"#!/bin/sh\necho {text}\n")
            (tmp_path / name).chmod(0o755)

    return put


@pytest.mark.parametrize(
    ("said", "good"),
    [
        ({"node": "v20.0.0", "npm": "10"}, True),
        ({"node": "v24.19.0", "npm": "11"}, True),
        ({"node": "v18.20.4", "npm": "10"}, False),
        ({"node": "v20.0.0"}, False),
        ({"node": "nonsense", "npm": "10"}, False),
        ({}, False),
    ],
)
def test_the_machines_own_node(programs: Programs, said: dict[str, str], good: bool) -> None:
    """Node 20 with its npm will do, nothing less."""
    programs(**said)
    assert (page.node_on_path() is not None) == good


def test_a_page_is_built_anew_when_a_word_changes() -> None:
    """The words are among what it is built from, its own product is not."""
    sources = page.sources()
    assert page.ROOT / "bot" / "words" / "en.json" in sources
    assert not any({"dist", "node_modules"} & set(source.parts) for source in sources)
