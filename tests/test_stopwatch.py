"""The stopwatch of the tests: a busy machine does not make it go faster."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.stopwatch import THREADS, Stopwatch

WORK, OTHERS = 0.1, 3
BUSY = "import os, sys; os.sched_setaffinity(0, {int(sys.argv[1])}); print(flush=True)\nwhile True: pass"


def system_tells() -> bool:
    """Whether the system counts how long a thread has run and waited. Else there is no file, or only zeros."""
    told = THREADS / str(os.getpid()) / "schedstat"
    return told.exists() and not told.read_text(encoding="ascii").startswith("0 ")


pytestmark = pytest.mark.skipif(not system_tells(), reason="the system does not tell how long threads wait")


@pytest.fixture
def crowded_processor() -> Iterator[None]:
    """This process shares one processor with others that are always busy."""
    allowed = os.sched_getaffinity(0)
    number = min(allowed)
    with ExitStack() as stack:
        for _ in range(OTHERS):
            busy = subprocess.Popen([sys.executable, "-c", BUSY, str(number)], stdout=subprocess.PIPE)
            stack.enter_context(busy)
            stack.callback(busy.kill)
            assert busy.stdout is not None
            busy.stdout.readline()
        os.sched_setaffinity(0, {number})
        stack.callback(os.sched_setaffinity, 0, allowed)
        yield


@pytest.mark.usefixtures("crowded_processor")
def test_others_cost_no_time() -> None:
    """It shows what the work takes, and what is waited for, as if nothing else ran."""
    watch, began, end = Stopwatch(), time.perf_counter(), time.process_time() + WORK
    while time.process_time() < end:
        pass
    passed, shown = time.perf_counter() - began, watch.seconds
    assert WORK * 0.9 <= shown < 2 * WORK < passed
