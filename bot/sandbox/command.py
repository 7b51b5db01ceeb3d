"""`heybuddy sandbox`: start everything, print the addresses, and stop on a signal."""

import asyncio
import json
import os
import sys
from dataclasses import asdict

from bot import exit_status, log
from bot.process import CannotStart, stop_on_signals
from bot.sandbox.example_server import MAX_STUDENTS, MIN_STUDENTS
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.settings import Ports, Secrets, choose_ports
from bot.sandbox.shifted_clock import ShiftedClock
from bot.sandbox.start import running_sandbox

DEFAULT_STUDENTS = 4


def main(*, port: int | None = None, students: int = DEFAULT_STUDENTS, as_json: bool = False) -> int:
    """Run until a signal. Returns 0 if stopped by one, 2 if it cannot start; then standard error says why.

    `port` is the page's: None for 8765 or, if that is taken, any free one; 0 for any free one.
    """
    if not MIN_STUDENTS <= students <= MAX_STUDENTS:
        return _print_refusal(f"--students takes a number from {MIN_STUDENTS} to {MAX_STUDENTS}.")
    try:
        ports = choose_ports(port)
    except OSError as error:
        return _print_refusal(f"The sandbox can't start: {log.describe_error(error)}.")
    secrets = Secrets.generate(ShiftedClock())
    log.configure_logging(level="warning", output_format="text", secrets=(secrets.token, secrets.session))
    try:
        asyncio.run(_run_until_stopped(ports, secrets, students, as_json=as_json))
    except CannotStart as error:
        return _print_refusal(str(error))
    return exit_status.DONE


def _print_refusal(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return exit_status.NOT_DONE


async def _run_until_stopped(ports: Ports, secrets: Secrets, students: int, *, as_json: bool) -> None:
    stop = stop_on_signals()
    async with running_sandbox(
        ports=ports,
        secrets=secrets,
        students=students,
        environment=os.environ,
        clock=ShiftedClock(),
        report_progress=_print_progress,
    ) as sandbox:
        sys.stdout.write(_addresses_as_json(sandbox) if as_json else _addresses_as_text(sandbox))
        sys.stdout.flush()
        await stop.wait()


def _print_progress(step: str) -> None:
    sys.stderr.write(f"{step} …\n")


def _addresses_as_json(sandbox: Sandbox) -> str:
    return json.dumps(asdict(sandbox.addresses)) + "\n"


def _addresses_as_text(sandbox: Sandbox) -> str:
    return (
        f"\n  Open {sandbox.addresses.sandbox}\n\n"
        f"  Two students and an admin are waiting. Video: {sandbox.video.status.text}.\n"
        "  Ctrl-C stops it, and nothing is kept.\n\n"
    )
