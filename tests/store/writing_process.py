"""A process that opens the store at argv[1] and counts in it without pause: prints every number once it is durable.

With the argument "idle" it only opens the store.
"""

import asyncio
import sys
from itertools import count

from bot.store import open_store


async def main(url: str, *, idle: bool) -> None:
    async with open_store(url) as store:
        for number in count(1):
            await store.installation.set("number", str(number))
            print(number, flush=True)  # noqa: T201 -- the test reads it
            if idle:
                await asyncio.Event().wait()


asyncio.run(main(sys.argv[1], idle="idle" in sys.argv))
