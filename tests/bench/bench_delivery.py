"""1,000 matches are delivered against Discord's own limits: how near to its ceiling that comes.

`python -m tests.bench.bench_delivery` prints one JSON object per row: name, value, unit, baseline, ratio, must, aim.
The ceiling is what fifty requests a second allow: 25 matches, or 12.5 where each member's channel has to be opened
first. `heybuddy run` runs in a process of its own.
"""

import asyncio
import json
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from bot.clock import SystemClock
from bot.sandbox.discord.fake_discord import FakeDiscord
from bot.sandbox.discord.rate_limits import GLOBAL_LIMIT
from bot.sandbox.example_server import create_example_server, set_up_bot
from tests.faults.bots import TOKEN, running_bot
from tests.store.opening import open_store
from tests.store.scenario import Scenario

CLOCK = SystemClock()
MATCHES = 1_000
GIVE_UP_AFTER = 240.0  # seconds
MUST, AIM = 0.90, 0.98


async def fill_outbox(fake_discord: FakeDiscord, database: Path, *, channels_known: bool) -> set[str]:
    """Match 2,000 members; returns the ids of their direct channels."""
    people = [fake_discord.add_person(f"Student{number}") for number in range(2 * MATCHES)]
    async with open_store(f"sqlite:///{database}") as store:
        await set_up_bot(fake_discord, create_example_server(fake_discord, students=0), store)
        scenario = Scenario(store, CLOCK)  # type: ignore[arg-type]  # it moves no time here
        if channels_known:
            for person in people:
                await store.members.save_dm_channel(person.id, fake_discord.direct_channel_id(person), CLOCK.now())
        for first, second in zip(people[::2], people[1::2], strict=True):
            await scenario.matched(first.id, second.id)
    return {str(fake_discord.direct_channel_id(person)) for person in people}


async def measure(*, channels_known: bool) -> None:
    """Deliver everything and print the rows."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "store.db"
        fake_discord = FakeDiscord(clock=CLOCK, token=TOKEN)
        await fake_discord.start()
        direct = await fill_outbox(fake_discord, database, channels_known=channels_known)
        told_at: dict[str, float] = {}
        all_told = asyncio.Event()

        def notice(event: dict[str, object]) -> None:
            channel = event["message"]["channel_id"] if "message" in event else ""  # type: ignore[index]
            if channel in direct:
                told_at.setdefault(channel, time.perf_counter())
            if len(told_at) == len(direct):
                all_told.set()

        fake_discord.add_listener(notice)
        try:
            async with running_bot(fake_discord, Path(folder), f"sqlite:///{database}"):
                refused_before = fake_discord.limits.refused
                with suppress(TimeoutError):
                    await asyncio.wait_for(all_told.wait(), GIVE_UP_AFTER)
                refused = fake_discord.limits.refused - refused_before
        finally:
            await fake_discord.stop()
        print_rows(sorted(told_at.values()), refused, channels_known=channels_known)


def print_rows(told: list[float], refused: int, *, channels_known: bool) -> None:
    """The rate is counted from the first message to the last."""
    name = f"1,000 matches, channels {'known' if channels_known else 'new'}"
    ceiling = GLOBAL_LIMIT / (2 if channels_known else 4)
    rate = (len(told) - 1) / 2 / (told[-1] - told[0])
    rows = [
        {"name": f"{name}: members without a message", "value": 2 * MATCHES - len(told), "unit": "members", "must": 0},
        {"name": f"{name}: requests refused", "value": refused, "unit": "requests", "must": 0},
        {
            "name": f"{name}: rate",
            "value": round(rate, 2),
            "unit": "matches/s",
            "baseline": ceiling,
            "ratio": round(rate / ceiling, 3),
            "must": MUST,
            "aim": AIM,
        },
    ]
    for row in rows:
        print(json.dumps(row), flush=True)  # noqa: T201 -- a bench speaks by printing


async def main() -> None:
    """Measure and print."""
    for channels_known in (True, False):
        await measure(channels_known=channels_known)


if __name__ == "__main__":
    asyncio.run(main())
