"""Looks at a PostgreSQL database and its server: reachable, fit for us, safe, and with room for our connections."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from bot import store
from bot.check.database import SUBJECT, describe_version
from bot.check.finding import Finding, describe_duration, found_fault, found_note, found_well
from bot.clock import Clock
from bot.store import PostgresInspector, PostgresSurvey

OLDEST: Final = 14
NEWEST_TRIED: Final = 18
"""Major versions of the server."""


async def check_postgres(database: PostgresInspector, connections: int, clock: Clock) -> Sequence[Finding]:
    """Check the database; `connections` is how many a process needs. Changes nothing.

    Raises nothing: what is out of reach is a finding.
    """
    try:
        survey = await database.survey()
    except store.StoreError as error:
        return (found_fault(SUBJECT, str(error)),)
    return (*(_faults(survey, clock.now()) or [_describe_health(survey)]), *_notes(survey, connections))


def _faults(survey: PostgresSurvey, now: datetime) -> Sequence[Finding]:
    return [found_fault(SUBJECT, message) for message in _describe_faults(survey, now)]


def _describe_faults(survey: PostgresSurvey, now: datetime) -> Iterator[str]:
    if survey.server < OLDEST:
        yield f"its server is PostgreSQL {survey.server}: update it to {OLDEST} or newer"
    if fault := describe_version(survey.version, survey.wanted):
        yield fault
    if survey.not_writable:
        yield (
            f"the user can't write to {survey.not_writable}: have their owner run "
            f"GRANT ALL ON ALL TABLES IN SCHEMA {survey.schema} TO the user"
        )
    for setting in survey.unsafe:
        yield f"{setting} is off in its server, which may lose what members were told: set it to on"
    ahead = survey.now - now
    if abs(ahead) > timedelta(seconds=store.CLOCKS_APART):
        side = "ahead of" if ahead > timedelta() else "behind"
        yield f"its clock is {describe_duration(abs(ahead))} {side} this machine's: synchronise both with NTP"


def _describe_health(survey: PostgresSurvey) -> Finding:
    state = "is up to date" if survey.version else "is empty; `heybuddy run` will make its tables"
    return found_well(SUBJECT, f"{state}; its server is PostgreSQL {survey.server}")


def _notes(survey: PostgresSurvey, connections: int) -> Iterator[Finding]:
    if survey.server > NEWEST_TRIED:
        yield found_note(SUBJECT, f"PostgreSQL {survey.server} is newer than what was tried, which is {NEWEST_TRIED}")
    if not (survey.is_encrypted or survey.is_here):
        yield found_note(
            SUBJECT, "is on another machine and reached without encryption: add ?sslmode=require, or verify-full"
        )
    if survey.connections_left < connections - survey.own_connections:
        yield found_note(
            SUBJECT,
            f"its server has {survey.connections_left} connections left, and each process takes up to {connections}: "
            "lower store.pool_size, or raise max_connections",
        )
