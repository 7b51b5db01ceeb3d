"""The page's own place on this machine, asked past every proxy: what is wrong there is not the proxy's fault."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

import aiohttp

from bot.check.answer import Answer, fetch
from bot.check.clocks import SERVICE, ClockComparison
from bot.check.finding import Finding, found_fault
from bot.check.receiver import Receiver
from bot.connection_errors import NO_ANSWER, describe_connection_error

SUBJECT: Final = "web.port"


class Occupant(Enum):
    """Who listens at the page's place."""

    CHECK = auto()  # this check, because `heybuddy run` does not run
    HEY_BUDDY = auto()
    ANOTHER = auto()
    SILENT = auto()  # somebody who does not answer
    NOBODY = auto()  # and nobody can


@dataclass(frozen=True, kw_only=True)
class LocalPage:
    """The page's `place` (host and port), the `address` to reach it from here, and who listens there.

    `answer` is what Hey Buddy answered there to a request for the page, None unless it did. `fault` is about the
    place itself.
    """

    place: str
    address: str
    occupant: Occupant
    answer: Answer | None = None
    fault: Finding | None = None


async def look_at_place(receiver: Receiver, http: aiohttp.ClientSession, clocks: ClockComparison) -> LocalPage:
    """Find out who listens at the page's place; `receiver` has tried to."""
    place, address = receiver.place, receiver.address
    if receiver.port == 0:
        fault = found_fault(SUBJECT, "0 means a different port at every start, where no proxy can find it: choose one")
        return LocalPage(place=place, address=address, occupant=Occupant.NOBODY, fault=fault)
    if receiver.listens:
        return LocalPage(place=place, address=address, occupant=Occupant.CHECK)
    if receiver.fault:
        return LocalPage(place=place, address=address, occupant=Occupant.NOBODY, fault=receiver.fault)
    try:
        answer = await fetch(http, "GET", f"{address}/room")
    except NO_ANSWER as error:
        message = f"what listens at {place} doesn't answer properly: {describe_connection_error(error)}"
        fault = found_fault(SUBJECT, message)
        return LocalPage(place=place, address=address, occupant=Occupant.SILENT, fault=fault)
    if not answer.is_ours:
        message = f"another program listens at {place}, so `heybuddy run` can't: stop it, or choose another port"
        fault = found_fault(SUBJECT, message)
        return LocalPage(place=place, address=address, occupant=Occupant.ANOTHER, fault=fault)
    clocks.observe(SERVICE, answer.headers)
    return LocalPage(place=place, address=address, occupant=Occupant.HEY_BUDDY, answer=answer)
