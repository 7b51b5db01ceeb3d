"""The commands that Discord has are kept equal to ours."""

import asyncio
import copy
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp.test_utils import TestServer

from bot.chat.commands.expected import expected_commands
from bot.chat.commands.registration import LONGEST_PAUSE, READ_AGAIN_EVERY, differing_commands
from bot.chat.part import Chat
from bot.clock import Clock
from bot.store import Store
from tests.chat.chat_harness import ChatHarness, new_chat
from tests.chat.login_stand_in import BAD_ANSWERS, FastClock, LoginStandIn
from tests.clocks import VirtualClock
from tests.polling import TIMEOUT

LOGGER = "bot.chat.commands.registration"
Commands = list[dict[str, Any]]


@pytest.fixture
async def discord_login(discord_addresses: None) -> AsyncIterator[LoginStandIn]:
    stand_in = LoginStandIn(shards=1)
    async with TestServer(stand_in.app()) as server:
        stand_in.address = str(server.make_url("/")).rstrip("/")
        yield stand_in


@asynccontextmanager
async def registered(store: Store, discord_login: LoginStandIn, clock: Clock | None = None) -> AsyncIterator[Chat]:
    """The running chat part, once its commands are registered."""
    chat = new_chat(store, clock or FastClock(), token="right", api_base=f"{discord_login.address}/api/v10")
    async with asyncio.timeout(TIMEOUT), asyncio.TaskGroup() as group:
        running = group.create_task(chat.run())
        while await commands_problem(chat) is not None or not chat.client.connected.is_set():
            await asyncio.sleep(0)
        yield chat
        running.cancel()


async def commands_problem(chat: Chat) -> str | None:
    """What readiness says of the commands."""
    return await chat.readiness_checks()["commands"]()


async def test_commands_are_written_only_where_they_differ(store: Store, discord_login: LoginStandIn) -> None:
    """A restart with the same commands only reads; commands of another program are replaced at the next start."""
    for _ in range(2):
        async with registered(store, discord_login):
            pass
    assert (discord_login.requests.count("read"), discord_login.requests.count("write")) == (2, 1)
    discord_login.commands = [{"id": "2", "name": "dance", "description": "Another program's.", "type": 1}]
    async with registered(store, discord_login):
        pass
    assert discord_login.requests.count("write") == 2
    assert [command["name"] for command in discord_login.commands] == ["study", "buddy", "reports", "privacy"]


@pytest.mark.parametrize("bad", BAD_ANSWERS)
@pytest.mark.parametrize("call", ["read", "write"])
async def test_a_failure_is_repeated_until_the_commands_are_there(
    store: Store, discord_login: LoginStandIn, caplog: pytest.LogCaptureFixture, call: str, bad: str
) -> None:
    """Whatever it is. The bot serves meanwhile, and loss and recovery are logged once each."""
    answer, sentence = BAD_ANSWERS[bad]
    discord_login.planned[call] = [answer, answer]
    with caplog.at_level(logging.INFO, LOGGER):
        async with registered(store, discord_login):
            assert [command["name"] for command in discord_login.commands] == ["study", "buddy", "reports", "privacy"]
    lines = [record.message for record in caplog.records if record.name == LOGGER]
    assert len([line for line in lines if "cannot be registered" in line and sentence in line]) == 1
    assert lines[-1] == "The commands are registered again."
    assert discord_login.requests.count("me") == 1, "the connection stays"


async def test_pauses_grow_up_to_five_minutes(harness: ChatHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """It never gives up, and readiness gives the reason until it has worked."""
    harness.env.inject_error("GET", "/applications/*/commands", status=403, code=50001, times=9)
    registration = harness.chat.client.registration
    pauses = [await registration.register() for _ in range(9)]
    assert pauses == [5, 10, 20, 40, 80, 160, LONGEST_PAUSE, LONGEST_PAUSE, LONGEST_PAUSE]
    assert "cannot be registered" in (await commands_problem(harness.chat) or "")
    await registration.register()
    assert await commands_problem(harness.chat) is None


async def test_before_the_first_comparison_the_commands_are_not_ready(harness: ChatHarness) -> None:
    """A process that could not ask yet does not say that all is well."""
    assert await commands_problem(harness.new_chat()) == "The commands have not been compared with Discord's yet."


def change_description(commands: Commands) -> None:
    commands[0]["description"] = "Of an older version."


def drop_option(commands: Commands) -> None:
    commands[0]["options"][0]["options"].pop()


def change_option_type(commands: Commands) -> None:
    commands[0]["options"][0]["options"][0]["type"] = 4


def require_option(commands: Commands) -> None:
    commands[0]["options"][0]["options"][0]["required"] = True


def change_choice(commands: Commands) -> None:
    option = next(each for each in commands[0]["options"][0]["options"] if each.get("choices"))
    option["choices"][0]["value"] = "other"


def translate_name(commands: Commands) -> None:
    commands[0]["name_localizations"] = {"de": "lernen"}


def widen_range(commands: Commands) -> None:
    option = next(each for each in commands[0]["options"][0]["options"] if each.get("max_value"))
    option["max_value"] = 61


def open_to_all(commands: Commands) -> None:
    next(command for command in commands if command["name"] == "buddy")["default_member_permissions"] = None


def change_contexts(commands: Commands) -> None:
    commands[0]["contexts"] = [0, 1, 2]


def drop_command(commands: Commands) -> None:
    commands.pop(0)


def add_command(commands: Commands) -> None:
    commands.append({"name": "study", "type": 2})


def as_discord_keeps_it(command: dict[str, Any], *, top: bool = True) -> dict[str, Any]:
    """A command as Discord answers it: with ids and defaults, without what is empty, permissions as text."""
    kept = {key: value for key, value in copy.deepcopy(command).items() if value not in (None, [], {}, False)}
    kept |= {"options": [as_discord_keeps_it(each, top=False) for each in command.get("options") or ()]}
    if not top:
        return kept if kept["options"] else {key: value for key, value in kept.items() if key != "options"}
    if command.get("default_member_permissions") is not None:
        kept["default_member_permissions"] = str(command["default_member_permissions"])
    kept["contexts"] = list(reversed(command["contexts"])) if command.get("contexts") else None
    added = {"id": "7", "application_id": "1", "version": "3", "nsfw": False, "dm_permission": False, "type": 1}
    return kept | added | {"integration_types": [0], "name_localized": "x", "name_localizations": None}


async def test_what_discord_adds_is_no_difference() -> None:
    """Ids, defaults, another order and the permissions as text."""
    ours = await expected_commands()
    assert differing_commands(ours, [as_discord_keeps_it(dict(command)) for command in reversed(ours)]) == []


@pytest.mark.parametrize(
    "change",
    [
        change_description,
        drop_option,
        change_option_type,
        require_option,
        change_choice,
        translate_name,
        widen_range,
        change_contexts,
        drop_command,
        add_command,
    ],
)
async def test_every_difference_is_seen(change: Callable[[Commands], None]) -> None:
    """Of texts, options, choices, translations, ranges, places, and whole commands."""
    ours = await expected_commands()
    theirs: Commands = [copy.deepcopy(as_discord_keeps_it(dict(command))) for command in ours]
    change(theirs)
    assert differing_commands(ours, theirs) == ["study"]


async def test_a_lost_restriction_is_seen() -> None:
    """Otherwise everybody would see the admins' commands."""
    ours = await expected_commands()
    theirs: Commands = [copy.deepcopy(as_discord_keeps_it(dict(command))) for command in ours]
    open_to_all(theirs)
    assert differing_commands(ours, theirs) == ["buddy"]


async def test_an_unknown_command_is_looked_into_at_once(store: Store, discord_login: LoginStandIn) -> None:
    """Somebody used what another program has registered: the commands are compared without waiting."""
    async with registered(store, discord_login) as chat:
        discord_login.commands = []
        chat.client.registration.compare_soon()
        while not discord_login.commands:
            await asyncio.sleep(0)
    assert discord_login.requests.count("write") == 2


async def test_commands_that_are_deleted_while_the_bot_runs_come_back(
    store: Store, discord_login: LoginStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    """Within five minutes, as `heybuddy check` promises; the log says what was missing."""
    clock = VirtualClock()
    async with registered(store, discord_login, clock):
        discord_login.commands = [each for each in discord_login.commands if each["name"] != "study"]
        await clock.wait_for_sleeper(READ_AGAIN_EVERY)
        with caplog.at_level(logging.INFO, LOGGER):
            clock.pass_time(seconds=READ_AGAIN_EVERY)
            while not caplog.messages:
                await asyncio.sleep(0)
    assert READ_AGAIN_EVERY == 300
    assert discord_login.requests.count("read") == 2
    assert [each["name"] for each in discord_login.commands] == ["study", "buddy", "reports", "privacy"]
    assert caplog.messages == ["Discord did not have this version's commands and has been given them: /study"]
