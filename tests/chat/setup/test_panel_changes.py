"""The panel is posted, updated, replaced and moved: the card says which, and a server never has two."""

import asyncio
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest
from simcord import MemberActor, ResponseMessage
from simcord.backend.models.channel import Overwrite
from simcord.enums import OverwriteType

from bot.chat.setup.actions import SetupActions
from bot.chat.setup.custom_ids import PUBLISH_PANEL
from bot.chat.setup.handlers import SetupHandlers
from bot.chat.setup.inspection import Inspection
from bot.chat.setup.last_step import LastStep
from bot.chat.setup.staff_channel import StaffChannel
from bot.chat.setup.steps import Step
from bot.chat.setup.trial import TrialActions
from bot.domain.server import Server
from bot.store import StoreUnavailable
from bot.store.servers import Servers
from bot.words import Words, words_for
from tests.chat.chat_harness import PUBLIC_URL, ChatHarness
from tests.chat.setup.setup_card import choose_channel, go_to
from tests.chat.shown import all_text, custom_id_of, message_of, text_of

WORDS = words_for()
DEEDS = ("panel_posted", "panel_updated", "panel_updated")
POST, POST_AGAIN = WORDS("chat.setup.post"), WORDS("chat.setup.post_again")


def note(key: str, channel_id: int) -> str:
    """The note about what was done."""
    return WORDS(f"chat.setup.note.{key}", channel=f"<#{channel_id}>")


class PlainReplies:
    """Shows every answer by keeping its text; unlike the stand-in for Discord it lets clicks overlap."""

    def __init__(self) -> None:
        self.shown: list[str] = []

    def words_of(self, _: object) -> Words:
        return WORDS

    def words_for(self, _: str) -> Words:
        return WORDS

    async def defer(self, _: object, work: Callable[[], Awaitable[None]], **__: object) -> None:
        await work()

    async def show_view(self, _: object, view: discord.ui.LayoutView) -> None:
        self.shown.append(all_text(view.to_components()))  # type: ignore[no-untyped-call]  # discord.py's own


def concurrent_handlers(harness: ChatHarness) -> tuple[SetupHandlers, list[str]]:
    """The handlers of setup, and the texts that they show."""
    replies: Any = PlainReplies()
    actions = SetupActions(
        servers=harness.store.servers,
        drafts=harness.store.setup_drafts,
        tickets=harness.store.tickets,
        clock=harness.clock,
        first_subjects=(),
        language_names={},
    )
    staff = StaffChannel(harness.clock)
    inspection = Inspection(store=harness.store, clock=harness.clock, staff=staff, public_url=PUBLIC_URL)
    links: Any = None
    trials = TrialActions(trials=harness.store.trials, links=links, clock=harness.clock)
    last_step = LastStep(actions, trials, staff, replies)
    return SetupHandlers(actions, inspection, last_step, replies, lambda *_: None), replies.shown


def admin_interaction(harness: ChatHarness) -> Any:
    """A click of an admin."""
    client = harness.chat.client
    permissions, user = discord.Permissions(manage_guild=True), SimpleNamespace(id=1)
    return SimpleNamespace(client=client, guild=client.get_guild(harness.guild.id), permissions=permissions, user=user)


async def open_card(harness: ChatHarness, name: str = "Dana") -> tuple[MemberActor, ResponseMessage]:
    admin = harness.admin(name)
    return admin, message_of(await admin.slash(harness.study, "buddy setup"))


async def settings(harness: ChatHarness) -> Server:
    server = await harness.store.servers.get(harness.guild.id)
    assert server is not None
    return server


async def test_the_card_says_what_post_did(harness: ChatHarness) -> None:
    """Posted; updated where it is still there; posted anew where it was deleted."""
    await harness.set_up()
    dana, card = await open_card(harness)
    await dana.click(card, label=POST)
    assert note("panel_posted", harness.study.id) in text_of(card)
    first = (await settings(harness)).panel_message_id
    await dana.click(card, label=POST_AGAIN)
    assert note("panel_updated", harness.study.id) in text_of(card)
    assert (await settings(harness)).panel_message_id == first
    harness.env.backend.delete_message(harness.study.id, harness.last_public_message().id)
    await dana.click(card, label=POST_AGAIN)
    assert note("panel_replaced", harness.study.id) in text_of(card)
    assert [message.id for message in harness.study.history()] == [(await settings(harness)).panel_message_id]


async def test_moving_the_panel_removes_the_old_one(harness: ChatHarness) -> None:
    """The card says so and offers to post it in the new channel; the same channel again is no move."""
    await harness.set_up()
    dana, card = await open_card(harness)
    await dana.click(card, label=POST)
    await choose_channel(dana, card, harness.study)
    await go_to(dana, card, Step.OVERVIEW)
    assert len(harness.study.history()) == 1
    hall = harness.guild.create_text_channel("hall")
    await harness.restart()
    await choose_channel(dana, card, hall)
    assert harness.study.history() == []
    assert note("panel_removed", harness.study.id) in text_of(card)
    card = message_of(await dana.slash(harness.study, "buddy setup"))
    await dana.click(card, label=POST)
    assert [message.id for message in hall.history()] == [(await settings(harness)).panel_message_id]


async def test_a_panel_that_cannot_be_removed_is_named(harness: ChatHarness) -> None:
    """The new channel is saved, and the admin told which message to delete."""
    await harness.set_up()
    dana, card = await open_card(harness)
    await dana.click(card, label=POST)
    hall = harness.guild.create_text_channel("hall")
    harness.env.inject_error("DELETE", "/channels/*/messages/*", status=403, code=50001)
    await choose_channel(dana, card, hall)
    assert note("panel_stays", harness.study.id) in text_of(card)
    assert (await settings(harness)).channel_id == hall.id


@pytest.mark.parametrize("gone", ["panel", "channel"])
async def test_what_was_deleted_already_need_not_be_removed(harness: ChatHarness, gone: str) -> None:
    """Moving away from it is no trouble, and nothing is claimed."""
    await harness.set_up()
    old = harness.guild.create_text_channel("old")
    await harness.set_up(channel_id=old.id)
    dana, card = await open_card(harness)
    await dana.click(card, label=POST)
    if gone == "panel":
        harness.env.backend.delete_message(old.id, old.history()[-1].id)
    else:
        harness.env.backend.delete_channel(old.id)
        await harness.env.settle()
    await choose_channel(dana, card, harness.study)
    assert (await settings(harness)).channel_id == harness.study.id
    assert WORDS("chat.setup.state.no_panel") in text_of(card)
    assert note("panel_removed", old.id) not in text_of(card)
    assert note("panel_stays", old.id) not in text_of(card)


async def test_trouble_while_the_old_panel_is_removed_moves_nothing(harness: ChatHarness) -> None:
    """So that it is not forgotten: the admin can try again."""
    await harness.set_up()
    dana, card = await open_card(harness)
    await dana.click(card, label=POST)
    hall = harness.guild.create_text_channel("hall")
    harness.env.inject_error("DELETE", "/channels/*/messages/*", status=503)
    await choose_channel(dana, card, hall)
    assert (await settings(harness)).channel_id == harness.study.id
    assert len(harness.study.history()) == 1
    card = message_of(await dana.slash(harness.study, "buddy setup"))
    await choose_channel(dana, card, hall)
    assert harness.study.history() == []


async def test_clicks_at_the_same_moment_post_one_panel(harness: ChatHarness) -> None:
    """A double click, or two admins: the second one finds the panel and updates it."""
    server = await harness.set_up()
    handlers, shown = concurrent_handlers(harness)
    press = handlers.components()[PUBLISH_PANEL]
    await asyncio.gather(*(press(admin_interaction(harness), {"version": str(server.version)}) for _ in range(3)))
    assert [message.id for message in harness.study.history()] == [(await settings(harness)).panel_message_id]
    assert [note(key, harness.study.id) in text for key, text in zip(DEEDS, shown, strict=True)] == [True] * 3


@pytest.mark.parametrize("prefix", ["hb:setup:audience:adults", "hb:setup:pause", "hb:setup:post"])
async def test_a_second_click_is_no_conflict(harness: ChatHarness, prefix: str) -> None:
    """It finds what it asks for, also on a card that another admin opened before the first click."""
    await harness.set_up()
    dana, card = await open_card(harness)
    omar, other = await open_card(harness, "Omar")
    if "audience" in prefix:
        await go_to(dana, card, Step.AUDIENCE)
        await go_to(omar, other, Step.AUDIENCE)
    press = custom_id_of(card, prefix)
    await dana.click(card, custom_id=press)
    await omar.click(other, custom_id=press)
    assert WORDS("chat.setup.note.changed_meanwhile") not in text_of(other)
    assert len(harness.study.history()) == int(prefix == "hb:setup:post")


@pytest.mark.parametrize("trouble", ["store", "conflict"])
async def test_a_panel_that_cannot_be_saved_is_removed_again(
    harness: ChatHarness, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    """Nobody would know of it."""
    await harness.set_up()
    dana, card = await open_card(harness)
    save = Servers.save

    async def fail(servers: Servers, server: Server, **values: int) -> Server:
        monkeypatch.undo()
        if trouble == "store":
            raise StoreUnavailable("broken")
        await harness.set_up(paused=True)
        return await save(servers, server, expected_version=values["expected_version"])

    monkeypatch.setattr(Servers, "save", fail)
    await dana.click(card, label=POST)
    assert harness.study.history() == []
    assert (await settings(harness)).panel_message_id is None


async def test_a_deleted_panel_is_named_beside_other_problems(harness: ChatHarness) -> None:
    """One problem does not hide the other."""
    await harness.set_up()
    dana, card = await open_card(harness)
    await dana.click(card, label=POST)
    harness.env.backend.delete_message(harness.study.id, harness.last_public_message().id)
    no_commands = discord.Permissions(use_application_commands=True).value
    overwrite = Overwrite(target_id=harness.guild.id, type=OverwriteType.ROLE, deny=no_commands)
    harness.env.backend.edit_channel(harness.study.id, {}, overwrites=[overwrite])
    await harness.env.settle()
    await dana.click(card, label=WORDS("chat.setup.check"))
    shown = text_of(card)
    assert WORDS("chat.check.panel_gone", channel=f"<#{harness.study.id}>") in shown
    assert WORDS("chat.check.members_commands", channel=f"<#{harness.study.id}>", role="@everyone") in shown


async def test_a_deleted_channel_is_noticed(harness: ChatHarness, caplog: pytest.LogCaptureFixture) -> None:
    """The panel went with it: the log and the card say so, and another channel of the server changes nothing."""
    await harness.set_up()
    old, other = harness.guild.create_text_channel("old"), harness.guild.create_text_channel("other")
    await harness.set_up(channel_id=old.id)
    dana, card = await open_card(harness)
    await dana.click(card, label=POST)
    before = await settings(harness)
    harness.env.backend.delete_channel(other.id)
    await harness.env.settle()
    assert await settings(harness) == before
    with caplog.at_level("INFO", logger="bot.chat.joined_servers"):
        harness.env.backend.delete_channel(old.id)
        await harness.env.settle()
    assert f"the channel with the button of server {harness.guild.id} was deleted" in caplog.text
    assert (await settings(harness)).panel_message_id is None
    await dana.click(card, label=WORDS("chat.setup.check"))
    assert WORDS("chat.check.gone") in text_of(card)
    assert str(old.id) not in str(card.components)


@pytest.mark.parametrize("lost", [1, 2])
async def test_a_panel_whose_answer_was_lost_is_not_posted_twice(
    harness: ChatHarness, monkeypatch: pytest.MonkeyPatch, lost: int
) -> None:
    """It is posted again at once, and when the admin presses again; Discord knows that it is the same."""
    await harness.set_up()
    dana, card = await open_card(harness)
    send = discord.PartialMessageable.send
    by_nonce: dict[str, discord.Message] = {}
    sent: list[str] = []

    async def lose_answer(channel: discord.PartialMessageable, **values: Any) -> discord.Message:
        sent.append(values["nonce"])
        if sent[-1] not in by_nonce:  # as Discord does, but not this stand-in for it
            by_nonce[sent[-1]] = await send(channel, **values)
        if len(sent) <= lost:
            raise aiohttp.ServerDisconnectedError
        return by_nonce[sent[-1]]

    monkeypatch.setattr(discord.PartialMessageable, "send", lose_answer)
    for _ in range(lost):
        await dana.click(card, custom_id=custom_id_of(card, "hb:setup:post"))
    assert len(sent) == lost + 1
    assert [message.id for message in harness.study.history()] == [(await settings(harness)).panel_message_id]


async def test_check_again_says_that_it_has_looked(harness: ChatHarness) -> None:
    """Also where nothing has changed on the card."""
    await harness.set_up()
    dana, card = await open_card(harness)
    await dana.click(card, label=WORDS("chat.setup.check"))
    assert WORDS("chat.setup.note.checked") in text_of(card)
    await dana.click(card, label=POST)
    harness.env.backend.delete_message(harness.study.id, harness.last_public_message().id)
    await dana.click(card, label=WORDS("chat.setup.check"))
    assert WORDS("chat.setup.note.checked_but") in text_of(card)
