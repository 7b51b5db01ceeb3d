"""Questions about members: who asks, who answers, and what is known afterwards."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from discord.http import Route

from bot.chat.discord_limits import Share
from bot.chat.member_answers import MemberAnswers
from bot.chat.member_requests import MemberRequests
from bot.chat.memberships import MembershipNews
from bot.chat.part import Chat
from bot.chat.request_limiter import CURRENT_SHARE
from bot.clock import Clock, SystemClock
from bot.domain.membership import UNTIL_TOLD_OTHERWISE
from bot.domain.server import Audience, Server
from bot.sandbox.discord.fake_discord import FakeDiscord, Person
from bot.store import Store
from tests.chat.chat_harness import new_chat
from tests.clocks import VirtualClock
from tests.polling import TIMEOUT, until
from tests.sandbox.discord.small_bot import knows_its_servers
from tests.store.scenario import Scenario

GATEWAY_WITHIN = 0.3  # seconds, where the gateway is silent
SINGLE_WITHIN = 3.0  # seconds, where a single request is not answered
UNKNOWN = 4242


class SingleRequests:
    """Counts the single requests that use the share for questions about members."""

    def __init__(self) -> None:
        self.sent = 0

    def watch(self, chat: Chat) -> None:
        """Count what this chat part sends from now on."""
        send = chat.client.http.request

        async def count_and_send(route: Route, **options: Any) -> Any:
            self.sent += CURRENT_SHARE.get() is Share.MEMBERS
            return await send(route, **options)

        chat.client.http.request = count_and_send  # type: ignore[method-assign]


@asynccontextmanager
async def connected(
    store: Store, fake_discord: FakeDiscord, clock: Clock | None = None, **options: Any
) -> AsyncIterator[Chat]:
    """The chat part, connected, by default with the machine's clock; it answers no questions by itself."""
    chat = new_chat(store, clock or SystemClock(), token="right", api_base=fake_discord.api_base, **options)
    ready = asyncio.Event()

    async def on_ready() -> None:
        ready.set()

    chat.client.event(on_ready)
    chat.client._connection.guild_ready_timeout = GATEWAY_WITHIN  # the library waits for more servers that long
    running = asyncio.create_task(chat.run())
    try:
        async with asyncio.timeout(TIMEOUT):
            await ready.wait()
        await until(lambda: knows_its_servers(chat.client))
        yield chat
    finally:
        running.cancel()
        await asyncio.wait([running])


def answers_of(
    chat: Chat,
    store: Store,
    clock: Clock,
    singles: SingleRequests,
    *,
    gateway_within: float = TIMEOUT,
    single_within: float = TIMEOUT,
) -> MemberAnswers:
    """What answers questions in this chat part. The two limits are in seconds, as in `MemberRequests`."""
    singles.watch(chat)
    return MemberAnswers(
        client=chat.client,
        requests=MemberRequests(chat.client, gateway_within=gateway_within, single_within=single_within),
        news=MembershipNews(store.memberships, store.servers, store.staff_members, clock),
        memberships=store.memberships,
        clock=clock,
        listener=store.listen("memberships"),
    )


async def ask_once(answers: MemberAnswers) -> None:
    """Put the open questions to Discord, and return when that has ended."""
    await answers.start_asking()
    await answers.in_progress.wait_for_all()


class Memory:
    """What the store knows of the members of one server."""

    def __init__(self, store: Store, clock: Clock, server_id: int) -> None:
        self._store = store
        self._clock = clock
        self._server_id = server_id

    async def ask(self, *people: Person | int) -> None:
        """Ask about these people now."""
        for person in people:
            await self._store.memberships.ask(self._server_id, _id_of(person), self._clock.now())

    async def ask_again(self, *people: Person | int) -> None:
        """Ask about these people, who begin to wait for a partner, as about everybody who waits."""
        scenario = Scenario(self._store, VirtualClock())
        for person in people:
            ticket = replace(scenario.ticket(_id_of(person)), server_id=self._server_id, pool=str(self._server_id))
            await scenario.agreed(ticket.member_id, self._server_id)
            await self._store.tickets.start_waiting(ticket)
        await self._store.memberships.ask_again(self._clock.now())

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
