"""Signals of the test's own process."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from bot.process import STOPS_BY


@contextmanager
def restoring_signals() -> Iterator[None]:
    """Let signals do afterwards what they did before: some commands change that for their process."""
    handlers = {number: signal.getsignal(number) for number in STOPS_BY}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)
