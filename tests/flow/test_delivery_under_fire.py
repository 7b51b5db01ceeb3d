"""Messages reach everybody through a Discord in trouble, over real sockets: once each, and never before their time."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from bot import courier
from bot.chat import deliver, request_limiter
from bot.chat.discord_trouble import TokenRefused
from bot.chat.part import Chat
from bot.courier import Courier
from bot.domain.message import MessageState, Outcome
from bot.domain.server import Audience, Server
from bot.sandbox.discord.fake_discord import FakeDiscord, Person
from bot.sandbox.discord.faults import Fault
from bot.sandbox.discord.rest_api import NONCE_LIFETIME
from bot.sandbox.discord.user_actions import NoResponse
from bot.store import Store
from bot.store.databases.sqlite import SqliteDatabase
from bot.store.outbox import OutboxMessage
from tests.chat.chat_harness import new_chat
from tests.clocks import HASTE, START, ShortPauses
from tests.faults.bots import LINK
from tests.loops.factories import make_courier, make_matchmaker
from tests.polling import TIMEOUT, until
from tests.started_discord import started_discord
from tests.store import scenario
from tests.store.agreeing import let_members_agree
from tests.store.scenario import LINK_KEY

pytestmark = [pytest.mark.usefixtures("discord_addresses"), pytest.mark.dose]

CLOCK = ShortPauses()
MESSAGES = "/channels/*/messages"
GIVE_UP_AFTER = 500.0  # seconds
TROUBLE = {
    Fault.RATE_LIMITED: 0.30,
    Fault.SERVER_ERROR: 0.10,
    Fault.RESET_BEFORE: 0.02,
    Fault.RESET_AFTER: 0.02,
    Fault.RESET_MIDWAY: 0.02,
    Fault.SILENCE: 0.01,
}


class DiscordsHaste(ShortPauses):
    """The clock of a Discord whose limits are as much faster as what paces the bot's requests."""

    def now(self) -> datetime:
        return START + timedelta(seconds=self.monotonic())


@pytest.fixture
async def fake_discord() -> AsyncIterator[FakeDiscord]:
    async with started_discord(DiscordsHaste()) as stand_in:
        yield stand_in


@asynccontextmanager
async def connected(store: Store, fake_discord: FakeDiscord, holder: str = "test") -> AsyncIterator[Chat]:
    """A chat part that is connected and has its commands registered."""
    chat = new_chat(store, CLOCK, token="right", api_base=fake_discord.api_base, holder=holder)
    running = asyncio.create_task(chat.run())
    await chat.client.connected.wait()

    async def has_commands() -> bool:
        return await chat.readiness_checks()["commands"]() is None

    await until(has_commands)
    yield chat
    running.cancel()
    await asyncio.wait([running])


@asynccontextmanager
async def delivering(store: Store, chat: Chat) -> AsyncIterator[asyncio.Task[None]]:
    """The courier at work."""
    running = asyncio.create_task(make_courier(store, CLOCK, chat.deliver, redraw=chat.redraw).run())
    yield running
    running.cancel()
    await asyncio.wait([running])


async def match_people(
    store: Store, fake_discord: FakeDiscord, count: int, *, closed: bool = False
) -> Sequence[Person]:
    """Match so many people, in pairs; each has a message due. If `closed`, the first of each pair takes none.

    The other does then, because two mentions of one match come minutes apart. Returns all of them, or those who don't.
    """
    people = [fake_discord.add_person(f"Learner{number}") for number in range(count)]
    story = scenario.Scenario(store, CLOCK)  # type: ignore[arg-type]  # it moves no time here
    for first, second in zip(people[::2], people[1::2], strict=True):
        if closed:
            fake_discord.close_direct_messages(first)
        await story.matched(first.id, second.id)
    return people[::2] if closed else people


async def states(store: Store) -> Sequence[str]:
    """The state of every message to a member, without their cards."""
    assert isinstance(store.database, SqliteDatabase)
    rows = await store.database._reader.fetch("SELECT state FROM outbox WHERE kind <> 'card'", {})
    return [row["state"] for row in rows]


async def until_settled(store: Store) -> None:
    """Return when no message waits any more."""

    async def are_settled() -> bool:
        return MessageState.PENDING not in await states(store)

    await until(are_settled, within=GIVE_UP_AFTER)


def links(fake_discord: FakeDiscord, person: Person, channel: int | None = None) -> Sequence[str]:
    """The links that a person sees in a channel, by default that of their direct messages."""
    shown = fake_discord.channel_messages(channel or fake_discord.direct_channel_id(person), person)
    return [link for message in shown for link in LINK.findall(str(message["components"]))]


def has_copy_in_time(fake_discord: FakeDiscord, person: Person) -> bool:
    """Whether a direct message came twice while Discord could know its nonce."""
    shown = fake_discord.channel_messages(fake_discord.direct_channel_id(person))
    times = [datetime.fromisoformat(message["timestamp"]) for message in shown]
    return any(later - earlier < NONCE_LIFETIME for earlier, later in pairwise(times))


async def call_until_answered(fake_discord: FakeDiscord, person: Person, channel: int) -> None:
    """Ask for a partner, and again if the bot was too slow on a busy machine."""
    while True:
        with suppress(NoResponse):
            await fake_discord.call_command(person, channel, "study now")
            return


@pytest.mark.parametrize("count", [20, pytest.param(1000, marks=pytest.mark.faults, id="full")])
async def test_every_message_arrives_once_and_none_too_early(
    store: Store, fake_discord: FakeDiscord, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    """Of all attempts 30 % meet a limit, 10 % a failure of Discord's, and some a connection that breaks or is silent.

    A thousand messages meet the cut-off at five hundred refusals on the way: ten minutes later it goes on. Then Discord
    has forgotten the nonce of what had arrived unknown to the bot, and only then there is a second copy.
    """
    monkeypatch.setattr(request_limiter, "ANSWER_WITHIN", 1.0)
    people = await match_people(store, fake_discord, count)
    async with connected(store, fake_discord) as chat, delivering(store, chat):
        fake_discord.faults.path_pattern = MESSAGES
        fake_discord.faults.probabilities.update(TROUBLE)
        for fault in Fault:
            fake_discord.faults.plan_fault(fault, path=MESSAGES)
        await until_settled(store)
    assert set(await states(store)) == {MessageState.SENT}
    assert min(len(links(fake_discord, person)) for person in people) == 1
    assert not [person for person in people if has_copy_in_time(fake_discord, person)]
    assert fake_discord.limits.early == 0
    assert set(fake_discord.faults.injected) == set(Fault)


async def test_a_message_waits_as_long_as_discord_asks(
    store: Store, fake_discord: FakeDiscord, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also if that is longer than an attempt lasts: the library forgets it then, and the next would come too early."""
    monkeypatch.setattr(deliver, "TRY_TIMEOUT", 0.3)
    people = await match_people(store, fake_discord, 4)
    async with connected(store, fake_discord) as chat, delivering(store, chat):
        fake_discord.faults.retry_after_s = 1.8 * HASTE
        fake_discord.faults.plan_fault(Fault.RATE_LIMITED, path=MESSAGES, times=2)
        await until_settled(store)
    assert {len(links(fake_discord, person)) for person in people} == {1}
    assert fake_discord.limits.early == 0


@pytest.mark.parametrize(("count", "unseen"), [(12, 4), pytest.param(300, 30, marks=pytest.mark.faults, id="full")])
async def test_closed_direct_messages_cost_one_attempt_each(
    store: Store, fake_discord: FakeDiscord, monkeypatch: pytest.MonkeyPatch, count: int, unseen: int
) -> None:
    """Everybody is reached: by a follow-up to their command, or by a mention, those who have used none lately."""
    study, attempts = fake_discord.add_channel("study"), dict[str, int]()
    monkeypatch.setattr(scenario, "SERVER", fake_discord.guild_id)
    let_members_agree(store, monkeypatch)
    await store.servers.save(
        Server(
            server_id=fake_discord.guild_id,
            name="Study Hall",
            audience=Audience.ADULTS,
            channel_id=study,
            lengths=(25, 50),
        ),
        expected_version=0,
    )
    count_request = fake_discord.limits.count_request

    def counting(method: str, path: str) -> object:
        attempts[path] = attempts.get(path, 0) + (method == "POST")
        return count_request(method, path)

    fake_discord.limits.count_request = counting  # type: ignore[method-assign,assignment]
    async with connected(store, fake_discord) as chat, delivering(store, chat):
        matchmaker = asyncio.create_task(make_matchmaker(store, CLOCK, link_key=LINK_KEY).run())
        people = [fake_discord.add_person(f"Student{number}") for number in range(count)]
        for person in people:
            fake_discord.close_direct_messages(person)
            await call_until_answered(fake_discord, person, study)
        silent = await match_people(store, fake_discord, 2 * unseen, closed=True)

        async def are_all_sent() -> bool:
            return (await states(store)).count(MessageState.SENT) == count + 2 * unseen

        await until(are_all_sent, within=GIVE_UP_AFTER)
        matchmaker.cancel()
    closed = [*people, *silent]
    assert {attempts[f"/channels/{fake_discord.direct_channel_id(person)}/messages"] for person in closed} == {1}
    assert {len(links(fake_discord, person, study)) for person in people} == {2}, "on the card and in the follow-up"
    mentions = str([message["components"] for message in fake_discord.channel_messages(study)])
    assert all(f"<@{person.id}>" in mentions for person in silent)


async def test_a_refused_token_stops_every_process_and_loses_nothing(
    store: Store, fake_discord: FakeDiscord, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both chat processes end, few requests meet the refusal, and with a valid token everybody is told."""
    monkeypatch.setattr(courier, "WITHOUT_ATTEMPT", timedelta(seconds=0.5))
    people = await match_people(store, fake_discord, 40)
    chats = [
        new_chat(store, CLOCK, token="right", api_base=fake_discord.api_base, holder=holder)
        for holder in ("one", "two")
    ]
    running = [asyncio.create_task(chat.run()) for chat in chats]
    for chat in chats:
        await chat.client.connected.wait()
    fake_discord._rest_api._token = "another"
    async with delivering(store, chats[0]), asyncio.timeout(TIMEOUT):
        ended = await asyncio.gather(*running, return_exceptions=True)
    assert [type(each) for each in ended] == [TokenRefused, TokenRefused]
    assert sum(chat._limiter.invalid_requests.count for chat in chats) < 15
    assert await states(store) == [MessageState.PENDING] * 40
    fake_discord._rest_api._token = "right"
    async with connected(store, fake_discord, "three") as chat, delivering(store, chat):
        await until_settled(store)
    assert {len(links(fake_discord, person)) for person in people} == {1}


async def test_a_lease_that_is_lost_in_the_middle_of_a_delivery(
    store: Store, fake_discord: FakeDiscord, caplog: pytest.LogCaptureFixture
) -> None:
    """The next process sends the same messages under the same nonces: one arrives, and one outcome is recorded."""
    caplog.set_level(logging.WARNING, "bot.courier")
    people, is_lost = await match_people(store, fake_discord, 2), asyncio.Event()
    async with connected(store, fake_discord, "one") as first, connected(store, fake_discord, "two") as second:

        async def deliver_until_lost(message: OutboxMessage) -> Outcome:
            outcome = await first.deliver(message)
            await is_lost.wait()
            return outcome

        fake_discord.faults.path_pattern, fake_discord.faults.delay_s = MESSAGES, 0.5
        couriers = [make_courier(store, CLOCK, deliver) for deliver in (deliver_until_lost, second.deliver)]
        await deliver_as("one", couriers[0], store, wait=False)
        await store.leases.release("courier", "one")
        is_lost.set()
        await deliver_as("two", couriers[1], store, wait=True)
        await couriers[0].in_progress.wait_for_all()
    assert await states(store) == [MessageState.SENT] * 2
    assert [len(links(fake_discord, person)) for person in people] == [1, 1]
    assert sum("will be sent again, under the same id" in line for line in caplog.messages) == 2


async def deliver_as(holder: str, sender: Courier, store: Store, *, wait: bool) -> None:
    """Start what is due under the lease, and perhaps wait for its end."""
    fence = await store.leases.acquire("courier", holder, now=CLOCK.now())
    assert fence is not None
    assert await sender.step(fence) == 2
    if wait:
        await sender.in_progress.wait_for_all()
