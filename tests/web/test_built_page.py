"""The built page is served from memory, in the smallest encoding the browser accepts."""

import gzip
import json
from pathlib import Path

import pytest

from tests.web.browsers import Browser
from web.built_page import BuiltFile, BuiltPage, NotBuilt

FILE = BuiltFile(content_type="text/html", bodies={"": b"plain", "br": b"b", "gzip": b"gz"})
WITHOUT_BROTLI = BuiltFile(content_type="text/html", bodies={"": b"plain", "gzip": b"gz"})


@pytest.mark.parametrize(
    ("file", "accept_encoding", "encoding"),
    [
        (FILE, "", ""),
        (FILE, "identity", ""),
        (FILE, "gzip", "gzip"),
        (FILE, "gzip, deflate, br", "br"),
        (FILE, "GZIP, BR", "br"),
        (FILE, "gzip;q=1.0, br;q=0.5", "br"),
        (FILE, "gzip, br;q=0", "gzip"),
        (FILE, "gzip;q=0.0, br;q=0.000", ""),
        (FILE, "gzip;q=0.001", "gzip"),
        (FILE, "zstd", ""),
        (WITHOUT_BROTLI, "br", ""),
        (WITHOUT_BROTLI, "br, gzip", "gzip"),
    ],
)
def test_best_encoding(file: BuiltFile, accept_encoding: str, encoding: str) -> None:
    """Brotli before gzip before plain; an encoding with weight zero is refused."""
    assert file.best_encoding(accept_encoding) == encoding


async def test_one_document(browser: Browser) -> None:
    """Both addresses serve the same bytes, in every encoding."""
    plain = await browser.request("GET", "/j", headers={"Accept-Encoding": "identity"})
    zipped = await browser.request("GET", "/room", headers={"Accept-Encoding": "gzip"})
    assert (plain.status, zipped.headers["Content-Encoding"], zipped.headers["Vary"]) == (
        200,
        "gzip",
        "Accept-Encoding",
    )
    assert gzip.decompress(zipped.body) == plain.body


async def test_assets_are_cached_forever(browser: Browser) -> None:
    """A file whose name contains its hash never changes; a file the build did not make does not exist."""
    path = next(iter(BuiltPage()._files))
    answer = await browser.request("GET", path)
    assert (answer.status, answer.headers["Cache-Control"]) == (200, "public, max-age=31536000, immutable")
    assert (await browser.request("GET", f"{path}.map")).code == "not_found"


def test_not_built(tmp_path: Path) -> None:
    """Without a manifest it says how to build the page."""
    with pytest.raises(NotBuilt, match="make install"):
        BuiltPage(tmp_path)


def test_manifest_is_read(tmp_path: Path) -> None:
    """Exactly the files that the manifest names are read, each with the encodings it has."""
    (tmp_path / "index.html").write_bytes(b"document")
    (tmp_path / "a.js").write_bytes(b"script")
    (tmp_path / "a.js.gz").write_bytes(b"zipped")
    files = {"/assets/a.js": {"path": "a.js", "gz": "a.js.gz", "type": "text/javascript"}}
    manifest = {"document": {"path": "index.html", "type": "text/html"}, "files": files}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    [file] = BuiltPage(tmp_path)._files.values()
    assert file == BuiltFile(content_type="text/javascript", bodies={"": b"script", "gzip": b"zipped"})
