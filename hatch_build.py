"""Builds the page before a wheel is made, unless it is built already, and puts into a wheel what operators need.

For an editable install, `make` builds the page, and the files are where they are.
"""

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

MANIFEST = Path("web/page/dist/manifest.json")
FOR_OPERATORS = ("config.example.toml", "compose.yaml")
"""Files of the project's folder that `heybuddy init` writes; a wheel has them in the package `bot`."""


class PageHook(BuildHookInterface[Any]):
    """Build hook for wheels and source distributions."""

    def dependencies(self) -> list[str]:
        """The packages that building the page needs: Node from pip; none if the page is built already."""
        return [] if self._is_built() else list(self.metadata.config["dependency-groups"]["node"])

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the page with `tools.page`, unless it is built already, and add `FOR_OPERATORS` to a wheel.

        Does nothing if `version` is "editable".
        """
        if version == "editable":
            return
        if not self._is_built():
            subprocess.run([sys.executable, "-m", "tools.page"], cwd=self.root, check=True)
        if self.target_name == "wheel":
            build_data["force_include"] |= {str(Path(self.root) / name): f"bot/{name}" for name in FOR_OPERATORS}

    def _is_built(self) -> bool:
        return (Path(self.root) / MANIFEST).exists()
