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


def stop_ignoring_signals() -> None:
    """Handle the signals that this process ignores, by doing nothing: its children do not ignore them then."""
    for number in STOPS_BY:
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, lambda *_: None)
