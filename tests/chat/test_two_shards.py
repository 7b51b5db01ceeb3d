"""Two processes with chat, one shard each: whichever of them sends, members of both servers are served alike."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack

import pytest

from bot.chat.part import Chat
from bot.sandbox.discord.fake_discord import FakeDiscord, Person
from bot.store import Store
from tests.chat.chat_harness import new_chat
from tests.chat.test_over_the_wire import CLOCK, MessageWatch, link_of
from tests.flow.two_shards import SHARDS, new_student, servers_on_two_shards
from tests.loops.factories import make_courier, make_matchmaker
from tests.polling import TIMEOUT
from tests.store.agreeing import let_members_agree
from tests.store.scenario import LINK_KEY

pytestmark = pytest.mark.usefixtures("discord_addresses")


@pytest.fixture
async def discord() -> AsyncIterator[FakeDiscord]:
    made = FakeDiscord(clock=CLOCK, token="right")
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def channels(discord: FakeDiscord, store: Store) -> Mapping[int, int]:
    """The study channels of two servers, that of shard 0 first."""
    return await servers_on_two_shards(discord, store)


@pytest.fixture
async def chats(
    discord: FakeDiscord,
    store: Store,
    second_store: Store,
    channels: Mapping[int, int],
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[list[Chat]]:
    """The chat parts of two processes, connected; a matchmaker runs as well, and nothing sends."""
    for each in (store, second_store):
        let_members_agree(each, monkeypatch)
    async with AsyncExitStack() as stack:
        made = [
            new_chat(own, CLOCK, token="right", api_base=discord.api_base, shard_ids=[shard])
            for shard, own in enumerate((store, second_store))
        ]
        matchmaker = make_matchmaker(store, CLOCK, link_key=LINK_KEY)
        running = [asyncio.create_task(run()) for run in (*(chat.run for chat in made), matchmaker.run)]
        stack.push_async_callback(_end, running)
        async with asyncio.timeout(TIMEOUT):
            for chat in made:
                await chat.client.connected.wait()
        await discord.backend.wait_until(lambda: bool(discord.registered_commands()), timeout_s=TIMEOUT)
        yield made


async def _end(running: list[asyncio.Task[None]]) -> None:
    for task in running:
        task.cancel()
    await asyncio.wait(running)


@pytest.fixture(params=range(SHARDS), ids=["shard 0 sends", "shard 1 sends"])
async def courier(request: pytest.FixtureRequest, chats: list[Chat], store: Store) -> AsyncIterator[None]:
    """The courier, in the process with this shard."""
    chat = chats[request.param]
    running = asyncio.create_task(make_courier(store, CLOCK, chat.deliver, redraw=chat.redraw).run())
    yield
    await _end([running])


async def pair_in(discord: FakeDiscord, server_id: int, channel_id: int) -> list[Person]:
    """Two members of a server who search there."""
    people = [new_student(discord, server_id, f"{name}{server_id}") for name in ("Alice", "Bob")]
    for person in people:
        await discord.call_command(person, channel_id, "study now")
    return people


@pytest.mark.usefixtures("courier")
async def test_links_and_cards(discord: FakeDiscord, channels: Mapping[int, int]) -> None:
    """Each gets a direct message with a link, and their card, which another process may have sent, shows it too."""
    watch = MessageWatch(discord)
    for server_id, channel_id in channels.items():
        people = await pair_in(discord, server_id, channel_id)
        for person, partner in zip(people, reversed(people), strict=True):
            text = f"You're matched with {partner.name}"
            told = await watch.sees(person, discord.direct_channel_id(person), text)
            card = await watch.sees(person, channel_id, "You're matched with")
            assert link_of(told) == link_of(card)


@pytest.mark.usefixtures("courier")
async def test_closed_direct_messages(discord: FakeDiscord, channels: Mapping[int, int]) -> None:
    """The link comes below the member's card, by the token of an interaction that another process may have had."""
    watch = MessageWatch(discord)
    for server_id, channel_id in channels.items():
        closed, _ = people = [new_student(discord, server_id, f"{name}{server_id}") for name in ("Cem", "Dan")]
        discord.close_direct_messages(closed)
        for person in people:
            await discord.call_command(person, channel_id, "study now")
        link_of(await watch.sees(closed, channel_id, "I couldn't message you"))


@pytest.mark.usefixtures("chats")
async def test_direct_messages_come_to_the_first_shard(discord: FakeDiscord, channels: Mapping[int, int]) -> None:
    """It answers for searches in every server, those of other shards included."""
    watch = MessageWatch(discord)
    for server_id, channel_id in channels.items():
        person = new_student(discord, server_id, f"Eva{server_id}")
        await discord.call_command(person, channel_id, "study now")
        await watch.sees(person, channel_id, "Looking for a partner")
        direct = discord.direct_channel_id(person)
        await discord.call_command(person, direct, "study status")
        await watch.sees(person, direct, "Looking for a partner")
        await discord.call_command(person, direct, "study leave")
        await watch.sees(person, direct, "stopped looking")
