"""Assembles the chat part from plain values; no other code of the process deals with Discord."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from bot.chat.client import HeyBuddyClient
from bot.chat.commands.groups import all_groups
from bot.chat.connection import Connection
from bot.chat.deliver import MessageDelivery
from bot.chat.direct_channels import DirectChannels
from bot.chat.discord_limits import Share
from bot.chat.discord_trouble import TokenRefused
from bot.chat.interaction_tokens import TokenCipher
from bot.chat.joined_servers import JoinedServers
from bot.chat.meeting.actions import MeetingActions
from bot.chat.meeting.handlers import MeetingHandlers
from bot.chat.meeting.links import InvitationLinks
from bot.chat.member_answers import MemberAnswers
from bot.chat.member_requests import MemberRequests
from bot.chat.membership_lookup import MembershipLookup
from bot.chat.memberships import MembershipNews
from bot.chat.message_cards import MessageCards
from bot.chat.other_processes import OtherProcesses
from bot.chat.redraw import MessageRedrawing
from bot.chat.request_limiter import RequestLimiter, use_share
from bot.chat.safety.actions import BlockActions
from bot.chat.safety.handlers import SafetyHandlers
from bot.chat.search.actions import SearchActions
from bot.chat.search.autocomplete import SearchAutocomplete
from bot.chat.search.gate_reminder import GateReminderHandlers
from bot.chat.search.handlers import SearchHandlers
from bot.chat.search.member_wishes import MemberWishes
from bot.chat.search.opening import SearchOpening
from bot.chat.search.pace import SearchPace
from bot.chat.search.rules import SearchRules
from bot.chat.search.rules_actions import RulesActions
from bot.chat.search.rules_handlers import RulesHandlers
from bot.chat.search.servers import SearchServers
from bot.chat.search.status import SearchStatus
from bot.chat.search.wait_estimator import WaitEstimator
from bot.chat.sending_health import SendingHealth, WaitingMessages
from bot.chat.setup.actions import SetupActions
from bot.chat.setup.handlers import SetupHandlers
from bot.chat.setup.inspection import Inspection
from bot.chat.setup.last_step import LastStep
from bot.chat.setup.rechecks import Rechecks
from bot.chat.setup.server_changes import ServerChanges
from bot.chat.setup.staff_channel import StaffChannel
from bot.chat.setup.trial import TrialActions
from bot.chat.setup.trial_cards import TrialCards
from bot.chat.statistics.handlers import StatisticsHandlers
from bot.chat.statistics.picture_drawing import PictureDrawing
from bot.chat.ui.components import Handlers
from bot.chat.ui.replies import Replies
from bot.clock import Clock
from bot.domain.invitation import digest
from bot.domain.message import Outcome
from bot.matching.fit import Weights
from bot.metrics import Metrics
from bot.store import Store
from bot.store.chat_processes import ChatProcess
from bot.store.outbox import OutboxMessage, StaleMessage
from bot.words import language_names, words_for

MESSAGE, ANSWER = "message", "answer to a member"


class Chat:
    """The chat part: `run` connects and stays connected, `deliver` sends one message for the courier.

    `link_key` and `interaction_key` are derived keys of 32 bytes; `public_url` has no slash at its end; `wait_minutes`
    is how long a search lasts unless the member says otherwise. `shard_ids` are this process's shards, of
    `shard_count`; None for all of them, and for as many as Discord recommends. `holder` identifies this process in the
    store, and `place` names it for people.
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
    ) -> None:
        tokens, news = TokenCipher(interaction_key, clock), MembershipNews(store.memberships, store.servers, clock)
        self._health = {what: SendingHealth(clock, what, metrics) for what in (MESSAGE, ANSWER)}
        replies = _replies(store, clock, news, tokens, self._health[ANSWER])
        links = InvitationLinks(invitations=store.invitations, clock=clock, key=link_key, public_url=public_url)
        meetings = _meeting_actions(store, clock, links)
        meeting = MeetingHandlers(meetings, replies)
        searching = _searching(store, clock, meetings, replies, weights=weights, wait_minutes=wait_minutes)
        safety = SafetyHandlers(BlockActions(blocks=store.blocks, matches=store.matches, clock=clock), replies)
        setup, self._rechecks, trial_cards = _setup(store, clock, replies, links, public_url)
        statistics = _statistics(store, replies)
        self._limiter = RequestLimiter(clock, metrics)
        self.client = HeyBuddyClient(
            groups=all_groups(
                search=searching.handlers,
                autocomplete=searching.autocomplete,
                meeting=meeting,
                safety=safety,
                setup=setup,
                statistics=statistics,
            ),
            components={
                **searching.components(),
                **meeting.components(),
                **setup.components(),
                **statistics.components(),
            },
            forms={**searching.handlers.forms(), **setup.forms()},
            replies=replies,
            joined_servers=JoinedServers(store.servers, clock),
            server_changes=ServerChanges(store.servers, self._rechecks),
            news=news,
            limiter=self._limiter,
            clock=clock,
            shard_count=shard_count,
        )
        cards = MessageCards(meetings, trial_cards, searching.status, words_for)
        self._waiting = WaitingMessages(store.outbox, clock, MESSAGE, can_send=self.can_send)
        self._delivery = _delivery(self.client, store, clock, cards, tokens)
        self._member_answers = _member_answers(self.client, store, clock, news)
        self._redrawing = _redrawing(self.client, store, clock, cards, tokens)
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


def _statistics(store: Store, replies: Replies) -> StatisticsHandlers:
    return StatisticsHandlers(store.statistics, replies, PictureDrawing())


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


def _meeting_actions(store: Store, clock: Clock, links: InvitationLinks) -> MeetingActions:
    return MeetingActions(
        matches=store.matches,
        invitations=store.invitations,
        browser_sessions=store.browser_sessions,
        links=links,
        clock=clock,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Searching:
    """What answers for searches."""

    status: SearchStatus
    handlers: SearchHandlers
    rules: RulesHandlers
    gate: GateReminderHandlers
    autocomplete: SearchAutocomplete

    def components(self) -> Handlers:
        """The buttons by their custom id."""
        return {**self.handlers.components(), **self.rules.components(), **self.gate.components()}


def _searching(
    store: Store,
    clock: Clock,
    meetings: MeetingActions,
    replies: Replies,
    *,
    weights: Weights,
    wait_minutes: int,
) -> _Searching:
    lookup = MembershipLookup(store.memberships, clock)
    pace = SearchPace(lookup=lookup, matches=store.matches, last_meetings=store.last_meetings)
    tickets, servers = store.tickets, SearchServers(store.servers, store.restrictions, lookup, pace)
    rules = SearchRules(servers=servers, consents=store.rules_consents, postponed=store.postponed_searches, clock=clock)
    status = SearchStatus(
        servers=servers,
        tickets=tickets,
        outbox=store.outbox,
        meetings=meetings,
        rules=rules,
        wait_estimator=WaitEstimator(tickets, weights, clock),
        clock=clock,
    )
    wishes = MemberWishes(servers=servers, members=store.members, tickets=tickets, language_names=language_names())
    opening = SearchOpening(
        servers=servers, tickets=tickets, rules=rules, status=status, clock=clock, wait_minutes=wait_minutes
    )
    actions = SearchActions(
        tickets=tickets, meetings=meetings, status=status, wishes=wishes, opening=opening, clock=clock
    )
    handlers = SearchHandlers(actions, wishes, status, replies)
    answers = RulesActions(rules=rules, searches=actions, opening=opening, status=status)
    return _Searching(
        status=status,
        handlers=handlers,
        rules=RulesHandlers(answers, handlers),
        gate=GateReminderHandlers(servers, pace, store.gate_reminders, handlers),
        autocomplete=SearchAutocomplete(wishes, replies),
    )


def _setup(
    store: Store, clock: Clock, replies: Replies, links: InvitationLinks, public_url: str
) -> tuple[SetupHandlers, Rechecks, TrialCards]:
    staff = StaffChannel(clock)
    inspection = Inspection(store=store, clock=clock, staff=staff, public_url=public_url)
    rechecks = Rechecks(servers=store.servers, inspection=inspection, staff=staff, clock=clock)
    actions, trials = _setup_actions(store, clock), TrialActions(trials=store.trials, links=links, clock=clock)
    last_step = LastStep(actions, trials, staff, replies)
    cards = TrialCards(
        trials=store.trials,
        clock=clock,
        address=public_url.partition("://")[2],
        is_video_down=inspection.is_video_down,
    )
    return SetupHandlers(actions, inspection, last_step, replies, rechecks.note_shown), rechecks, cards


def _setup_actions(store: Store, clock: Clock) -> SetupActions:
    return SetupActions(
        servers=store.servers,
        drafts=store.setup_drafts,
        tickets=store.tickets,
        clock=clock,
        first_subjects=words_for()("chat.setup.first_subjects").split(", "),
        language_names=language_names(),
    )
