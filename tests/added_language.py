"""A language that is added as one file: every text of the default one, with a recognizable mark."""

import json
import shutil
from pathlib import Path
from typing import Any

from bot import words

CODE, NAME = "hu", "Magyar"
MARK = "ő"


def add_language(folder: Path) -> None:
    """Copy the catalogues to `folder` and add one for `CODE`. Its texts begin with `MARK`, as commands may be named."""
    for file in words.FOLDER.glob("*.json"):
        shutil.copy(file, folder)
    default = json.loads((folder / "en.json").read_text(encoding="utf-8"))
    added = {**_marked(default), "language": NAME}
    (folder / f"{CODE}.json").write_text(json.dumps(added), encoding="utf-8")


def _marked(tree: dict[str, Any]) -> dict[str, Any]:
    return {name: _marked(value) if isinstance(value, dict) else f"{MARK}{value}" for name, value in tree.items()}
