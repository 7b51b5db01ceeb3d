"""We record nothing: neither the page nor the servers that we run have a way to.

LiveKit's client brings a recorder of its own for sound before the connection stands; it works only with an option that
the page must not set, and that is among the names below.
"""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = sorted((ROOT / "web" / "page").glob("*.js"))
RECORDERS = (
    "MediaRecorder",
    "captureStream",
    "preConnectBuffer",
    "ImageCapture",
    "toBlob",
    "toDataURL",
    "getDisplayMedia",
)


@pytest.mark.parametrize("name", RECORDERS)
def test_the_page_has_no_recorder(name: str) -> None:
    """No script of the page names what could keep a picture or a sound, or take one of the screen."""
    assert PAGE
    assert [path.name for path in PAGE if name in path.read_text(encoding="utf-8")] == []


def test_no_recorder_is_deployed() -> None:
    """LiveKit records by a second server, Egress; nothing that we hand out starts it."""
    handed_out = [ROOT / "compose.yaml", *(ROOT / "deploy").iterdir()]
    assert [path.name for path in handed_out if "egress" in path.read_text(encoding="utf-8").lower()] == []
