"""Whether each loop turns: somebody leads it, lives, and finishes rounds. If not, why it stands still."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from bot.check.finding import Finding, describe_duration, found_fault
from bot.check.signs_of_life import SignsOfLife, parts_of
from bot.readiness import LOOPS
from bot.store.leases import Lease

SUBJECT = "processes"


class Standstill(Enum):
    """Why a loop stands still."""

    NOBODY = auto()  # leads it, and the last leader was stopped properly
    ENDED = auto()  # its leader ended without stopping
    HANGING = auto()  # its leader lives


@dataclass(frozen=True, kw_only=True)
class StandingLoops:
    """Loops that stand still for the same reason; `holder` led them last, unless it was stopped properly."""

    standstill: Standstill
    holder: str | None
    loops: Sequence[str]

    def finding(self, signs: SignsOfLife) -> Finding:
        """The fault, with what to do."""
        names, age = ", ".join(self.loops), self._age(signs)
        if self.holder is None:
            parts = parts_of(self.loops)
            message = f"no process has run {names}{age}: start one with `heybuddy run --parts {parts}`"
        elif self.standstill is Standstill.ENDED:
            process = signs.describe(self.holder)
            message = f"{process} was killed or crashed, and nothing has run {names}{age}: start it again"
        else:
            process = signs.describe(self.holder)
            message = f"{process} is alive, but hasn't completed a round of {names}{age}: see its log, then restart it"
        return found_fault(SUBJECT, message)

    def _age(self, signs: SignsOfLife) -> str:
        """How long they have stood still, those that ever turned."""
        stepped = [lease.stepped_at for lease in signs.leases if lease.name in self.loops and lease.stepped_at]
        return f" for {describe_duration(max(abs(signs.now - time) for time in stepped))}" if stepped else ""


def find_standing_loops(signs: SignsOfLife) -> Sequence[StandingLoops]:
    """The loops that stand still, by the reason; none if all turn or are about to."""
    leases = {lease.name: lease for lease in signs.leases}
    standing: dict[tuple[Standstill, str | None], list[str]] = defaultdict(list)
    for loop in LOOPS:
        lease = leases.get(loop)
        if (lease and _turns(lease, signs)) or signs.starts_now(loop):
            continue
        standing[_explain(lease, signs)].append(loop)
    return [
        StandingLoops(standstill=standstill, holder=holder, loops=loops)
        for (standstill, holder), loops in standing.items()
    ]


def last_rounds(signs: SignsOfLife) -> Iterator[str]:
    """How long ago each loop that turns has finished a round."""
    for lease in sorted(signs.leases, key=lambda lease: lease.name):
        if lease.stepped_at and signs.is_recent(lease.stepped_at):
            yield f"{lease.name} {describe_duration(signs.now - lease.stepped_at)} ago"


def _turns(lease: Lease, signs: SignsOfLife) -> bool:
    return lease.is_valid(signs.now) and signs.is_recent(lease.stepped_at) and lease.holder not in signs.dead


def _explain(lease: Lease | None, signs: SignsOfLife) -> tuple[Standstill, str | None]:
    if lease is None or lease.is_released:
        return Standstill.NOBODY, None
    lives = lease.holder in signs.alive or any(state.holder == lease.holder for state in signs.recent)
    return (Standstill.HANGING if lives else Standstill.ENDED), lease.holder
