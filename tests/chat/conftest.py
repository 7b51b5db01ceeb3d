"""A Discord server in memory with the chat part in it."""

from collections.abc import AsyncIterator
from functools import partial

import pytest
from simcord import Env

from bot.store import Store
from tests.chat.chat_harness import ChatHarness, new_chat
from tests.clocks import VirtualClock


@pytest.fixture
async def harness(store: Store, clock: VirtualClock) -> AsyncIterator[ChatHarness]:
    make_chat = partial(new_chat, store, clock, shard_count=1)
    chat = make_chat()
    env = Env(chat.client)
    await env.start()
    await chat.client.registration.register()
    guild = env.create_guild("Study Hall")
    study = guild.create_text_channel("study")
    yield ChatHarness(env=env, guild=guild, study=study, store=store, clock=clock, chat=chat, new_chat=make_chat)
    await env.shutdown()
    env.raise_errors()
