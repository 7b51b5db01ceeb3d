"""Whether this process has what it needs to serve: word by word, for `GET /readyz`, the log and `heybuddy check`.

Each word has a check, which returns a reason, in one sentence, if something is missing. The words and what each stands
for are those of `WORDS`.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from bot.clock import Clock
from bot.process import raise_if_cancelled
from bot.store import Store, StoreError, StoreUnavailable

LOOPS: Final = ("matchmaker", "courier", "janitor", "rooms")
WORDS: Final = ("store", "video", "gateway", "commands", "sending", *LOOPS)
"""Everything that a process can need, in the order in which it is listed."""

CHECK_EVERY: Final = 5.0  # seconds
ANSWER_WITHIN: Final = 2.0  # seconds, for each check
TOLD_AFTER: Final = 15.0  # seconds for which something may be on its way without a line in the log
FRESH_FOR: Final = 1.0  # seconds; so many requests one after the other cost one round of checks
ROUND_WITHIN: Final = timedelta(seconds=30)
"""A loop is not ready if no process has finished a round of it for so long."""
LOOK_FOR_DAMAGE_EVERY: Final = timedelta(days=1)

ReadinessCheck = Callable[[], Awaitable[str | None]]
"""Returns the reason why something is not ready, or None if it is."""

log = logging.getLogger(__name__)


class NotYet(str):
    """A reason that goes away by itself, as while connecting: the log has it only once it lasts `TOLD_AFTER`."""

    __slots__ = ()


CONNECTING: Final = "The connection to Discord is being made."
COMMANDS_NOT_READ: Final = "The commands have not been compared with Discord's yet."


def is_on_its_way(reason: str | None, lasts: timedelta) -> bool:
    """Whether a reason that was recorded, and `lasts` so long, will probably go away by itself."""
    return reason in {CONNECTING, COMMANDS_NOT_READ} and lasts.total_seconds() < TOLD_AFTER


def _tell_nobody(_: str) -> None:
    """Where no service manager wants to know the state."""


class Readiness:
    """Runs the checks that this process has required, and remembers the reasons.

    `holder` names this process in the store, as it does in leases. `report` gets the state in one line: when it is
    known for the first time, and whenever it changes.
    """

    def __init__(
        self, *, store: Store, clock: Clock, holder: str, report: Callable[[str], None] = _tell_nobody
    ) -> None:
        self._store = store
        self._clock = clock
        self._holder = holder
        self._report = report
        self._checks: dict[str, ReadinessCheck] = {}
        self._reasons: Mapping[str, str | None] = {}
        self._checking: asyncio.Task[Mapping[str, str | None]] | None = None
        self._checked_at = -FRESH_FOR
        self._missing_since: dict[str, float] = {}  # in seconds of the monotonic clock
        self._logged: set[str] = set()
        self._state = ""
        self.require("store", self._store_problem)

    def require(self, word: str, check: ReadinessCheck) -> None:
        """This process needs what `word`, one of `WORDS`, stands for."""
        if word not in WORDS:
            raise ValueError(word)
        self._checks[word] = check

    def require_rounds(self, *loops: str) -> None:
        """This process needs a process, this one or another, that finishes rounds of each of `loops`."""
        needs = RoundsCheck(store=self._store, clock=self._clock)
        for loop in loops:
            self.require(loop, partial(needs.problem, loop))

    async def missing(self) -> Sequence[str]:
        """The words of what is not ready now, in the order of `WORDS`. Answers within `ANSWER_WITHIN` and cheaply."""
        reasons = await self._current_reasons()
        return [word for word in WORDS if reasons.get(word) is not None]

    async def run(self, serves: str) -> None:
        """Log every loss and recovery and record the state in the store, until cancelled; then forget it there.

        `serves` says what this process does; the log has it whenever nothing is missing any more.
        """
        try:
            while True:
                reasons = await self._current_reasons()
                self._log_changes(reasons)
                self._report_state(serves)
                await self._record(reasons)
                await self._clock.sleep(CHECK_EVERY)
        finally:
            await asyncio.shield(self._forget())

    async def _current_reasons(self) -> Mapping[str, str | None]:
        """The reason of each word, checked less than `FRESH_FOR` ago. Callers at the same time share one check."""
        if self._checking is None and self._clock.monotonic() - self._checked_at >= FRESH_FOR:
            self._checking = asyncio.create_task(self._check_all(), name="readiness")
        return await asyncio.shield(self._checking) if self._checking else self._reasons

    async def _check_all(self) -> Mapping[str, str | None]:
        words = [word for word in WORDS if word in self._checks]
        try:
            reasons = await asyncio.gather(*(_reason_of(self._checks[word]) for word in words))
            self._reasons = dict(zip(words, reasons, strict=True))
            self._checked_at = self._clock.monotonic()
        finally:
            self._checking = None
        return self._reasons

    def _log_changes(self, reasons: Mapping[str, str | None]) -> None:
        now = self._clock.monotonic()
        for word, reason in reasons.items():
            if reason is None:
                self._missing_since.pop(word, None)
                if word in self._logged:
                    log.info("ready again: %s", word)
                    self._logged.remove(word)
                continue
            since = self._missing_since.setdefault(word, now)
            if word not in self._logged and (not isinstance(reason, NotYet) or now - since >= TOLD_AFTER):
                log.warning("not ready: %s: %s", word, reason)
                self._logged.add(word)

    def _report_state(self, serves: str) -> None:
        """Report what is missing, if the log has it, or else that all is well, which is logged too."""
        if self._logged:
            self._set_state(f"not ready: {', '.join(word for word in WORDS if word in self._logged)}")
        elif not self._missing_since and self._set_state(f"ready: {serves}"):
            log.info("ready: %s", serves)

    def _set_state(self, state: str) -> bool:
        """Returns whether this is another state than before."""
        if state == self._state:
            return False
        self._state = state
        self._report(state)
        return True

    async def _record(self, reasons: Mapping[str, str | None]) -> None:
        try:
            await self._store.readiness.record(self._holder, reasons, self._clock.now())
        except StoreError:
            raise_if_cancelled()
            log.debug("the state could not be recorded")  # the word `store` says so already

    async def _forget(self) -> None:
        try:
            await self._store.readiness.forget(self._holder)
        except StoreError:
            log.debug("the state could not be removed")

    async def _store_problem(self) -> str | None:
        await self._store.check()
        return self._store.database.damage


class RoundsCheck:
    """Whether the loops turn: some process has finished a round of each within `ROUND_WITHIN`."""

    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._started = clock.monotonic()

    async def problem(self, loop: str) -> str | None:
        """Why `loop` is not ready; None if it is, or if this process has just started."""
        if self._clock.monotonic() - self._started < ROUND_WITHIN.total_seconds():
            return None
        now = self._clock.now()
        finished = [lease.stepped_at for lease in await self._store.leases.read_all() if lease.name == loop]
        if any(_is_recent(stepped_at, now) for stepped_at in finished):
            return None
        # After this machine was suspended it is not so for long.
        return NotYet(f"No process has finished a round of this loop for {ROUND_WITHIN.seconds} seconds.")


def _is_recent(time: datetime | None, now: datetime) -> bool:
    """Whether `time` is less than `ROUND_WITHIN` away; a time further ahead is from a clock that was wrong."""
    return time is not None and abs(now - time) < ROUND_WITHIN


async def _reason_of(check: ReadinessCheck) -> str | None:
    try:
        async with asyncio.timeout(ANSWER_WITHIN):
            return await check()
    except TimeoutError:
        return f"It did not answer within {ANSWER_WITHIN:.0f} seconds."
    except StoreUnavailable as unavailable:
        return str(unavailable)
    except Exception as error:  # noqa: BLE001 -- a check with a bug is no reason to say that all is well
        return f"Its check failed: {type(error).__name__}: {error}"


class DamageWatch:
    """Looks for damage in the database, at the start and then every `LOOK_FOR_DAMAGE_EVERY`."""

    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def run(self) -> None:
        """Look again and again until cancelled. Nothing waits for it, and it delays no writer."""
        while True:
            try:
                await self._store.database.look_for_damage()
            except StoreUnavailable as unavailable:
                raise_if_cancelled()
                log.warning("the database could not be checked: %s", unavailable)
            await self._clock.sleep(LOOK_FOR_DAMAGE_EVERY.total_seconds())
