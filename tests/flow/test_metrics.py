"""A whole meeting, from two commands to its end, as Prometheus reads it: true numbers, and nothing about anybody."""

from collections.abc import Iterator, Mapping

import aiohttp

from bot.chat.invalid_requests import Refusal
from bot.chat.part import ANSWER, MESSAGE
from bot.chat.sending_health import AttemptOutcome
from bot.clock import Clock
from bot.domain.invitation import link_token
from bot.domain.match import MET_AFTER, UNDO_FOR, EndReason
from bot.domain.message import MessageState, Route
from bot.domain.ticket import TicketState
from bot.metrics import Metrics
from bot.ops import METRICS_PATH, OldestMessage, OpsListener
from bot.readiness import LOOPS
from bot.store import Store
from bot.store.metrics import COMMIT_SECONDS, ListOutcome, SearchOrigin
from tests.chat.chat_harness import INTERACTION_KEY, ChatHarness
from tests.chat.conftest import consents, harness
from tests.documented_metrics import documented_labels
from tests.loops.factories import make_courier, make_janitor, make_matchmaker
from tests.metric_samples import counted, read_samples
from tests.store.scenario import LINK_KEY, Scenario
from tests.web.browsers import OTHER_ATTEMPT, Browser, Browsers
from tests.web.conftest import browsers, rooms, web_part, webhooks
from tests.web.scripted_rooms import ScriptedRooms
from tests.web.webhooks import JOINED, LEFT, WebhookSender
from web.entry_metrics import OUTCOMES
from web.part import WebPart

__all__ = ["browsers", "consents", "harness", "rooms", "web_part", "webhooks"]

NAMES = ("Quillfeather", "Zebadiah")
SUBJECT = "Physics"
MADE_UP_LINK = "a-link-that-somebody-has-made-up"
LABEL_VALUES: Mapping[str, frozenset[str]] = {
    "kind": frozenset(Refusal),
    "le": frozenset([*map(str, COMMIT_SECONDS), "+Inf"]),
    "loop": frozenset(LOOPS),
    "origin": frozenset(SearchOrigin),
    "outcome": frozenset([*ListOutcome, *AttemptOutcome, *OUTCOMES]),
    "reason": frozenset(EndReason),
    "route": frozenset(Route),
    "state": frozenset([*TicketState, *MessageState]),
    "what": frozenset([MESSAGE, ANSWER]),
}


class Story:
    """Two members who search, meet and part, with everything repeated that is repeated in life."""

    def __init__(self, chat: ChatHarness, web_part: WebPart, rooms: ScriptedRooms, webhooks: WebhookSender) -> None:
        self.chat = chat
        self.members = tuple(chat.member(name) for name in NAMES)
        self.scenario = Scenario(chat.store, chat.clock)
        self.told: set[str] = {*NAMES, SUBJECT, MADE_UP_LINK, str(chat.guild.id), str(chat.study.id)}
        self.told |= {str(member.id) for member in self.members}
        self._web_part = web_part
        self._rooms = rooms
        self._webhooks = webhooks

    async def search(self) -> None:
        """Each gives the command twice."""
        await self.chat.set_up()
        for member in (*self.members, *self.members):
            await member.slash(self.chat.study, "study now", subject=SUBJECT)

    async def get_links(self) -> None:
        """They are matched. The first takes no direct messages; the courier tries again after a failure."""
        store, clock = self.chat.store, self.chat.clock
        await make_matchmaker(store, clock).step(await self.scenario.fence())
        self.chat.env.inject_error("POST", "/channels/*/messages", status=403, code=50007)
        self.chat.env.inject_error("POST", "/channels/*/messages", status=503)
        courier = make_courier(store, clock, self.chat.chat.deliver)
        for _ in range(4):
            await courier.step(await self.scenario.fence("courier"))
            await courier.in_progress.wait_for_all()
            clock.pass_time(seconds=2)

    async def enter(self, browsers: Browsers) -> tuple[Browser, ...]:
        """Each looks at the link twice and redeems it twice; somebody else tries one link, and one that is made up."""
        tokens = [await self._token_of(member.id) for member in self.members]
        thief = browsers.open()
        students = tuple(browsers.open() for _ in self.members)
        for browser, token in zip(students, tokens, strict=True):
            for _ in range(2):
                assert (await browser.inspect(token)).status == 200
            assert [(await browser.redeem(token, enter=True)).status for _ in range(2)] == [201, 200]
            for _ in range(3):
                assert (await browser.post("/session/join-token")).status == 200
            assert (await thief.redeem(token, OTHER_ATTEMPT)).code == "link_used"
            assert (await thief.redeem(token, OTHER_ATTEMPT)).code == "link_used"
            self.told |= {token, browser.cookie or ""}
        assert (await thief.inspect(MADE_UP_LINK)).code == "link_unknown"
        return students

    async def _token_of(self, member_id: int) -> str:
        seat = await self.chat.store.matches.find_by_member(member_id)
        assert seat is not None
        invitation = await self.chat.store.invitations.find_newest_by_seat(seat.own.id)
        assert invitation is not None
        self.told |= {seat.own.id, seat.match.id, seat.match.room_name, invitation}
        return link_token(LINK_KEY, invitation)

    async def meet(self) -> None:
        """LiveKit reports everybody twice, under the same and under another id; then the sweep sees them as well."""
        seats = [await self.chat.seat_of(member) for member in self.members]
        room_name = seats[0].match.room_name
        for event_id in ("EV_1", "EV_1", "EV_2"):
            for seat in seats:
                await self._webhooks.send(
                    JOINED, room_name=room_name, identity=seat.own.id, sid=f"PA_{seat.own.side}", event_id=event_id
                )
        self._rooms.inside[room_name] = {seat.own.id: f"PA_{seat.own.side}" for seat in seats}
        loop = self._web_part.room_order_loop(self._rooms)
        await loop.step(await self.scenario.fence("rooms"))
        self.chat.clock.pass_time(seconds=MET_AFTER.total_seconds())
        await loop.step(await self.scenario.fence("rooms"))
        await self._webhooks.send(LEFT, room_name=room_name, identity=seats[0].own.id, sid="PA_0", event_id="EV_3")

    async def part(self, students: tuple[Browser, ...]) -> None:
        """Both leave, and the janitor ends the match."""
        for browser in students:
            assert [(await browser.leave()).status for _ in range(2)] == [204, 204]
        self.chat.clock.pass_time(seconds=UNDO_FOR.total_seconds() + 1)
        janitor = make_janitor(self.chat.store, self.chat.clock)
        for _ in range(2):
            await janitor.step(await self.scenario.fence("janitor"))


async def read_all(store: Store, clock: Clock, metrics: Metrics) -> str:
    """What Prometheus gets from the operators' listener."""
    oldest_message = OldestMessage(outbox=store.outbox, clock=clock, metrics=metrics)
    listener = OpsListener(metrics=metrics, oldest_message=oldest_message, host="127.0.0.1", port=0)
    async with (
        listener.serve() as address,
        aiohttp.ClientSession() as http,
        http.get(f"{address}{METRICS_PATH}") as got,
    ):
        return await got.text()


async def test_a_meeting_in_numbers(
    harness: ChatHarness,
    browsers: Browsers,
    web_part: WebPart,
    rooms: ScriptedRooms,
    webhooks: WebhookSender,
    metrics: Metrics,
) -> None:
    """Each step counts once, whatever was repeated; every sample is documented; no text of the story is in it."""
    story = Story(harness, web_part, rooms, webhooks)
    await story.search()
    await story.get_links()
    students = await story.enter(browsers)
    await story.meet()
    await story.part(students)
    text = await read_all(harness.store, harness.clock, metrics)
    assert counted(metrics) == {
        "searches_started_total command": 2,
        "sending_attempts_total arrived answer to a member": 4,
        "matches_made_total": 1,
        "searches_ended_total matched": 2,
        "sending_attempts_total arrived message": 2,
        "sending_attempts_total failed message": 1,
        "sending_attempts_total refused message": 1,
        "message_retries_total direct": 1,
        "messages_rerouted_total follow_up": 1,
        "messages_settled_total direct sent": 1,
        "messages_settled_total follow_up sent": 1,
        "links_opened_total ok": 2,
        "links_opened_total link_unknown": 1,
        "redemptions_total ok": 2,
        "redemptions_total link_used": 2,
        "join_tokens_total ok": 2,
        "rooms_entered_total": 2,
        "meetings_begun_total": 1,
        "matches_ended_total done": 1,
    }
    assert list(undocumented(text)) == []
    assert [each for each in (*story.told, *secrets()) if each in text] == []


def undocumented(text: str) -> Iterator[str]:
    """Samples with a name or label that docs/metrics.md does not have, or a value beyond the label's fixed set."""
    documented = documented_labels()
    for sample in read_samples(text):
        name = sample.name if sample.name in documented else sample.name.rpartition("_")[0]
        labels = documented.get(name, frozenset())
        is_known = name in documented or sample.name.startswith("process_")
        fits = all(label in labels and value in LABEL_VALUES[label] for label, value in sample.labels.items())
        if not is_known or not fits:
            yield str(sample)


def secrets() -> tuple[str, ...]:
    """The keys and tokens with which the story ran, as they are and as hexadecimal digits."""
    keys = (LINK_KEY, INTERACTION_KEY, b"s" * 32)
    return ("made-up", *(key.decode("latin-1") for key in keys), *(key.hex() for key in keys))
