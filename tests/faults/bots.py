"""Bots as real processes over one database and one stand-in for Discord, for tests that kill and freeze them."""

import multiprocessing
import os
import re
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import cache
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

import aiohttp
import pytest

from bot.clock import SystemClock
from bot.sandbox.discord.fake_discord import FakeDiscord, Person
from bot.sandbox.discord.user_actions import NoResponse
from bot.sandbox.example_server import create_example_server, set_up_bot
from bot.store import Store
from bot.store.leases import LEASE_LENGTH
from tests.faults.bot_process import Strike, run_bot
from tests.faults.moved_clock import MovedClock
from tests.polling import TIMEOUT, until
from tests.ports import free_port
from tests.store.opening import open_store
from tests.store.scenario import agree_to_rules

TOKEN = "the-token-of-the-bot"
SESSION_SECRET = "long enough to derive every key from it"
EPHEMERAL, LOADING = 64, 128
LINK = re.compile(r"/j#([\w-]{43})")
BOT_PARTS = "chat,matchmaker,janitor"
ALL_PARTS = f"{BOT_PARTS},web"
LAST_LINES = 5


@cache
def forkserver() -> ForkServerContext:
    """Starts processes that have everything imported and share nothing with this one."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["bot.command_line", run_bot.__module__, "tests.store.random_activity"])
    return context


@dataclass(frozen=True, kw_only=True)
class BotProcess:
    """A bot that runs."""

    process: ForkServerProcess
    log: Path

    @property
    def pid(self) -> int:
        assert self.process.pid is not None
        return self.process.pid

    def send_signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    async def wait_until_dead(self) -> int:
        """The exit status; negative if a signal has killed it."""

        async def is_dead() -> bool:
            return not self.process.is_alive()

        await self._wait_until(is_dead, "it has not ended")
        assert self.process.exitcode is not None
        return self.process.exitcode

    async def wait_for_line(self, words: str) -> None:
        """Until a line of the log has these words."""

        async def has_line() -> bool:
            return words in self.log.read_text(encoding="utf-8")

        await self._wait_until(has_line, f"no line has: {words}")

    async def _wait_until(self, holds: Callable[[], Awaitable[bool]], missing: str) -> None:
        await wait_until(holds, missing, [self])

    def describe(self) -> str:
        """Whether it lives, and the last lines of its log."""
        state = "runs" if self.process.is_alive() else f"has ended with {self.process.exitcode}"
        return "\n".join([f"{self.log.name} {state}", *self.log.read_text(encoding="utf-8").splitlines()[-LAST_LINES:]])

    async def wait_until_frozen(self) -> None:
        async def is_frozen() -> bool:
            return Path(f"/proc/{self.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "T"

        await self._wait_until(is_frozen, "it is not frozen")


def start_bot(
    environment: Mapping[str, str], arguments: Sequence[str], *, log: Path, clock: Path, strike: Strike | None = None
) -> BotProcess:
    """Start `heybuddy run` with these arguments, whose clock is the file `clock`, and which meets `strike`."""
    log.touch()
    process = forkserver().Process(target=run_bot, args=(environment, arguments, log, clock, strike))
    process.start()
    return BotProcess(process=process, log=log)


async def wait_until(holds: Callable[[], Awaitable[bool]], missing: str, bots: Iterable[BotProcess]) -> None:
    """Return when `holds()` is true. After `TIMEOUT`, fail with what is `missing` and the last lines of the bots."""
    try:
        await until(holds)
    except TimeoutError:
        told = "\n".join(bot.describe() for bot in bots)
        pytest.fail(f"{missing} after {TIMEOUT:.0f} s\n{told}")


class Guild:
    """A server at the stand-in for Discord that is set up in a new database, with students; and the bots for it."""

    def __init__(self, fake_discord: FakeDiscord, folder: Path, url: str, clock: MovedClock) -> None:
        self.fake_discord = fake_discord
        self.url = url
        self.clock = clock
        self.students = [person for person in fake_discord.people.values() if not person.admin]
        self.page = free_port()
        self._folder = folder
        self._started: list[BotProcess] = []
        [self.study, _, self.staff] = fake_discord.backend.get_guild(fake_discord.guild_id).channel_ids

    def start(self, strike: Strike | None = None, *, parts: str = BOT_PARTS) -> BotProcess:
        """Start a bot that meets `strike`."""
        log = self._folder / f"bot{len(self._started)}.log"
        clock = self._folder / "clock"
        self._started.append(start_bot(self._environment(), ("--parts", parts), log=log, clock=clock, strike=strike))
        return self._started[-1]

    def _environment(self) -> Mapping[str, str]:
        return {
            "PATH": os.environ.get("PATH", ""),
            "DISCORD_TOKEN": TOKEN,
            "SESSION_SECRET": SESSION_SECRET,
            "HEYBUDDY_PRIVACY__KEY": SESSION_SECRET,
            "HEYBUDDY_DISCORD__API_BASE": self.fake_discord.api_base,
            "HEYBUDDY_WEB__PORT": str(self.page),
            "HEYBUDDY_WEB__PUBLIC_URL": f"http://localhost:{self.page}",
            "HEYBUDDY_STORE__DATABASE": self.url,
        }

    async def wait_until(self, holds: Callable[[], Awaitable[bool]], missing: str) -> None:
        """As the function of this name, of all bots that were started."""
        await wait_until(holds, missing, self._started)

    async def wait_until_connected(self) -> None:
        async def is_connected() -> bool:
            return self.fake_discord.gateway.connected and bool(self.fake_discord.registered_commands())

        await self.wait_until(is_connected, "no bot is connected")

    async def wait_until_ready(self, missing: str = "video") -> None:
        """Until the bot with the page answers that just these are missing; there is never a LiveKit."""
        async with aiohttp.ClientSession() as http:

            async def is_ready() -> bool:
                with suppress(aiohttp.ClientConnectionError):
                    async with http.get(f"http://127.0.0.1:{self.page}/readyz") as answer:
                        return (await answer.text()).split() == missing.split()
                return False

            await self.wait_until(is_ready, f"what is missing is not just {missing}")

    async def wait_for_login(self, count: int) -> None:
        """Until bots have logged in so often."""

        async def have_logged_in() -> bool:
            return self.fake_discord.gateway.identify_count >= count

        await self.wait_until(have_logged_in, f"bots have not logged in {count} times")

    def end_leases_of_dead(self) -> None:
        """Move the clock past them; over SQLite they end by themselves, as the locks of dead processes are free."""
        if not self.url.startswith("sqlite:"):
            self.clock.move(LEASE_LENGTH.total_seconds())

    async def ask(self, student: Person) -> bool:
        """`/study now` by a student; whether the bot has answered."""
        try:
            await self.fake_discord.call_command(student, self.study, "study now")
        except NoResponse:
            return False
        return True

    async def ask_until_answered(self, student: Person) -> None:
        """The same, again while the bot needs longer than Discord waits, as on a busy machine."""
        await self.wait_until(lambda: self.ask(student), "no bot answers")

    def has_answer(self, student: Person) -> bool:
        """Whether a student sees what the bot has answered; that it is thinking is no answer."""
        shown = self.fake_discord.channel_messages(self.study, student)
        return any(message["flags"] & EPHEMERAL and not message["flags"] & LOADING for message in shown)

    def links(self, student: Person) -> list[str]:
        """The tokens of all links in the direct messages of a student."""
        channel = self.fake_discord.direct_channel_id(student)
        return [
            token for message in self.fake_discord.channel_messages(channel) for token in LINK.findall(str(message))
        ]

    async def wait_until_told(self) -> None:
        """Until each student has a link."""

        async def all_told() -> bool:
            return all(self.links(student) for student in self.students)

        await self.wait_until(all_told, "not everybody has a link")

    def kill_all(self) -> None:
        for started in self._started:
            if started.process.is_alive():
                started.process.kill()
            started.process.join()


@asynccontextmanager
async def open_guild(folder: Path, url: str, *, students: int) -> AsyncIterator[tuple[Guild, Store]]:
    """A guild in the new database at `url`; every bot is killed at the end. Its files lie in `folder`."""
    fake_discord = FakeDiscord(clock=SystemClock(), token=TOKEN)
    await fake_discord.start()
    try:
        async with open_store(url) as store:
            await set_up_bot(fake_discord, create_example_server(fake_discord, students=students), store)
            guild = Guild(fake_discord, folder, url, MovedClock.create(folder / "clock"))
            for student in guild.students:
                await agree_to_rules(store, fake_discord.guild_id, student.id, guild.clock.now())
            try:
                yield guild, store
            finally:
                guild.kill_all()
    finally:
        await fake_discord.stop()


@asynccontextmanager
async def running_bot(fake_discord: FakeDiscord, folder: Path, url: str) -> AsyncIterator[None]:
    """A bot over a database that exists and is set up, connected; killed at the end."""
    guild = Guild(fake_discord, folder, url, MovedClock.create(folder / "clock"))
    guild.start()
    try:
        await guild.wait_until_connected()
        yield
    finally:
        guild.kill_all()
