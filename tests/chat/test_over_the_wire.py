"""The chat part over real HTTP and a real gateway: setup, two members, two messages with links."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import aiohttp
import pytest

from bot.chat.part import Chat
from bot.metrics import Metrics
from bot.sandbox.discord.fake_discord import FakeDiscord, Person
from bot.sandbox.discord.faults import Fault
from bot.sandbox.discord.user_actions import BotResponse
from bot.sandbox.discord.user_input import ImpossibleAction
from bot.store import Store
from tests.added_language import MARK, NAME
from tests.chat.chat_harness import PUBLIC_URL, new_chat
from tests.chat.shown import all_text, custom_id_in, link_in
from tests.clocks import ShortPauses
from tests.loops.factories import make_courier, make_matchmaker
from tests.metric_samples import counted
from tests.polling import TIMEOUT
from tests.started_discord import started_discord
from tests.store.scenario import LINK_KEY

pytestmark = pytest.mark.usefixtures("discord_addresses")

CLOCK = ShortPauses()


@pytest.fixture
async def fake_discord() -> AsyncIterator[FakeDiscord]:
    async with started_discord(CLOCK) as stand_in:
        yield stand_in


@asynccontextmanager
async def bot(store: Store, fake_discord: FakeDiscord, metrics: Metrics | None = None) -> AsyncIterator[Chat]:
    """The running chat part, with matchmaker and courier."""
    chat = new_chat(store, CLOCK, token="right", api_base=fake_discord.api_base, metrics=metrics)
    matchmaker = make_matchmaker(store, CLOCK, link_key=LINK_KEY)
    courier = make_courier(store, CLOCK, chat.deliver, redraw=chat.redraw)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(run()) for run in (chat.run, matchmaker.run, courier.run)]
        await chat.client.connected.wait()
        await fake_discord.backend.wait_until(lambda: bool(fake_discord.registered_commands()), timeout_s=TIMEOUT)
        yield chat
        for task in tasks:
            task.cancel()


class MessageWatch:
    """Waits until a person sees a message with a text."""

    def __init__(self, fake_discord: FakeDiscord) -> None:
        self._fake_discord = fake_discord
        self._news = asyncio.Event()
        fake_discord.add_listener(lambda _: self._news.set())

    async def sees(self, person: Person, channel_id: int, text: str) -> dict[str, Any]:
        """The newest message in the channel that contains `text`, as soon as there is one. Raises TimeoutError."""
        async with asyncio.timeout(TIMEOUT):
            while True:
                self._news.clear()
                for message in reversed(self._fake_discord.channel_messages(channel_id, person)):
                    if text in all_text(message["components"]):
                        return message
                await self._news.wait()


async def press(
    fake_discord: FakeDiscord, person: Person, channel_id: int, message: dict[str, Any], beginning: str, **options: Any
) -> BotResponse:
    """Press the component whose custom id has this beginning."""
    custom_id = custom_id_in(message["components"], beginning)
    return await fake_discord.use_component(person, channel_id, int(message["id"]), custom_id, **options)


def link_of(message: dict[str, Any]) -> str:
    """The address of a message's link button."""
    address = link_in(message["components"])
    assert address is not None
    return address


async def set_up(fake_discord: FakeDiscord, watch: MessageWatch, dana: Person, study: int) -> dict[str, Any]:
    """Let an admin go through the wizard, which is one message; returns the panel."""
    await fake_discord.call_command(dana, study, "buddy setup")
    card = await watch.sees(dana, study, "Pairing is off. First, tell me")
    await press(fake_discord, dana, study, card, "hb:setup:audience:adults")
    for shown, part, values in (
        ("Choose a channel for my button.", "show:2", ()),
        ("Step 2 of 6", "channel", (str(study),)),
        ("Nearly done.", "show:3", ()),
        ("Step 3 of 6", "gate", ("open",)),
        ("Step 3 of 6", "show:4", ()),
        ("Step 4 of 6", "show:5", ()),
        ("Step 5 of 6", "post", ()),
    ):
        card = await watch.sees(dana, study, shown)
        await press(fake_discord, dana, study, card, f"hb:setup:{part}:", values=values)
    await watch.sees(dana, study, "Pairing is on")
    return await watch.sees(dana, study, "Study with someone")


async def test_from_setup_to_two_links(store: Store, fake_discord: FakeDiscord) -> None:
    """One member uses the command and the other the panel, and both agree to the rules.

    Each gets a direct message with a link of their own.
    """
    watch, study = MessageWatch(fake_discord), fake_discord.add_channel("study")
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
        await press(fake_discord, alice, study, await watch.sees(alice, study, "Be kind."), "hb:agree")
        await watch.sees(alice, study, "Maths · 25 or 50 minutes")
        await press(fake_discord, bob, study, panel, "hb:find")
        await press(fake_discord, bob, study, await watch.sees(bob, study, "Be kind."), "hb:agree")
        told = {
            person.name: await watch.sees(
                person, fake_discord.direct_channel_id(person), f"You're matched with {partner.name}"
            )
            for person, partner in ((alice, bob), (bob, alice))
        }
        cards = [await watch.sees(person, study, "You're matched with") for person in (alice, bob)]
    assert len({link_of(message) for message in told.values()}) == 2
    assert [link_of(card) for card in cards] == [
        link_of(told["Alice"]),
        link_of(told["Bob"]),
    ]


@pytest.mark.usefixtures("consents")
async def test_a_member_with_closed_direct_messages_gets_a_follow_up(store: Store, fake_discord: FakeDiscord) -> None:
    """The link comes below the card, seen by the member alone."""
    watch, study = MessageWatch(fake_discord), fake_discord.add_channel("study")
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
        private = await watch.sees(bob, study, "I couldn't message you")
        assert link_of(private).startswith(PUBLIC_URL)
        assert fake_discord.channel_messages(fake_discord.direct_channel_id(bob), bob) == []
        assert str(private["id"]) not in {message["id"] for message in fake_discord.channel_messages(study, alice)}


@pytest.mark.usefixtures("consents")
async def test_every_request_that_discord_refuses_is_in_the_metrics(
    store: Store, fake_discord: FakeDiscord, metrics: Metrics
) -> None:
    """Also those that the library repeats by itself: nobody else would hear of them."""
    watch, study = MessageWatch(fake_discord), fake_discord.add_channel("study")
    dana, alice, bob = (
        fake_discord.add_person("Dana", admin=True),
        fake_discord.add_person("Alice"),
        fake_discord.add_person("Bob"),
    )
    fake_discord.close_direct_messages(bob)
    async with bot(store, fake_discord, metrics):
        await set_up(fake_discord, watch, dana, study)
        before = counted(metrics)
        for fault in (Fault.RATE_LIMITED, Fault.SERVER_ERROR):
            fake_discord.faults.plan_fault(fault, method="POST", path="/channels/*/messages")
        for person in (alice, bob):
            await fake_discord.call_command(person, study, "study now")
        await watch.sees(bob, study, "I couldn't message you")
        await watch.sees(alice, fake_discord.direct_channel_id(alice), "You're matched with Bob")
    kind = "discord_requests_refused_total"
    refused = {name: number for name, number in counted(metrics).items() if name.startswith(kind)}
    assert {name: number - before.get(name, 0) for name, number in refused.items()} == {
        f"{kind} forbidden": 1,
        f"{kind} rate_limited": 1,
        f"{kind} unavailable": 1,
    }


@pytest.mark.usefixtures("consents")
@pytest.mark.parametrize("fault", [Fault.RESET_BEFORE, Fault.RESET_AFTER, Fault.SERVER_ERROR])
@pytest.mark.parametrize(("method", "path"), [("POST", "/interactions/*"), ("PATCH", "/webhooks/*")])
async def test_a_broken_connection_costs_nobody_an_answer(
    store: Store, fake_discord: FakeDiscord, fault: Fault, method: str, path: str
) -> None:
    """The first response and the card are sent again, whether or not Discord received them."""
    watch, study = MessageWatch(fake_discord), fake_discord.add_channel("study")
    dana, alice = fake_discord.add_person("Dana", admin=True), fake_discord.add_person("Alice")
    async with bot(store, fake_discord):
        await set_up(fake_discord, watch, dana, study)
        fake_discord.faults.plan_fault(fault, method=method, path=path)
        await fake_discord.call_command(alice, study, "study now")
        card = await watch.sees(alice, study, "Looking for a partner")
    assert custom_id_in(card["components"], "hb:stop")


@pytest.mark.usefixtures("consents")
async def test_a_form_and_a_button_work_after_a_restart(store: Store, fake_discord: FakeDiscord) -> None:
    """The next process answers what the previous one has shown."""
    watch, study = MessageWatch(fake_discord), fake_discord.add_channel("study")
    dana, alice = fake_discord.add_person("Dana", admin=True), fake_discord.add_person("Alice")
    async with bot(store, fake_discord):
        await set_up(fake_discord, watch, dana, study)
        await fake_discord.call_command(alice, study, "study now")
        card = await watch.sees(alice, study, "Looking for a partner")
        form = await press(fake_discord, alice, study, card, "hb:change")
        assert form.modal is not None
    async with bot(store, fake_discord):
        chosen = {"subject": ["Physics"], "length": ["25"], "manner": ["style:quiet", "camera:off"], "level": ["any"]}
        await fake_discord.submit_modal(alice, int(form.modal["id"]), chosen)
        card = await watch.sees(alice, study, "Physics · 25 minutes · quiet · camera off")
        await press(fake_discord, alice, study, card, "hb:stop")
        await watch.sees(alice, study, "I've stopped looking")


@pytest.mark.usefixtures("consents")
async def test_commands_at_once_leave_one_live_card(store: Store, fake_discord: FakeDiscord) -> None:
    """All answers but one come to point to it, although they are shown and recorded side by side."""
    watch, study = MessageWatch(fake_discord), fake_discord.add_channel("study")
    dana, alice = fake_discord.add_person("Dana", admin=True), fake_discord.add_person("Alice")
    async with bot(store, fake_discord):
        await set_up(fake_discord, watch, dana, study)
        before = {message["id"] for message in fake_discord.channel_messages(study, alice)}
        commands = ["study now", *["study status"] * 7]
        await asyncio.gather(*(fake_discord.call_command(alice, study, command) for command in commands))

        def answers() -> list[tuple[int, str]]:
            shown = fake_discord.channel_messages(study, alice)
            return [(int(each["id"]), all_text(each["components"])) for each in shown if each["id"] not in before]

        def live_cards() -> list[int]:
            return [number for number, text in answers() if "There's a newer message" not in text]

        await fake_discord.backend.wait_until(
            lambda: len(answers()) == len(commands) and len(live_cards()) == 1, timeout_s=TIMEOUT
        )
        await watch.sees(alice, study, "Looking for a partner")
        [card] = live_cards()
        await fake_discord.use_component(alice, study, card, "hb:stop")
        await watch.sees(alice, study, "I've stopped looking")
        assert live_cards() == [card]


@pytest.mark.usefixtures("consents")
async def test_commands_work_in_direct_messages(store: Store, fake_discord: FakeDiscord) -> None:
    """In the server of the last search, before which they say what to do; `/buddy` is not offered there."""
    watch, study = MessageWatch(fake_discord), fake_discord.add_channel("study")
    dana, alice = fake_discord.add_person("Dana", admin=True), fake_discord.add_person("Alice")
    direct = fake_discord.direct_channel_id(alice)
    async with bot(store, fake_discord):
        await set_up(fake_discord, watch, dana, study)
        await fake_discord.call_command(alice, direct, "study now", {"subject": "Maths"})
        await watch.sees(alice, direct, "Which server?")
        await fake_discord.call_command(alice, study, "study now", {"subject": "Maths"})
        await watch.sees(alice, study, "Maths · 25 or 50 minutes")
        await fake_discord.call_command(alice, study, "study leave")
        await watch.sees(alice, study, "I've stopped looking")
        offered = await fake_discord.autocomplete(alice, direct, "study now", option="subject", typed="phy")
        assert [choice["value"] for choice in offered.choices] == ["Physics", "any"]
        await fake_discord.call_command(alice, direct, "study now", {"subject": "Physics"})
        card = await watch.sees(alice, direct, "Physics · 25 or 50 minutes")
        await press(fake_discord, alice, direct, card, "hb:stop")
        await watch.sees(alice, direct, "I've stopped looking")
        with pytest.raises(ImpossibleAction, match="no command /buddy"):
            await fake_discord.call_command(dana, fake_discord.direct_channel_id(dana), "buddy setup")


@pytest.mark.usefixtures("consents")
async def test_one_file_adds_a_language(added_language: str, store: Store, fake_discord: FakeDiscord) -> None:
    """A member with this language reads cards and messages in it, and can choose it by its name."""
    watch, study = MessageWatch(fake_discord), fake_discord.add_channel("study")
    dana = fake_discord.add_person("Dana", admin=True)
    people = [fake_discord.add_person(name, locale=added_language) for name in ("Ágnes", "Béla")]
    async with bot(store, fake_discord):
        await set_up(fake_discord, watch, dana, study)
        await offer_language(store, fake_discord, added_language)
        for person in people:
            await fake_discord.call_command(person, study, "study now", {"subject": "Maths", "language": NAME})
            await watch.sees(person, study, f"{MARK}Looking for a partner")
        message = await watch.sees(people[0], fake_discord.direct_channel_id(people[0]), f"{MARK}You're matched with")
    assert f"{MARK}You're both studying Maths" in all_text(message["components"])


async def offer_language(store: Store, fake_discord: FakeDiscord, language: str) -> None:
    """Let the server's members choose this language."""
    server = await store.servers.get(fake_discord.guild_id)
    assert server is not None
    changed = replace(server, languages=(*server.languages, language))
    await store.servers.save(changed, expected_version=server.version)


async def test_a_copy_and_a_deletion_in_the_midst_of_a_match(store: Store, fake_discord: FakeDiscord) -> None:
    """The file arrives, and can be read; afterwards a partner who is still there has no name any more."""
    watch, study = MessageWatch(fake_discord), fake_discord.add_channel("study")
    dana, alice, bob = (
        fake_discord.add_person("Dana", admin=True),
        fake_discord.add_person("Alice"),
        fake_discord.add_person("Bob"),
    )
    async with bot(store, fake_discord):
        await set_up(fake_discord, watch, dana, study)
        for person in (alice, bob):
            await fake_discord.call_command(person, study, "study now")
            await press(fake_discord, person, study, await watch.sees(person, study, "Be kind."), "hb:agree")
        await watch.sees(bob, fake_discord.direct_channel_id(bob), "You're matched with Alice")
        await fake_discord.call_command(alice, study, "privacy export")
        copy = await watch.sees(alice, study, "Here's your data")
        [shown] = [each["file"] for each in copy["components"] if "file" in each]
        async with aiohttp.ClientSession() as session, session.get(shown["url"]) as answer:
            file = json.loads(await answer.read())
        assert file["tables"]["seats"][0]["partner_name"] == "Bob"
        await fake_discord.call_command(alice, study, "privacy delete")
        card = await watch.sees(alice, study, "Delete what I keep about you?")
        await press(fake_discord, alice, study, card, "hb:privacy:delete")
        await watch.sees(alice, study, "Your data is deleted")
        await watch.sees(bob, fake_discord.direct_channel_id(bob), "You're matched with your partner")
