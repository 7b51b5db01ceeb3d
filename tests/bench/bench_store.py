"""Redemptions in the store, 64 callers at once, beside the same statements through the standard `sqlite3` module.

`python -m tests.bench.bench_store` prints one row as JSON: medians over rounds, both sides in turn, each on a fresh
file and with every redemption answered only after its durable commit.
"""

import argparse
import asyncio
import json
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Collection, Sequence
from contextlib import closing
from pathlib import Path
from typing import cast

from bot.clock import new_id
from bot.domain.invitation import digest
from bot.store import Fence, open_store, queries
from bot.store.database import Database, Row, Statement
from bot.store.invitations import Invitation, Invitations, NewBrowserSession
from tests.clocks import VirtualClock
from tests.store.scenario import Scenario

CALLERS = 64
MUST, AIM = 2.5, 4.0


class Recorder:
    """An database that carries nothing out and keeps the lists it is given."""

    def __init__(self) -> None:
        self.lists: list[Sequence[Statement]] = []

    async def write(self, statements: Sequence[Statement], *, notify: Collection[str] = ()) -> Sequence[Sequence[Row]]:
        del notify
        self.lists.append(statements)
        return []


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Redemptions in the store.")
    parser.add_argument("--redemptions", type=int, default=4096, help="on each side, in each round")
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    rounds = [_round(asked.redemptions) for _ in range(asked.rounds)]
    row = {
        "name": f"redemptions in the store, {CALLERS} callers at once",
        "value": round(statistics.median(ours for ours, _ in rounds)),
        "unit": "1/s",
        "baseline": round(statistics.median(plain for _, plain in rounds)),
        "ratio": round(statistics.median(ours / plain for ours, plain in rounds), 2),
        "must": MUST,
        "aim": AIM,
    }
    print(json.dumps(row))  # noqa: T201 -- this is what it is for


def _round(redemptions: int) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        plain = asyncio.run(_plainly(Path(folder, "plain.db"), redemptions))
        ours = asyncio.run(_by_callers(Path(folder, "ours.db"), redemptions))
    return redemptions / ours, redemptions / plain


async def _by_callers(path: Path, redemptions: int) -> float:
    """Seconds that 64 callers take, each with one redemption in hand at a time."""
    async with open_store(f"sqlite:///{path}") as store:
        scenario = Scenario(store, VirtualClock())
        links = await _links(scenario, redemptions)

        async def call(number: int) -> None:
            for look, token in links[number::CALLERS]:
                assert await _redeem(store.invitations, scenario.clock, look, token)

        begun = time.perf_counter()
        await asyncio.gather(*map(call, range(CALLERS)))
        return time.perf_counter() - begun


async def _plainly(path: Path, redemptions: int) -> float:
    """Seconds that the standard module takes for the same lists, one after the other."""
    recorder = Recorder()
    async with open_store(f"sqlite:///{path}") as store:
        scenario = Scenario(store, VirtualClock())
        for look, token in await _links(scenario, redemptions):
            await _redeem(Invitations(cast(Database, recorder)), scenario.clock, look, token)
    sql = queries.load()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        begun = time.perf_counter()
        for statements in recorder.lists:
            connection.execute("BEGIN IMMEDIATE")
            for statement in statements:
                connection.execute(sql[statement.name], statement.values).fetchall()
            connection.execute("COMMIT")
        return time.perf_counter() - begun


async def _links(scenario: Scenario, wanted: int) -> Sequence[tuple[Invitation, str]]:
    """Open links, two to a match, looked at already."""
    fence = await scenario.fence()
    made = await asyncio.gather(*(_tokens(scenario, fence, 2 * number + 1) for number in range(wanted // 2)))
    return [(await scenario.invitation(token), token) for tokens in made for token in tokens]


async def _tokens(scenario: Scenario, fence: Fence, member_id: int) -> tuple[str, str]:
    new, meeting = scenario.match_of(await scenario.waiting(member_id), await scenario.waiting(member_id + 1))
    assert await scenario.store.matches.create(new, fence=fence)
    return meeting.tokens


async def _redeem(invitations: Invitations, clock: VirtualClock, look: Invitation, token: str) -> bool:
    return await invitations.redeem(
        look,
        token_hash=digest(token),
        attempt_hash=digest("attempt"),
        session=NewBrowserSession(id=new_id(clock), cookie_hash=digest(token + "cookie")),
        fresh_room_name=new_id(clock),
        now=clock.now(),
    )


if __name__ == "__main__":
    main()
