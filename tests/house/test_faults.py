"""Every row of the table of faults is explained in CONTRIBUTING.md."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^(?:@.*\n)+async def test_(\w+)\(\s*repetitions:", re.MULTILINE)


def test_every_row_is_explained() -> None:
    """By its name, in the table."""
    files = (ROOT / "tests" / "faults").glob("test_*.py")
    rows = {name.replace("_", "-") for file in files for name in ROW.findall(file.read_text(encoding="utf-8"))}
    explained = re.findall(r"`([a-z-]+)`", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    assert len(rows) >= 10
    assert rows <= set(explained)
