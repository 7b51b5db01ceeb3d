"""Measures how long something takes, whatever else the machine has to do."""

import time
from pathlib import Path
from typing import Final

THREADS: Final = Path("/proc/self/task")
"""A folder for each thread; its schedstat has the nanoseconds on a processor, then those waiting for one:
https://docs.kernel.org/scheduler/sched-stats.html"""


class Stopwatch:
    """Runs from the start, but not while threads of this process are ready to run and have no processor.

    On an idle machine it shows all the time that passes, and so it does where the system does not tell. On a busy one
    it may show less than what is waited for, because Linux lets those who sleep queue for a while.
    """

    def __init__(self) -> None:
        self._began = _running_time()

    @property
    def seconds(self) -> float:
        return max(0.0, _running_time() - self._began)


def _running_time() -> float:
    return time.perf_counter() - sum(map(_nanoseconds_without_processor, THREADS.glob("*"))) / 1e9


def _nanoseconds_without_processor(thread: Path) -> int:
    try:
        return int((thread / "schedstat").read_text(encoding="ascii").split()[1])
    except OSError:  # the thread has just ended, or the system does not tell
        return 0
