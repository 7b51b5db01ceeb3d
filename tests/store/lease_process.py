"""A process that leads or wants to, driven line by line over its standard input: `python -m tests.store.lease_process`.

Every command carries the number of seconds since `START`; the answer is a line.
"""

import asyncio
import sys
from datetime import timedelta
from pathlib import Path
from typing import Self

from bot.store import Fence, LostLease, Store
from bot.store.database import Statement
from bot.store.leases import write_fenced
from tests.clocks import START
from tests.store.opening import open_store

LEASE = "loop"


class LeaseProcess:
    """The other end: starts the process and sends it commands. Use it as an async context manager."""

    def __init__(self, database: Path, holder: str) -> None:
        self._arguments = ("-m", "tests.store.lease_process", str(database), holder)

    async def __aenter__(self) -> Self:
        pipe = asyncio.subprocess.PIPE
        self.process = await asyncio.create_subprocess_exec(sys.executable, *self._arguments, stdin=pipe, stdout=pipe)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()

    async def acquire(self, at: float) -> int | None:
        """The fence that the process gets at this time, or None."""
        answer = await self._ask(f"acquire {at}")
        return None if answer == "None" else int(answer)

    async def write(self, at: float) -> bool:
        """Whether the process can write under the fence that it got last."""
        return await self._ask(f"write {at}") == "written"

    async def release(self) -> None:
        await self._ask("release 0")

    def send(self, command: str) -> None:
        """Send a command without waiting for the answer, for a process that is frozen."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{command}\n".encode())

    async def answer(self) -> str:
        """The next answer."""
        assert self.process.stdout is not None
        async with asyncio.timeout(25):
            line = await self.process.stdout.readline()
        return line.decode().strip()

    async def _ask(self, command: str) -> str:
        self.send(command)
        return await self.answer()


async def obey(store: Store, holder: str) -> None:
    """Carry out commands until the standard input ends."""
    fence: Fence | None = None
    while line := await asyncio.to_thread(sys.stdin.readline):
        command, seconds = line.split()
        now = START + timedelta(seconds=float(seconds))
        if command == "acquire":
            fence = await store.leases.acquire(LEASE, holder, now=now)
            print(fence.number if fence else None, flush=True)  # noqa: T201 -- the answer
        elif command == "release":
            await store.leases.release(LEASE, holder)
            print("released", flush=True)  # noqa: T201 -- the answer
        else:
            assert fence is not None
            value = Statement(name="installation.set", values={"name": "writer", "value": holder})
            try:
                await write_fenced(store.database, fence, now, [value])
                print("written", flush=True)  # noqa: T201 -- the answer
            except LostLease:
                print("lost", flush=True)  # noqa: T201 -- the answer


async def main() -> None:
    async with open_store(f"sqlite:///{sys.argv[1]}") as store:
        await obey(store, sys.argv[2])


if __name__ == "__main__":
    asyncio.run(main())
