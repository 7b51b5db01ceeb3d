"""When a camera, microphone or screen was first and last published: late, lost and repeated reports do no harm."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from bot.domain.match import OVERTIME, EndReason
from bot.domain.report import UNDO_REPORT_FOR, Evidence, MediaTimes
from bot.domain.room import MediaSource, Participant
from bot.store.presence import Track
from tests.store.reporting import file, reader
from tests.store.rows import fetch_rows
from tests.store.scenario import Meeting, Scenario

CAMERA, MICROPHONE = MediaSource.CAMERA, MediaSource.MICROPHONE


@dataclass(kw_only=True)
class Reports:
    """LiveKit's reports about the camera of the first seat; what is stored is `times`, as minutes from the start."""

    scenario: Scenario
    meeting: Meeting

    def __post_init__(self) -> None:
        self._start = self.scenario.clock.now()

    def track(self, track_sid: str, source: MediaSource = CAMERA, sid: str = "PA_0") -> Track:
        return Track(seat_id=self.meeting.seats[0], source=source, track_sid=track_sid, sid=sid)

    async def published(self, track_sid: str, source: MediaSource = CAMERA, sid: str = "PA_0") -> None:
        track, now = self.track(track_sid, source, sid), self.scenario.clock.now()
        await self.scenario.store.presence.track_published(track, self.meeting.room_name, now)

    async def unpublished(self, track_sid: str, source: MediaSource = CAMERA) -> None:
        now = self.scenario.clock.now()
        await self.scenario.store.presence.track_unpublished(self.track(track_sid, source), now)

    async def listed(self, **tracks: str) -> None:
        """The sweep: LiveKit lists the first seat with these tracks, by the name of their source."""
        (room,) = await self.scenario.store.presence.rooms_in_use()
        sources = {MediaSource(source): sid for source, sid in tracks.items()}
        present = {self.meeting.seats[0]: Participant(sid="PA_0", tracks=sources)}
        await self.scenario.store.presence.set_participants(room, present, self.scenario.clock.now())

    async def times(self) -> dict[str, tuple[float, float | None]]:
        rows = await fetch_rows(self.scenario.store, "SELECT source, first_at, last_at FROM media_times")
        return {
            source: (self._minutes(first), None if last is None else self._minutes(last))
            for source, first, last in rows
        }

    def _minutes(self, at: int) -> float:
        return (datetime.fromtimestamp(at / 1000, self._start.tzinfo) - self._start) / timedelta(minutes=1)


@pytest.fixture
async def reports(scenario: Scenario) -> Reports:
    """A match whose first member is in the room."""
    meeting = await scenario.matched()
    await scenario.in_the_room(meeting)
    return Reports(scenario=scenario, meeting=meeting)


async def test_from_the_first_time_to_the_last(reports: Reports, scenario: Scenario) -> None:
    """Whatever comes between is within; another source has its own times."""
    await reports.published("TR_1")
    scenario.clock.pass_time(minutes=1)
    await reports.published("TR_2", MICROPHONE)
    await reports.unpublished("TR_1")
    scenario.clock.pass_time(minutes=1)
    await reports.published("TR_3")
    assert await reports.times() == {"camera": (0, None), "microphone": (1, None)}
    scenario.clock.pass_time(minutes=1)
    await reports.unpublished("TR_3")
    assert await reports.times() == {"camera": (0, 3), "microphone": (1, None)}


async def test_late_and_repeated_reports(reports: Reports, scenario: Scenario) -> None:
    """A track that has ended comes no more, and the end of a former one does not end a newer one."""
    await reports.published("TR_1")
    scenario.clock.pass_time(minutes=1)
    await reports.published("TR_2")
    await reports.unpublished("TR_1")
    assert await reports.times() == {"camera": (0, None)}
    await reports.unpublished("TR_2")
    scenario.clock.pass_time(minutes=1)
    for track_sid in ("TR_1", "TR_2"):
        await reports.published(track_sid)
        await reports.unpublished(track_sid)
    assert await reports.times() == {"camera": (0, 1)}


async def test_an_end_without_a_beginning(reports: Reports, scenario: Scenario) -> None:
    """Something was published, for a moment at least; the beginning that comes late changes nothing."""
    scenario.clock.pass_time(minutes=1)
    await reports.unpublished("TR_1")
    await reports.published("TR_1")
    assert await reports.times() == {"camera": (1, 1)}


async def test_the_sweep_makes_up_for_what_was_lost(reports: Reports, scenario: Scenario) -> None:
    """It finds what is published, and what is not any more; the same list again changes nothing."""
    for _ in range(2):
        await reports.listed(camera="TR_1")
        scenario.clock.pass_time(minutes=1)
    assert await reports.times() == {"camera": (0, None)}
    for _ in range(2):
        await reports.listed(microphone="TR_2")
        scenario.clock.pass_time(minutes=1)
    assert await reports.times() == {"camera": (0, 2), "microphone": (2, None)}


async def test_an_older_list_changes_nothing(reports: Reports, scenario: Scenario) -> None:
    """LiveKit was asked before it reported the end of the track."""
    (room,) = await scenario.store.presence.rooms_in_use()
    present = {reports.meeting.seats[0]: Participant(sid="PA_0", tracks={CAMERA: "TR_1"})}
    await reports.published("TR_1")
    await reports.unpublished("TR_1")
    scenario.clock.pass_time(minutes=1)
    await scenario.store.presence.set_participants(room, present, scenario.clock.now())
    assert await reports.times() == {"camera": (0, 0)}


@pytest.mark.parametrize("told_by", ["webhook", "sweep"])
async def test_the_end_of_a_connection_ends_what_it_sent(reports: Reports, scenario: Scenario, told_by: str) -> None:
    """What a newer connection sends goes on; nothing of the former one begins afterwards."""
    meeting, presence = reports.meeting, scenario.store.presence
    await reports.published("TR_1")
    await reports.published("TR_2", MICROPHONE, sid="PA_new")
    scenario.clock.pass_time(minutes=1)
    if told_by == "webhook":
        await presence.participant_left(meeting.seats[0], "PA_0", meeting.room_name, scenario.clock.now())
        await reports.published("TR_late")
        assert await reports.times() == {"camera": (0, 1), "microphone": (0, None)}
    else:
        await scenario.listed(meeting, {})
        assert await reports.times() == {"camera": (0, 1), "microphone": (0, 1)}


async def test_strangers_former_rooms_and_trials_leave_no_trace(scenario: Scenario) -> None:
    """A participant without a seat, a room that is none of ours any more, and somebody who tries the bot out."""
    meeting, now = await scenario.matched(), scenario.clock.now()
    trial = await scenario.trial(3)
    presence = scenario.store.presence
    for seat_id, room_name in (
        ("stranger", meeting.room_name),
        (meeting.seats[0], "another room"),
        (trial.seats[0], trial.room_name),
    ):
        track = Track(seat_id=seat_id, source=CAMERA, track_sid="TR_1", sid="PA_0")
        await presence.track_published(track, room_name, now)
    assert await fetch_rows(scenario.store, "SELECT * FROM media_times") == []


async def evidence_of(scenario: Scenario, meeting: Meeting) -> Evidence:
    """What a reader sees that was copied into the report which the first seat files now."""
    report = await file(scenario, meeting)
    scenario.clock.pass_time(seconds=UNDO_REPORT_FOR.total_seconds())
    opened = await scenario.store.report_desk.find(report.report_id, reader(), scenario.clock.now())
    assert opened is not None
    assert opened.report.evidence is not None
    return opened.report.evidence


async def test_a_report_has_a_copy(reports: Reports, scenario: Scenario) -> None:
    """It has the times of both as they are then: the reporter leaves with it, the reported member still sends."""
    start = scenario.clock.now()
    await reports.published("TR_1")
    partner = Track(seat_id=reports.meeting.seats[1], source=MICROPHONE, track_sid="TR_2", sid="PA_1")
    await scenario.store.presence.track_published(partner, reports.meeting.room_name, start)
    scenario.clock.pass_time(minutes=5)
    left = scenario.clock.now()
    evidence = await evidence_of(scenario, reports.meeting)
    assert evidence.reporter.media == (MediaTimes(source=CAMERA, first_at=start, last_at=left),)
    assert evidence.reported.media == (MediaTimes(source=MICROPHONE, first_at=start, last_at=None),)


async def test_what_nobody_has_told_the_end_of_ends_with_the_match(reports: Reports, scenario: Scenario) -> None:
    """LiveKit's last reports can be lost together with their room."""
    start = scenario.clock.now()
    await reports.published("TR_1")
    scenario.clock.pass_time(minutes=50, seconds=OVERTIME.total_seconds())
    assert await scenario.store.matches.end(reports.meeting.match_id, EndReason.DONE, now=scenario.clock.now())
    ended_at = scenario.clock.now()
    scenario.clock.pass_time(minutes=5)
    evidence = await evidence_of(scenario, reports.meeting)
    assert evidence.reporter.media == (MediaTimes(source=CAMERA, first_at=start, last_at=ended_at),)
    assert evidence.reported.media == ()


async def test_they_go_with_their_match(reports: Reports, scenario: Scenario) -> None:
    """When the match is old enough; a report keeps its copy for as long as it is kept itself."""
    await reports.published("TR_1")
    evidence = await evidence_of(scenario, reports.meeting)
    scenario.clock.pass_time(minutes=50, seconds=OVERTIME.total_seconds())
    assert await scenario.store.matches.end(reports.meeting.match_id, EndReason.DONE, now=scenario.clock.now())
    scenario.clock.pass_time(days=31)
    while await scenario.store.retention.delete_expired(scenario.clock.now()):
        pass
    assert await fetch_rows(scenario.store, "SELECT * FROM media_times") == []
    [report] = await scenario.store.report_desk.list_open(reader(), scenario.clock.now())
    assert report.evidence == evidence
