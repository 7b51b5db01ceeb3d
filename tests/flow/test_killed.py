"""A bot killed between match and message: after a restart each student has exactly one message, with the same link."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.domain.invitation import digest
from bot.sandbox.discord.fake_discord import FakeDiscord, Person
from bot.sandbox.discord.faults import Fault
from bot.sandbox.example_server import create_example_server, set_up_bot
from bot.sandbox.settings import Secrets
from bot.store import Store
from tests.polling import until

pytestmark = pytest.mark.dose

CLOCK = SystemClock()
SECRETS = Secrets(token="the-token-of-the-bot", session="long enough to derive every key from it")
LINK = re.compile(r"/j#([\w-]{43})")
MESSAGES = "/channels/*/messages"


@asynccontextmanager
async def bot(
    fake_discord: FakeDiscord, database: Path, module: str = "bot"
) -> AsyncIterator[asyncio.subprocess.Process]:
    """`heybuddy run` as operators start it; killed at the end if it still runs."""
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "DISCORD_TOKEN": SECRETS.token,
        "SESSION_SECRET": SECRETS.session,
        "HEYBUDDY_DISCORD__API_BASE": fake_discord.api_base,
        "HEYBUDDY_WEB__PUBLIC_URL": "http://localhost:8766",
        "HEYBUDDY_STORE__DATABASE": f"sqlite:///{database}",
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, "run", "--parts", "chat,matchmaker,janitor"),
        env=environment,
        stderr=asyncio.subprocess.DEVNULL,
    )

    async def connected() -> bool:
        return fake_discord.gateway.connected and bool(fake_discord.registered_commands())

    try:
        await until(connected)
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def links(fake_discord: FakeDiscord, person: Person) -> list[str]:
    """The tokens of all links in the direct messages of `person`."""
    return [
        token
        for message in fake_discord.channel_messages(fake_discord.direct_channel_id(person))
        for token in LINK.findall(str(message))
    ]


@pytest.fixture
async def fake_discord() -> AsyncIterator[FakeDiscord]:
    made = FakeDiscord(clock=CLOCK, token=SECRETS.token)
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def store(store: Store, fake_discord: FakeDiscord) -> Store:
    """The store, with a server that is set up."""
    await set_up_bot(fake_discord, create_example_server(fake_discord, students=2), store)
    return store


@pytest.mark.parametrize("delivered", [False, True], ids=["before delivery", "delivered but not recorded"])
@pytest.mark.parametrize("module", ["bot", "tests.flow.hour_ahead"], ids=["right clock", "clock an hour ahead"])
async def test_one_message_with_the_same_link(
    fake_discord: FakeDiscord, store: Store, database: Path, delivered: bool, module: str
) -> None:
    """Killed with kill -9 while both messages are being sent; after the restart each student has exactly one.

    The second process leads at once, also if the clock was ahead and has been corrected meanwhile.
    """
    students = [person for person in fake_discord.people.values() if not person.admin]
    channel = next(iter(fake_discord.backend.get_guild(fake_discord.guild_id).channel_ids))

    async def matched() -> bool:
        return await store.matches.find_by_member(students[0].id) is not None

    async def both_told() -> bool:
        return all(links(fake_discord, student) for student in students)

    async def outbox_is_empty() -> bool:
        return await store.outbox.next_due_at() is None

    async with bot(fake_discord, database, module) as process:
        fake_discord.faults.path_pattern = MESSAGES
        if delivered:
            fake_discord.faults.probabilities = {Fault.RESET_AFTER: 1.0}
        else:
            fake_discord.faults.delay_s = 60.0
        for student in students:
            await fake_discord.call_command(student, channel, "study now")
        await until(both_told if delivered else matched)
        process.kill()
        await process.wait()
    before = [links(fake_discord, student) for student in students]
    fake_discord.faults.clear()
    async with bot(fake_discord, database):
        await until(both_told)
        await until(outbox_is_empty)
    after = [links(fake_discord, student) for student in students]
    assert [len(tokens) for tokens in after] == [1, 1]
    assert not delivered or after == before
    for (token,), student in zip(after, students, strict=True):
        invitation = await store.invitations.find_by_token(digest(token))
        seat = await store.matches.find_by_member(student.id)
        assert invitation is not None
        assert seat is not None
        assert invitation.seat_id == seat.own.id
