"""A report over real sockets reaches a reader, whatever has become of the staff's channel and of the chat process."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import discord
import pytest

from bot.chat.part import Chat
from bot.domain.gate import Gate
from bot.domain.report import UNDO_REPORT_FOR
from bot.domain.report_reader import Reader
from bot.domain.server import Audience, Server, Subject
from bot.domain.verdict import Decision, Verdict
from bot.sandbox.discord.fake_discord import FakeDiscord, Person
from bot.store import Store
from tests.chat.chat_harness import new_chat
from tests.chat.shown import all_text, custom_id_in
from tests.chat.test_over_the_wire import MessageWatch, press
from tests.clocks import ShortPauses
from tests.loops.factories import make_courier, make_janitor, make_matchmaker
from tests.polling import TIMEOUT, until
from tests.store.agreeing import let_members_agree
from tests.store.rows import fetch_rows
from tests.store.scenario import LINK_KEY, Scenario

pytestmark = [pytest.mark.usefixtures("discord_addresses"), pytest.mark.dose]

MOMENTS = ("never", "form is open", "answer is shown", "alert waits")
"""When the process is killed. The faults have each with every place and every trouble of the channel."""
QUICK_ON_POSTGRES = 3
SECRET = "He asked me for my address."
NO_PERMISSIONS = discord.Permissions(view_channel=True, send_messages=True)


class JumpingClock(ShortPauses):
    """A clock of short pauses whose time of day can be set forward."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        return super().now() + self._ahead

    def jump(self, ahead: timedelta) -> None:
        """Set it forward."""
        self._ahead += ahead


class Service:
    """Chat, courier and matchmaker of one process, which can end without finishing anything."""

    def __init__(self, store: Store, clock: JumpingClock, fake_discord: FakeDiscord) -> None:
        self._store = store
        self._clock = clock
        self._fake_discord = fake_discord
        self._tasks: list[asyncio.Task[object]] = []

    async def start(self) -> Chat:
        """Start, and return when Discord's events arrive."""
        chat = new_chat(self._store, self._clock, token="right", api_base=self._fake_discord.api_base)
        matchmaker = make_matchmaker(self._store, self._clock, link_key=LINK_KEY)
        courier = make_courier(self._store, self._clock, chat.deliver, redraw=chat.redraw)
        self._tasks = [asyncio.create_task(run()) for run in (chat.run, matchmaker.run, courier.run)]
        await chat.client.connected.wait()
        backend = self._fake_discord.backend
        await backend.wait_until(lambda: bool(self._fake_discord.registered_commands()), timeout_s=TIMEOUT)
        return chat

    async def kill(self) -> None:
        """End at once; nothing that is under way is finished."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []


class Story:
    """A college in which Rita reads reports, and a session of Alice and Bob that is over."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = JumpingClock()
        self.discord = FakeDiscord(clock=self.clock, token="right")
        self.service = Service(store, self.clock, self.discord)
        self.watch = MessageWatch(self.discord)
        self.study = self.staff = 0
        self.alice, self.bob, self.rita = (self.discord.add_person(name) for name in ("Alice", "Bob", "Rita"))

    async def begin(self) -> None:
        """Set everything up, let the two study together, and let the janitor ask them how it was."""
        safety = self.discord.ensure_role("Safety")
        self.discord.give_role(self.rita, safety)
        self.study, self.staff = self.discord.add_channel("study"), self.discord.add_channel("staff", only=[safety])
        await self.store.servers.save(
            Server(
                server_id=self.discord.guild_id,
                name="Study Hall",
                audience=Audience.ADULTS,
                channel_id=self.study,
                staff_channel_id=self.staff,
                reader_role_id=safety,
                gate=Gate.OPEN,
                subjects=(Subject(name="Maths"),),
                lengths=(25, 50),
                languages=("en",),
            ),
            expected_version=0,
            posts_panel=True,
        )
        await self.service.start()
        await self.discord.call_command(self.rita, self.study, "reports")
        await self.watch.sees(self.rita, self.study, "Nothing is waiting")
        for person in (self.alice, self.bob):
            await self.discord.call_command(person, self.study, "study now")
        for person in (self.alice, self.bob):
            await self.sees_directly(person, "You're matched with")
        await self._study_together()

    async def _study_together(self) -> None:
        seats = [await self.store.matches.find_by_member(person.id) for person in (self.alice, self.bob)]
        present = [seat for seat in seats if seat]
        for seat in present:
            await self.store.presence.participant_joined(
                seat.own.id, f"PA_{seat.own.id}", seat.match.room_name, self.clock.now()
            )
        self.clock.jump(timedelta(minutes=5))
        for seat in present:
            await self.store.browser_sessions.leave_seat(seat.own.id, self.clock.now())
        self.clock.jump(timedelta(minutes=1))
        await self.janitor_step()

    async def janitor_step(self) -> None:
        """Let the janitor do what is due."""
        fence = await Scenario(self.store, self.clock).fence("janitor")  # type: ignore[arg-type]  # any clock will do
        await make_janitor(self.store, self.clock).step(fence)

    async def sees_directly(self, person: Person, text: str) -> dict[str, Any]:
        """The direct message with this text, as soon as there is one."""
        return await self.watch.sees(person, self.discord.direct_channel_id(person), text)

    async def open_form(self, place: str) -> int:
        """Open the form of a report as Alice, by command or from the message after the session; returns its id."""
        if place == "command":
            response = await self.discord.call_command(self.alice, self.study, "study report")
        else:
            channel = self.discord.direct_channel_id(self.alice)
            message = await self.sees_directly(self.alice, "How was it with Bob?")
            response = await press(self.discord, self.alice, channel, message, "hb:wrong")
        assert response.modal is not None
        return int(response.modal["id"])

    async def alert(self, channel_id: int) -> dict[str, Any]:
        """The alert that Rita sees in this channel, as soon as there is one; the janitor goes on meanwhile."""

        async def go_on() -> None:
            while True:
                await self.janitor_step()
                await self.clock.sleep(1)

        janitor = asyncio.create_task(go_on())
        try:
            return await self.watch.sees(self.rita, channel_id, "Reason: sexual behaviour")
        finally:
            janitor.cancel()
            await asyncio.gather(janitor, return_exceptions=True)

    async def is_filed(self) -> bool:
        """Whether Alice's report is in the store."""
        return bool(await self.store.blocks.blocked_by(self.alice.id))

    def break_channel(self, trouble: str) -> None:
        """Delete the staff's channel, take the bot's permissions there, or do nothing."""
        if trouble == "deleted":
            self.discord.backend.delete_channel(self.staff)
        elif trouble == "denied":
            self.discord.deny_bot(self.staff, NO_PERMISSIONS)


@pytest.fixture
async def story(store: Store, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Story]:
    let_members_agree(store, monkeypatch)
    told = Story(store)
    await told.discord.start()
    await told.begin()
    yield told
    await told.service.kill()
    await told.discord.stop()


def cases() -> Iterator[Any]:
    """Every place with every trouble and every moment, on both databases; few of them are quick, the others faults."""
    places = list(product(("command", "message"), ("none", "deleted", "denied")))
    for on_postgres, (number, (place, trouble)), (shift, moment) in product(
        (False, True), enumerate(places), enumerate(MOMENTS)
    ):
        is_quick = (number + shift) % len(MOMENTS) == 0 and (not on_postgres or number == QUICK_ON_POSTGRES)
        marks = [*([pytest.mark.postgres] if on_postgres else []), *([] if is_quick else [pytest.mark.faults])]
        ids = "-".join([place, trouble, moment, *(["postgres"] if on_postgres else [])])
        yield pytest.param(on_postgres, place, trouble, moment, marks=marks, id=ids)


@pytest.mark.parametrize(("on_postgres", "place", "trouble", "killed_while"), list(cases()))
async def test_a_report_reaches_a_reader(story: Story, place: str, trouble: str, killed_while: str) -> None:
    """An alert arrives in the channel or, if Discord takes none there, in a message; `/reports` has all of it."""
    story.break_channel(trouble)
    form = await story.open_form(place)
    if killed_while == "form is open":
        await story.service.kill()
        await story.service.start()
    await story.discord.submit_modal(story.alice, form, {"reason": "sexual", "words": SECRET})
    await until(story.is_filed)
    if killed_while == "answer is shown":
        await story.service.kill()
        await story.service.start()
    if killed_while == "alert waits":
        await story.service.kill()
        story.clock.jump(UNDO_REPORT_FOR)
        await story.service.start()
    story.clock.jump(UNDO_REPORT_FOR)
    direct = story.discord.direct_channel_id(story.rita)
    alert = await story.alert(story.staff if trouble == "none" else direct)
    await press(story.discord, story.rita, int(alert["channel_id"]), alert, "hb:reports")
    where = int(alert["channel_id"])
    queue = await story.watch.sees(story.rita, where, "Waiting: 1 · unread: 1 · on hold: 1")
    await press(story.discord, story.rita, where, queue, "hb:rep:open")
    assert SECRET in all_text((await story.watch.sees(story.rita, where, "You have this to yourself"))["components"])
    assert custom_id_in((await story.sees_directly(story.alice, "Report 1 is with"))["components"], "hb:more")
    seen = [message for message in story.discord.all_messages() if _is_seen_by(story, message, story.bob)]
    assert all("eport" not in all_text(each["components"]) for each in seen)


def _is_seen_by(story: Story, message: dict[str, Any], person: Person) -> bool:
    stored = story.discord.backend.messages[int(message["channel_id"])][int(message["id"])]
    return person.id in story.discord.channel_readers(stored.channel_id) and stored.visible_to(person.id)


async def test_with_closed_messages_a_receipt_comes_at_the_next_use(story: Story) -> None:
    """Until then it waits, although every route was refused; it has its button, and only its member sees it."""
    story.discord.close_direct_messages(story.alice)
    form = await story.open_form("command")
    await story.discord.submit_modal(story.alice, form, {"reason": "hate", "words": SECRET})
    await until(story.is_filed)
    story.clock.jump(timedelta(minutes=20))
    reader = Reader(member_id=story.rita.id, server_id=story.discord.guild_id)
    [report] = await story.store.report_desk.list_open(reader, story.clock.now())
    verdict = Verdict(decision=Decision.CLOSE, rule=1, sentence="So it is.")
    decided_at = story.clock.now()
    assert await story.store.report_desk.decide(report.id, reader, verdict, verdict_id="v" * 22, now=decided_at)

    async def has_failed() -> bool:
        rows = await fetch_rows(story.store, "SELECT state FROM outbox WHERE kind = 'report_decided'")
        return rows == [("failed",)]

    await until(has_failed)
    await story.discord.call_command(story.alice, story.study, "study status")
    receipt = await story.watch.sees(story.alice, story.study, "Report 1 is closed")
    assert custom_id_in(receipt["components"], "hb:second")
    assert not _is_seen_by(story, receipt, story.bob)
