"""A process that opens the store at argv[1] and counts in it without pause: prints every number once it is durable.

With the argument "idle" it only opens the store, with "leading" it leads a loop as well.
"""

import asyncio
import sys
from itertools import count

from bot.clock import SystemClock
from tests.store.opening import open_store


async def main(url: str, *, idle: bool, leading: bool) -> None:
    async with open_store(url) as store:
        if leading:
            await store.leases.acquire("janitor", "writing", now=SystemClock().now())
        for number in count(1):
            await store.installation.set("number", str(number))
            print(number, flush=True)  # noqa: T201 -- the test reads it
            if idle or leading:
                await asyncio.Event().wait()


asyncio.run(main(sys.argv[1], idle="idle" in sys.argv, leading="leading" in sys.argv))
