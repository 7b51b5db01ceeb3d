"""Assembles the chat part from plain values; no other code of the process deals with Discord."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial

from bot.chat.client import HeyBuddyClient
from bot.chat.connection import Connection
from bot.chat.deliver import MessageDelivery
from bot.chat.direct_channels import DirectChannels
from bot.chat.discord_limits import Share
from bot.chat.discord_trouble import TokenRefused
from bot.chat.features import build_features
from bot.chat.interaction_tokens import TokenCipher
from bot.chat.joined_servers import JoinedServers
from bot.chat.meeting.links import InvitationLinks
from bot.chat.member_answers import MemberAnswers
from bot.chat.member_requests import MemberRequests
from bot.chat.memberships import MembershipNews
from bot.chat.message_cards import MessageCards
from bot.chat.other_processes import OtherProcesses
from bot.chat.redraw import MessageRedrawing
from bot.chat.request_limiter import RequestLimiter, use_share
from bot.chat.sending_health import SendingHealth, WaitingMessages
from bot.chat.setup.server_changes import ServerChanges
from bot.chat.ui.replies import Replies
from bot.clock import Clock
from bot.domain.invitation import digest
from bot.domain.message import Outcome
from bot.matching.fit import Weights
from bot.metrics import Metrics
from bot.store import Store
from bot.store.chat_processes import ChatProcess
from bot.store.outbox import OutboxMessage, StaleMessage
from bot.words import words_for

MESSAGE, ANSWER = "message", "answer to a member"


class Chat:
    """The chat part: `run` connects and stays connected, `deliver` sends one message for the courier.

    `link_key` and `interaction_key` are derived keys of 32 bytes; `public_url` has no slash at its end; `wait_minutes`
    is how long a search lasts unless the member says otherwise. `shard_ids` are this process's shards, of
    `shard_count`; None for all of them, and for as many as Discord recommends. `holder` identifies this process in the
    store, and `place` names it for people. `safety_contact` is the operator's own account, None if it is not set.
    """

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        token: str,
        api_base: str,
        link_key: bytes,
        interaction_key: bytes,
        public_url: str,
        wait_minutes: int,
        weights: Weights,
        holder: str,
        place: str,
        shard_ids: Sequence[int] | None = None,
        shard_count: int | None = None,
        metrics: Metrics | None = None,
        safety_contact: int | None = None,
    ) -> None:
        tokens, news = (
            TokenCipher(interaction_key, clock),
            MembershipNews(store.memberships, store.servers, store.staff_members, clock),
        )
        self._health = {what: SendingHealth(clock, what, metrics) for what in (MESSAGE, ANSWER)}
        replies = _replies(store, clock, news, tokens, self._health[ANSWER])
        features = build_features(
            store,
            clock,
            replies,
            links=InvitationLinks(invitations=store.invitations, clock=clock, key=link_key, public_url=public_url),
            public_url=public_url,
            safety_contact=safety_contact,
            weights=weights,
            wait_minutes=wait_minutes,
        )
        self._rechecks = features.rechecks
        self._limiter = RequestLimiter(clock, metrics)
        self.client = HeyBuddyClient(
            groups=features.groups,
            components=features.components,
            forms=features.forms,
            replies=replies,
            joined_servers=JoinedServers(store.servers, clock),
            server_changes=ServerChanges(store.servers, self._rechecks),
            news=news,
            limiter=self._limiter,
            clock=clock,
            shard_count=shard_count,
        )
        self._waiting = WaitingMessages(store.outbox, clock, MESSAGE, can_send=self.can_send)
        self._delivery = _delivery(self.client, store, clock, features.cards, tokens)
        self._member_answers = _member_answers(self.client, store, clock, news)
        self._redrawing = _redrawing(self.client, store, clock, features.cards, tokens)
        self._connection = Connection(
            self.client, token=token, api_base=api_base, shard_ids=shard_ids, clock=clock, finish=replies.finish
        )
        describe_self = partial(self._describe_process, holder=holder, place=place, token_digest=digest(token).hex())
        self._others = _other_processes(store, clock, self._limiter, describe_self)

    def readiness_checks(self) -> Mapping[str, Callable[[], Awaitable[str | None]]]:
        """What must hold for members to be served; each check returns what is wrong, or None. They send nothing."""
        return {"gateway": self._check_gateway, "commands": self._check_commands, "sending": self._check_sending}

    async def run(self) -> None:
        """Run until cancelled. Raises TokenRefused when Discord does not accept the token."""
        await self._others.join()
        recheck = partial(self._rechecks.run, self.client)
        services = (self._stay_connected, self._others.run, recheck, self._limiter.token_refused.wait)
        tasks: list[asyncio.Task[object]] = [asyncio.create_task(service()) for service in services]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
                await asyncio.wait([task])
        for task in tasks:
            if not task.cancelled():
                task.result()
        raise TokenRefused(TokenRefused.__doc__)  # another request than the connection's has met that

    async def _stay_connected(self) -> None:
        try:
            await self._connection.run()
        except TokenRefused:
            self._limiter.token_refused.set()
            raise

    def _describe_process(self, *, holder: str, place: str, token_digest: str) -> ChatProcess:
        return ChatProcess(
            holder=holder,
            place=place,
            token_digest=token_digest,
            token_refused=self._limiter.token_refused.is_set(),
            shard_ids=self._connection.own_shards,
            shard_count=self.client.shard_count or 0,
        )

    async def answer_member_questions(self) -> None:
        """Answer the store's questions about members until cancelled."""
        await self._member_answers.run()

    def can_send(self) -> bool:
        """Whether there is a connection by which anything can be sent, edits included."""
        return self.client.is_logged_in

    async def deliver(self, message: OutboxMessage) -> Outcome:
        """Try once to deliver a message. Raises TokenRefused when Discord no longer accepts the token."""
        with use_share(Share.COURIER):
            outcome = await self._delivery.deliver(message)
        self._health[MESSAGE].record(outcome)
        return outcome

    async def _check_gateway(self) -> str | None:
        return self._connection.problem

    async def _check_commands(self) -> str | None:
        return self.client.registration.problem

    async def _check_sending(self) -> str | None:
        tried = self._limiter.stopped_because or self._health[MESSAGE].problem or self._health[ANSWER].problem
        return tried or await self._waiting.find_problem()

    async def redraw(self, stale: StaleMessage) -> Outcome:
        """Try once to make a message true again. Raises TokenRefused when Discord no longer accepts the token."""
        with use_share(Share.COURIER):
            return await self._redrawing.redraw(stale)


def _replies(store: Store, clock: Clock, news: MembershipNews, tokens: TokenCipher, health: SendingHealth) -> Replies:
    return Replies(
        interactions=store.interactions,
        news=news,
        tokens=tokens,
        clock=clock,
        words_for=words_for,
        note_answer=health.record,
    )


def _delivery(
    client: HeyBuddyClient, store: Store, clock: Clock, cards: MessageCards, tokens: TokenCipher
) -> MessageDelivery:
    return MessageDelivery(
        client=client,
        cards=cards,
        channels=DirectChannels(client=client, members=store.members, clock=clock),
        interactions=store.interactions,
        servers=store.servers,
        tokens=tokens,
        clock=clock,
        can_send=lambda: client.is_logged_in,
    )


def _redrawing(
    client: HeyBuddyClient, store: Store, clock: Clock, cards: MessageCards, tokens: TokenCipher
) -> MessageRedrawing:
    return MessageRedrawing(
        client=client,
        cards=cards,
        interactions=store.interactions,
        tokens=tokens,
        clock=clock,
        can_send=lambda: client.is_logged_in,
    )


def _other_processes(
    store: Store, clock: Clock, limiter: RequestLimiter, describe_self: Callable[[], ChatProcess]
) -> OtherProcesses:
    return OtherProcesses(
        chat_processes=store.chat_processes,
        refused_requests=store.refused_requests,
        limiter=limiter,
        describe_self=describe_self,
        clock=clock,
        listener=store.listen("chat_processes"),
    )


def _member_answers(client: HeyBuddyClient, store: Store, clock: Clock, news: MembershipNews) -> MemberAnswers:
    return MemberAnswers(
        client=client,
        requests=MemberRequests(client),
        news=news,
        memberships=store.memberships,
        clock=clock,
        listener=store.listen("memberships"),
    )
