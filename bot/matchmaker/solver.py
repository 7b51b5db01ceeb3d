"""Solves matching problems; large ones in a process of its own, for the library lets nothing else run meanwhile.

The process lives as long as its standard input is open, so it ends with us however we end.
"""

import asyncio
import logging
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from io import BytesIO
from typing import BinaryIO, Final

import numpy as np

from bot.matching.assignment import AssignmentProblem, solve_assignment
from bot.matching.fit_table import Ints

SMALL: Final = 100  # so many tickets are solved here, within a few milliseconds
SIZE_BYTES: Final = 8

log = logging.getLogger(__name__)


class Solver:
    """Solves one problem at a time."""

    def __init__(self, *, small: int = SMALL) -> None:
        self._small = small
        self._process: Process | None = None

    async def solve(self, problem: AssignmentProblem) -> Ints:
        """Which of the possible pairs are made, as `bot.matching.assignment.solve_assignment` says it."""
        if len(problem) <= self._small:
            return solve_assignment(problem)
        try:
            return await self._ask(problem)
        except (OSError, EOFError) as lost:
            log.warning("the process that solves large problems is gone (%s); this one is solved here", lost)
            self._process = None
            return await asyncio.to_thread(solve_assignment, problem)

    async def _ask(self, problem: AssignmentProblem) -> Ints:
        process = self._process = self._process or await _start()
        assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018 -- both are pipes
        process.stdin.write(_sized(_packed(problem)))
        await process.stdin.drain()
        size = int.from_bytes(await process.stdout.readexactly(SIZE_BYTES))
        return np.frombuffer(await process.stdout.readexactly(size), np.int64)

    async def close(self) -> None:
        """Let the process end; again changes nothing."""
        process, self._process = self._process, None
        if process is not None and process.stdin is not None:
            process.stdin.close()
            await process.wait()


async def _start() -> Process:
    command = (sys.executable, "-m", __spec__.name)
    return await asyncio.create_subprocess_exec(
        *command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, start_new_session=True
    )


def _sized(data: bytes) -> bytes:
    return len(data).to_bytes(SIZE_BYTES) + data


def _packed(problem: AssignmentProblem) -> bytes:
    file = BytesIO()
    np.savez(file, **{name: getattr(problem, name) for name in AssignmentProblem.__slots__})
    return file.getvalue()


def serve(questions: BinaryIO, answers: BinaryIO) -> None:
    """Answer one problem after the other, until there are no more."""
    while size := questions.read(SIZE_BYTES):
        packed = BytesIO(questions.read(int.from_bytes(size)))
        with np.load(packed, allow_pickle=False) as arrays:
            chosen = solve_assignment(AssignmentProblem(**arrays))
        answers.write(_sized(chosen.tobytes()))
        answers.flush()


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
