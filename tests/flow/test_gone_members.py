"""Members who leave, are banned, are timed out or lose the role at any moment from ticket to room: the real loops."""

import random
from collections import Counter, deque
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any, cast

import aiohttp
import pytest

from bot.chat.member_answers import MemberAnswers
from bot.chat.member_requests import MemberRequests
from bot.chat.memberships import MembershipNews
from bot.domain.invitation import link_token
from bot.domain.membership import ABSENT, ASK_AGAIN_AFTER, FRESH_FOR_ENTRY, UNTIL_TOLD_OTHERWISE, Membership
from bot.domain.message import Delivered
from bot.store import Store
from bot.store.tickets import BarredMeanwhile
from tests.clocks import START, VirtualClock
from tests.flow.guild_of_members import STUDENTS, GuildClient, GuildOfMembers
from tests.loops.factories import make_janitor, make_matchmaker, open_server
from tests.store.scenario import LINK_KEY, SERVER, Scenario
from tests.web.browsers import HERE, Browser
from tests.web.conftest import make_web_part
from tests.web.scripted_rooms import ScriptedRooms
from web.part import WebPart

A_STORY, A_LONG_STORY = 120, 300  # members
MEMBERS_PER_SUBJECT = 3
STEP = timedelta(seconds=3)
SLACK = 3 * STEP
ARRIVE_WITHIN_S, GO_WITHIN_S, CLICK_WITHIN_S, STORY_S = 120, 900, 240, 1_450
WAYS_TO_GO = (
    ABSENT,
    Membership(role_ids=frozenset({STUDENTS}), timed_out_until=UNTIL_TOLD_OTHERWISE),
    Membership(),  # without the role
)


class Story:
    """Members, of whom every third goes at some moment; and what became of each."""

    def __init__(
        self, members: int, *, store: Store, clock: VirtualClock, web_part: WebPart, rooms: ScriptedRooms
    ) -> None:
        self.members = range(1, members + 1)
        self.store = store
        self.clock = clock
        self.rooms = rooms
        self.guild = GuildOfMembers(id=SERVER)
        self.entered: dict[int, datetime] = {}
        self.refusals: dict[int, str] = {}
        self.gone_at: dict[int, datetime] = {}
        self.stayed: dict[int, timedelta] = {}
        self._chance = random.Random(12)
        self._moments = {member: self._moments_of(member) for member in self.members}
        self._scenario = Scenario(store, clock)
        self._news = MembershipNews(store.memberships, store.servers, store.staff_members, clock)
        client = cast("Any", GuildClient(self.guild))
        self._answers = MemberAnswers(
            client=client,
            requests=MemberRequests(client),
            news=self._news,
            memberships=store.memberships,
            clock=clock,
            listener=store.listen("memberships"),
        )
        self._matchmaker = make_matchmaker(store, clock)
        self._janitor = make_janitor(store, clock)
        self._room_orders = web_part.room_order_loop(rooms)
        self._clicks: dict[int, tuple[datetime, str]] = {}  # when a member opens a link, and its token
        self._browsers: dict[int, Browser] = {}

    def _moments_of(self, member: int) -> tuple[datetime, datetime | None]:
        """When a member begins to search, and when they go, if they do."""
        arrives = START + timedelta(seconds=self._chance.uniform(0, ARRIVE_WITHIN_S))
        goes = arrives + timedelta(seconds=self._chance.random() ** 2 * GO_WITHIN_S)  # more often soon than late
        return arrives, goes if member % 3 == 0 else None

    async def tell(self, *, answers_every: int, browsers: "ManyBrowsers") -> None:
        """Let everything happen. Discord answers in every `answers_every`th step."""
        steps = int(STORY_S / STEP.total_seconds())
        for step in range(steps):
            self.clock.pass_time(seconds=STEP.total_seconds())
            await self._let_members_come_and_go()
            if step % answers_every == 0:
                await self._answers.start_asking()
                await self._answers.in_progress.wait_for_all()
            await self._run_loops()
            await self._open_links(browsers)
            self._look_into_rooms()

    async def _let_members_come_and_go(self) -> None:
        now = self.clock.now()
        for member, (arrives, goes) in self._moments.items():
            if goes is not None and goes <= now and member not in self.gone_at:
                self.gone_at[member] = now
                self.guild.now_as[member] = WAYS_TO_GO[member // 3 % len(WAYS_TO_GO)]
                if self.heard_of(member):
                    await self._news.record_absence(SERVER, member)
            if arrives <= now < arrives + STEP:
                await self._search(member)

    def heard_of(self, member: int) -> bool:
        """Whether this member is banned, and the bot hears of it at once."""
        return bool(member % 2) and member in self.gone_at and not self.guild.state_of(member).in_server

    async def _search(self, member: int) -> None:
        state, now = self.guild.state_of(member), self.clock.now()
        await self._news.record(SERVER, member, state, server_role_ids={STUDENTS}, told_at=now)
        await self._scenario.agreed(member)
        try:
            await self.store.tickets.start_waiting(
                self._scenario.ticket(member, subject=f"Subject {member % (len(self.members) // MEMBERS_PER_SUBJECT)}")
            )
        except BarredMeanwhile:
            assert member in self.gone_at

    async def _run_loops(self) -> None:
        await self._matchmaker.step(await self._scenario.fence())
        await self._janitor.step(await self._scenario.fence("janitor"))
        await self._room_orders.step(await self._scenario.fence("rooms"))
        fence = await self._scenario.fence("courier")
        for message in await self.store.outbox.find_due(self.clock.now(), 2 * len(self.members)):
            if message.kind == "invitation" and message.invitation_id:
                delay = timedelta(seconds=self._chance.uniform(0, CLICK_WITHIN_S))
                token = link_token(LINK_KEY, message.invitation_id)
                self._clicks[message.member_id] = (self.clock.now() + delay, token)
            await self.store.outbox.mark_sent(message, Delivered(), self.clock.now(), fence)

    async def _open_links(self, browsers: "ManyBrowsers") -> None:
        for member, (moment, token) in list(self._clicks.items()):
            if moment <= self.clock.now() and await self._try_to_enter(member, token, browsers):
                del self._clicks[member]

    async def _try_to_enter(self, member: int, token: str, browsers: "ManyBrowsers") -> bool:
        """Whether the page is done trying: it goes on while the server is checking."""
        browser = self._browsers.get(member)
        if browser is None:
            browser = browsers.open()
            opened = await browser.redeem(token, enter=True)
            if opened.status != 201:
                self.refusals[member] = opened.code
                return True
            self._browsers[member] = browser
            if "way" in opened.json:
                return await self._enter(member)
        answer = await browser.post("/session/join-token")
        if answer.code == "checking_membership":
            return False
        self._browsers.pop(member)
        if answer.status == 200:
            return await self._enter(member)
        self.refusals[member] = answer.code
        return True

    async def _enter(self, member: int) -> bool:
        seat = await self.store.matches.find_by_member(member)
        assert seat is not None
        self.entered[member] = self.clock.now()
        self.rooms.inside.setdefault(seat.match.room_name, {})[seat.own.id] = f"PA_{member}"
        await self.store.presence.participant_joined(
            seat.own.id, f"PA_{member}", seat.match.room_name, self.clock.now()
        )
        return True

    def _look_into_rooms(self) -> None:
        """Record of each member who is gone and still in a room how long they have been there since both."""
        for member in self._members_inside() & self.gone_at.keys():
            since = max(self.entered[member], self.gone_at[member])
            self.stayed[member] = self.clock.now() - since

    def _members_inside(self) -> set[int]:
        connections = {sid for room in self.rooms.inside.values() for sid in room.values()}
        return {int(sid.removeprefix("PA_")) for sid in connections}

    def entered_late(self) -> dict[int, timedelta]:
        """Of the members who entered when they had been gone for longer than an answer counts: how long they stayed."""
        return {
            member: self.stayed.get(member, timedelta())
            for member, entered in self.entered.items()
            if member in self.gone_at and entered - self.gone_at[member] > FRESH_FOR_ENTRY
        }

    async def still_here(self) -> list[int]:
        """Members who are gone and still wait, or have a seat or a place in a room."""
        inside = self._members_inside()
        return [
            member
            for member in self.gone_at
            if await self.store.tickets.find_by_member(member)
            or await self.store.matches.find_by_member(member)
            or member in inside
        ]

    async def phases(self) -> Counter[str]:
        """In how many cases a member went while they waited, before they entered, and in the room."""
        phases: Counter[str] = Counter()
        for member, gone_at in self.gone_at.items():
            seat = await self.store.matches.find_latest_by_member(member)
            entered = self.entered.get(member)
            phases["room" if entered and entered <= gone_at else "seat" if seat else "ticket"] += 1
        return phases


class ManyBrowsers:
    """Opens browsers that share their connections."""

    def __init__(self, http: aiohttp.ClientSession, port: int) -> None:
        self._http = http
        self._port = port

    def open(self) -> Browser:
        """A browser with a cookie of its own."""
        return Browser(http=self._http, bases=deque([f"http://{HERE}:{self._port}"]))


@pytest.fixture
def rooms() -> ScriptedRooms:
    return ScriptedRooms()


@pytest.fixture
def web_part(store: Store, clock: VirtualClock) -> WebPart:
    return make_web_part(store, clock)


@pytest.fixture
async def browsers(web_part: WebPart, rooms: ScriptedRooms) -> AsyncIterator[ManyBrowsers]:
    jar = aiohttp.DummyCookieJar()
    async with web_part.serve(rooms) as site, aiohttp.ClientSession(cookie_jar=jar, auto_decompress=False) as http:
        yield ManyBrowsers(http, site.port)


@pytest.fixture(
    params=[
        pytest.param(A_STORY, marks=pytest.mark.dose),
        pytest.param(A_LONG_STORY, marks=pytest.mark.faults),
    ],
    ids="{} members".format,
)
async def story(
    request: pytest.FixtureRequest, store: Store, clock: VirtualClock, web_part: WebPart, rooms: ScriptedRooms
) -> Story:
    await open_server(store, role_id=STUDENTS)
    return Story(request.param, store=store, clock=clock, web_part=web_part, rooms=rooms)


@pytest.mark.parametrize(
    ("answers_every", "may_be_late"), [(1, False), (7, True)], ids=["at once", "after twenty seconds"]
)
async def test_nobody_stays_who_is_gone(
    story: Story, browsers: ManyBrowsers, answers_every: int, may_be_late: bool
) -> None:
    """However members go, and whenever: nobody enters who was gone for a minute, and the others are removed in time.

    If Discord is slower than a page waits, they enter before its answer and are removed when it comes.
    """
    await story.tell(answers_every=answers_every, browsers=browsers)
    phases = await story.phases()
    assert min(phases["ticket"], phases["seat"], phases["room"]) >= len(story.members) // 40, phases
    late, delay = story.entered_late(), answers_every * STEP + SLACK
    assert bool(late) is may_be_late
    assert max(late.values(), default=timedelta()) <= delay
    assert max(story.stayed.values()) <= ASK_AGAIN_AFTER + delay
    assert await story.still_here() == []
    assert {member for member, code in story.refusals.items() if code == "not_allowed"} <= story.gone_at.keys()
    assert len(story.entered.keys() - story.gone_at.keys()) > len(story.members) // 3


async def test_chat_is_away(story: Story, browsers: ManyBrowsers) -> None:
    """No answer is no refusal: the others meet as ever. Who was banned under our eyes is still refused."""
    story.guild.away = True
    await story.tell(answers_every=1, browsers=browsers)
    assert len(story.entered.keys() - story.gone_at.keys()) > len(story.members) // 3
    refused = {member for member, code in story.refusals.items() if code == "not_allowed"}
    assert refused
    assert refused <= {member for member in story.gone_at if story.heard_of(member)}
