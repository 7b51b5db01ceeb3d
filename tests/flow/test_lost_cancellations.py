"""Loops that go on after any trouble end when they are cancelled, even if an error takes the cancellation's place."""

import asyncio
import socket
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from bot.chat.commands.registration import CommandRegistration
from bot.chat.connection import Connection
from bot.chat.member_answers import MemberAnswers
from bot.config import Settings, StoreSettings
from bot.leader_loop import LeaderLoop
from bot.readiness import DamageWatch, Readiness
from bot.sandbox.store_watch import StoreWatch
from bot.store import LostLease, Store, StoreUnavailable
from bot.store.last_meetings import LastMeetings
from tests.clocks import VirtualClock
from tests.loops.factories import make_leadership
from tests.loops.manual_listener import ManualListener
from tests.polling import TIMEOUT
from web import bounded_site
from web.bounded_site import BoundedSite, Places

pytestmark = pytest.mark.usefixtures("discord_addresses")

AWAY = StoreUnavailable("away")


class Trap:
    """Work that never ends; when it is cancelled for the first time it raises `error` instead."""

    def __init__(self, error: Exception) -> None:
        self.error = error
        self.entered = asyncio.Event()
        self.sprung = False

    async def __call__(self, *_: object, **__: object) -> Any:
        self.entered.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            if self.sprung:
                raise
            self.sprung = True
            raise self.error from None


@dataclass(frozen=True)
class Surroundings:
    """What the loops are made from."""

    store: Store
    database: Path
    clock: VirtualClock
    monkeypatch: pytest.MonkeyPatch


Loop = Coroutine[Any, Any, None]


async def nothing(*_: object) -> None:
    """Done at once."""


def leader_loop(around: Surroundings, trap: Trap) -> Loop:
    leadership = make_leadership(around.store, around.clock, "loop")
    return LeaderLoop(leadership=leadership, listener=ManualListener(), step=trap).run()


def damage_watch(around: Surroundings, trap: Trap) -> Loop:
    around.monkeypatch.setattr(around.store.database, "look_for_damage", trap)
    return DamageWatch(store=around.store, clock=around.clock).run()


def readiness(around: Surroundings, trap: Trap) -> Loop:
    around.monkeypatch.setattr(around.store.readiness, "record", trap)
    return Readiness(store=around.store, clock=around.clock, holder="us").run("pages")


def store_watch(around: Surroundings, trap: Trap) -> Loop:
    around.monkeypatch.setattr(LastMeetings, "apart_from_waiting", trap)
    settings = Settings(store=StoreSettings(database=f"sqlite:///{around.database}"))
    return StoreWatch(settings, Mock(servers=[]), around.clock).watch()


def connection(around: Surroundings, trap: Trap) -> Loop:
    client = Mock(login=trap, close=nothing)
    return Connection(client, token="", api_base="", shard_ids=None, clock=around.clock, finish=nothing).run()


def registration(around: Surroundings, trap: Trap) -> Loop:
    client = Mock(http=Mock(request=trap), application_id=1)
    return CommandRegistration(client, Mock(get_commands=list), around.clock).run()


def member_answers(around: Surroundings, trap: Trap) -> Loop:
    return MemberAnswers(
        client=Mock(guilds=[]),
        requests=Mock(),
        news=Mock(),
        memberships=Mock(open_questions=trap),
        clock=around.clock,
        listener=Mock(wait=nothing),
    ).run()


async def accepting(around: Surroundings, trap: Trap) -> None:
    around.monkeypatch.setattr(bounded_site, "_wait_for_connection", trap)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        await BoundedSite(Mock(), "127.0.0.1", 0, Places(1))._accept_all(listening)


@pytest.mark.parametrize(
    ("make_loop", "error"),
    [
        (leader_loop, AWAY),
        (leader_loop, LostLease()),
        (leader_loop, ZeroDivisionError()),
        (damage_watch, AWAY),
        (readiness, AWAY),
        (store_watch, AWAY),
        (connection, OSError()),
        (registration, OSError()),
        (member_answers, AWAY),
        (member_answers, ZeroDivisionError()),
        (accepting, OSError()),
    ],
)
async def test_a_lost_cancellation_ends_the_loop(
    store: Store,
    database: Path,
    clock: VirtualClock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    make_loop: Callable[[Surroundings, Trap], Loop],
    error: Exception,
) -> None:
    """It ends as cancelled, and no trouble is logged."""
    trap = Trap(error)
    running = asyncio.create_task(make_loop(Surroundings(store, database, clock, monkeypatch), trap))
    async with asyncio.timeout(TIMEOUT):
        await trap.entered.wait()
        running.cancel()
        await asyncio.wait([running])
    assert (running.cancelled(), caplog.messages) == (True, [])
