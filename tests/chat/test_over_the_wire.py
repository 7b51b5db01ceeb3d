"""The whole way in Discord once, over real HTTP and a real gateway: set up, two students, two messages with links."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.chat.part import Chat
from bot.clock import SystemClock
from bot.courier import RequestPacer
from bot.matching.fit import Weights
from bot.sandbox.discord.fake_discord import FakeDiscord, Person
from bot.sandbox.discord.faults import Fault
from bot.store import Store
from tests.chat.hall import INTERACTION_KEY, LINK_KEY, PUBLIC_URL
from tests.chat.reading import walk
from tests.loops.factories import make_courier, make_matchmaker

CLOCK = SystemClock()
SOON = 10  # seconds


@pytest.fixture(autouse=True)
def _the_library_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its two addresses are the process's; other tests find them unchanged."""
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)


@pytest.fixture
async def fake_discord() -> AsyncIterator[FakeDiscord]:
    stand_in = FakeDiscord(clock=CLOCK, token="right")
    await stand_in.start()
    yield stand_in
    await stand_in.stop()


@asynccontextmanager
async def bot(store: Store, fake_discord: FakeDiscord) -> AsyncIterator[Chat]:
    """The chat part with matchmaker and courier, until it is left."""
    chat = Chat(
        store=store,
        clock=CLOCK,
        token="right",
        api_base=fake_discord.api_base,
        link_key=LINK_KEY,
        interaction_key=INTERACTION_KEY,
        public_url=PUBLIC_URL,
        wait_minutes=14,
        weights=Weights(),
        turn=RequestPacer(clock=CLOCK).wait_for_slot,
    )
    connected = asyncio.Event()

    async def on_connect() -> None:
        connected.set()

    chat.client.event(on_connect)
    matchmaker = make_matchmaker(store, CLOCK, link_key=LINK_KEY)
    courier = make_courier(store, CLOCK, chat.deliver)
    async with asyncio.TaskGroup() as group:
        works = [group.create_task(work()) for work in (chat.run, matchmaker.run, courier.run)]
        await connected.wait()
        assert chat.ready
        yield chat
        for work in works:
            work.cancel()


class Watch:
    """Waits until somebody sees a message that says something."""

    def __init__(self, fake_discord: FakeDiscord) -> None:
        self._fake_discord = fake_discord
        self._news = asyncio.Event()
        fake_discord.add_listener(lambda _: self._news.set())

    async def sees(self, person: Person, channel_id: int, text: str) -> dict[str, Any]:
        """The newest message in the channel that says `text`."""
        async with asyncio.timeout(SOON):
            while True:
                self._news.clear()
                for message in reversed(self._fake_discord.channel_messages(channel_id, person)):
                    if text in "\n".join(part.get("content", "") for part in walk(message["components"])):
                        return message
                await self._news.wait()


def part(message: dict[str, Any], beginning: str) -> str:
    """The id in a message that begins so."""
    return next(
        str(p["custom_id"]) for p in walk(message["components"]) if p.get("custom_id", "").startswith(beginning)
    )


def link(message: dict[str, Any]) -> str:
    """The address behind the link button."""
    return next(str(p["url"]) for p in walk(message["components"]) if "url" in p)


async def set_up(fake_discord: FakeDiscord, watch: Watch, dana: Person, study: int) -> dict[str, Any]:
    """An admin goes through the card; the panel."""
    await fake_discord.call_command(dana, study, "buddy setup")
    card = await watch.sees(dana, study, "Pairing is off. First tell me")
    await fake_discord.use_component(dana, study, int(card["id"]), part(card, "hb:setup:audience:adults"))
    card = await watch.sees(dana, study, "Choose a channel for my button.")
    await fake_discord.use_component(dana, study, int(card["id"]), part(card, "hb:setup:channel"), values=[str(study)])
    card = await watch.sees(dana, study, "Nearly done.")
    await fake_discord.use_component(dana, study, int(card["id"]), part(card, "hb:setup:post"))
    await watch.sees(dana, study, "Pairing is on.")
    return await watch.sees(dana, study, "Study with somebody")


async def test_from_setup_to_two_links(store: Store, fake_discord: FakeDiscord) -> None:
    """One types the command, the other presses the panel's button; each hears in their own direct messages."""
    watch, study = Watch(fake_discord), fake_discord.add_channel("study")
    dana, alice, bob = (
        fake_discord.add_person("Dana", admin=True),
        fake_discord.add_person("Alice"),
        fake_discord.add_person("Bob"),
    )
    async with bot(store, fake_discord):
        panel = await set_up(fake_discord, watch, dana, study)
        offered = await fake_discord.autocomplete(alice, study, "study now", option="subject", typed="mat")
        assert [choice["value"] for choice in offered.choices] == ["Maths", "any"]
        await fake_discord.call_command(alice, study, "study now", {"subject": "Maths", "length": "25,50"})
        await watch.sees(alice, study, "Maths, 25 or 50 minutes.")
        await fake_discord.use_component(bob, study, int(panel["id"]), part(panel, "hb:find"))
        told = {
            person.name: await watch.sees(
                person, fake_discord.direct_channel_id(person), f"You have a partner: {partner.name}"
            )
            for person, partner in ((alice, bob), (bob, alice))
        }
        cards = [await watch.sees(person, study, "You have a partner") for person in (alice, bob)]
    assert len({link(message) for message in told.values()}) == 2
    assert [link(card) for card in cards] == [link(told["Alice"]), link(told["Bob"])]


async def test_closed_messages_come_as_private_answers(store: Store, fake_discord: FakeDiscord) -> None:
    """Nothing reaches the direct messages; the link comes beside the card, seen only by them."""
    watch, study = Watch(fake_discord), fake_discord.add_channel("study")
    dana, alice, bob = (
        fake_discord.add_person("Dana", admin=True),
        fake_discord.add_person("Alice"),
        fake_discord.add_person("Bob"),
    )
    fake_discord.close_direct_messages(bob)
    async with bot(store, fake_discord):
        await set_up(fake_discord, watch, dana, study)
        for person in (alice, bob):
            await fake_discord.call_command(person, study, "study now")
        private = await watch.sees(bob, study, "I could not send you a message")
        assert link(private).startswith(PUBLIC_URL)
        assert fake_discord.channel_messages(fake_discord.direct_channel_id(bob), bob) == []
        assert str(private["id"]) not in {message["id"] for message in fake_discord.channel_messages(study, alice)}


@pytest.mark.parametrize("fault", [Fault.RESET_BEFORE, Fault.RESET_AFTER, Fault.SERVER_ERROR])
@pytest.mark.parametrize(("method", "path"), [("POST", "/interactions/*"), ("PATCH", "/webhooks/*")])
async def test_a_broken_connection_costs_nobody_an_answer(
    store: Store, fake_discord: FakeDiscord, fault: Fault, method: str, path: str
) -> None:
    """Whether Discord had heard us or not: the first answer and the card are given once more."""
    watch, study = Watch(fake_discord), fake_discord.add_channel("study")
    dana, alice = fake_discord.add_person("Dana", admin=True), fake_discord.add_person("Alice")
    async with bot(store, fake_discord):
        await set_up(fake_discord, watch, dana, study)
        fake_discord.faults.plan_fault(fault, method=method, path=path)
        await fake_discord.call_command(alice, study, "study now")
        await watch.sees(alice, study, "Looking for a partner")


async def test_a_form_and_a_button_after_a_restart(store: Store, fake_discord: FakeDiscord) -> None:
    """Another process answers what the first one has shown."""
    watch, study = Watch(fake_discord), fake_discord.add_channel("study")
    dana, alice = fake_discord.add_person("Dana", admin=True), fake_discord.add_person("Alice")
    async with bot(store, fake_discord):
        await set_up(fake_discord, watch, dana, study)
        await fake_discord.call_command(alice, study, "study now")
        card = await watch.sees(alice, study, "Looking for a partner")
        form = await fake_discord.use_component(alice, study, int(card["id"]), part(card, "hb:change"))
        assert form.modal is not None
    async with bot(store, fake_discord):
        chosen = {"subject": ["Physics"], "length": ["25"], "style": ["quiet"], "camera": ["off"], "level": ["any"]}
        await fake_discord.submit_modal(alice, int(form.modal["id"]), chosen)
        card = await watch.sees(alice, study, "Physics, 25 minutes, quiet, camera off.")
        await fake_discord.use_component(alice, study, int(card["id"]), part(card, "hb:stop"))
        await watch.sees(alice, study, "You stopped waiting")
