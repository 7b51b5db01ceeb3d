"""The store, the only link between bot and web: a file per subject, a method per atomic change, over one database."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.metrics import Metrics
from bot.store.appeals import Appeals
from bot.store.audit import Audit
from bot.store.bans import Bans
from bot.store.blocks import Blocks
from bot.store.browser_sessions import BrowserSessions
from bot.store.chat_processes import ChatProcesses
from bot.store.clock_correction import ClockCorrection
from bot.store.database import Database, Listener, Statement, StoreError, StoreUnavailable, StoreUnreachable
from bot.store.databases import postgres_migrate
from bot.store.databases.inspection import Inspection, Inspector
from bot.store.databases.postgres import PostgresDatabase
from bot.store.databases.postgres_connection import (
    CLOCKS_APART,
    PoolSettings,
    PostgresConnector,
    name_without_password,
)
from bot.store.databases.postgres_inspect import PostgresInspector, PostgresSurvey
from bot.store.databases.sqlite import SqliteDatabase
from bot.store.databases.sqlite_inspect import (
    SqliteInspector,
    find_any_damage,
    find_damage,
    inspect_file,
)
from bot.store.databases.sqlite_locks import held_locks
from bot.store.databases.sqlite_migrate import makes_new_database, migrate, require_companions, require_not_lost
from bot.store.failed_attempts import FailedAttempts
from bot.store.gate_reminders import GateReminders
from bot.store.installation import NEWEST_CHECK_ROOM, Installation
from bot.store.interactions import Interactions
from bot.store.invitations import Invitations
from bot.store.last_meetings import LastMeetings
from bot.store.leases import Fence, Leases, LostLease
from bot.store.matches import Matches
from bot.store.members import Members
from bot.store.memberships import Memberships
from bot.store.metrics import StoreMetrics
from bot.store.outbox import Outbox
from bot.store.personal_data import PersonalData
from bot.store.postponed_searches import PostponedSearches
from bot.store.presence import Presence
from bot.store.readiness import ReadinessStates
from bot.store.refused_requests import RefusedRequestCounts
from bot.store.report_desk import ReportDesk
from bot.store.report_timers import ReportTimers
from bot.store.reports import Reports
from bot.store.restrictions import Restrictions
from bot.store.retention import Retention
from bot.store.room_orders import RoomOrders
from bot.store.rules_consents import RulesConsents
from bot.store.servers import Servers
from bot.store.setup_drafts import SetupDrafts
from bot.store.setup_figures import SetupFigureReader
from bot.store.staff_members import StaffMembers
from bot.store.statistics import ServerStatistics
from bot.store.tickets import Tickets
from bot.store.trials import Trials
from bot.store.video_outages import VideoOutages

__all__ = [
    "CLOCKS_APART",
    "NEWEST_CHECK_ROOM",
    "Fence",
    "Inspection",
    "Inspector",
    "Listener",
    "LostLease",
    "PoolSettings",
    "PostgresInspector",
    "PostgresSurvey",
    "SqliteInspector",
    "Store",
    "StoreError",
    "StoreUnavailable",
    "StoreUnreachable",
    "Trials",
    "VideoOutages",
    "database_label",
    "find_any_damage",
    "find_damage",
    "held_locks",
    "inspect_file",
    "inspector_of",
    "is_postgres",
    "makes_new_database",
    "migrate",
    "open_store",
    "require_companions",
    "require_not_lost",
    "sqlite_path",
]

SQLITE = "sqlite:///"
POSTGRES = "postgresql://"

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Store:
    """One object per subject, over one database."""

    database: Database
    servers: Servers
    setup_drafts: SetupDrafts
    setup_figures: SetupFigureReader
    members: Members
    memberships: Memberships
    tickets: Tickets
    matches: Matches
    trials: Trials
    invitations: Invitations
    failed_attempts: FailedAttempts
    browser_sessions: BrowserSessions
    presence: Presence
    outbox: Outbox
    room_orders: RoomOrders
    leases: Leases
    readiness: ReadinessStates
    chat_processes: ChatProcesses
    refused_requests: RefusedRequestCounts
    blocks: Blocks
    restrictions: Restrictions
    rules_consents: RulesConsents
    postponed_searches: PostponedSearches
    gate_reminders: GateReminders
    reports: Reports
    report_desk: ReportDesk
    report_timers: ReportTimers
    appeals: Appeals
    audit: Audit
    bans: Bans
    staff_members: StaffMembers
    last_meetings: LastMeetings
    interactions: Interactions
    installation: Installation
    video_outages: VideoOutages
    statistics: ServerStatistics
    personal_data: PersonalData
    retention: Retention
    clock_correction: ClockCorrection

    def listen(self, topic: str) -> Listener:
        """A listener to the topic "tickets", "outbox", "room_orders", "memberships" or "chat_processes"."""
        return self.database.listen(topic)

    async def check(self) -> None:
        """Write a meaningless value; raises StoreUnavailable if writing fails."""
        await self.database.write([Statement(name="installation.probe_writing", values={})])


def is_postgres(url: str) -> bool:
    """Whether the database at `url` is PostgreSQL."""
    return url.startswith(POSTGRES)


def database_label(url: str) -> str:
    """The database at `url` as logs and commands name it: SQLite's file, or PostgreSQL's address without password."""
    return name_without_password(url) if is_postgres(url) else str(sqlite_path(url))


def sqlite_path(url: str) -> Path:
    """The file behind `sqlite:///PATH`: below the folder in which this process was started, or from the root."""
    return Path(url.removeprefix(SQLITE)).absolute()


def inspector_of(url: str, pool: PoolSettings) -> SqliteInspector | PostgresInspector:
    """What reads the database at `url` and changes nothing."""
    return PostgresInspector(PostgresConnector(url, pool)) if is_postgres(url) else SqliteInspector(sqlite_path(url))


@asynccontextmanager
async def open_store(
    url: str,
    *,
    privacy_key: bytes,
    minors_allowed: bool = False,
    safety_contact: int | None = None,
    pool: PoolSettings | None = None,
    metrics: Metrics | None = None,
) -> AsyncIterator[Store]:
    """The store in the database at `url`, which is made, which is logged, or upgraded first and closed at the end.

    `privacy_key` makes the pseudonyms of members who have deleted their data. `minors_allowed`: servers in which some
    are under 18 can be open. `safety_contact` is the operator, who reads reports that no staff can. `pool` is for
    PostgreSQL only; what is written is counted in `metrics`.

    Raises StoreUnavailable if the database cannot be read and written, and NewerDatabase, OldDatabase or
    ForeignDatabase if this version must not touch it.
    """
    counted = StoreMetrics(metrics or Metrics())
    opening = (
        _open_postgres(url, pool or PoolSettings(), counted)
        if is_postgres(url)
        else _open_sqlite(sqlite_path(url), counted)
    )
    async with opening as database:
        counted.follow(database)
        store = _assemble(
            database, privacy_key=privacy_key, minors_allowed=minors_allowed, safety_contact=safety_contact
        )
        await store.check()
        yield store


@asynccontextmanager
async def _open_sqlite(path: Path, metrics: StoreMetrics) -> AsyncIterator[Database]:
    if makes_new_database(await asyncio.to_thread(migrate, path)):
        log.info("made a new, empty database: %s", path)
    async with SqliteDatabase(path, metrics) as database:
        yield database


@asynccontextmanager
async def _open_postgres(url: str, pool: PoolSettings, metrics: StoreMetrics) -> AsyncIterator[Database]:
    connector = PostgresConnector(url, pool)
    if postgres_migrate.makes_new_database(await postgres_migrate.migrate(connector)):
        log.info("made the tables in the empty database %s", connector.name)
    async with PostgresDatabase(connector, metrics) as database:
        yield database


def _assemble(database: Database, *, privacy_key: bytes, minors_allowed: bool, safety_contact: int | None) -> Store:
    matches, installation = Matches(database, privacy_key=privacy_key), Installation(database)
    return Store(
        database=database,
        servers=Servers(database, minors_allowed=minors_allowed),
        setup_drafts=SetupDrafts(database),
        setup_figures=SetupFigureReader(database),
        members=Members(database),
        memberships=Memberships(database),
        tickets=Tickets(database, privacy_key=privacy_key),
        matches=matches,
        trials=Trials(database, privacy_key=privacy_key),
        invitations=Invitations(database),
        failed_attempts=FailedAttempts(database),
        browser_sessions=BrowserSessions(database, matches),
        presence=Presence(database),
        outbox=Outbox(database),
        room_orders=RoomOrders(database),
        leases=Leases(database),
        readiness=ReadinessStates(database),
        chat_processes=ChatProcesses(database),
        refused_requests=RefusedRequestCounts(database),
        blocks=Blocks(database, privacy_key=privacy_key),
        restrictions=Restrictions(database, privacy_key=privacy_key),
        rules_consents=RulesConsents(database),
        postponed_searches=PostponedSearches(database),
        gate_reminders=GateReminders(database),
        reports=Reports(database, privacy_key=privacy_key, safety_contact=safety_contact),
        report_desk=ReportDesk(database, privacy_key=privacy_key),
        report_timers=ReportTimers(database, privacy_key=privacy_key, safety_contact=safety_contact),
        appeals=Appeals(database, privacy_key=privacy_key),
        audit=Audit(database, privacy_key=privacy_key),
        bans=Bans(database, privacy_key=privacy_key),
        staff_members=StaffMembers(database, privacy_key=privacy_key),
        last_meetings=LastMeetings(database),
        interactions=Interactions(database),
        installation=installation,
        video_outages=VideoOutages(database),
        statistics=ServerStatistics(database),
        personal_data=PersonalData(database, privacy_key=privacy_key),
        retention=Retention(database),
        clock_correction=ClockCorrection(database),
    )
