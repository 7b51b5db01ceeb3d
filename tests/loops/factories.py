"""The loops as `assemble` builds them, over any store and clock."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.clock import Clock
from bot.courier import Courier
from bot.domain.message import Delivered, Outcome
from bot.domain.server import Audience, Server
from bot.gate_news import GateNews
from bot.housekeeping import Housekeeping
from bot.janitor import Janitor
from bot.leader_loop import Leadership
from bot.matching.fit import Weights
from bot.matchmaker.loop import Matchmaker
from bot.matchmaker.queue_sync import QueueSync
from bot.matchmaker.solver import Solver
from bot.metrics import Metrics
from bot.report_duties import ReportDuties
from bot.store import Listener, Store
from bot.store.outbox import OutboxMessage, StaleMessage
from tests.store.scenario import LINK_KEY, SERVER


def make_leadership(
    store: Store, clock: Clock, name: str, holder: str = "test", metrics: Metrics | None = None
) -> Leadership:
    """The leadership of one loop for `holder`."""
    return Leadership(leases=store.leases, clock=clock, name=name, holder=holder, metrics=metrics)


def make_matchmaker(
    store: Store, clock: Clock, *, holder: str = "test", solver: Solver | None = None, link_key: bytes = LINK_KEY
) -> Matchmaker:
    """A matchmaker over `store`."""
    queue = QueueSync(weights=Weights(), tickets=store.tickets, blocks=store.blocks, last_meetings=store.last_meetings)
    return Matchmaker(
        queue=queue,
        matches=store.matches,
        leadership=make_leadership(store, clock, "matchmaker", holder),
        clock=clock,
        listener=store.listen("tickets"),
        link_key=link_key,
        solver=solver or Solver(),
    )


def make_janitor(store: Store, clock: Clock) -> Janitor:
    """A janitor over `store`."""
    return Janitor(
        tickets=store.tickets,
        matches=store.matches,
        trials=store.trials,
        invitations=store.invitations,
        housekeeping=Housekeeping(
            tickets=store.tickets,
            matches=store.matches,
            outbox=store.outbox,
            interactions=store.interactions,
            retention=store.retention,
            personal_data=store.personal_data,
            clock_correction=store.clock_correction,
            gate_news=GateNews(reminders=store.gate_reminders, servers=store.servers, clock=clock),
            clock=clock,
        ),
        memberships=store.memberships,
        more_duties=ReportDuties(store.report_timers, store.restrictions, clock).duties,
        video_outages=store.video_outages,
        leadership=make_leadership(store, clock, "janitor"),
        clock=clock,
        listener=store.listen("tickets"),
    )


async def nothing_changed(stale: StaleMessage) -> Outcome:
    """A redraw that finds that a message shows what is true."""
    return Delivered(shows=stale.shows)


def make_courier(
    store: Store,
    clock: Clock,
    deliver: Callable[[OutboxMessage], Awaitable[Outcome]],
    *,
    redraw: Callable[[StaleMessage], Awaitable[Outcome]] | None = None,
    can_send: Callable[[], bool] = lambda: True,
    listener: Listener | None = None,
) -> Courier:
    """A courier over `store` that sends by `deliver`; without `redraw`, all that was sent stays true."""
    return Courier(
        outbox=store.outbox,
        leadership=make_leadership(store, clock, "courier"),
        deliver=deliver,
        redraw=redraw or nothing_changed,
        can_send=can_send,
        clock=clock,
        listener=listener or store.listen("outbox"),
    )


async def open_server(store: Store, *, paused: bool = False, role_id: int | None = None) -> Server:
    """Set up the server that scenarios use, for adults. Calling it again changes `paused` and `role_id`."""
    stored = await store.servers.get(SERVER)
    server = Server(
        server_id=SERVER, name="Study Hall", audience=Audience.ADULTS, channel_id=1, role_id=role_id, paused=paused
    )
    version = stored.version if stored else 0
    return await store.servers.save(replace(server, version=version), expected_version=version)
