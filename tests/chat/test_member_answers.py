"""Questions about members, answered over a real gateway and real HTTP."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import discord
import pytest

from bot.chat import member_answers
from bot.chat.discord_limits import Share
from bot.chat.member_answers import SILENT_FOR, MemberAnswers
from bot.chat.memberships import MembershipNews
from bot.chat.part import Chat
from bot.chat.request_limiter import CURRENT_SHARE
from bot.clock import SystemClock
from bot.domain.membership import UNTIL_TOLD_OTHERWISE
from bot.domain.server import Audience, Server
from bot.sandbox.discord.fake_discord import FakeDiscord, Person
from bot.sandbox.discord.faults import Fault
from bot.store import Store, open_store
from tests.chat.chat_harness import new_chat
from tests.clocks import ShortPauses, VirtualClock
from tests.polling import POLL_EVERY, until

pytestmark = pytest.mark.usefixtures("discord_addresses")

TIMEOUT = 20  # seconds
SOON = 0.3  # seconds
UNKNOWN = 4242


class SingleRequests:
    """Counts the single requests that use the share for questions about members."""

    def __init__(self) -> None:
        self.sent = 0

    def watch(self, chat: Chat) -> None:
        """Count what this chat part sends from now on."""
        get_member = chat.client.http.get_member

        async def count_and_get(*ids: int) -> Any:
            self.sent += CURRENT_SHARE.get() is Share.MEMBERS
            return await get_member(*ids)

        chat.client.http.get_member = count_and_get  # type: ignore[method-assign,assignment]


@pytest.fixture
async def fake_discord() -> AsyncIterator[FakeDiscord]:
    stand_in = FakeDiscord(clock=SystemClock(), token="right")
    await stand_in.start()
    yield stand_in
    await stand_in.stop()


@pytest.fixture
def singles() -> SingleRequests:
    return SingleRequests()


@asynccontextmanager
async def connected(store: Store, fake_discord: FakeDiscord, **options: Any) -> AsyncIterator[Chat]:
    """The chat part, connected; it answers no questions by itself."""
    chat = new_chat(store, ShortPauses(), token="right", api_base=fake_discord.api_base, **options)
    ready = asyncio.Event()

    async def on_ready() -> None:
        ready.set()

    chat.client.event(on_ready)
    chat.client._connection.guild_ready_timeout = SOON / 3  # the library waits for more servers that long
    running = asyncio.create_task(chat.run())
    try:
        async with asyncio.timeout(TIMEOUT):
            await ready.wait()
        yield chat
    finally:
        running.cancel()
        await asyncio.wait([running])


def answers_of(chat: Chat, store: Store, clock: VirtualClock, singles: SingleRequests) -> MemberAnswers:
    """What answers questions in this chat part."""
    singles.watch(chat)
    return MemberAnswers(
        client=chat.client,
        news=MembershipNews(store.memberships, store.servers, clock),
        memberships=store.memberships,
        servers=store.servers,
        clock=clock,
        listener=store.listen("memberships"),
        answers_within=SOON,
    )


@pytest.fixture
async def chat(store: Store, clock: VirtualClock, fake_discord: FakeDiscord) -> AsyncIterator[Chat]:
    async with connected(store, fake_discord) as running:
        yield running


@pytest.fixture
def answers(chat: Chat, store: Store, clock: VirtualClock, singles: SingleRequests) -> MemberAnswers:
    return answers_of(chat, store, clock, singles)


class Memory:
    """What the store knows of the members of one server."""

    def __init__(self, store: Store, clock: VirtualClock, server_id: int) -> None:
        self._store = store
        self._clock = clock
        self._server_id = server_id

    async def ask(self, *people: Person | int) -> None:
        """Ask about these people now."""
        for person in people:
            await self._store.memberships.ask(self._server_id, _id_of(person), self._clock.now())

    async def barred(self, people: Sequence[Person | int]) -> list[object]:
        """Of each: False if they may be matched, else until when they are barred; None while nothing was told."""
        known = [await self._store.memberships.find(self._server_id, _id_of(person)) for person in people]
        return [each.told_at and (each.barred_until or False) for each in known]

    async def require_role(self, role_id: int) -> None:
        """Set the server up so that its members need this role."""
        server = Server(server_id=self._server_id, name="Hall", audience=Audience.ADULTS, channel_id=1, role_id=role_id)
        await self._store.servers.save(server, expected_version=0)


def _id_of(person: Person | int) -> int:
    return person if isinstance(person, int) else person.id


@pytest.fixture
def memory(store: Store, clock: VirtualClock, fake_discord: FakeDiscord) -> Memory:
    return Memory(store, clock, fake_discord.guild_id)


async def one_of_each(
    fake_discord: FakeDiscord, clock: VirtualClock, memory: Memory
) -> tuple[list[Person | int], list[object]]:
    """People in every state, and until when each is barred."""
    role = fake_discord.ensure_role("Student")
    await memory.require_role(role)
    present, without_role, left, banned, timed_out, was_timed_out = (
        fake_discord.add_person(name) for name in ("Ann", "Ben", "Cem", "Dan", "Eva", "Fay")
    )
    for person in (present, left, banned, timed_out, was_timed_out):
        fake_discord.give_role(person, role)
    until_then = clock.now() + timedelta(minutes=5)
    fake_discord.time_out(timed_out, until_then)
    fake_discord.time_out(was_timed_out, clock.now())
    fake_discord.remove_person(left)
    fake_discord.ban_person(banned)
    gone = UNTIL_TOLD_OTHERWISE.replace(microsecond=999_000)
    people: list[Person | int] = [present, without_role, left, banned, timed_out, was_timed_out, UNKNOWN]
    return people, [False, gone, gone, gone, until_then, False, gone]


async def test_the_gateway_answers(
    fake_discord: FakeDiscord, clock: VirtualClock, memory: Memory, answers: MemberAnswers, singles: SingleRequests
) -> None:
    """One frame for all, and none of the requests that Discord counts. Who is missing from the answer has left."""
    people, expected = await one_of_each(fake_discord, clock, memory)
    await memory.ask(*people)
    await answers.answer_questions()
    assert await memory.barred(people) == expected
    assert (fake_discord.gateway.member_requests, singles.sent) == ([len(people)], 0)


async def test_a_gateway_that_is_silent(
    fake_discord: FakeDiscord, clock: VirtualClock, memory: Memory, answers: MemberAnswers, singles: SingleRequests
) -> None:
    """Single requests bring the same answers, each in a slot of its own."""
    fake_discord.gateway.answers_about_members = False
    people, expected = await one_of_each(fake_discord, clock, memory)
    await memory.ask(*people)
    await answers.answer_questions()
    assert await memory.barred(people) == expected
    assert singles.sent == len(people)


async def test_discord_does_not_answer_at_all(
    fake_discord: FakeDiscord, clock: VirtualClock, memory: Memory, answers: MemberAnswers, singles: SingleRequests
) -> None:
    """No answer is not a refusal: the questions stay open. The server is left alone for a while, then asked again."""
    fake_discord.gateway.answers_about_members = False
    fake_discord.faults.plan_fault(Fault.SERVER_ERROR, path="/guilds/*/members/*", times=9)
    people = [fake_discord.add_person(name) for name in ("Ann", "Ben")]
    await memory.ask(*people)
    for _ in range(3):
        await answers.answer_questions()
    assert await memory.barred(people) == [None, None]
    assert (len(fake_discord.gateway.member_requests), singles.sent) == (1, 1)
    fake_discord.faults.clear()
    clock.pass_time(seconds=SILENT_FOR)
    await answers.answer_questions()
    assert await memory.barred(people) == [False, False]


async def test_a_hundred_members_a_frame(fake_discord: FakeDiscord, memory: Memory, answers: MemberAnswers) -> None:
    """More are asked about in several frames."""
    ids = range(1, 251)
    await memory.ask(*ids)
    await answers.answer_questions()
    assert fake_discord.gateway.member_requests == [100, 100, 50]
    assert None not in await memory.barred(ids)


async def test_a_deleted_role_takes_nothing(fake_discord: FakeDiscord, memory: Memory, answers: MemberAnswers) -> None:
    """Members stay in their sessions when the admins delete the role that the server requires."""
    ann = fake_discord.add_person("Ann")
    await memory.require_role(UNKNOWN)
    await memory.ask(ann)
    await answers.answer_questions()
    assert await memory.barred([ann]) == [False]


async def test_the_connection_breaks(
    fake_discord: FakeDiscord, memory: Memory, answers: MemberAnswers, singles: SingleRequests
) -> None:
    """While the gateway is away, single requests answer."""
    ann = fake_discord.add_person("Ann")
    await memory.ask(ann)
    await fake_discord.gateway.abort_connections()
    await answers.answer_questions()
    assert await memory.barred([ann]) == [False]


async def test_each_process_answers_for_its_own_shards(
    store: Store, clock: VirtualClock, fake_discord: FakeDiscord, singles: SingleRequests
) -> None:
    """Two processes with a shard each: a question waits for the one that has its server."""
    fake_discord.gateway.shards = 2
    servers: dict[int, int] = {}
    while len(servers) < 2:
        server_id = fake_discord.backend.create_guild("Another").id
        servers[(server_id >> 22) % 2] = server_id
    for server_id in servers.values():
        await store.memberships.ask(server_id, UNKNOWN, clock.now())
    for shard, server_id in sorted(servers.items()):
        async with connected(store, fake_discord, shard_ids=[shard]) as chat:
            await answers_of(chat, store, clock, singles).answer_questions()
        left = {question.server_id for question in await store.memberships.open_questions(servers.values(), limit=9)}
        assert server_id not in left
        assert left == {other for number, other in servers.items() if number > shard}


async def test_the_loop_answers_by_itself(
    fake_discord: FakeDiscord,
    clock: VirtualClock,
    memory: Memory,
    chat: Chat,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A question wakes it; trouble in one round does not end it."""
    monkeypatch.setattr(member_answers, "POLL_EVERY", POLL_EVERY)
    ann, rounds, answered = fake_discord.add_person("Ann"), 0, asyncio.Event()
    answer_questions = MemberAnswers.answer_questions

    async def fail_first(self: MemberAnswers) -> None:
        nonlocal rounds
        rounds += 1
        if rounds == 1:
            raise KeyError("odd")
        await answer_questions(self)
        answered.set()

    monkeypatch.setattr(MemberAnswers, "answer_questions", fail_first)
    answering = asyncio.create_task(chat.answer_member_questions())
    await memory.ask(ann)

    async def is_answered() -> bool:
        clock.pass_time(seconds=1)
        return answered.is_set()

    await until(is_answered)
    answering.cancel()
    assert await memory.barred([ann]) == [False]


async def test_a_question_of_another_process(
    fake_discord: FakeDiscord,
    clock: VirtualClock,
    memory: Memory,
    chat: Chat,
    store: Store,
    database: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is answered as well, although nobody announces it: the loop polls."""
    monkeypatch.setattr(member_answers, "POLL_EVERY", POLL_EVERY)
    ann = fake_discord.add_person("Ann")
    answering = asyncio.create_task(chat.answer_member_questions())

    async def is_answered() -> bool:
        clock.pass_time(seconds=1)
        return not await store.memberships.open_questions([fake_discord.guild_id], limit=1)

    async with open_store(f"sqlite:///{database}") as other:
        await other.memberships.ask(fake_discord.guild_id, ann.id, clock.now())
        await until(is_answered)
    answering.cancel()
    assert await memory.barred([ann]) == [False]


@pytest.mark.parametrize(
    ("permissions", "heard"),
    [
        (discord.Permissions(), False),
        (discord.Permissions(ban_members=True), True),
        (discord.Permissions(view_audit_log=True), True),
    ],
)
async def test_a_ban_is_heard_of_at_once(
    fake_discord: FakeDiscord, memory: Memory, answers: MemberAnswers, permissions: discord.Permissions, heard: bool
) -> None:
    """If the bot may see bans, nobody has to ask; otherwise the next question finds it."""
    bot_id = fake_discord.backend.bot_user.id
    role = fake_discord.ensure_role("Bots", permissions)
    fake_discord.backend.add_member_role(fake_discord.guild_id, bot_id, role)
    ann, ben = fake_discord.add_person("Ann"), fake_discord.add_person("Ben")
    fake_discord.ban_person(ann)
    await memory.ask(ben)
    await answers.answer_questions()  # the answer comes after the ban, over the same connection
    assert (await memory.barred([ann]) != [None]) is heard
