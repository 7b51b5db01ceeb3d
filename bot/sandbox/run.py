"""What `heybuddy sandbox` does: start everything, say where it is, and end with a signal."""

import asyncio
import json
import os
import sys
from dataclasses import asdict

from bot import log
from bot.clock import SystemClock
from bot.process import CannotStart, stop_on_signals
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.settings import Ports, Secrets, choose_ports
from bot.sandbox.start import running
from bot.sandbox.study_hall import FEWEST, MOST

DONE, CANNOT = 0, 2
USUAL_STUDENTS = 4


def main(*, port: int | None = None, students: int = USUAL_STUDENTS, as_json: bool = False) -> int:
    """Run until a signal. Exit status: 0 stopped as asked, 2 it cannot start, with one sentence on standard error.

    `port` is the page's: None for 8765 or, if that is taken, any free one; 0 for any free one.
    """
    if not FEWEST <= students <= MOST:
        return _refuse(f"--students takes a number from {FEWEST} to {MOST}.")
    secrets = Secrets.fresh(SystemClock())
    log.configure_logging(level="warning", output_format="text", secrets=(secrets.token, secrets.session))
    try:
        asyncio.run(_until_stopped(choose_ports(port), secrets, students, as_json=as_json))
    except CannotStart as cannot:
        return _refuse(str(cannot))
    return DONE


def _refuse(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return CANNOT


async def _until_stopped(ports: Ports, secrets: Secrets, students: int, *, as_json: bool) -> None:
    stop = stop_on_signals()
    clock = SystemClock()
    async with running(
        ports=ports, secrets=secrets, students=students, environment=os.environ, clock=clock, say=_progress
    ) as sandbox:
        sys.stdout.write(_as_json(sandbox) if as_json else _as_text(sandbox))
        sys.stdout.flush()
        await stop.wait()


def _progress(what: str) -> None:
    sys.stderr.write(f"{what} …\n")


def _as_json(sandbox: Sandbox) -> str:
    return json.dumps(asdict(sandbox.addresses)) + "\n"


def _as_text(sandbox: Sandbox) -> str:
    return (
        f"\n  Open {sandbox.addresses.sandbox}\n\n"
        f"  Two students and an admin wait there, with the bot, its page and video: {sandbox.video.light.words}.\n"
        "  Nothing is kept when you stop it with Ctrl-C.\n\n"
    )
