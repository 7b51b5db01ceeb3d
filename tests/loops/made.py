"""The loops as `assemble` makes them, on a clock that stands still."""

from dataclasses import replace

from bot.domain.server import Audience, Server
from bot.janitor import Janitor
from bot.leader_loop import Leadership
from bot.matching.fit import Weights
from bot.matchmaker.loop import Matchmaker
from bot.matchmaker.solver import Solver
from tests.store.scenario import LINK_KEY, SERVER, Scenario


def leadership(scenario: Scenario, name: str, holder: str = "test") -> Leadership:
    """The lead of one loop in the hands of `holder`."""
    return Leadership(leases=scenario.store.leases, clock=scenario.clock, name=name, holder=holder)


def matchmaker(scenario: Scenario, holder: str = "test", *, solver: Solver | None = None) -> Matchmaker:
    """A matchmaker over this store."""
    store = scenario.store
    return Matchmaker(
        tickets=store.tickets,
        matches=store.matches,
        blocks=store.blocks,
        last_meetings=store.last_meetings,
        leadership=leadership(scenario, "matchmaker", holder),
        clock=scenario.clock,
        listener=store.listen("tickets"),
        link_key=LINK_KEY,
        weights=Weights(),
        solver=solver or Solver(),
    )


def janitor(scenario: Scenario) -> Janitor:
    """A janitor over this store."""
    store = scenario.store
    return Janitor(
        tickets=store.tickets,
        matches=store.matches,
        invitations=store.invitations,
        retention=store.retention,
        leadership=leadership(scenario, "janitor"),
        clock=scenario.clock,
        listener=store.listen("tickets"),
    )


async def open_hall(scenario: Scenario, *, paused: bool = False) -> Server:
    """The server of the stories, set up for adults."""
    servers = scenario.store.servers
    known = await servers.get(SERVER)
    wanted = Server(server_id=SERVER, name="Hall", audience=Audience.ADULTS, channel_id=1, paused=paused)
    version = known.version if known else 0
    return await servers.save(replace(wanted, version=version), expected_version=version)
