"""What the sandbox's page shows of the store: who is kept apart, and whether newcomers wait."""

import asyncio
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import Mock

import pytest

from bot.config import Settings, StoreSettings
from bot.domain.match import APART_FOR, UNDO_FOR
from bot.domain.server import Server
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.store_watch import StoreWatch
from bot.store import Store
from bot.store.servers import Servers
from tests.clocks import VirtualClock
from tests.loops.factories import open_server
from tests.polling import until
from tests.sandbox.student import Student
from tests.store.scenario import SERVER


async def test_two_meet_again_once_the_clock_has_been_moved(sandbox: Sandbox, alice: Student, bob: Student) -> None:
    """Everything in the sandbox goes on after each jump; meanwhile the page says why the two do not meet yet."""
    for student in (alice, bob):
        await student.search()
    for student in (alice, bob):
        await student.link()
    await alice.command("study leave")
    await alice.reads("You've left")
    await alice.search()
    await alice.reads("Looking for a partner")
    began = sandbox.clock.now()
    sandbox.clock.shift(UNDO_FOR)
    await until(lambda: is_true(kept_apart(sandbox)))
    [shown] = kept_apart(sandbox)
    assert shown["people"] == sorted(str(student.person.id) for student in (alice, bob))
    assert datetime.fromisoformat(str(shown["until"])) > began + APART_FOR
    await until(lambda: is_true(len(bob.direct()) == 2))  # the news that Alice cannot come, and no second link
    await until(lambda: is_true(not alice.links() and not bob.links()))  # the messages about the match are edited
    sandbox.pass_an_hour()
    await until(lambda: is_true(not kept_apart(sandbox)))
    for student in (alice, bob):
        await student.search()
    for student in (alice, bob):
        await student.link()


async def test_careful_is_switched_on_and_off(sandbox: Sandbox) -> None:
    """A newcomer reads when they can begin, and is told an hour later; switched off, nobody waits."""
    server, finn = sandbox.fake_discord.guild_id, Student(sandbox, "Finn")
    await until(lambda: is_true(careful(sandbox) == {str(server): False}))
    await sandbox._store_watch.set_careful(server, on=True)
    assert careful(sandbox) == {str(server): True}
    await finn.command("study now")
    refusal = await finn.reads("Remind me")
    await finn.press(refusal, "Remind me")
    await finn.reads("I'll remind you")
    sandbox.pass_an_hour()
    await finn.told("You can study with someone now")
    await sandbox._store_watch.set_careful(server, on=False)
    assert careful(sandbox) == {str(server): False}


async def test_a_fresh_account_is_refused_only_while_careful_is_on(sandbox: Sandbox) -> None:
    """Nils has had his account for a day, and is let in to this server only now."""
    server, nils = sandbox.fake_discord.guild_id, Student(sandbox, "Nils")
    sandbox.world.join(server, nils.person)
    await sandbox._store_watch.set_careful(server, on=True)
    await nils.command("study now")
    await nils.reads("Remind me")
    await sandbox._store_watch.set_careful(server, on=False)
    await nils.command("study now")
    await nils.reads("I agree")


async def test_a_look_that_began_before_a_change_does_not_undo_it(
    store: Store, database: Path, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it has read does not hold any more: the page shows what was changed."""
    await open_server(store)
    settings = Settings(store=StoreSettings(database=f"sqlite:///{database}"))
    world = Mock(servers=[SimpleNamespace(id=SERVER)], fake_discord=Mock(people={}))
    watch, has_read, go_on, get = StoreWatch(settings, world, clock), asyncio.Event(), asyncio.Event(), Servers.get

    async def get_slowly(servers: Servers, server_id: int) -> Server | None:
        found = await get(servers, server_id)
        if not has_read.is_set():
            has_read.set()
            await go_on.wait()
        return found

    monkeypatch.setattr(Servers, "get", get_slowly)
    looking = asyncio.create_task(watch._look(store))
    await has_read.wait()
    changing = asyncio.create_task(watch.set_careful(SERVER, on=True))
    await asyncio.wait([changing], timeout=0.1)  # it has to wait for the look
    go_on.set()
    await asyncio.gather(looking, changing)
    assert watch.as_json()["careful"] == {str(SERVER): True}


async def is_true(value: object) -> bool:
    """Whether the value is true, as `until` asks."""
    return bool(value)


def kept_apart(sandbox: Sandbox) -> list[dict[str, object]]:
    """What the page is told about it."""
    shown: list[dict[str, object]] = sandbox._current_snapshot()["apart"]  # type: ignore[assignment]  # JSON
    return shown


def careful(sandbox: Sandbox) -> dict[str, bool]:
    """What the page is told about newcomers: whether they wait, by the server's id."""
    shown: dict[str, bool] = sandbox._current_snapshot()["careful"]  # type: ignore[assignment]  # JSON
    return shown
