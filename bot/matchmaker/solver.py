"""Solve assignment problems; large ones in a process of their own, because the library holds the GIL while it solves.

The process runs while its standard input is open, so it ends with this process, even if this one is killed.
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

SMALL_PROBLEM: Final = 100  # tickets; up to here solving takes a few milliseconds
LENGTH_PREFIX_BYTES: Final = 8

log = logging.getLogger(__name__)


class Solver:
    """Solves one problem at a time. Problems of up to `small` tickets are solved in this process."""

    def __init__(self, *, small: int = SMALL_PROBLEM) -> None:
        self._small = small
        self._process: Process | None = None

    async def solve(self, problem: AssignmentProblem) -> Ints:
        """The indices of the chosen pairs, exactly as `bot.matching.assignment.solve_assignment` returns them.

        Starts the solver process when needed. If it has died, solves in a thread and logs a warning.
        """
        if len(problem) <= self._small:
            return solve_assignment(problem)
        try:
            return await self._solve_in_process(problem)
        except (OSError, EOFError) as lost:
            log.warning("the solver process is gone (%s); solving this problem in the main process", lost)
            self._process = None
            return await asyncio.to_thread(solve_assignment, problem)

    async def _solve_in_process(self, problem: AssignmentProblem) -> Ints:
        process = self._process = self._process or await _start_process()
        assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018 -- both are pipes
        process.stdin.write(_with_length(_packed(problem)))
        await process.stdin.drain()
        size = int.from_bytes(await process.stdout.readexactly(LENGTH_PREFIX_BYTES))
        return np.frombuffer(await process.stdout.readexactly(size), np.int64)

    async def close(self) -> None:
        """End the solver process; closing again changes nothing."""
        process, self._process = self._process, None
        if process is not None and process.stdin is not None:
            process.stdin.close()
            await process.wait()


async def _start_process() -> Process:
    command = (sys.executable, "-m", __spec__.name)
    return await asyncio.create_subprocess_exec(
        *command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, start_new_session=True
    )


def _with_length(data: bytes) -> bytes:
    return len(data).to_bytes(LENGTH_PREFIX_BYTES) + data


def _packed(problem: AssignmentProblem) -> bytes:
    file = BytesIO()
    np.savez(file, **{name: getattr(problem, name) for name in AssignmentProblem.__slots__})
    return file.getvalue()


def serve(requests: BinaryIO, responses: BinaryIO) -> None:
    """Solve each problem read from `requests` and write its solution to `responses`, until `requests` ends."""
    while size := requests.read(LENGTH_PREFIX_BYTES):
        packed = BytesIO(requests.read(int.from_bytes(size)))
        with np.load(packed, allow_pickle=False) as arrays:
            chosen = solve_assignment(AssignmentProblem(**arrays))
        responses.write(_with_length(chosen.tobytes()))
        responses.flush()


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
