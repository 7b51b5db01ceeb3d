"""A process that writes to the store without pause, what it was told is written, and whether that is there."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess

from bot.store import Store
from tests.faults.bots import forkserver
from tests.store.random_activity import act_until_killed
from tests.store.rows import fetch_rows


class WritingProcess:
    """Random activity of a dozen members. What was acknowledged to it is told as `TABLE ID`."""

    def __init__(self, process: ForkServerProcess, told: Connection) -> None:
        self._process = process
        self._told = told

    def read_some(self, count: int) -> list[str]:
        """The next so many acknowledged writes; waits for them."""
        return [self._told.recv() for _ in range(count)]

    def read_all(self) -> list[str]:
        """All writes acknowledged so far that were not read yet."""
        told = []
        while self._told.poll():
            told.append(self._told.recv())
        return told

    def kill(self) -> list[str]:
        """Kill it as `kill -9` does. Returns what was acknowledged to it in the end."""
        self._process.kill()
        told = []
        with suppress(EOFError):
            while True:
                told.append(self._told.recv())
        self._process.join()
        return told


@contextmanager
def writing_process(url: str, seed: int) -> Iterator[WritingProcess]:
    """A process that writes to the database at `url`; it is killed at the end."""
    ours, theirs = forkserver().Pipe(duplex=False)
    process = forkserver().Process(target=act_until_killed, args=(url, seed, theirs))
    process.start()
    theirs.close()
    with ours:
        yield WritingProcess(process, ours)
        process.kill()
        process.join()


async def lost_writes(store: Store, told: Sequence[str]) -> list[str]:
    """Those of `told`, each as `TABLE ID`, that are not in the store."""
    kept = {f"tickets {key}" for (key,) in await fetch_rows(store, "SELECT id FROM tickets")}
    kept |= {f"matches {key}" for (key,) in await fetch_rows(store, "SELECT id FROM matches")}
    return [each for each in told if each not in kept]
