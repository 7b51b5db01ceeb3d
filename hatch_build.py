"""A wheel holds the built page: it is built here when it is not there yet. An editable one leaves it to `make`."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUILT = Path("web/page/dist/manifest.json")


class PageHook(BuildHookInterface[Any]):
    """Builds the page before a wheel or a source distribution is made."""

    def dependencies(self) -> list[str]:
        """What building the page needs: a node, brought by pip."""
        return [] if self._is_built() else list(self.metadata.config["dependency-groups"]["node"])

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the page unless it is built, or `version` is "editable"."""
        if version != "editable" and not self._is_built():
            subprocess.run([sys.executable, "-m", "tools.page"], cwd=self.root, check=True)

    def _is_built(self) -> bool:
        return (Path(self.root) / BUILT).exists()
