"""What the sandbox's page shows of the bot's store, and the one setting it changes there: whether newcomers wait."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.assemble import open_configured_store
from bot.clock import Clock
from bot.config import Settings
from bot.domain.gate import Gate
from bot.domain.report import NOBODY, UNDO_REPORT_FOR, ReportPlace
from bot.domain.report_reader import Reader
from bot.process import raise_if_cancelled
from bot.sandbox.event_feed import Event
from bot.sandbox.world import World
from bot.store import Store, StoreUnavailable

POLL_S = 1.0


class StoreWatch:
    """Reads the store that `settings` name while `watch` runs, for the servers and people of `world`."""

    def __init__(self, settings: Settings, world: World, clock: Clock) -> None:
        self._settings = settings
        self._world = world
        self._clock = clock
        self._kept_apart: Mapping[tuple[int, int], datetime] = {}
        self._gates: Mapping[int, Gate | None] = {}
        self._gates_in_use = asyncio.Lock()
        self._reported_from: set[ReportPlace] = set()

    async def watch(self) -> None:
        """Look every second, until cancelled. The store must exist."""
        async with open_configured_store(self._settings) as store:
            while True:
                try:
                    await self._look(store)
                except StoreUnavailable:
                    raise_if_cancelled()
                    self._kept_apart = {}
                await asyncio.sleep(POLL_S)

    async def _look(self, store: Store) -> None:
        now, people = self._clock.now(), self._world.fake_discord.people
        self._kept_apart = await store.last_meetings.apart_from_waiting(people, now)
        async with self._gates_in_use:
            servers = [await store.servers.get(each.id) for each in self._world.servers]
            self._gates = {each.server_id: each.gate for each in servers if each}
        for server_id in self._gates:
            reader = Reader(member_id=NOBODY, server_id=server_id)
            reports = await store.report_desk.list_open(reader, now + UNDO_REPORT_FOR)
            self._reported_from.update(each.place for each in reports)

    async def set_careful(self, server_id: int, *, on: bool) -> None:
        """Let newcomers of a server wait as with *Careful*, or not at all. Raises StoreError."""
        gate = Gate.CAREFUL if on else Gate.OPEN
        async with open_configured_store(self._settings) as store, self._gates_in_use:
            if server := await store.servers.get(server_id):
                await store.servers.save(replace(server, gate=gate), expected_version=server.version)
                self._gates = {**self._gates, server_id: gate}

    def as_json(self) -> Event:
        """For the snapshot.

        `apart`: every two of whom one waits, with the ids of both, and until when they are kept apart. `careful`:
        whether newcomers wait, by the id of each server that was set up. `reported_from`: where reports have come from.
        """
        return {
            "apart": self._kept_apart_json(),
            "careful": {str(server_id): gate is Gate.CAREFUL for server_id, gate in self._gates.items()},
            "reported_from": sorted(self._reported_from),
        }

    def _kept_apart_json(self) -> Sequence[Event]:
        return [
            {"people": [str(member_id) for member_id in pair], "until": until.isoformat()}
            for pair, until in sorted(self._kept_apart.items())
        ]
