"""Random stories of rooms, in which webhooks get lost, late, doubled and shuffled: the store follows what is true."""

import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from bot.clock import new_id
from bot.domain.invitation import digest
from bot.domain.match import MatchState
from bot.domain.room import NAME_BYTES, room_name
from bot.store.invitations import NewBrowserSession
from bot.store.seats import SeatInMatch
from tests.clocks import START
from tests.flow.simulated_livekit import ALL_LOST, SHUFFLED, THE_WORST, Delivery, SimulatedLiveKit
from tests.store.invariants import broken_invariants
from tests.store.scenario import Meeting, Scenario
from tests.web.conftest import make_web_part
from web.part import WebPart
from web.room_order_loop import SWEEP_EVERY

CORRECTED_WITHIN = timedelta(seconds=30)
BACK_WITHIN = timedelta(seconds=10)
SECONDS = 180  # of each story
PAIRS = 3


@dataclass(kw_only=True)
class Story:
    """Members of `PAIRS` matches act at random, once a second; the checker compares the store with LiveKit."""

    scenario: Scenario
    livekit: SimulatedLiveKit
    web_part: WebPart
    chance: random.Random
    meetings: Sequence[Meeting] = ()
    differs_since: dict[str, datetime] = field(default_factory=dict)
    away_since: datetime = START
    were_together: set[str] = field(default_factory=set)  # matches whose members were truly in the room together

    async def play(self) -> None:
        """Play all seconds; then everybody is still, and within the time allowed everything is true."""
        loop = self.web_part.room_order_loop(self.livekit)
        presence = self.web_part._room_presence(self.livekit)
        self.meetings = [await self.scenario.matched(2 * pair, 2 * pair + 1) for pair in range(1, PAIRS + 1)]
        for second in range(SECONDS + CORRECTED_WITHIN // timedelta(seconds=1)):
            if second < SECONDS:
                await self.chance.choice(self._actions())()
            else:
                self._return()
            await self._note_truth()
            for event in self.livekit.take_webhooks():
                await presence.apply_event(event)
            await loop.step(await self.scenario.fence("rooms"))
            await self._check()
            self.scenario.clock.pass_time(seconds=1)
        assert not self.differs_since
        assert await broken_invariants(self.scenario.store) == []

    def _actions(self) -> Sequence[Callable[[], Awaitable[None]]]:
        usual = (self._enter, self._enter, self._enter, self._go, self._go, self._do_nothing)
        return (*usual, *usual, self._enter_as_a_stranger, self._leave, self._undo, self._change_device, self._trouble)

    async def _seat(self) -> SeatInMatch:
        seat_id = self.chance.choice(self.chance.choice(self.meetings).seats)
        seat = await self.scenario.store.matches.find_by_seat(seat_id)
        assert seat is not None
        return seat

    async def _do_nothing(self) -> None:
        return

    async def _enter(self) -> None:
        """As join-token does it: the room is made if it is missing, while the match lives."""
        seat = await self._seat()
        if seat.match.state is not MatchState.ENDED and seat.own.left_at is None and not self.livekit.is_away:
            await self.livekit.ensure_room(seat.match.room_name)
            self.livekit.enter(seat.match.room_name, seat.own.id)

    async def _enter_as_a_stranger(self) -> None:
        self.livekit.enter((await self._seat()).match.room_name, "stranger")

    async def _go(self) -> None:
        seat = await self._seat()
        self.livekit.leave(seat.match.room_name, seat.own.id)

    async def _leave(self) -> None:
        seat = await self._seat()
        if self.chance.random() < 0.3:
            await self.scenario.store.browser_sessions.leave_seat(seat.own.id, self.scenario.clock.now())

    async def _undo(self) -> None:
        seat = await self._seat()
        await self.scenario.store.browser_sessions.undo_leaving(seat.own.id, self.scenario.clock.now())

    async def _change_device(self) -> None:
        """A new link, redeemed by another browser: the match moves to another room."""
        seat, clock = await self._seat(), self.scenario.clock
        token = new_id(clock)
        if await self.scenario.store.invitations.issue(seat.own.id, new_id(clock), digest(token), now=clock.now()):
            await self.scenario.store.invitations.redeem(
                await self.scenario.invitation(token),
                token_hash=digest(token),
                attempt_hash=digest(token),
                session=NewBrowserSession(id=new_id(clock), cookie_hash=digest(new_id(clock))),
                fresh_room_name=room_name(clock.random_bytes(NAME_BYTES)),
                now=clock.now(),
            )

    async def _trouble(self) -> None:
        """LiveKit goes away and comes back, and forgets all rooms or not."""
        if self.livekit.is_away:
            self._return()
        else:
            self.livekit.go_away()
            self.away_since = self.scenario.clock.now()
        if self.chance.random() < 0.5:
            self.livekit.restart()

    def _return(self) -> None:
        if self.livekit.is_away:
            self.livekit.come_back()
            now = self.scenario.clock.now()
            if now - self.away_since > SWEEP_EVERY:  # a sweep has failed, and what differs now must agree soon
                self.differs_since = dict.fromkeys(self.differs_since, now - CORRECTED_WITHIN + BACK_WITHIN)

    async def _note_truth(self) -> None:
        for meeting in self.meetings:
            seats = [await self.scenario.store.matches.find_by_seat(seat) for seat in meeting.seats]
            if all(seat and _is_inside(self.livekit, seat) for seat in seats):
                self.were_together.add(meeting.match_id)

    async def _check(self) -> None:
        """The checker: nothing differs for long, and no meeting has begun of two who were never together."""
        now, differing = self.scenario.clock.now(), set[str]()
        for meeting in self.meetings:
            for seat_id in meeting.seats:
                seat = await self.scenario.store.matches.find_by_seat(seat_id)
                assert seat is not None
                assert seat.match.state is not MatchState.MEETING or seat.match.id in self.were_together
                if seat.match.state is not MatchState.ENDED and seat.own.present != _is_inside(self.livekit, seat):
                    differing.add(seat_id)
            if self.livekit.present(meeting.room_name).keys() - set(meeting.seats):
                differing.add(f"stranger in {meeting.room_name}")
        self.differs_since = {each: self.differs_since.get(each, now) for each in differing}
        if not self.livekit.is_away:
            late = [each for each, since in self.differs_since.items() if now - since > CORRECTED_WITHIN]
            assert late == [], f"still wrong after {CORRECTED_WITHIN}"


def _is_inside(livekit: SimulatedLiveKit, seat: SeatInMatch) -> bool:
    return seat.own.left_at is None and seat.own.id in livekit.present(seat.match.room_name)


STORIES = [
    pytest.param(range(2), id="2 stories"),
    pytest.param(range(2, 302), id="300 stories", marks=pytest.mark.faults),
]


@pytest.mark.parametrize("seeds", STORIES)
@pytest.mark.parametrize("delivery", [ALL_LOST, SHUFFLED, THE_WORST], ids=["all lost", "shuffled", "the worst"])
async def test_the_store_follows_livekit(scenario: Scenario, seeds: range, delivery: Delivery) -> None:
    """Whoever comes, goes, reconnects or changes devices: the store is right 30 seconds later, 10 after an outage."""
    for seed in seeds:
        chance = random.Random(seed)
        livekit = SimulatedLiveKit(clock=scenario.clock, chance=chance, delivery=delivery)
        story = Story(
            scenario=scenario,
            livekit=livekit,
            web_part=make_web_part(scenario.store, scenario.clock),
            chance=chance,
        )
        await story.play()
        for meeting in story.meetings:
            await scenario.store.matches.end_unreadable(meeting.match_id, now=scenario.clock.now(), messages=[])
        scenario.clock.pass_time(hours=2)  # after which the two may be matched again
