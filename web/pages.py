"""The built page: one document at `/j` and `/room`, and the files it names. Nothing else is ever served from disk."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from web.problems import HttpProblem

BUILT = Path(__file__).parent / "page" / "dist"
FOREVER = "public, max-age=31536000, immutable"
REFUSED = re.compile(r";q=0(\.0*)?$")  # a weight of nothing


class NotBuilt(Exception):
    """The page has not been built. Run `make install`, or install Hey Buddy from its package."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BuiltFile:
    """One file in its encodings; "" is the plain one."""

    content_type: str
    bodies: Mapping[str, bytes]

    def best(self, accepted: str) -> tuple[str, bytes]:
        """The smallest encoding that the header Accept-Encoding allows, and its bytes."""
        offered = {part for part in accepted.lower().replace(" ", "").split(",") if not REFUSED.search(part)}
        names = {part.partition(";")[0] for part in offered}
        encoding = next((name for name in ("br", "gzip") if name in names and name in self.bodies), "")
        return encoding, self.bodies[encoding]


class Pages:
    """The built page in memory."""

    def __init__(self, built: Path = BUILT) -> None:
        """Read the files that the build's manifest names; raises NotBuilt where there is none."""
        try:
            manifest = json.loads((built / "manifest.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise NotBuilt(NotBuilt.__doc__) from None
        self._files = {address: _read(built, entry) for address, entry in manifest["files"].items()}
        self._document = _read(built, manifest["document"])

    async def document(self, request: web.Request) -> web.Response:
        """The same bytes for everybody."""
        return _respond(self._document, request)

    async def asset(self, request: web.Request) -> web.Response:
        """A file with a hash in its name."""
        file = self._files.get(request.path)
        if file is None:
            raise HttpProblem("not_found")
        response = _respond(file, request)
        response.headers["Cache-Control"] = FOREVER
        return response


def _read(built: Path, entry: Mapping[str, str]) -> BuiltFile:
    names = {"": entry["path"], "br": entry.get("br"), "gzip": entry.get("gz")}
    bodies = {encoding: (built / name).read_bytes() for encoding, name in names.items() if name}
    return BuiltFile(content_type=entry["type"], bodies=bodies)


def _respond(file: BuiltFile, request: web.Request) -> web.Response:
    encoding, content = file.best(request.headers.get("Accept-Encoding", ""))
    headers = {"Content-Type": file.content_type, "Vary": "Accept-Encoding"}
    if encoding:
        headers["Content-Encoding"] = encoding
    return web.Response(body=content, headers=headers)
