"""Which node builds the page, which files it is built from, and that a language is one file."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.added_language import CODE, MARK, add_language
from tools import page

InstallPrograms = Callable[..., None]


@pytest.fixture
def install_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> InstallPrograms:
    """Puts programs, each printing a given text, onto an otherwise empty PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))

    def install(**outputs: str) -> None:
        for name, text in outputs.items():
            (tmp_path / name).write_text(f"#!/bin/sh\necho {text}\n")
            (tmp_path / name).chmod(0o755)

    return install


@pytest.mark.parametrize(
    ("outputs", "is_used"),
    [
        ({"node": "v20.0.0", "npm": "10"}, True),
        ({"node": "v24.19.0", "npm": "11"}, True),
        ({"node": "v18.20.4", "npm": "10"}, False),
        ({"node": "v20.0.0"}, False),
        ({"node": "nonsense", "npm": "10"}, False),
        ({}, False),
    ],
)
def test_node_on_the_path(install_programs: InstallPrograms, outputs: dict[str, str], is_used: bool) -> None:
    """Node 20 or newer is used if npm is there too."""
    install_programs(**outputs)
    assert (page.node_on_path() is not None) == is_used


def test_source_files() -> None:
    """The page is built from its own files and the texts, but not from what the build generates."""
    files = page.source_files()
    assert page.PAGE / "main.js" in files
    assert page.ROOT / "bot" / "words" / "en.json" in files
    assert not any({"dist", "node_modules"} & set(file.parts) for file in files)


def test_one_file_adds_a_language(tmp_path: Path) -> None:
    """Each catalogue has a document in its language, with its texts for the scripts; all share the other files."""
    words, dist = tmp_path / "words", tmp_path / "dist"
    words.mkdir()
    add_language(words)
    _change_text(words / f"{CODE}.json", "never_record", "</script><!--")
    page.run_in_page("node", "build.mjs", "--words", str(words), "--dist", str(dist))
    manifest = json.loads((dist / "manifest.json").read_text(encoding="utf-8"))
    assert list(manifest["documents"]) == ["en", CODE]
    for language, entry in manifest["documents"].items():
        document = (dist / entry["path"]).read_text(encoding="utf-8")
        [data_block] = re.findall(r'<script type="application/json" id="texts">(.*?)</script>', document)
        catalogue = json.loads((words / f"{language}.json").read_text(encoding="utf-8"))
        assert json.loads(data_block) == {
            "page": catalogue["page"],
            "internal": catalogue["problems"]["internal"],
            "server_codes": list(catalogue["problems"]),
        }
        assert (f'<html lang="{language}">' in document, f"<h1>{MARK}" in document) == (True, language == CODE)
        imported = re.findall(r'from"\./(chunk-\w+\.js)"', _script_of(document, dist))
        assert imported
        assert re.findall(r'rel="modulepreload" href="/assets/(.*?)"', document) == imported
    scripts = "".join((dist / file["path"]).read_text(encoding="utf-8") for file in manifest["files"].values())
    assert "Nothing is recorded." not in scripts


def _script_of(document: str, dist: Path) -> str:
    """The script that a document loads."""
    [name] = re.findall(r'<script type="module" src="/assets/(.*?)"', document)
    script: str = (dist / name).read_text(encoding="utf-8")
    return script


def _change_text(file: Path, name: str, text: str) -> None:
    """Replace a text of the page."""
    catalogue = json.loads(file.read_text(encoding="utf-8"))
    catalogue["page"][name] = text
    file.write_text(json.dumps(catalogue), encoding="utf-8")
