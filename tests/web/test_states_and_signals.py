"""Every match state with every signal that reaches the web part: the answer, and the outcome of the match."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import product

import pytest

from bot.clock import new_id
from bot.domain.invitation import digest
from bot.domain.match import ANOTHER_AFTER, UNDO_FOR, EndReason
from bot.domain.membership import ABSENT
from tests.store.scenario import Meeting, Scenario
from tests.web.browsers import Answer, Browser
from tests.web.endings import end_match
from tests.web.scripted_rooms import ScriptedRooms
from tests.web.webhooks import ABORTED, JOINED, LEFT, WebhookSender
from web.part import WebPart
from web.presence_sweep import PresenceSweep
from web.room_presence import RoomPresence


@dataclass(frozen=True, kw_only=True)
class Story:
    """One match with both browsers signed in, seen from the first member's side."""

    scenario: Scenario
    meeting: Meeting
    me: Browser
    rooms: ScriptedRooms
    webhooks: WebhookSender
    web_part: WebPart

    async def enter(self, *sides: int) -> None:
        """Some sides are in the room, at LiveKit and in the store."""
        for side in sides:
            self.rooms.inside[self.meeting.room_name][self.meeting.seats[side]] = f"PA_{side}"
            await self.scenario.in_the_room(self.meeting, side)

    async def leave(self) -> None:
        """The first member gives up the seat, without the page."""
        assert await self.scenario.store.browser_sessions.leave_seat(self.meeting.seats[0], self.scenario.clock.now())

    async def use_another_device(self) -> None:
        """The first member opens a new link elsewhere: this browser is replaced and the match gets another room."""
        now, invitation_id = self.scenario.clock.now(), new_id(self.scenario.clock)
        assert await self.scenario.store.invitations.issue(self.meeting.seats[0], invitation_id, digest("new"), now=now)
        assert await self.scenario.redeem("new")

    async def webhook(self, kind: str) -> Answer:
        """LiveKit sends a webhook about the first seat, in the room that the match had first."""
        return await self.webhooks.send(kind, room_name=self.meeting.room_name, identity=self.meeting.seats[0])

    async def sweep(self, *sides: int) -> None:
        """LiveKit has exactly these sides in the room, and a sweep runs."""
        self.rooms.inside[self.meeting.room_name] = {self.meeting.seats[side]: f"PA_{side}" for side in sides}
        store, clock = self.scenario.store, self.scenario.clock
        presence = RoomPresence(presence=store.presence, matches=store.matches, rooms=self.rooms, clock=clock)
        await PresenceSweep(presence=store.presence, rooms=self.rooms, room_presence=presence).check_rooms()

    async def carry_out_orders(self) -> None:
        """One step of the loop."""
        await self.web_part.room_order_loop(self.rooms).step(await self.scenario.fence("rooms"))

    async def outcome(self) -> str:
        """The match's state, where the two are, and what was done to the room at LiveKit."""
        seat = await self.scenario.store.matches.find_by_seat(self.meeting.seats[0])
        assert seat is not None
        where = ["left" if each.left_at else "in" if each.present else "out" for each in (seat.own, seat.partner)]
        done = [call[0].partition("_")[0] for call in self.rooms.calls if call[0].startswith(("close", "remove"))]
        return " ".join([seat.match.state, *where, *done])


async def inviting(_story: Story) -> None:
    """Nobody has come yet."""


async def waiting_for_partner(story: Story) -> None:
    """The first member is in the room, the partner never was."""
    await story.enter(0)


async def partner_waiting(story: Story) -> None:
    """The partner is in the room, the first member never was."""
    await story.enter(1)


async def meeting_now(story: Story) -> None:
    """Both are in the room."""
    await story.enter(0, 1)


async def left_before_meeting(story: Story) -> None:
    """The first member came alone and has just given up the seat."""
    await story.enter(0)
    await story.leave()


async def left_meeting(story: Story) -> None:
    """The first member has just given up the seat during the meeting."""
    await story.enter(0, 1)
    await story.leave()


async def left_for_good(story: Story) -> None:
    """The first member gave up the seat too long ago to take it back."""
    await left_meeting(story)
    story.scenario.clock.pass_time(seconds=UNDO_FOR.total_seconds())


async def banned(story: Story) -> None:
    """The first member was banned during the meeting; LiveKit has not been told yet."""
    await story.enter(0, 1)
    await story.scenario.told(1, ABSENT)


async def replaced(story: Story) -> None:
    """During the meeting the first member continued on another device."""
    await story.enter(0, 1)
    await story.use_another_device()


async def ended(story: Story) -> None:
    """The match ended during the meeting; its room has not been closed yet."""
    await story.enter(0, 1)
    await end_match(story.scenario, story.meeting, EndReason.DONE)


STATES: dict[str, Callable[[Story], Awaitable[None]]] = {
    "inviting": inviting,
    "waiting": waiting_for_partner,
    "partner waiting": partner_waiting,
    "meeting": meeting_now,
    "left before": left_before_meeting,
    "left meeting": left_meeting,
    "left for good": left_for_good,
    "banned": banned,
    "replaced": replaced,
    "ended": ended,
}
SIGNALS: dict[str, Callable[[Story], Awaitable[Answer | None]]] = {
    "link": lambda story: story.me.redeem(story.meeting.tokens[0]),
    "join token": lambda story: story.me.post("/session/join-token"),
    "leave": lambda story: story.me.leave(),
    "undo": lambda story: story.me.post("/session/undo"),
    "another": lambda story: story.me.post("/session/another"),
    "joined": lambda story: story.webhook(JOINED),
    "left": lambda story: story.webhook(LEFT),
    "aborted": lambda story: story.webhook(ABORTED),
    "sweep: both in": lambda story: story.sweep(0, 1),
    "sweep: empty": lambda story: story.sweep(),
    "orders": lambda story: story.carry_out_orders(),
}

# state, signal, answer, outcome: the match, the first member, the partner, and calls to LiveKit for the room
TABLE = [
    ("inviting", "link", "200", "inviting out out"),
    ("inviting", "join token", "200", "inviting out out"),
    ("inviting", "leave", "204", "inviting left out"),
    ("inviting", "undo", "200", "inviting out out"),
    ("inviting", "another", "202", "ended out out"),
    ("inviting", "joined", "200", "inviting in out"),
    ("inviting", "left", "200", "inviting out out"),
    ("inviting", "aborted", "200", "inviting out out"),
    ("inviting", "sweep: both in", "", "meeting in in"),
    ("inviting", "sweep: empty", "", "inviting out out"),
    ("inviting", "orders", "", "inviting out out"),
    ("waiting", "link", "200", "inviting in out"),
    ("waiting", "join token", "200", "inviting in out"),
    ("waiting", "leave", "204", "inviting left out"),
    ("waiting", "undo", "200", "inviting in out"),
    ("waiting", "another", "202", "ended in out"),
    ("waiting", "joined", "200", "inviting in out"),
    ("waiting", "left", "200", "inviting out out"),
    ("waiting", "aborted", "200", "inviting out out"),
    ("waiting", "sweep: both in", "", "meeting in in"),
    ("waiting", "sweep: empty", "", "inviting out out"),
    ("waiting", "orders", "", "inviting in out"),
    ("partner waiting", "link", "200", "inviting out in"),
    ("partner waiting", "join token", "200", "inviting out in"),
    ("partner waiting", "leave", "204", "inviting left in"),
    ("partner waiting", "undo", "200", "inviting out in"),
    ("partner waiting", "another", "409 partner_came", "inviting out in"),
    ("partner waiting", "joined", "200", "meeting in in"),
    ("partner waiting", "left", "200", "inviting out in"),
    ("partner waiting", "aborted", "200", "inviting out in"),
    ("partner waiting", "sweep: both in", "", "meeting in in"),
    ("partner waiting", "sweep: empty", "", "inviting out out"),
    ("partner waiting", "orders", "", "inviting out in"),
    ("meeting", "link", "200", "meeting in in"),
    ("meeting", "join token", "200", "meeting in in"),
    ("meeting", "leave", "204", "meeting left in"),
    ("meeting", "undo", "200", "meeting in in"),
    ("meeting", "another", "409 partner_came", "meeting in in"),
    ("meeting", "joined", "200", "meeting in in"),
    ("meeting", "left", "200", "meeting out in"),
    ("meeting", "aborted", "200", "meeting out in"),
    ("meeting", "sweep: both in", "", "meeting in in"),
    ("meeting", "sweep: empty", "", "meeting out out"),
    ("meeting", "orders", "", "meeting in in"),
    ("left before", "link", "410 match_over", "inviting left out"),
    ("left before", "join token", "410 match_over", "inviting left out"),
    ("left before", "leave", "204", "inviting left out"),
    ("left before", "undo", "200", "inviting in out"),
    ("left before", "another", "410 match_over", "inviting left out"),
    ("left before", "joined", "200", "inviting left out remove"),
    ("left before", "left", "200", "inviting left out"),
    ("left before", "aborted", "200", "inviting left out"),
    ("left before", "sweep: both in", "", "inviting left in remove"),
    ("left before", "sweep: empty", "", "inviting left out"),
    ("left before", "orders", "", "inviting left out remove"),
    ("left meeting", "link", "410 match_over", "meeting left in"),
    ("left meeting", "join token", "410 match_over", "meeting left in"),
    ("left meeting", "leave", "204", "meeting left in"),
    ("left meeting", "undo", "200", "meeting in in"),
    ("left meeting", "another", "410 match_over", "meeting left in"),
    ("left meeting", "joined", "200", "meeting left in remove"),
    ("left meeting", "left", "200", "meeting left in"),
    ("left meeting", "aborted", "200", "meeting left in"),
    ("left meeting", "sweep: both in", "", "meeting left in remove"),
    ("left meeting", "sweep: empty", "", "meeting left out"),
    ("left meeting", "orders", "", "meeting left in remove"),
    ("left for good", "link", "410 match_over", "meeting left in"),
    ("left for good", "join token", "410 match_over", "meeting left in"),
    ("left for good", "leave", "204", "meeting left in"),
    ("left for good", "undo", "410 match_over", "meeting left in"),
    ("left for good", "another", "410 match_over", "meeting left in"),
    ("left for good", "joined", "200", "meeting left in remove"),
    ("left for good", "left", "200", "meeting left in"),
    ("left for good", "aborted", "200", "meeting left in"),
    ("left for good", "sweep: both in", "", "meeting left in remove"),
    ("left for good", "sweep: empty", "", "meeting left out"),
    ("left for good", "orders", "", "meeting left in remove"),
    ("banned", "link", "403 not_allowed", "meeting left in"),
    ("banned", "join token", "403 not_allowed", "meeting left in"),
    ("banned", "leave", "403 not_allowed", "meeting left in"),
    ("banned", "undo", "403 not_allowed", "meeting left in"),
    ("banned", "another", "403 not_allowed", "meeting left in"),
    ("banned", "joined", "200", "meeting left in remove"),
    ("banned", "left", "200", "meeting left in"),
    ("banned", "aborted", "200", "meeting left in"),
    ("banned", "sweep: both in", "", "meeting left in remove"),
    ("banned", "sweep: empty", "", "meeting left out"),
    ("banned", "orders", "", "meeting left in remove"),
    ("replaced", "link", "410 link_used", "meeting out out"),
    ("replaced", "join token", "410 session_replaced", "meeting out out"),
    ("replaced", "leave", "410 session_replaced", "meeting out out"),
    ("replaced", "undo", "410 session_replaced", "meeting out out"),
    ("replaced", "another", "410 session_replaced", "meeting out out"),
    ("replaced", "joined", "200", "meeting out out remove"),
    ("replaced", "left", "200", "meeting out out"),
    ("replaced", "aborted", "200", "meeting out out"),
    ("replaced", "sweep: both in", "", "meeting out out"),
    ("replaced", "sweep: empty", "", "meeting out out"),
    ("replaced", "orders", "", "meeting out out close"),
    ("ended", "link", "410 match_over", "ended in in"),
    ("ended", "join token", "410 match_over", "ended in in"),
    ("ended", "leave", "204", "ended in in"),
    ("ended", "undo", "410 match_over", "ended in in"),
    ("ended", "another", "410 match_over", "ended in in"),
    ("ended", "joined", "200", "ended in in"),
    ("ended", "left", "200", "ended out in"),
    ("ended", "aborted", "200", "ended out in"),
    ("ended", "sweep: both in", "", "ended in in"),
    ("ended", "sweep: empty", "", "ended in in"),
    ("ended", "orders", "", "ended in in close"),
]


@pytest.fixture
async def story(
    scenario: Scenario,
    meeting: Meeting,
    inside: tuple[Browser, Browser],
    rooms: ScriptedRooms,
    webhooks: WebhookSender,
    web_part: WebPart,
) -> Story:
    return Story(scenario=scenario, meeting=meeting, me=inside[0], rooms=rooms, webhooks=webhooks, web_part=web_part)


@pytest.mark.parametrize(("state", "signal", "answer", "outcome"), TABLE)
async def test_what_becomes_of_a_match(story: Story, state: str, signal: str, answer: str, outcome: str) -> None:
    """Seven minutes after the invitation, one signal arrives: its answer, and the outcome in words."""
    story.scenario.clock.pass_time(seconds=ANOTHER_AFTER.total_seconds())
    await story.scenario.told(1)
    await STATES[state](story)
    story.rooms.calls.clear()
    answered = await SIGNALS[signal](story)
    given = "" if answered is None else f"{answered.status} {answered.code}".strip()
    assert (given, await story.outcome()) == (answer, outcome)


def test_the_table_is_complete() -> None:
    """Every state is combined with every signal, once."""
    assert sorted((state, signal) for state, signal, _, _ in TABLE) == sorted(product(STATES, SIGNALS))
