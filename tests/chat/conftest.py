"""A Discord server in memory with the chat part in it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from discord.http import HTTPClient
from simcord import Env
from simcord.backend.state import Backend
from simcord.gateway import FakeGateway

from bot.chat import membership_lookup
from bot.chat.joined_servers import shard_of
from bot.chat.part import Chat
from bot.metrics import Metrics
from bot.store import Store
from tests.chat.chat_harness import ChatHarness, new_chat
from tests.clocks import VirtualClock
from tests.store.agreeing import let_members_agree


def answer_at_once(store: Store, chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let chat put each question about a member to Discord while it is asked; what is not answered waits for nobody."""
    ask = store.memberships.ask

    async def ask_and_answer(server_id: int, member_id: int, now: datetime) -> None:
        await ask(server_id, member_id, now)
        await chat._member_answers.start_asking()
        await chat._member_answers.in_progress.wait_for_all()

    monkeypatch.setattr(store.memberships, "ask", ask_and_answer)
    monkeypatch.setattr(membership_lookup, "ANSWERED_WITHIN", timedelta())


def list_servers_when_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the stand-in's READY list the servers of the shard, as Discord's does; of itself it lists none."""
    feed = FakeGateway.feed

    def feed_with_servers(gateway: FakeGateway, event: str, payload: Mapping[str, Any]) -> None:
        if event == "READY":
            shard_id, shard_count = payload["shard"]
            ids = [each for each in gateway._backend.guilds if shard_of(each, shard_count) == shard_id]
            payload = {**payload, "guilds": [{"id": str(each), "unavailable": True} for each in ids]}
        feed(gateway, event, payload)

    monkeypatch.setattr(FakeGateway, "feed", feed_with_servers)


def answer_missing_routes(
    backend: Backend, command_rules: Sequence[Mapping[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Answer two questions that the library asks and this stand-in does not know; the sandbox's has both routes."""

    async def count_members(_: HTTPClient, guild_id: int) -> Mapping[str, int]:
        guild = backend.get_guild(guild_id)
        roles = [role_id for role_id in guild.roles if role_id != guild_id]
        members = guild.members.values()
        return {str(each): sum(each in member.role_ids for member in members) for each in roles}

    async def list_command_rules(*_: object) -> Sequence[Mapping[str, Any]]:
        return command_rules

    monkeypatch.setattr(HTTPClient, "get_role_member_counts", count_members)
    monkeypatch.setattr(HTTPClient, "get_guild_application_command_permissions", list_command_rules)


@pytest.fixture
def consents(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let members agree to the rules before they are asked; tests of these have a fixture that does not."""
    let_members_agree(store, monkeypatch)


@pytest.fixture
async def harness(
    store: Store, clock: VirtualClock, metrics: Metrics, consents: None, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[ChatHarness]:
    list_servers_when_ready(monkeypatch)
    make_chat = partial(new_chat, store, clock, shard_count=1, metrics=metrics)
    chat = make_chat()
    answer_at_once(store, chat, monkeypatch)
    env = Env(chat.client)
    await env.start()
    await chat.client.registration.register()
    guild = env.create_guild("Study Hall")
    study = guild.create_text_channel("study")
    made = ChatHarness(env=env, guild=guild, study=study, store=store, clock=clock, chat=chat, new_chat=make_chat)
    answer_missing_routes(env.backend, made.command_rules, monkeypatch)
    yield made
    await env.shutdown()
    env.raise_errors()
