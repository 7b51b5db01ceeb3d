"""The client where things go wrong: the catalogue's languages, Discord's refusals, lost answers."""

from collections.abc import Mapping
from typing import Any

import discord
import pytest
from discord.app_commands import TranslationContext, TranslationContextLocation

from bot.chat.commands import spoken
from bot.store import StoreUnavailable
from bot.words import Words
from tests.chat.hall import Hall
from tests.chat.reading import custom_id, labels, message, words


async def test_commands_in_other_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    """A catalogue of a language is all it takes; others keep the default."""
    texts: Mapping[str, str] = {"chat.commands.now.name": "jetzt"}
    monkeypatch.setattr(spoken, "languages", lambda: ("de", "en"))
    known = Words(language="de", texts=texts)
    here = spoken.text("commands.now.name")
    monkeypatch.setattr(spoken, "load", lambda _: known)
    context: Any = TranslationContext(location=TranslationContextLocation.other, data=None)
    translate = spoken.CatalogueTranslator().translate
    assert await translate(here, discord.Locale.german, context) == "jetzt"
    assert await translate(here, discord.Locale.french, context) is None
    assert await translate(here, discord.Locale.british_english, context) is None
    assert await translate(discord.app_commands.locale_str("no key"), discord.Locale.german, context) is None


async def test_commands_that_discord_refuses_are_tried_at_the_next_start(hall: Hall) -> None:
    """The bot runs on with the commands there are; nothing is remembered as told."""
    name = f"commands_synced:{hall.chat.client.application_id}"
    await hall.store.installation.set(name, "of an older version")
    hall.env.inject_error("PUT", "/applications/*/commands", status=400, code=50035)
    await hall.restart()
    assert await hall.store.installation.get(name) == "of an older version"
    await hall.restart()
    assert await hall.store.installation.get(name) != "of an older version"


async def test_choices_while_the_store_is_away(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """None are offered, and nobody is shown a failure."""
    await hall.set_up()
    alice = hall.member("Alice")

    async def unavailable(*_: object) -> None:
        raise StoreUnavailable("locked")

    monkeypatch.setattr(type(hall.store.servers), "get", unavailable)
    assert not await alice.autocomplete(hall.study, "study now", "subject", "")


async def test_a_form_while_the_store_is_away(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """Said plainly instead of the form, seen only by them; the card stays as it is."""
    await hall.set_up()
    alice = hall.member("Alice")
    card = message(await alice.slash(hall.study, "study now"))

    async def unavailable(*_: object) -> None:
        raise StoreUnavailable("locked")

    monkeypatch.setattr(type(hall.store.servers), "get", unavailable)
    shown = await alice.click(card, label="Change")
    assert shown.modal is None
    assert shown.ephemeral
    assert "My storage does not answer." in words(shown)
    assert labels(card) == ["Change", "Stop waiting"]


async def test_a_card_of_a_server_that_is_not_set_up_any_more(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """Change says what to do and by whom."""
    await hall.set_up()
    alice = hall.member("Alice")
    card = message(await alice.slash(hall.study, "study now"))

    async def unknown(*_: object) -> None:
        return None

    monkeypatch.setattr(type(hall.store.servers), "get", unknown)
    assert "Not set up yet" in words(await alice.click(card, label="Change"))


async def test_a_panel_that_may_not_be_posted_after_all(hall: Hall) -> None:
    """Discord has the last word; the card says where to look."""
    await hall.set_up()
    dana = hall.admin("Dana")
    card = message(await dana.slash(hall.study, "buddy setup"))
    hall.env.inject_error("POST", "/channels/*/messages", status=403, code=50013)
    await dana.click(card, custom_id=custom_id(card, "hb:setup:post"))
    assert "Discord did not let me write there." in words(card)
    server = await hall.store.servers.get(hall.guild.id)
    assert server is not None
    assert server.panel_message_id is None


async def test_a_late_press_on_post(hall: Hall) -> None:
    """Who presses on an older card posts nothing and sees how it stands."""
    await hall.set_up()
    dana = hall.admin("Dana")
    card = message(await dana.slash(hall.study, "buddy setup"))
    await hall.set_up(paused=True)
    await dana.click(card, custom_id=custom_id(card, "hb:setup:post"))
    assert "Somebody else changed something meanwhile." in words(card)
    assert hall.study.history() == []


async def test_check_again(hall: Hall) -> None:
    """The same card with what is wrong now."""
    await hall.set_up(channel_id=4711)
    dana = hall.admin("Dana")
    card = message(await dana.slash(hall.study, "buddy setup"))
    await hall.set_up()
    await dana.click(card, label="Check again")
    assert "was deleted" not in words(card)
