"""What running processes leave in and beside the database, from which a check tells who lives, and what turns.

A process holds a lock while it leads a loop, renews its lease, records its rounds, and writes down what it lacks.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.config import LOOP_OF_PART
from bot.readiness import LOOPS, ROUND_WITHIN
from bot.store import Inspection
from bot.store.chat_processes import SeenProcess, chat_process_reader
from bot.store.leases import Lease, lease_reader
from bot.store.readiness import ReadinessState, readiness_reader


@dataclass(frozen=True, kw_only=True)
class SignsOfLife:
    """`held` names the locks that are held, whoever holds them. A process is known by its `holder` in the rows."""

    leases: Sequence[Lease]
    states: Sequence[ReadinessState]
    held: Collection[str]
    now: datetime
    chats: Sequence[SeenProcess] = ()

    @property
    def alive(self) -> frozenset[str]:
        """The processes that hold the lock of a loop that they lead."""
        return frozenset(lease.holder for lease in self.leases if lease.is_locked and lease.name in self.held)

    @property
    def dead(self) -> frozenset[str]:
        """The processes that ended without stopping: they led with a lock, and it is free."""
        return frozenset(lease.holder for lease in self.leases if lease.is_locked) - self.alive

    @property
    def recent(self) -> Sequence[ReadinessState]:
        """What was written lately, by processes that are not known to be dead."""
        dead = self.dead
        return [state for state in self.states if self.is_recent(state.seen_at) and state.holder not in dead]

    @property
    def unconnected_shards(self) -> tuple[Sequence[int], int]:
        """The shards of Discord that no process connects, and how many there are; (), 0 if that is not known.

        Processes that count differently are not compared: it is enough if those with one number are complete.
        """
        connected: dict[int, set[int]] = defaultdict(set)
        for chat in self.chats:
            if chat.process.shard_count and self.is_recent(chat.seen_at) and chat.process.holder not in self.dead:
                connected[chat.process.shard_count].update(chat.process.shard_ids)
        missing = {count: sorted(set(range(count)) - shards) for count, shards in connected.items()}
        count = min(missing, key=lambda count: len(missing[count]), default=0)
        return missing.get(count, ()), count

    def is_recent(self, time: datetime | None) -> bool:
        """Whether `time` is lately; a time further ahead is from a clock that was wrong."""
        return time is not None and abs(self.now - time) < ROUND_WITHIN

    def starts_now(self, loop: str) -> bool:
        """Whether a process that runs `loop` has just started, so that its first round cannot be missed yet."""
        lease = next((lease for lease in self.leases if lease.name == loop), None)
        if lease and lease.is_valid(self.now) and lease.holder in self.alive:
            has_told = any(state.holder == lease.holder for state in self.states)
            if not has_told:
                return True
        return any(self._awaits_first_round(state, lease) for state in self.recent if state.word == loop)

    def _awaits_first_round(self, state: ReadinessState, lease: Lease | None) -> bool:
        finished_at = lease.stepped_at if lease and lease.holder == state.holder else None
        has_finished = finished_at is not None and finished_at > state.since
        return state.reason is None and self.is_recent(state.since) and not has_finished

    def clock_lead(self, holders: Collection[str]) -> timedelta | None:
        """How far ahead of our clock these processes write; None if it is no more than a round may take."""
        seen = [state.seen_at for state in self.states if state.holder in holders]
        lead = max(seen, default=self.now) - self.now
        return lead if lead >= ROUND_WITHIN else None

    def last_sign(self, holders: Collection[str]) -> timedelta | None:
        """How long ago any of these processes wrote something; None if nothing of it is left."""
        seen = [state.seen_at for state in self.states if state.holder in holders]
        stepped = [lease.stepped_at for lease in self.leases if lease.holder in holders and lease.stepped_at]
        return min((abs(self.now - time) for time in (*seen, *stepped)), default=None)

    def may_replace(self, holder: str) -> Callable[[str], bool]:
        """Whether a process runs all parts of `holder` and has told of itself only since that fell silent."""
        wanted = self._loops(holder)
        silent_since = max(state.seen_at for state in self.states if state.holder == holder)

        def replaces(other: str) -> bool:
            since = min((state.since for state in self.states if state.holder == other), default=None)
            return since is not None and since >= silent_since and self._loops(other) >= wanted

        return replaces

    def _loops(self, holder: str) -> frozenset[str]:
        return frozenset(state.word for state in self.states if state.holder == holder and state.word in LOOPS)

    def describe(self, holder: str) -> str:
        """The process in words: by the parts that it runs and, as far as its name tells, where it runs."""
        loops = [state.word for state in self.states if state.holder == holder]
        loops += [lease.name for lease in self.leases if lease.holder == holder]
        place = holder.partition(" ")[2]
        return f"{describe_process(loops)} ({place})" if place else describe_process(loops)


def read_signs(inspection: Inspection, held: Collection[str], now: datetime) -> SignsOfLife:
    """The signs in a database. Rows that cannot be read are left out, and named in the log."""
    return SignsOfLife(
        leases=lease_reader().read_all(inspection.leases),
        states=readiness_reader().read_all(inspection.readiness),
        held=held,
        now=now,
        chats=chat_process_reader().read_all(inspection.chat_processes),
    )


def parts_of(loops: Iterable[str]) -> str:
    """The parts that run these loops, as in `heybuddy run --parts`."""
    wanted = frozenset(loops)
    return ",".join(part for part, loop in LOOP_OF_PART.items() if loop in wanted)


def describe_process(loops: Iterable[str]) -> str:
    """A process in words, such as "the process with chat,web"; other words among `loops` are passed over."""
    parts = parts_of(loops)
    return f"the process with {parts}" if parts else "a process"
