"""The built page is served from memory, in the browser's language and the smallest encoding that it accepts."""

import gzip
import json
from pathlib import Path

import pytest
from aiohttp.test_utils import make_mocked_request

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


async def test_one_document_for_each_language(browser: Browser) -> None:
    """Both addresses serve the same bytes to all who ask in a language, in every encoding."""
    plain = await browser.request("GET", "/j", headers={"Accept-Encoding": "identity"})
    zipped = await browser.request("GET", "/room", headers={"Accept-Encoding": "gzip"})
    assert (plain.status, zipped.headers["Content-Encoding"], zipped.headers["Vary"]) == (
        200,
        "gzip",
        "Accept-Encoding, Accept-Language",
    )
    assert gzip.decompress(zipped.body) == plain.body


async def test_assets_are_cached_forever(browser: Browser) -> None:
    """A file whose name contains its hash never changes; a file the build did not make does not exist."""
    path = next(iter(BuiltPage()._files))
    answer = await browser.request("GET", path)
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert (answer.status, answer.headers["Cache-Control"]) == (200, "public, max-age=31536000, immutable")
    assert (await browser.request("GET", f"{path}.map")).code == "not_found"


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """A folder with a page built in two languages and with one asset."""
    (tmp_path / "page.en.html").write_bytes(b"English")
    (tmp_path / "page.hu.html").write_bytes(b"Magyar")
    (tmp_path / "page.hu.html.gz").write_bytes(b"zipped Magyar")
    (tmp_path / "a.js").write_bytes(b"script")
    (tmp_path / "a.js.gz").write_bytes(b"zipped")
    documents = {
        "en": {"path": "page.en.html", "type": "text/html"},
        "hu": {"path": "page.hu.html", "gz": "page.hu.html.gz", "type": "text/html"},
    }
    files = {"/assets/a.js": {"path": "a.js", "gz": "a.js.gz", "type": "text/javascript"}}
    manifest = {"documents": documents, "files": files}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("accept_language", "accept_encoding", "body"),
    [
        ("", "", b"English"),
        ("en-US,en;q=0.9", "", b"English"),
        ("hu-HU,hu;q=0.9,en;q=0.8", "", b"Magyar"),
        ("hu", "gzip", b"zipped Magyar"),
        ("fr", "gzip", b"English"),
    ],
)
async def test_the_browser_chooses_the_document(
    build: Path, accept_language: str, accept_encoding: str, body: bytes
) -> None:
    """The document is in the language that the browser prefers, or in the default one."""
    headers = {"Accept-Language": accept_language, "Accept-Encoding": accept_encoding}
    response = await BuiltPage(build).serve_document(make_mocked_request("GET", "/j", headers))
    assert (response.body, response.headers["Vary"]) == (body, "Accept-Encoding, Accept-Language")


@pytest.mark.parametrize("manifest", [None, {"document": {}, "files": {}}, {"documents": {"hu": {}}, "files": {}}])
def test_not_built(tmp_path: Path, manifest: object) -> None:
    """Without a manifest, or with one that lacks the default language, it says how to build the page."""
    if manifest is not None:
        (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(NotBuilt, match="make install"):
        BuiltPage(tmp_path)


def test_manifest_is_read(build: Path) -> None:
    """Exactly the files that the manifest names are read, each with the encodings it has."""
    [file] = BuiltPage(build)._files.values()
    assert file == BuiltFile(content_type="text/javascript", bodies={"": b"script", "gzip": b"zipped"})
