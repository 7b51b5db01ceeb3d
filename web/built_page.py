"""The built page: a document per language at `/j` and `/room`, and the files its manifest names. No other is served."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from bot.words import DEFAULT_LANGUAGE
from web.accept_language import preferred_language
from web.problems import HttpProblem

BUILD_FOLDER = Path(__file__).parent / "page" / "dist"
CACHE_FOREVER = "public, max-age=31536000, immutable"
ZERO_WEIGHT = re.compile(r";q=0(\.0*)?$")  # an encoding the browser refuses


class NotBuilt(Exception):
    """The page has not been built for this version. Run `make install`, or install Hey Buddy from its package."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BuiltFile:
    """One file in all its encodings; the key "" is the plain one."""

    content_type: str
    bodies: Mapping[str, bytes]

    def best_encoding(self, accept_encoding: str) -> str:
        """The smallest encoding that the header Accept-Encoding allows; "" is the plain file."""
        offered = accept_encoding.lower().replace(" ", "").split(",")
        names = {part.partition(";")[0] for part in offered if not ZERO_WEIGHT.search(part)}
        return next((name for name in ("br", "gzip") if name in names and name in self.bodies), "")


class BuiltPage:
    """Serves the page from memory."""

    def __init__(self, folder: Path = BUILD_FOLDER) -> None:
        """Read all files that the manifest in `folder` names.

        Raises NotBuilt if there is no manifest, or one without a document in the default language.
        """
        try:
            manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise NotBuilt(NotBuilt.__doc__) from None
        if DEFAULT_LANGUAGE not in manifest.get("documents", {}):
            raise NotBuilt(NotBuilt.__doc__)
        self._files = {path: _read_file(folder, entry) for path, entry in manifest["files"].items()}
        self._documents = {code: _read_file(folder, entry) for code, entry in manifest["documents"].items()}

    def is_document(self, body: bytes) -> bool:
        """Whether `body` is the page, in any language."""
        return any(body == document.bodies[""] for document in self._documents.values())

    async def serve_document(self, request: web.Request) -> web.Response:
        """Answer with the document in the language that the browser prefers: the same bytes for all who get it."""
        language = preferred_language(request.headers.get("Accept-Language", ""), self._documents)
        response = _respond(self._documents[language], request)
        response.headers["Vary"] = "Accept-Encoding, Accept-Language"
        return response

    async def serve_asset(self, request: web.Request) -> web.Response:
        """Answer with a file whose name contains its hash, cached forever; raises HttpProblem `not_found`."""
        file = self._files.get(request.path)
        if file is None:
            raise HttpProblem("not_found")
        response = _respond(file, request)
        response.headers["Cache-Control"] = CACHE_FOREVER
        return response


def _read_file(folder: Path, entry: Mapping[str, str]) -> BuiltFile:
    names = {"": entry["path"], "br": entry.get("br"), "gzip": entry.get("gz")}
    bodies = {encoding: (folder / name).read_bytes() for encoding, name in names.items() if name}
    return BuiltFile(content_type=entry["type"], bodies=bodies)


def _respond(file: BuiltFile, request: web.Request) -> web.Response:
    encoding = file.best_encoding(request.headers.get("Accept-Encoding", ""))
    headers = {"Content-Type": file.content_type, "Vary": "Accept-Encoding"}
    if encoding:
        headers["Content-Encoding"] = encoding
    return web.Response(body=file.bodies[encoding], headers=headers)
