"""Answers the store's questions about members: the urgent ones, for which somebody waits, before and beside all others.

Each chat process answers for the servers of its own shards. A question that Discord does not answer stays open.
"""

import asyncio
import logging
import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby, product
from typing import Final

import discord

from bot.chat.member_requests import MEMBERS_PER_FRAME, MemberRequests
from bot.chat.memberships import MembershipNews
from bot.clock import Clock
from bot.domain.membership import Membership
from bot.leader_loop import RunningTasks
from bot.process import raise_if_cancelled
from bot.store import StoreUnavailable
from bot.store.database import Listener
from bot.store.memberships import MemberQuestion, Memberships

MEMBERS_PER_ROUND: Final = 10 * MEMBERS_PER_FRAME
POLL_EVERY: Final = 1.0  # seconds; how soon questions of other processes are seen
ROUNDS_APART: Final = 0.5  # seconds; a frame each stays within the 120 a minute that Discord takes
GATEWAY_FIRST: Final = 0.5  # seconds; with an urgent question a single request follows if the gateway is slower
SILENCES_IN_A_ROW: Final = 5  # single requests without an answer, after which others are not sent
ASK_AGAIN_IN: Final = 10.0  # seconds, of a question that Discord did not answer
ASK_URGENTLY_AGAIN_IN: Final = 2.0
SINGLES_AT_ONCE: Final = 3
"""Single requests under way that are not urgent: an urgent one waits for these at most, at the pace of this process."""
URGENT_SINGLES_AT_ONCE: Final = 5

log = logging.getLogger(__name__)


class MemberAnswers:
    """Puts open questions to Discord and records the answers.

    Each batch of questions is a task of its own, so none waits for Discord's answer to another.
    """

    def __init__(
        self,
        *,
        client: discord.Client,
        requests: MemberRequests,
        news: MembershipNews,
        memberships: Memberships,
        clock: Clock,
        listener: Listener,
    ) -> None:
        self._client = client
        self._requests = requests
        self._news = news
        self._memberships = memberships
        self._clock = clock
        self._listener = listener
        self._slots = asyncio.Semaphore(SINGLES_AT_ONCE)
        self._urgent_slots = asyncio.Semaphore(URGENT_SINGLES_AT_ONCE)
        self._not_before: dict[MemberQuestion, float] = {}  # in seconds of the monotonic clock; endless while asked
        self.in_progress: RunningTasks[object] = RunningTasks()

    async def run(self) -> None:
        """Answer until cancelled. Trouble with one question never ends it."""
        try:
            while True:
                await self._listener.wait(POLL_EVERY)
                try:
                    await self.start_asking()
                except StoreUnavailable as unavailable:
                    raise_if_cancelled()
                    log.warning("questions about members wait: %s", unavailable)
                except Exception:
                    raise_if_cancelled()
                    log.exception("a round of questions about members failed")
                await self._clock.sleep(ROUNDS_APART)
        finally:
            await self.in_progress.drain(within=0)

    async def start_asking(self) -> None:
        """Start to put the open questions of our servers to Discord, the oldest first; each again after a while."""
        self.in_progress.forget_finished()
        passed = self._clock.monotonic()
        self._not_before = {question: until for question, until in self._not_before.items() if until > passed}
        for urgent in (True, False):
            for guild, questions in await self._due_batches(urgent=urgent):
                self._not_before.update(dict.fromkeys(questions, math.inf))
                self.in_progress.start(object(), self._answer(guild, questions), name="questions about members")

    async def _due_batches(self, *, urgent: bool) -> Sequence[tuple[discord.Guild, Sequence[MemberQuestion]]]:
        guilds = {guild.id: guild for guild in self._client.guilds if not guild.unavailable}
        most = MEMBERS_PER_ROUND + len(self._not_before)  # those that are not due yet keep none away
        questions = await self._memberships.open_questions(guilds, urgent=urgent, limit=most)
        due = sorted((each for each in questions if each not in self._not_before), key=lambda each: each.server_id)
        return [
            (guilds[server_id], batch)
            for server_id, of_server in groupby(due, key=lambda each: each.server_id)
            for batch in _frames(list(of_server))
        ]

    async def _answer(self, guild: discord.Guild, questions: Sequence[MemberQuestion]) -> None:
        """Put questions about members of one server, all urgent or none, to Discord and record its answers."""
        urgent = questions[0].urgent
        try:
            await (self._ask_urgently if urgent else self._ask_in_turn)(guild, [each.member_id for each in questions])
        except StoreUnavailable as unavailable:
            log.warning("answers about members are lost: %s", unavailable)
        except Exception:
            log.exception("questions about members failed")
        finally:
            again_at = self._clock.monotonic() + (ASK_URGENTLY_AGAIN_IN if urgent else ASK_AGAIN_IN)
            self._not_before.update({each: again_at for each in questions if each in self._not_before})

    async def _ask_in_turn(self, guild: discord.Guild, member_ids: Sequence[int]) -> None:
        if not await self._ask_gateway(guild, member_ids):
            await self._ask_singly(guild, member_ids, self._slots)

    async def _ask_urgently(self, guild: discord.Guild, member_ids: Sequence[int]) -> None:
        """Ask the gateway; if it is slow, ask by single requests as well, until either has answered all."""
        gateway = asyncio.create_task(self._ask_gateway(guild, member_ids))
        asked = {gateway}
        try:
            await asyncio.wait(asked, timeout=GATEWAY_FIRST)
            if not gateway.done() or not gateway.result():
                asked.add(asyncio.create_task(self._ask_singly(guild, member_ids, self._urgent_slots)))
            for answered in asyncio.as_completed(asked):
                if await answered:
                    return
        finally:
            for task in asked:
                task.cancel()
            await asyncio.gather(*asked, return_exceptions=True)

    async def _ask_gateway(self, guild: discord.Guild, member_ids: Sequence[int]) -> bool:
        """Ask about all at once. False if no answer came."""
        told_at = self._clock.now()
        answers = await self._requests.ask_gateway(guild, member_ids)
        if answers is not None:
            await self._record(guild, answers, told_at)
        return answers is not None

    async def _ask_singly(self, guild: discord.Guild, member_ids: Sequence[int], slots: asyncio.Semaphore) -> bool:
        """Ask about each, until several in a row bring no answer. False if any did not."""
        silences, unanswered = 0, 0

        async def ask_about(member_id: int) -> None:
            nonlocal silences, unanswered
            async with slots:
                if silences >= SILENCES_IN_A_ROW:
                    unanswered += 1
                    return
                told_at = self._clock.now()
                membership = await self._requests.ask_singly(guild.id, member_id)
            if membership is None:
                silences, unanswered = silences + 1, unanswered + 1
            else:
                silences = 0
                await self._record(guild, {member_id: membership}, told_at)

        await asyncio.gather(*(ask_about(member_id) for member_id in member_ids))
        return not unanswered

    async def _record(self, guild: discord.Guild, answers: Mapping[int, Membership], told_at: datetime) -> None:
        all_roles = {role.id for role in guild.roles}
        records = (
            self._news.record(guild.id, member_id, membership, server_role_ids=all_roles, told_at=told_at)
            for member_id, membership in answers.items()
        )
        await asyncio.gather(*records)
        for member_id, urgent in product(answers, (True, False)):  # a later question can be asked at once
            self._not_before.pop(MemberQuestion(server_id=guild.id, member_id=member_id, urgent=urgent), None)


def _frames(questions: Sequence[MemberQuestion]) -> Iterator[Sequence[MemberQuestion]]:
    for start in range(0, len(questions), MEMBERS_PER_FRAME):
        yield questions[start : start + MEMBERS_PER_FRAME]
