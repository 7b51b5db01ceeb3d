"""Each genuine webhook has its one effect; all others have none."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import pytest

from bot.clock import new_id
from bot.domain.invitation import digest
from bot.domain.match import MatchState
from bot.domain.room import MediaSource
from bot.store.installation import NEWEST_CHECK_ROOM
from bot.store.seats import SeatInMatch
from bot.store.times import to_ms
from tests.polling import TIMEOUT
from tests.store.rows import fetch_rows
from tests.store.scenario import Meeting, Scenario
from tests.web.endings import end_match
from tests.web.scripted_rooms import OLD_SIGNATURE, SIGNATURE, ScriptedRooms
from tests.web.webhooks import ABORTED, JOINED, LEFT, PUBLISHED, UNPUBLISHED, WebhookSender
from web.part import WebPart
from web.rooms import RoomEvent

STRANGER = "stranger"


@dataclass(frozen=True, kw_only=True)
class Presence:
    """Whether the two seats are in the room."""

    own: bool
    partner: bool


async def seat_of(scenario: Scenario, meeting: Meeting) -> SeatInMatch:
    """The first seat as the store knows it."""
    seat = await scenario.store.matches.find_by_seat(meeting.seats[0])
    assert seat is not None
    return seat


async def presence_of(scenario: Scenario, meeting: Meeting) -> Presence:
    """Who is in, as the store knows it."""
    seat = await seat_of(scenario, meeting)
    return Presence(own=seat.own.present, partner=seat.partner.present)


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        (JOINED, [], Presence(own=True, partner=False)),
        (JOINED, [0], Presence(own=True, partner=False)),
        (JOINED, [1], Presence(own=True, partner=True)),
        (LEFT, [], Presence(own=False, partner=False)),
        (LEFT, [0], Presence(own=False, partner=False)),
        (LEFT, [0, 1], Presence(own=False, partner=True)),
        (ABORTED, [0, 1], Presence(own=False, partner=True)),
        ("track_published", [1], Presence(own=False, partner=True)),
        ("room_finished", [0, 1], Presence(own=True, partner=True)),
        ("", [], Presence(own=False, partner=False)),
    ],
)
async def test_each_kind(
    scenario: Scenario,
    meeting: Meeting,
    webhooks: WebhookSender,
    rooms: ScriptedRooms,
    kind: str,
    before: list[int],
    after: Presence,
) -> None:
    """Joining and leaving change who is in; all other kinds are answered 200 and change nothing."""
    if before:
        await scenario.in_the_room(meeting, *before)
        rooms.inside[meeting.room_name] = {meeting.seats[side]: f"PA_{side}" for side in before}
    answer = await webhooks.send(kind, room_name=meeting.room_name, identity=meeting.seats[0])
    assert (answer.status, answer.body) == (200, b"")
    assert await presence_of(scenario, meeting) == after


async def test_what_is_published_is_noted(scenario: Scenario, meeting: Meeting, webhooks: WebhookSender) -> None:
    """From the first time to the last, by source; the same event again, and a track of another kind, change nothing."""
    await scenario.in_the_room(meeting)
    tell = partial(webhooks.send, room_name=meeting.room_name, identity=meeting.seats[0])
    events = [(PUBLISHED, MediaSource.CAMERA), (PUBLISHED, MediaSource.MICROPHONE), (UNPUBLISHED, MediaSource.CAMERA)]
    start = scenario.clock.now()
    for number, (kind, source) in enumerate(events):
        assert (await tell(kind, source=source, event_id=f"EV_of_track_{number}")).status == 200
        scenario.clock.pass_time(minutes=1)
    await tell(UNPUBLISHED, source=MediaSource.CAMERA, event_id="EV_of_track_2")
    assert (await tell(PUBLISHED)).status == 200
    rows = await fetch_rows(scenario.store, "SELECT source, first_at, last_at FROM media_times ORDER BY source")
    at = [to_ms(start + timedelta(minutes=minutes)) for minutes in range(3)]
    assert rows == [("camera", at[0], at[2]), ("microphone", at[1], None)]


async def test_both_joining_starts_the_meeting(scenario: Scenario, meeting: Meeting, webhooks: WebhookSender) -> None:
    """One webhook for each seat is all it takes."""
    for side in (0, 1):
        await webhooks.send(JOINED, room_name=meeting.room_name, identity=meeting.seats[side], sid=f"PA_{side}")
    match = (await seat_of(scenario, meeting)).match
    assert (match.state, match.met_at) == (MatchState.MEETING, scenario.clock.now())


async def test_a_partner_whose_leaving_was_not_told(
    scenario: Scenario, meeting: Meeting, webhooks: WebhookSender, rooms: ScriptedRooms
) -> None:
    """No meeting begins with somebody who has gone: before it does, LiveKit is asked."""
    await webhooks.send(JOINED, room_name=meeting.room_name, identity=meeting.seats[1])
    rooms.inside[meeting.room_name].clear()
    await webhooks.send(JOINED, room_name=meeting.room_name, identity=meeting.seats[0])
    assert await presence_of(scenario, meeting) == Presence(own=True, partner=False)
    assert (await seat_of(scenario, meeting)).match.state is MatchState.INVITING


@pytest.mark.parametrize("has_gone", [True, False])
async def test_two_who_join_at_the_same_moment(
    scenario: Scenario,
    meeting: Meeting,
    rooms: ScriptedRooms,
    web_part: WebPart,
    monkeypatch: pytest.MonkeyPatch,
    has_gone: bool,
) -> None:
    """Neither report knows of the other, perhaps in two processes: LiveKit is asked all the same."""
    inside = dict(zip(meeting.seats, ("PA_0", "PA_1"), strict=True))
    rooms.inside[meeting.room_name] = {meeting.seats[1]: "PA_1"} if has_gone else inside
    find_by_seat, both_have_read = scenario.store.matches.find_by_seat, asyncio.Barrier(2)

    async def read_before_either_writes(seat_id: str) -> SeatInMatch | None:
        seat = await find_by_seat(seat_id)
        if seat is not None and not seat.own.present:
            await both_have_read.wait()
        return seat

    presence = web_part._room_presence(rooms)
    joins = [
        RoomEvent(id=f"EV_{sid}", kind=JOINED, room_name=meeting.room_name, identity=seat_id, sid=sid)
        for seat_id, sid in inside.items()
    ]
    with monkeypatch.context() as patched:
        patched.setattr(scenario.store.matches, "find_by_seat", read_before_either_writes)
        async with asyncio.timeout(TIMEOUT):
            await asyncio.gather(*(presence.apply_event(each) for each in joins))
    assert await presence_of(scenario, meeting) == Presence(own=not has_gone, partner=True)
    state = (await seat_of(scenario, meeting)).match.state
    assert state is (MatchState.INVITING if has_gone else MatchState.MEETING)


async def test_both_joining_while_livekit_does_not_answer(
    scenario: Scenario, meeting: Meeting, webhooks: WebhookSender, rooms: ScriptedRooms, web_part: WebPart
) -> None:
    """The next sweep starts the meeting."""
    await webhooks.send(JOINED, room_name=meeting.room_name, identity=meeting.seats[1])
    rooms.problem = "video_unreachable"
    answer = await webhooks.send(JOINED, room_name=meeting.room_name, identity=meeting.seats[0])
    assert (answer.status, (await seat_of(scenario, meeting)).match.state) == (200, MatchState.INVITING)
    rooms.problem = None
    await web_part.room_order_loop(rooms).step(await scenario.fence("rooms"))
    assert (await seat_of(scenario, meeting)).match.state is MatchState.MEETING


async def test_a_repeated_event_has_one_effect(scenario: Scenario, meeting: Meeting, webhooks: WebhookSender) -> None:
    """LiveKit sends an event again after the participant has left: they stay out."""
    await webhooks.send(JOINED, room_name=meeting.room_name, identity=meeting.seats[0], event_id="EV_join")
    await webhooks.send(LEFT, room_name=meeting.room_name, identity=meeting.seats[0])
    answer = await webhooks.send(JOINED, room_name=meeting.room_name, identity=meeting.seats[0], event_id="EV_join")
    assert answer.status == 200
    assert await presence_of(scenario, meeting) == Presence(own=False, partner=False)


async def test_a_late_end_of_an_older_connection(scenario: Scenario, meeting: Meeting, webhooks: WebhookSender) -> None:
    """After a quick reconnect, the end of the first connection does not count as leaving."""
    for kind, sid in ((JOINED, "PA_old"), (JOINED, "PA_new"), (LEFT, "PA_old")):
        await webhooks.send(kind, room_name=meeting.room_name, identity=meeting.seats[0], sid=sid)
    assert (await presence_of(scenario, meeting)).own


async def test_a_beginning_that_is_told_after_its_end(
    scenario: Scenario, meeting: Meeting, webhooks: WebhookSender
) -> None:
    """Who has gone again is not in, and a partner who then comes is alone: no meeting begins."""
    for kind in (LEFT, JOINED):
        await webhooks.send(kind, room_name=meeting.room_name, identity=meeting.seats[0], sid="PA_brief")
    await webhooks.send(JOINED, room_name=meeting.room_name, identity=meeting.seats[1])
    assert await presence_of(scenario, meeting) == Presence(own=False, partner=True)
    assert (await seat_of(scenario, meeting)).match.state is MatchState.INVITING


async def test_a_stranger_in_our_room_is_removed(
    meeting: Meeting, webhooks: WebhookSender, rooms: ScriptedRooms
) -> None:
    """A participant without a seat is removed at once; the others stay."""
    rooms.inside[meeting.room_name] = {STRANGER: "PA_9", meeting.seats[0]: "PA_0"}
    answer = await webhooks.send(JOINED, room_name=meeting.room_name, identity=STRANGER, sid="PA_9")
    assert answer.status == 200
    assert rooms.inside[meeting.room_name] == {meeting.seats[0]: "PA_0"}


async def test_a_seat_in_the_room_of_another_match_is_removed(
    scenario: Scenario, meeting: Meeting, webhooks: WebhookSender, rooms: ScriptedRooms
) -> None:
    """A seat of ours counts in its own room only."""
    other = await scenario.matched(3, 4)
    await webhooks.send(JOINED, room_name=other.room_name, identity=meeting.seats[0])
    assert rooms.calls == [("remove_participant", other.room_name, meeting.seats[0])]
    for each in (meeting, other):
        assert await presence_of(scenario, each) == Presence(own=False, partner=False)


@pytest.mark.parametrize("has_ended", [False, True])
async def test_a_seat_that_may_not_be_in(
    scenario: Scenario, meeting: Meeting, webhooks: WebhookSender, rooms: ScriptedRooms, has_ended: bool
) -> None:
    """A member who gave up the seat is removed; after the end of the match the room is closed by an order instead."""
    if has_ended:
        await end_match(scenario, meeting)
    else:
        await scenario.store.browser_sessions.leave_seat(meeting.seats[0], scenario.clock.now())
    await webhooks.send(JOINED, room_name=meeting.room_name, identity=meeting.seats[0])
    removed = [("remove_participant", meeting.room_name, meeting.seats[0])]
    assert rooms.calls == ([] if has_ended else removed)
    assert await presence_of(scenario, meeting) == Presence(own=False, partner=False)


async def test_a_seat_in_the_former_room_of_its_match_is_removed(
    scenario: Scenario, meeting: Meeting, webhooks: WebhookSender, rooms: ScriptedRooms
) -> None:
    """After a new device took the seat the old one comes back into the old room, which no live match uses."""
    assert await scenario.redeem(meeting.tokens[0])
    now, invitation_id = scenario.clock.now(), new_id(scenario.clock)
    assert await scenario.store.invitations.issue(meeting.seats[0], invitation_id, digest("new"), now=now)
    assert await scenario.redeem("new")
    await webhooks.send(JOINED, room_name=meeting.room_name, identity=meeting.seats[0])
    assert rooms.calls == [("remove_participant", meeting.room_name, meeting.seats[0])]
    assert await presence_of(scenario, meeting) == Presence(own=False, partner=False)


@pytest.mark.parametrize("kind", [JOINED, LEFT])
async def test_a_room_that_is_not_ours(
    scenario: Scenario, meeting: Meeting, webhooks: WebhookSender, rooms: ScriptedRooms, kind: str
) -> None:
    """Other installations may use the same LiveKit server: nobody is removed from their rooms."""
    answer = await webhooks.send(kind, room_name="their room", identity=STRANGER)
    assert (answer.status, rooms.calls) == (200, [])
    assert await presence_of(scenario, meeting) == Presence(own=False, partner=False)


@pytest.mark.parametrize("signature", ["", "signed by somebody else", SIGNATURE.upper()])
async def test_a_forged_webhook(
    scenario: Scenario, meeting: Meeting, webhooks: WebhookSender, rooms: ScriptedRooms, signature: str
) -> None:
    """401, nothing changes, and the genuine event with the same id still counts."""
    tell = partial(webhooks.send, JOINED, room_name=meeting.room_name, identity=meeting.seats[0], event_id="EV_1")
    answer = await tell(signature=signature)
    assert (answer.status, rooms.calls) == (401, [])
    assert await presence_of(scenario, meeting) == Presence(own=False, partner=False)
    await tell()
    assert (await presence_of(scenario, meeting)).own


@pytest.mark.parametrize("problem", ["video_refused_our_key", "video_unreachable"])
async def test_a_stranger_while_livekit_fails(
    scenario: Scenario,
    meeting: Meeting,
    webhooks: WebhookSender,
    rooms: ScriptedRooms,
    web_part: WebPart,
    caplog: pytest.LogCaptureFixture,
    problem: str,
) -> None:
    """The event is answered 200 and logged as a warning; the next sweep removes the stranger."""
    rooms.inside[meeting.room_name] = {STRANGER: "PA_9"}
    rooms.problem = problem
    assert (await webhooks.send(JOINED, room_name=meeting.room_name, identity=STRANGER, sid="PA_9")).status == 200
    [record] = caplog.records
    assert record.levelno == logging.WARNING
    assert record.getMessage().endswith(f"because the test says {problem}")
    assert rooms.inside[meeting.room_name] == {STRANGER: "PA_9"}
    rooms.problem = None
    await web_part.room_order_loop(rooms).step(await scenario.fence("rooms"))
    assert rooms.inside[meeting.room_name] == {}


CHECK_ROOM = "check-Innk_l0vFI6AsQpe8uhoTA"


@pytest.mark.parametrize("kind", ["room_started", "room_finished", JOINED])
async def test_an_event_about_the_room_of_a_check_is_noted(
    scenario: Scenario, webhooks: WebhookSender, rooms: ScriptedRooms, kind: str
) -> None:
    """Only the newest room is kept, and nobody is recorded or removed."""
    for room_name in (f"check-{'a' * 22}", CHECK_ROOM):
        answer = await webhooks.send(kind, room_name=room_name, identity="check")
        assert (answer.status, answer.body) == (200, b"")
    assert await scenario.store.installation.get(NEWEST_CHECK_ROOM) == CHECK_ROOM
    assert rooms.calls_of("remove_participant") == []


@pytest.mark.parametrize(
    "room_name",
    [
        "",
        "check-",
        "check-short",
        f"check-{'a' * 23}",
        f"check-{'a' * 21}!",
        f"CHECK-{'a' * 22}",
        f"a-check-{'a' * 22}",
    ],
)
async def test_no_other_room_is_noted(scenario: Scenario, webhooks: WebhookSender, room_name: str) -> None:
    """A room of another program on the same LiveKit server leaves no trace."""
    await webhooks.send("room_started", room_name=room_name)
    assert await scenario.store.installation.get(NEWEST_CHECK_ROOM) is None


@pytest.mark.parametrize(
    ("signature", "said"), [("forged", "signs it with another key"), (OLD_SIGNATURE, "this machine's are apart")]
)
async def test_a_refused_event_about_a_check_is_not_noted(
    scenario: Scenario, webhooks: WebhookSender, caplog: pytest.LogCaptureFixture, signature: str, said: str
) -> None:
    """The log says why, for a wrong key at LiveKit looks the same as a stranger, and a wrong clock does not."""
    answer = await webhooks.send("room_started", room_name=CHECK_ROOM, signature=signature)
    assert answer.status == 401
    assert await scenario.store.installation.get(NEWEST_CHECK_ROOM) is None
    assert "a webhook was refused" in caplog.text
    assert said in caplog.text
