"""Lists of statements that wait for a database's writer. Those that arrive during a commit share the next one."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

from bot.store.database import Row, Statement, StoreUnavailable
from bot.store.databases.topics import Topics
from bot.store.metrics import StoreMetrics

PATIENCE: Final = 1.0
"""Seconds. Lists that have waited for so long when a commit fails are not tried: each try may take as long again."""

ResultSets = Sequence[Sequence[Row]]
"""For each statement of a list, the rows that it returned."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WriteList:
    """Statements that are executed all or none, and the topics to announce after their commit."""

    statements: Sequence[Statement]
    notify: Collection[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Waiting:
    write: WriteList
    answer: "asyncio.Future[ResultSets]"
    since: float


class WriteQueue:
    """Hands waiting lists to `commit`, at most `lists_per_commit` at a time, and answers each caller afterwards.

    `commit` returns the outcome of each list, in their order. It raises nothing but StoreUnavailable, which all of them
    get then, and so do those that have waited for `PATIENCE`.
    """

    def __init__(
        self,
        commit: Callable[[Sequence[WriteList]], Awaitable[Sequence[ResultSets | Exception]]],
        *,
        lists_per_commit: int,
        topics: Topics,
        metrics: StoreMetrics,
    ) -> None:
        self._commit = commit
        self._lists_per_commit = lists_per_commit
        self._topics = topics
        self._metrics = metrics
        self._waiting: list[_Waiting] = []
        self._writing: asyncio.Task[None] | None = None

    async def write(self, write: WriteList) -> ResultSets:
        """Return the rows of each statement after the commit, or raise the list's error.

        The list is written even if the caller is cancelled in the meantime.
        """
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[ResultSets] = loop.create_future()
        self._waiting.append(_Waiting(write=write, answer=answer, since=loop.time()))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_waiting(), name="store writer")
        return await answer

    @property
    def waiting_lists(self) -> int:
        """How many lists wait, not counting those that are being written."""
        return len(self._waiting)

    @property
    def is_writing(self) -> bool:
        """Whether something is being written."""
        return self._writing is not None

    async def finish(self) -> None:
        """Return when nothing waits any more."""
        if self._writing is not None:
            await asyncio.shield(self._writing)

    async def _write_waiting(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            batch = self._waiting[: self._lists_per_commit]
            del self._waiting[: self._lists_per_commit]
            started = loop.time()
            outcomes: Sequence[ResultSets | Exception]
            try:
                outcomes = await self._commit([waiting.write for waiting in batch])
            except StoreUnavailable as unavailable:
                batch += self._give_up_waiting(loop.time() - PATIENCE)
                # Of its own for each caller: an exception remembers who raised it.
                outcomes = [StoreUnavailable(str(unavailable)) for _ in batch]
            self._metrics.record_commit(loop.time() - started, outcomes)
            for waiting, outcome in zip(batch, outcomes, strict=True):
                self._answer(waiting, outcome)
        self._writing = None

    def _give_up_waiting(self, before: float) -> Sequence[_Waiting]:
        """Take out the lists that have waited since `before`: the first ones, because they are in order."""
        given_up = [waiting for waiting in self._waiting if waiting.since <= before]
        del self._waiting[: len(given_up)]
        return given_up

    def _answer(self, waiting: _Waiting, outcome: ResultSets | Exception) -> None:
        self._metrics.record_list(waiting.write.statements, outcome)
        if not isinstance(outcome, Exception):
            for topic in waiting.write.notify:
                self._topics.announce(topic)
        if waiting.answer.cancelled():
            return
        if isinstance(outcome, Exception):
            waiting.answer.set_exception(outcome)
        else:
            waiting.answer.set_result(outcome)
