"""The loops as `assemble` makes them, on a clock that stands still."""

from dataclasses import replace

from bot.janitor import Janitor
from bot.leader_loop import Leadership
from bot.matching.fit import Weights
from bot.matchmaker.loop import Matchmaker
from bot.matchmaker.solver import Solver
from bot.store.servers import Server
from tests.store.ledger import LINK_KEY, SERVER, Ledger


def leadership(ledger: Ledger, name: str, holder: str = "test") -> Leadership:
    """The lead of one loop in the hands of `holder`."""
    return Leadership(leases=ledger.store.leases, clock=ledger.clock, name=name, holder=holder)


def matchmaker(ledger: Ledger, holder: str = "test", *, solver: Solver | None = None) -> Matchmaker:
    """A matchmaker over this ledger."""
    store = ledger.store
    return Matchmaker(
        tickets=store.tickets,
        matches=store.matches,
        blocks=store.blocks,
        met=store.met,
        leadership=leadership(ledger, "matchmaker", holder),
        clock=ledger.clock,
        wake=store.listen("tickets"),
        link_key=LINK_KEY,
        weights=Weights(),
        solver=solver or Solver(),
    )


def janitor(ledger: Ledger) -> Janitor:
    """A janitor over this ledger."""
    store = ledger.store
    return Janitor(
        tickets=store.tickets,
        matches=store.matches,
        invitations=store.invitations,
        retention=store.retention,
        leadership=leadership(ledger, "janitor"),
        clock=ledger.clock,
        wake=store.listen("tickets"),
    )


async def open_hall(ledger: Ledger, *, paused: bool = False) -> Server:
    """The server of the stories, set up for adults."""
    servers = ledger.store.servers
    known = await servers.get(SERVER)
    wanted = Server(server_id=SERVER, name="Hall", audience="adults", channel_id=1, paused=paused)
    version = known.version if known else 0
    return await servers.save(replace(wanted, version=version), expected_version=version)
