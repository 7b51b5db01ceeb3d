"""What the store counts: steps of members, from what was committed; and how its database does.

A step is counted once its list of statements is committed, by the rows that it has changed. So what is repeated,
refused or rolled back is not counted.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Final

from bot.domain.match import EndReason, MatchKind
from bot.domain.message import MessageState, Route
from bot.domain.ticket import TicketState
from bot.metrics import Counter, Metrics
from bot.store.database import Database, Row, Statement, UnexpectedRowCount, UniqueViolation

COMMIT_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""The upper bounds by which the times of commits are sorted: the last is SQLite's longest wait for another program."""

ENDED_TICKET: Final = tuple(state for state in TicketState if state is not TicketState.WAITING)
SETTLED_MESSAGE: Final = tuple(state for state in MessageState if state is not MessageState.PENDING)

log = logging.getLogger(__name__)

CountRow = Callable[[Statement, Row], None]
"""Counts one row that a statement has changed."""


class SearchOrigin(StrEnum):
    """How a search began."""

    COMMAND = "command"
    REQUEUE = "requeue"  # the match of an earlier search fell through


class ListOutcome(StrEnum):
    """What became of a list of statements."""

    WRITTEN = "written"
    REFUSED = "refused"  # another write came first, or a rule of the database forbids it
    FAILED = "failed"


class StoreMetrics:
    """Counts what is written, once `follow` knows the database also what waits there. None of it raises."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._lists = metrics.counter(
            "database_lists", "Lists of statements handed to the database, by what became of them.", outcome=ListOutcome
        )
        self._commit_seconds = metrics.histogram(
            "database_commit_seconds", "Time of one durable commit, of one or more lists.", buckets=COMMIT_SECONDS
        )
        self._steps = {**_search_steps(metrics), **_message_steps(metrics), **_match_steps(metrics)}

    def follow(self, database: Database) -> None:
        """Show how busy `database` is whenever the metrics are read."""
        gauge = self._metrics.gauge
        gauge("database_waiting_lists", "Lists of statements that wait to be written.").follow(
            lambda: database.usage.waiting_lists
        )
        gauge("database_connections", "Open connections to the database.").follow(lambda: database.usage.connections)
        gauge("database_connections_in_use", "Connections to the database that are busy.").follow(
            lambda: database.usage.connections_in_use
        )

    def record_commit(self, seconds: float, outcomes: Sequence[object]) -> None:
        """Record how long a commit took, unless none of its lists was written."""
        if not all(isinstance(outcome, Exception) for outcome in outcomes):
            self._commit_seconds(seconds)

    def record_list(self, statements: Sequence[Statement], outcome: Sequence[Sequence[Row]] | Exception) -> None:
        """Count a list and, if it is committed, the steps in it; `outcome` holds the rows of each statement."""
        self._lists.count(_outcome_of(outcome))
        if isinstance(outcome, Exception):
            return
        try:
            self._count_steps(statements, outcome)
        except Exception:  # what is committed is not to fail because it cannot be counted
            log.exception("steps could not be counted")

    def _count_steps(self, statements: Sequence[Statement], results: Sequence[Sequence[Row]]) -> None:
        for statement, rows in zip(statements, results, strict=True):
            if count_row := self._steps.get(statement.name):
                for row in rows:
                    count_row(statement, row)


def _outcome_of(outcome: object) -> ListOutcome:
    if isinstance(outcome, UnexpectedRowCount | UniqueViolation):
        return ListOutcome.REFUSED
    return ListOutcome.FAILED if isinstance(outcome, Exception) else ListOutcome.WRITTEN


def _search_steps(metrics: Metrics) -> Mapping[str, CountRow]:
    started = metrics.counter("searches_started", "Searches that began to wait, by origin.", origin=SearchOrigin)
    ended = metrics.counter("searches_ended", "Searches that wait no more, by their state then.", state=ENDED_TICKET)
    return {
        "tickets.start_waiting": _counting(started, SearchOrigin.COMMAND),
        "tickets.requeue": _counting(started, SearchOrigin.REQUEUE),
        "tickets.spend": _counting(ended, TicketState.MATCHED),
        "tickets.stop_waiting": _counting(ended, TicketState.LEFT),
        "tickets.stop_elsewhere": _counting(ended, TicketState.LEFT),
        "tickets.end_by_server": _counting(ended, TicketState.LEFT),
        "tickets.leave_barred": _counting(ended, TicketState.LEFT),
        "tickets.end_restricted": _counting(ended, TicketState.LEFT),
        "tickets.expire": _counting(ended, TicketState.EXPIRED),
    }


def _message_steps(metrics: Metrics) -> Mapping[str, CountRow]:
    settled = metrics.counter(
        "messages_settled",
        "Messages that were sent, have failed for good or were withdrawn, by the last route tried.",
        route=Route,
        state=SETTLED_MESSAGE,
    )
    rerouted = metrics.counter(
        "messages_rerouted", "Messages that go on to this route because the one before did not work.", route=Route
    )
    retried = metrics.counter(
        "message_retries", "Failed attempts after which the same route is tried again.", route=Route
    )

    def count_retry(statement: Statement, row: Row) -> None:
        if statement.values["attempted"]:
            retried.count(row["route"])

    def settling(state: MessageState) -> CountRow:
        return lambda _, row: settled.count(row["route"], state)

    withdrawals = (
        "withdraw_by_match",
        "withdraw_by_seat",
        "withdraw_by_server",
        "withdraw_by_report",
        "withdraw_useless",
    )
    return {
        "outbox.mark_sent": settling(MessageState.SENT),
        "outbox.mark_failed": settling(MessageState.FAILED),
        "outbox.fail_unreadable": settling(MessageState.FAILED),
        **{f"outbox.{name}": settling(MessageState.WITHDRAWN) for name in withdrawals},
        "outbox.reroute": lambda _, row: rerouted.count(row["route"]),
        "outbox.postpone": count_retry,
    }


def _match_steps(metrics: Metrics) -> Mapping[str, CountRow]:
    made = metrics.counter("matches_made", "Matches made.")
    entered = metrics.counter("rooms_entered", "Members who were in the room of their match for the first time.")
    met = metrics.counter("meetings_begun", "Matches in which both members were in the room for the first time.")
    ended = metrics.counter("matches_ended", "Matches that have ended, by reason.", reason=EndReason)
    return {
        "matches.create": _counting(made),
        "seats.enter": lambda _, row: None if row["ticket_id"] is None else entered.count(),
        "matches.begin_meeting": lambda _, row: met.count() if row["kind"] == MatchKind.STUDY else None,
        "matches.end": lambda _, row: ended.count(row["reason"]),
        "matches.end_unreadable": lambda _, row: ended.count(row["reason"]),
    }


def _counting(counter: Counter, *values: str) -> CountRow:
    return lambda _statement, _row: counter.count(*values)
