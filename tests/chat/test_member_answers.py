"""Questions about members, answered over a real gateway and real HTTP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import discord
import pytest

from bot.chat import member_answers
from bot.chat.member_answers import (
    ASK_AGAIN_IN,
    ASK_URGENTLY_AGAIN_IN,
    SILENCES_IN_A_ROW,
    SINGLES_AT_ONCE,
    MemberAnswers,
)
from bot.chat.part import Chat
from bot.clock import SystemClock
from bot.sandbox.discord.fake_discord import FakeDiscord, Person
from bot.sandbox.discord.faults import Fault
from bot.store import Store
from tests.chat.member_questions import (
    GATEWAY_WITHIN,
    SINGLE_WITHIN,
    UNKNOWN,
    Memory,
    SingleRequests,
    answers_of,
    ask_once,
    connected,
    one_of_each,
)
from tests.clocks import VirtualClock
from tests.polling import POLL_EVERY, TIMEOUT, until
from tests.started_discord import started_discord
from tests.stopwatch import Stopwatch
from tests.store.opening import open_store

pytestmark = pytest.mark.usefixtures("discord_addresses")

SLOW = 0.25  # seconds


@pytest.fixture
async def fake_discord() -> AsyncIterator[FakeDiscord]:
    async with started_discord(SystemClock()) as stand_in:
        yield stand_in


@pytest.fixture
def singles() -> SingleRequests:
    return SingleRequests()


@pytest.fixture
async def chat(store: Store, clock: VirtualClock, fake_discord: FakeDiscord) -> AsyncIterator[Chat]:
    async with connected(store, fake_discord) as running:
        yield running


@pytest.fixture
def gateway_within() -> float:
    """How long an answer of the gateway is waited for, in seconds."""
    return TIMEOUT


@pytest.fixture
def single_within() -> float:
    """How long an answer to a single request is waited for, in seconds."""
    return TIMEOUT


silent_gateway = pytest.mark.parametrize("gateway_within", [GATEWAY_WITHIN])
silent_discord = pytest.mark.parametrize(
    ("gateway_within", "single_within"), [(GATEWAY_WITHIN, SINGLE_WITHIN)], ids=["silent"]
)
"""What says nothing is given up soon; whoever answers has all the time that a busy machine may take."""


@pytest.fixture
def answers(
    chat: Chat,
    store: Store,
    clock: VirtualClock,
    singles: SingleRequests,
    gateway_within: float,
    single_within: float,
) -> MemberAnswers:
    return answers_of(chat, store, clock, singles, gateway_within=gateway_within, single_within=single_within)


@pytest.fixture
def memory(store: Store, clock: VirtualClock, fake_discord: FakeDiscord) -> Memory:
    return Memory(store, clock, fake_discord.guild_id)


async def test_the_gateway_answers(
    fake_discord: FakeDiscord, clock: VirtualClock, memory: Memory, answers: MemberAnswers, singles: SingleRequests
) -> None:
    """One frame for all, and none of the requests that Discord counts. Who is missing from the answer has left."""
    people, expected = await one_of_each(fake_discord, clock, memory)
    await memory.ask(*people)
    await ask_once(answers)
    assert await memory.barred(people) == expected
    assert (fake_discord.gateway.member_requests, singles.sent) == ([len(people)], 0)


@silent_gateway
async def test_a_gateway_that_is_silent(
    fake_discord: FakeDiscord, clock: VirtualClock, memory: Memory, answers: MemberAnswers, singles: SingleRequests
) -> None:
    """Single requests bring the same answers, each in a slot of its own."""
    fake_discord.gateway.answers_about_members = False
    people, expected = await one_of_each(fake_discord, clock, memory)
    await memory.ask(*people)
    await ask_once(answers)
    assert await memory.barred(people) == expected
    assert singles.sent == len(people)


@silent_gateway
@pytest.mark.parametrize("urgent", [True, False])
async def test_discord_does_not_answer_at_all(
    fake_discord: FakeDiscord,
    clock: VirtualClock,
    memory: Memory,
    answers: MemberAnswers,
    singles: SingleRequests,
    urgent: bool,
) -> None:
    """No answer is not a refusal: the questions stay open. Discord is left alone for a while, then asked again."""
    fake_discord.gateway.answers_about_members = False
    fake_discord.faults.plan_fault(Fault.RESET_BEFORE, path="/guilds/*/members/*", times=99)
    people = [fake_discord.add_person(name) for name in ("Ann", "Ben")]
    await (memory.ask(*people) if urgent else memory.ask_again(*people))
    for _ in range(3):
        await ask_once(answers)
    assert await memory.barred(people) == [None, None]
    assert (len(fake_discord.gateway.member_requests), singles.sent) == (1, 2)
    fake_discord.faults.clear()
    clock.pass_time(seconds=ASK_URGENTLY_AGAIN_IN if urgent else ASK_AGAIN_IN)
    await ask_once(answers)
    assert await memory.barred(people) == [False, False]


@silent_gateway
async def test_discord_answers_about_some(fake_discord: FakeDiscord, memory: Memory, answers: MemberAnswers) -> None:
    """Those without an answer keep no answer from the others."""
    fake_discord.gateway.answers_about_members = False
    people = [fake_discord.add_person(f"Student{number}") for number in range(2 * SILENCES_IN_A_ROW)]
    for person in people[: SILENCES_IN_A_ROW - 1]:
        path = f"/guilds/{fake_discord.guild_id}/members/{person.id}"
        fake_discord.faults.plan_fault(Fault.RESET_BEFORE, path=path, times=9)
    await memory.ask(*people)
    await ask_once(answers)
    assert (await memory.barred(people)).count(False) == SILENCES_IN_A_ROW + 1


@silent_discord
async def test_many_requests_without_an_answer_end_the_round(
    fake_discord: FakeDiscord, memory: Memory, answers: MemberAnswers, singles: SingleRequests
) -> None:
    """A Discord that does not answer is not asked about a hundred members."""
    fake_discord.gateway.answers_about_members = False
    fake_discord.faults.plan_fault(Fault.SERVER_ERROR, path="/guilds/*/members/*", times=999)
    await memory.ask_again(*range(1, 101))
    await ask_once(answers)
    assert SILENCES_IN_A_ROW <= singles.sent < SILENCES_IN_A_ROW + SINGLES_AT_ONCE


async def test_a_hundred_members_a_frame(fake_discord: FakeDiscord, memory: Memory, answers: MemberAnswers) -> None:
    """More are asked about in several frames."""
    ids = range(1, 251)
    await memory.ask(*ids)
    await ask_once(answers)
    assert fake_discord.gateway.member_requests == [100, 100, 50]
    assert None not in await memory.barred(ids)


async def test_a_deleted_role_takes_nothing(fake_discord: FakeDiscord, memory: Memory, answers: MemberAnswers) -> None:
    """Members stay in their sessions when the admins delete the role that the server requires."""
    ann = fake_discord.add_person("Ann")
    await memory.require_role(UNKNOWN)
    await memory.ask(ann)
    await ask_once(answers)
    assert await memory.barred([ann]) == [False]


@silent_gateway
async def test_the_connection_breaks(
    fake_discord: FakeDiscord, memory: Memory, answers: MemberAnswers, singles: SingleRequests
) -> None:
    """While the gateway is away, single requests answer."""
    ann = fake_discord.add_person("Ann")
    await memory.ask(ann)
    await fake_discord.gateway.abort_connections()
    await ask_once(answers)
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
            await ask_once(answers_of(chat, store, clock, singles))
        left = {
            question.server_id
            for question in await store.memberships.open_questions(servers.values(), urgent=True, limit=9)
        }
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
    ann, rounds = fake_discord.add_person("Ann"), 0
    start_asking = MemberAnswers.start_asking

    async def fail_first(self: MemberAnswers) -> None:
        nonlocal rounds
        rounds += 1
        if rounds == 1:
            raise KeyError("odd")
        await start_asking(self)

    monkeypatch.setattr(MemberAnswers, "start_asking", fail_first)
    answering = asyncio.create_task(chat.answer_member_questions())
    await memory.ask(ann)

    async def is_answered() -> bool:
        clock.pass_time(seconds=1)
        return await memory.barred([ann]) != [None]

    await until(is_answered)
    answering.cancel()
    assert rounds > 1
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
        return not await store.memberships.open_questions([fake_discord.guild_id], urgent=True, limit=1)

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
    await ask_once(answers)  # the answer comes after the ban, over the same connection

    async def is_known() -> bool:
        return await memory.barred([ann]) != [None]

    if heard:
        await until(is_known)
    else:
        assert not await is_known()


WAITING = range(1, 301)
DOOR_WITHIN = 2.0  # seconds, as decided for chat's answer to a question for which somebody waits


class Door:
    """Members who want to enter, while everybody who waits is asked about; in real time, like Discord."""

    def __init__(self, memory: Memory, answers: MemberAnswers) -> None:
        self.memory = memory
        self._answers = answers

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Questions are answered."""
        answering = asyncio.create_task(self._answers.run())
        async with asyncio.timeout(TIMEOUT):
            yield
        answering.cancel()
        await asyncio.wait([answering])

    async def seconds_to_answer(self, person: Person) -> float:
        """Ask about somebody; the seconds until an answer is there."""
        watch = Stopwatch()
        await self.memory.ask(person)

        async def is_answered() -> bool:
            return await self.memory.barred([person]) != [None]

        await until(is_answered)
        return watch.seconds


@pytest.fixture
def door(
    store: Store,
    fake_discord: FakeDiscord,
    chat: Chat,
    singles: SingleRequests,
    gateway_within: float,
    single_within: float,
) -> Door:
    clock = SystemClock()
    answers = answers_of(chat, store, clock, singles, gateway_within=gateway_within, single_within=single_within)
    return Door(Memory(store, clock, fake_discord.guild_id), answers)


@pytest.mark.parametrize(("gateway_answers", "gateway_within"), [(True, TIMEOUT), (False, GATEWAY_WITHIN)])
async def test_the_door_comes_before_three_hundred_who_wait(
    fake_discord: FakeDiscord, door: Door, singles: SingleRequests, gateway_answers: bool
) -> None:
    """While Discord is slow to answer about everybody who waits, who wants to enter is answered in time."""
    fake_discord.gateway.answers_about_members = gateway_answers
    fake_discord.faults.path_pattern, fake_discord.faults.delay_s = "/guilds/*/members/*", SLOW
    people = [fake_discord.add_person(name) for name in ("Ann", "Ben")]
    await door.memory.ask_again(*WAITING)

    async def is_asked() -> bool:
        return bool(fake_discord.gateway.member_requests if gateway_answers else singles.sent)

    async with door.opened():
        await until(is_asked)
        waits = await asyncio.gather(*(door.seconds_to_answer(person) for person in people))
        left = (await door.memory.barred(WAITING)).count(None)
    assert max(waits) < DOOR_WITHIN
    assert gateway_answers or left > 0.9 * len(WAITING)


@silent_discord
async def test_a_door_that_is_not_answered_holds_up_no_other(fake_discord: FakeDiscord, door: Door) -> None:
    """Somebody about whom Discord is silent keeps nobody else waiting, and is asked about again soon."""
    fake_discord.gateway.answers_about_members = False
    silent, *others = (fake_discord.add_person(name) for name in ("Ann", "Ben", "Cem", "Dan"))
    fake_discord.faults.path_pattern = f"/guilds/{fake_discord.guild_id}/members/{silent.id}"
    fake_discord.faults.delay_s = TIMEOUT
    async with door.opened():
        await door.memory.ask(silent)
        for person in others:
            assert await door.seconds_to_answer(person) < DOOR_WITHIN
        fake_discord.faults.clear()
        assert await door.seconds_to_answer(silent) < SINGLE_WITHIN + ASK_URGENTLY_AGAIN_IN + DOOR_WITHIN
