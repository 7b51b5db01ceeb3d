"""A study hall in memory: the real client and the real store, with a stand-in for Discord."""

from collections.abc import AsyncIterator

import pytest
from simcord import Env

from bot.chat.part import Chat
from bot.matching.fit import Weights
from bot.store import Store
from tests.chat.hall import INTERACTION_KEY, LINK_KEY, PUBLIC_URL, Hall, at_once
from tests.clocks import VirtualClock


@pytest.fixture
async def hall(store: Store, clock: VirtualClock) -> AsyncIterator[Hall]:
    def new_chat() -> Chat:
        return Chat(
            store=store,
            clock=clock,
            token="made-up",
            api_base="https://discord.com/api/v10",
            link_key=LINK_KEY,
            interaction_key=INTERACTION_KEY,
            public_url=PUBLIC_URL,
            wait_minutes=14,
            weights=Weights(),
            turn=at_once,
            shard_count=1,
        )

    chat = new_chat()
    env = Env(chat.client)
    await env.start()
    guild = env.create_guild("Study Hall")
    study = guild.create_text_channel("study")
    yield Hall(env=env, guild=guild, study=study, store=store, clock=clock, chat=chat, new_chat=new_chat)
    await env.shutdown()
    env.raise_errors()
