"""Build the chosen parts from the settings and run them: the only file that knows every part."""

import asyncio
import logging
import os
import platform
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager
from functools import partial

from bot import exit_status
from bot.chat.part import Chat
from bot.clock import Clock, SystemClock, new_id
from bot.config import LOOP_OF_PART, Part, Settings
from bot.courier import Courier
from bot.domain.address import Address, NoAddress
from bot.domain.derived_keys import KeyPurpose, derive_key
from bot.domain.message import Unauthorized
from bot.gate_news import GateNews
from bot.housekeeping import Housekeeping
from bot.janitor import Janitor
from bot.leader_loop import Leadership
from bot.log import ExpectedError
from bot.matchmaker.loop import Matchmaker
from bot.matchmaker.queue_sync import QueueSync
from bot.matchmaker.solver import Solver
from bot.metrics import Metrics
from bot.ops import OldestMessage, OpsListener
from bot.process import (
    CannotStart,
    Service,
    descriptor_limit,
    freeze_gc,
    raise_descriptor_limit,
    run_until_stopped,
    stop_on_signals,
)
from bot.readiness import DamageWatch, Readiness
from bot.report_duties import ReportDuties
from bot.service_manager import ServiceManager
from bot.store import Store, StoreError, StoreUnreachable, database_label, open_store
from web.livekit_rooms import LiveKitServer
from web.part import WebPart

DISCORD_CHANNELS_URL = "https://discord.com/channels"
OTHER_DESCRIPTORS = 400
"""What a process needs besides the page: up to 200 connections to Discord, 100 to LiveKit, and files."""
FEWEST_CONNECTIONS = 50

log = logging.getLogger(__name__)


class NotStarted(ExpectedError):
    """Something outside prevents the program from running. The message says what is wrong, and what to do."""


class NotStartedYet(NotStarted):
    """What the program needs is away at the moment: whoever supervises it should start it again."""

    status = exit_status.TROUBLE


async def run(settings: Settings, *, parts: Collection[Part], shard_ids: Sequence[int] | None = None) -> None:
    """Run `parts` until SIGTERM or SIGINT, then finish the work in progress. Raises NotStarted or NotStartedYet.

    `shard_ids` are the Discord shards this process connects; None means all. Freezes the garbage collector, and raises
    the limit of open files.
    """
    log.info("starting %s, with the database %s", ", ".join(parts), database_label(settings.store.database))
    freeze_gc()
    raise_descriptor_limit()
    clock, stop = SystemClock(), stop_on_signals()
    manager = ServiceManager(os.environ, clock)
    try:
        await serve(settings, parts=parts, shard_ids=shard_ids, clock=clock, stop=stop, service_manager=manager)
    except CannotStart as error:
        kind = NotStartedYet if isinstance(error.__cause__, StoreUnreachable) else NotStarted
        raise kind(str(error)) from error


async def serve(
    settings: Settings,
    *,
    parts: Collection[Part],
    clock: Clock,
    stop: asyncio.Event,
    service_manager: ServiceManager,
    shard_ids: Sequence[int] | None = None,
    chat_url: str = DISCORD_CHANNELS_URL,
) -> None:
    """Run `parts` until `stop` is set. Opens the store and closes it at the end. Raises CannotStart.

    `chat_url` is the address under which Discord shows its channels: pages link back to it.
    """
    try:
        metrics = Metrics()
        async with open_configured_store(settings, metrics) as store:
            await store.servers.apply_minors_allowed()
            assembly = Assembly(
                settings,
                store=store,
                clock=clock,
                metrics=metrics,
                report=service_manager.report,
                shard_ids=shard_ids,
                chat_url=chat_url,
            )
            if not settings.ops.safety_contact:
                log.warning("ops.safety_contact is not set: reports about admins, or that nobody reads, reach nobody")
            await run_until_stopped([service_manager.run, *assembly.services(parts)], stop)
    except StoreError as broken:
        raise CannotStart(f"store.database: {broken}") from broken


def open_configured_store(settings: Settings, metrics: Metrics | None = None) -> AbstractAsyncContextManager[Store]:
    """The store that `settings` name, opened as `open_store` does."""
    return open_store(
        settings.store.database,
        privacy_key=settings.privacy.key.encode(),
        minors_allowed=settings.privacy.allow_minors_without_login,
        safety_contact=settings.ops.safety_contact or None,
        pool=settings.store.pool(),
        metrics=metrics,
    )


class Assembly:
    """Builds each part from plain values and the store."""

    def __init__(
        self,
        settings: Settings,
        *,
        store: Store,
        clock: Clock,
        metrics: Metrics,
        report: Callable[[str], None],
        shard_ids: Sequence[int] | None,
        chat_url: str,
    ) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock
        self._metrics = metrics
        self._shard_ids = shard_ids
        self._chat_url = chat_url
        self._place = f"process {os.getpid()} on {platform.node()}"
        self._holder = f"{new_id(clock)} {self._place}"
        self._secret = settings.web.session_secret.encode()
        self._link_key = derive_key(self._secret, KeyPurpose.LINK)
        self._safety_contact = settings.ops.safety_contact or None
        self._readiness = Readiness(store=store, clock=clock, holder=self._holder, report=report)

    def services(self, parts: Collection[Part]) -> Sequence[Service]:
        """The services of `parts`: watches, then those that take on new work, last those needed to finish it."""
        chat = self._chat() if Part.CHAT in parts else None
        services: list[Service] = [self._web(chat).run] if Part.WEB in parts else []
        services += [self._matchmaker().run] if Part.MATCHMAKER in parts else []
        services += [self._janitor().run] if Part.JANITOR in parts else []
        services += [chat.answer_member_questions] if chat else []
        services += [partial(_with_valid_token, run) for run in (self._courier(chat).run, chat.run)] if chat else []
        self._readiness.require_rounds(*(LOOP_OF_PART[part] for part in Part if part in parts))
        readiness = partial(self._readiness.run, self._describe(parts))
        watches: list[Service] = [readiness, DamageWatch(store=self._store, clock=self._clock).run]
        watches += [self._ops_listener().run] if self._settings.ops.port else []
        return [*watches, *services]

    def _ops_listener(self) -> OpsListener:
        oldest_message = OldestMessage(outbox=self._store.outbox, clock=self._clock, metrics=self._metrics)
        ops = self._settings.ops
        return OpsListener(metrics=self._metrics, oldest_message=oldest_message, host=ops.host, port=ops.port)

    def _describe(self, parts: Collection[Part]) -> str:
        """What this process does, for its log."""
        page = f"; students reach the page at {self._settings.web.public_url}" if Part.WEB in parts else ""
        return f"this process runs {', '.join(part for part in Part if part in parts)}{page}"

    def _chat(self) -> Chat:
        chat = self._new_chat()
        for word, check in chat.readiness_checks().items():
            self._readiness.require(word, check)
        return chat

    def _new_chat(self) -> Chat:
        return Chat(
            store=self._store,
            clock=self._clock,
            token=self._settings.discord.token,
            api_base=self._settings.discord.api_base,
            link_key=self._link_key,
            interaction_key=derive_key(self._secret, KeyPurpose.INTERACTION),
            public_url=self._settings.web.public_url,
            wait_minutes=self._settings.matching.wait_minutes,
            weights=self._settings.matching.weights(),
            holder=self._holder,
            place=self._place,
            shard_ids=self._shard_ids,
            shard_count=self._settings.discord.shard_count or None,
            metrics=self._metrics,
            safety_contact=self._safety_contact,
        )

    def _courier(self, chat: Chat) -> Courier:
        return Courier(
            outbox=self._store.outbox,
            leadership=self._leadership(Part.CHAT),
            deliver=chat.deliver,
            redraw=chat.redraw,
            can_send=chat.can_send,
            clock=self._clock,
            listener=self._store.listen("outbox"),
        )

    def _matchmaker(self) -> Matchmaker:
        queue = QueueSync(
            weights=self._settings.matching.weights(),
            tickets=self._store.tickets,
            blocks=self._store.blocks,
            last_meetings=self._store.last_meetings,
        )
        return Matchmaker(
            queue=queue,
            matches=self._store.matches,
            leadership=self._leadership(Part.MATCHMAKER),
            clock=self._clock,
            listener=self._store.listen("tickets"),
            link_key=self._link_key,
            solver=Solver(),
        )

    def _janitor(self) -> Janitor:
        return Janitor(
            tickets=self._store.tickets,
            matches=self._store.matches,
            trials=self._store.trials,
            invitations=self._store.invitations,
            housekeeping=Housekeeping(
                tickets=self._store.tickets,
                matches=self._store.matches,
                outbox=self._store.outbox,
                interactions=self._store.interactions,
                retention=self._store.retention,
                personal_data=self._store.personal_data,
                clock_correction=self._store.clock_correction,
                gate_news=GateNews(
                    reminders=self._store.gate_reminders, servers=self._store.servers, clock=self._clock
                ),
                clock=self._clock,
            ),
            memberships=self._store.memberships,
            more_duties=ReportDuties(self._store.report_timers, self._store.restrictions, self._clock).duties,
            video_outages=self._store.video_outages,
            leadership=self._leadership(Part.JANITOR),
            clock=self._clock,
            listener=self._store.listen("tickets"),
        )

    def _web(self, chat: Chat | None) -> WebPart:
        web, livekit = self._settings.web, self._settings.livekit
        return WebPart(
            store=self._store,
            clock=self._clock,
            leadership=self._leadership(Part.WEB),
            session_secret=self._secret,
            public_url=web.public_url,
            host=web.host,
            port=web.port,
            trusted_proxies=web.trusted_proxies,
            livekit=LiveKitServer(**dict(livekit)) if livekit else None,
            is_own_origin=partial(is_own_origin, public_url=web.public_url),
            chat_url=self._chat_url,
            readiness=self._readiness,
            max_connections=max(descriptor_limit() - OTHER_DESCRIPTORS, FEWEST_CONNECTIONS),
            metrics=self._metrics,
        )

    def _leadership(self, part: Part) -> Leadership:
        """Leads the loop of `part`."""
        return Leadership(
            leases=self._store.leases,
            clock=self._clock,
            name=LOOP_OF_PART[part],
            holder=self._holder,
            metrics=self._metrics,
        )


def is_own_origin(origin: str, *, public_url: str) -> bool:
    """Whether the header Origin names our own page.

    That is `public_url`; if it is on this machine, also every other name of this machine at the same port.
    """
    if origin == public_url:
        return True
    here = Address.parse(public_url)
    try:
        there = Address.parse(origin)
    except NoAddress:
        return False
    same_port = (here.scheme, here.port, here.path) == (there.scheme, there.port, there.path)
    return same_port and here.is_loopback and there.is_loopback


async def _with_valid_token(service: Service) -> None:
    try:
        await service()
    except Unauthorized as refused:
        raise CannotStart(f"discord.token: {refused}") from refused
