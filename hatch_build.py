"""Builds the page before a wheel is made, unless it is built already. For an editable install, `make` builds it."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

MANIFEST = Path("web/page/dist/manifest.json")


class PageHook(BuildHookInterface[Any]):
    """Build hook that builds the page before a wheel or a source distribution is made."""

    def dependencies(self) -> list[str]:
        """The packages that building the page needs: Node from pip; none if the page is built already."""
        return [] if self._is_built() else list(self.metadata.config["dependency-groups"]["node"])

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the page with `tools.page`, unless it is built already or `version` is "editable"."""
        if version != "editable" and not self._is_built():
            subprocess.run([sys.executable, "-m", "tools.page"], cwd=self.root, check=True)

    def _is_built(self) -> bool:
        return (Path(self.root) / MANIFEST).exists()
