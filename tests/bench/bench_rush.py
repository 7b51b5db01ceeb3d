"""A rush: 300 members ask for a partner within seconds, against Discord's own limits.

`python -m tests.bench.bench_rush` prints one JSON object per row: name, value, unit, must. `heybuddy run` runs in a
process of its own. The ceiling is what Discord's fifty requests a second allow: one request for each message, and one
more where its channel has to be opened first.
"""

import asyncio
import json
import re
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bot.clock import SystemClock
from bot.sandbox.discord.fake_discord import FakeDiscord, Person
from bot.sandbox.discord.rate_limits import GLOBAL_LIMIT
from bot.sandbox.discord.user_actions import NoResponse
from bot.sandbox.example_server import create_example_server, set_up_bot
from tests.faults.bots import TOKEN, running_bot
from tests.store.opening import open_store
from tests.store.scenario import agree_to_rules

CLOCK = SystemClock()
MEMBERS = 300
GIVE_UP_AFTER = 120.0  # seconds
LINK = re.compile(r"/j#[\w-]{43}")


@dataclass(frozen=True, kw_only=True)
class Rush:
    """`bursts`: how many members come in each, and the seconds they take; between two bursts, `pause` seconds."""

    name: str
    bursts: int
    seconds: float
    pause: float = 0.0
    channels_known: bool

    @property
    def ceiling(self) -> float:
        """The seconds in which a bot that sends fifty requests a second from the first command on is done."""
        requests = MEMBERS * (1 if self.channels_known else 2)
        return max(requests / GLOBAL_LIMIT, (self.bursts - 1) * self.pause + requests / self.bursts / GLOBAL_LIMIT)


RUSHES = (
    Rush(name="300 in 3 s, channels known", bursts=1, seconds=3.0, channels_known=True),
    Rush(name="300 in 3 s, channels new", bursts=1, seconds=3.0, channels_known=False),
    Rush(name="two bursts of 150, channels known", bursts=2, seconds=1.0, pause=5.0, channels_known=True),
    Rush(name="two bursts of 150, channels new", bursts=2, seconds=1.0, pause=5.0, channels_known=False),
)


@asynccontextmanager
async def crowded_server(
    database: Path, *, channels_known: bool
) -> AsyncIterator[tuple[FakeDiscord, Sequence[Person]]]:
    """A server that is set up, with 300 students."""
    fake_discord = FakeDiscord(clock=CLOCK, token=TOKEN)
    await fake_discord.start()
    try:
        server = create_example_server(fake_discord, students=0)
        people = [fake_discord.add_person(f"Student{number}") for number in range(MEMBERS)]
        async with open_store(f"sqlite:///{database}") as store:
            await set_up_bot(fake_discord, server, store)
            for person in people:
                await agree_to_rules(store, fake_discord.guild_id, person.id, CLOCK.now())
            if channels_known:
                for person in people:
                    await store.members.save_dm_channel(person.id, fake_discord.direct_channel_id(person), CLOCK.now())
        yield fake_discord, people
    finally:
        await fake_discord.stop()


async def come(fake_discord: FakeDiscord, people: Sequence[Person], rush: Rush) -> int:
    """Let everybody call `/study now`; returns how many got no answer within three seconds."""
    channel = next(iter(fake_discord.backend.get_guild(fake_discord.guild_id).channel_ids))
    size = MEMBERS // rush.bursts

    async def ask(number: int, person: Person) -> bool:
        burst, place = divmod(number, size)
        await CLOCK.sleep(burst * rush.pause + place * rush.seconds / size)
        try:
            await fake_discord.call_command(person, channel, "study now")
        except NoResponse:
            return False
        return True

    answered = await asyncio.gather(*(ask(number, person) for number, person in enumerate(people)))
    return answered.count(False)


async def measure(rush: Rush) -> None:
    """Play one rush and print its rows."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "store.db"
        async with crowded_server(database, channels_known=rush.channels_known) as (fake_discord, people):
            told_at: dict[str, float] = {}
            direct = {str(fake_discord.direct_channel_id(person)) for person in people}
            all_told = asyncio.Event()

            def notice(event: dict[str, object]) -> None:
                text = str(event.get("message", ""))
                if LINK.search(text):
                    told_at.setdefault(str(event["message"]["channel_id"]), time.perf_counter())  # type: ignore[index]
                if direct <= told_at.keys():
                    all_told.set()

            fake_discord.add_listener(notice)
            async with running_bot(fake_discord, Path(folder), f"sqlite:///{database}"):
                refused_before, began = fake_discord.limits.refused, time.perf_counter()
                unanswered = await come(fake_discord, people, rush)
                with suppress(TimeoutError):
                    await asyncio.wait_for(all_told.wait(), GIVE_UP_AFTER)
            told = [told_at[channel] - began for channel in direct if channel in told_at]
            refused = fake_discord.limits.refused - refused_before
            requests = MEMBERS * (1 if rush.channels_known else 2) + refused
            rows = [
                ("commands without an answer", unanswered, "commands", 0),
                ("members without a link by direct message", MEMBERS - len(told), "members", 0),
                ("requests refused", refused, f"of {requests} requests", requests // 100),
                ("last link", round(max(told), 2), "s", round(1.3 * rush.ceiling, 2)),
            ]
            for name, value, unit, must in rows:
                print_row(f"{rush.name}: {name}", value, unit, must)


def print_row(name: str, value: float, unit: str, must: float) -> None:
    """Print one row."""
    print(json.dumps({"name": name, "value": value, "unit": unit, "must": must}), flush=True)  # noqa: T201 -- a bench speaks by printing


async def main() -> None:
    """Measure and print."""
    for rush in RUSHES:
        await measure(rush)


if __name__ == "__main__":
    asyncio.run(main())
