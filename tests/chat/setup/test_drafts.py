"""What an admin typed into the form of setup is not lost: it is shown again, until it is saved or discarded."""

from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp
import discord
import pytest
from simcord import InteractionResult, MemberActor, ResponseMessage

from bot.chat.request_queue import HeldBack
from bot.domain.server import Server
from bot.store import StoreUnavailable
from bot.words import words_for
from tests.chat.chat_harness import ChatHarness
from tests.chat.setup.setup_card import press
from tests.chat.shown import labels_of, message_of, text_of

WORDS = words_for()
RIGHT = {"subjects": "Art\nLaw", "lengths": "25, 50", "languages": "en, de"}
WRONG = {"subjects": f"Art, {'x' * 41}, Law, {'y' * 50}", "lengths": "30, 50", "languages": "Klingon, en"}
CORRECT, DISCARD = WORDS("chat.setup.draft.correct"), WORDS("chat.setup.draft.discard")


async def open_card(harness: ChatHarness, admin: MemberActor) -> ResponseMessage:
    return message_of(await admin.slash(harness.study, "buddy setup"))


async def open_form(admin: MemberActor, card: ResponseMessage, label: str = "") -> Any:
    """Open the form of the topics, or press the button with this label."""
    return await (admin.click(card, label=label) if label else press(admin, card, "topics"))


def filled_in(form: InteractionResult) -> Mapping[str, str]:
    """The values that a form was opened with."""
    assert form.modal is not None
    fields = [label["component"] for label in form.modal["components"]]
    return {field["custom_id"]: field["value"] for field in fields}


async def settings(harness: ChatHarness) -> Server:
    server = await harness.store.servers.get(harness.guild.id)
    assert server is not None
    return server


async def test_all_mistakes_are_named_at_once_and_the_text_is_shown_again(harness: ChatHarness) -> None:
    """Each with what was understood; the form opens again with the text as it was typed, also after a restart."""
    before = await harness.set_up()
    dana = harness.admin("Dana")
    card = await open_card(harness, dana)
    await dana.submit_modal(await open_form(dana, card), WRONG)
    shown = text_of(card)
    for piece in (f"{'x' * 26}…{'x' * 13}", f"{'y' * 26}…{'y' * 13}", "30", "Klingon", "Art", "Law", "50", "English"):
        assert WORDS("chat.setup.mistake.quoted", found=piece) in shown
    assert await settings(harness) == Server(**{**as_dict(before), "version": before.version + 1, "locale": "en-US"})
    await harness.restart()
    later = await open_card(harness, dana)
    assert WORDS("chat.setup.mistake.quoted", found="Klingon") in text_of(later)
    form = await open_form(dana, later, CORRECT)
    assert filled_in(form) == WRONG
    await dana.submit_modal(form, RIGHT)
    assert [subject.name for subject in (await settings(harness)).subjects] == ["Art", "Law"]
    assert WORDS("chat.setup.note.topics_saved") in text_of(later)
    assert CORRECT not in labels_of(later)
    assert CORRECT not in labels_of(await open_card(harness, dana))


def as_dict(server: Server) -> dict[str, Any]:
    return {name: getattr(server, name) for name in Server.__slots__}


async def test_other_settings_may_change_while_an_admin_types(harness: ChatHarness) -> None:
    """That is no conflict: what was typed is saved, and the other change stays."""
    await harness.set_up()
    dana, omar = harness.admin("Dana"), harness.admin("Omar")
    card, other = await open_card(harness, dana), await open_card(harness, omar)
    form = await open_form(dana, card)
    await omar.click(other, label=WORDS("chat.setup.pause"))
    await dana.submit_modal(form, RIGHT)
    server = await settings(harness)
    assert (server.paused, [subject.name for subject in server.subjects]) == (True, ["Art", "Law"])
    assert CORRECT not in labels_of(card)


async def test_an_old_card_opens_the_form_over_the_current_settings(harness: ChatHarness) -> None:
    """Also if another admin has changed the topics since it was shown."""
    await harness.set_up()
    dana, omar = harness.admin("Dana"), harness.admin("Omar")
    card, other = await open_card(harness, dana), await open_card(harness, omar)
    await omar.submit_modal(await open_form(omar, other), {**RIGHT, "subjects": "Music"})
    form = await open_form(dana, card)
    assert filled_in(form)["subjects"] == "Music"
    await dana.submit_modal(form, RIGHT)
    assert [subject.name for subject in (await settings(harness)).subjects] == ["Art", "Law"]


async def test_two_admins_type_at_once(harness: ChatHarness) -> None:
    """The slower one overwrites nothing and loses nothing: the text is kept, and saved when it is sent again."""
    await harness.set_up()
    dana, omar = harness.admin("Dana"), harness.admin("Omar")
    card, other = await open_card(harness, dana), await open_card(harness, omar)
    slow, quick = await open_form(dana, card), await open_form(omar, other)
    await omar.submit_modal(quick, {**RIGHT, "subjects": "Music"})
    await dana.submit_modal(slow, RIGHT)
    assert [subject.name for subject in (await settings(harness)).subjects] == ["Music"]
    assert WORDS("chat.setup.note.topics_changed") in text_of(card)
    assert CORRECT not in labels_of(await open_card(harness, omar))
    await harness.restart()
    form = await open_form(dana, card, CORRECT)
    assert filled_in(form) == RIGHT
    await dana.submit_modal(form, RIGHT)
    assert [subject.name for subject in (await settings(harness)).subjects] == ["Art", "Law"]


async def test_a_form_that_was_open_during_an_upgrade_loses_nothing(harness: ChatHarness) -> None:
    """Its id does not tell what it was opened over, so the admin is asked to look at it again."""
    await harness.set_up()
    dana = harness.admin("Dana")
    card = await open_card(harness, dana)
    form = await open_form(dana, card)
    form._interaction.modal["custom_id"] = f"hb:setup:form:{harness.guild.id}:1"
    await dana.submit_modal(form, RIGHT)
    assert filled_in(await open_form(dana, card, CORRECT)) == RIGHT


async def test_a_draft_can_be_discarded(harness: ChatHarness) -> None:
    """Then the form shows the settings again."""
    await harness.set_up()
    dana = harness.admin("Dana")
    card = await open_card(harness, dana)
    await dana.submit_modal(await open_form(dana, card), WRONG)
    await dana.click(card, label=DISCARD)
    assert DISCARD not in labels_of(card)
    assert filled_in(await open_form(dana, card))["subjects"] != WRONG["subjects"]


async def test_the_same_text_sent_twice_is_saved_once(harness: ChatHarness) -> None:
    """The second time there is nothing to save, and no conflict either."""
    await harness.set_up()
    dana = harness.admin("Dana")
    card = await open_card(harness, dana)
    forms = [await open_form(dana, card) for _ in range(2)]
    for form in forms:
        await dana.submit_modal(form, RIGHT)
        assert WORDS("chat.setup.note.topics_saved") in text_of(card)
        assert CORRECT not in labels_of(card)


async def test_a_text_that_cannot_be_saved_is_given_back(harness: ChatHarness, monkeypatch: Any) -> None:
    """While the store does not answer, the admin gets it as a file."""
    await harness.set_up()
    dana = harness.admin("Dana")
    card = await open_card(harness, dana)
    form = await open_form(dana, card)

    async def fail(*_: object, **__: object) -> None:
        raise StoreUnavailable("broken")

    monkeypatch.setattr(type(harness.store.setup_drafts), "save", fail)
    answered = await dana.submit_modal(form, RIGHT)
    [answer, given_back] = answered.followups
    assert WORDS("chat.trouble.store.title") in text_of(answer)
    assert given_back.content == WORDS("chat.trouble.typed.text")
    assert len(given_back.attachments) == 1
    assert given_back.ephemeral


async def test_a_draft_undoes_nothing_that_others_changed_meanwhile(harness: ChatHarness) -> None:
    """Dana mistypes a language, Omar changes the lengths, and Dana is told of it before she overwrites it."""
    await harness.set_up(lengths=(25, 50))
    dana, omar = harness.admin("Dana"), harness.admin("Omar")
    card, other = await open_card(harness, dana), await open_card(harness, omar)
    await dana.submit_modal(await open_form(dana, card), {**RIGHT, "languages": "Klingon"})
    await omar.submit_modal(await open_form(omar, other), {**RIGHT, "lengths": "75"})
    await dana.submit_modal(await open_form(dana, card, CORRECT), RIGHT)
    assert (await settings(harness)).lengths == (75,)
    assert WORDS("chat.setup.note.topics_changed") in text_of(card)
    assert WORDS("chat.setup.draft.complete") in text_of(card)
    await dana.submit_modal(await open_form(dana, card, CORRECT), RIGHT)
    assert (await settings(harness)).lengths == (25, 50)
    assert WORDS("chat.setup.note.topics_saved") in text_of(card)


async def test_a_form_that_is_sent_as_it_was_shown_changes_nothing(harness: ChatHarness) -> None:
    """The card says so, so that nobody takes the button for a broken one."""
    before = await harness.set_up()
    dana = harness.admin("Dana")
    card = await open_card(harness, dana)
    form = await open_form(dana, card)
    await dana.submit_modal(form, dict(filled_in(form)))
    assert WORDS("chat.setup.note.topics_unchanged") in text_of(card)
    assert (await settings(harness)).subjects == before.subjects


async def test_ones_own_half_saved_text_is_no_conflict(harness: ChatHarness) -> None:
    """What was right was saved at once; correcting the rest is one step."""
    await harness.set_up()
    dana = harness.admin("Dana")
    card = await open_card(harness, dana)
    await dana.submit_modal(await open_form(dana, card), {**RIGHT, "languages": "Klingon"})
    assert WORDS("chat.setup.draft.mistakes") in text_of(card)
    await dana.submit_modal(await open_form(dana, card, CORRECT), RIGHT)
    assert WORDS("chat.setup.note.topics_saved") in text_of(card)


LOST: Sequence[Exception] = (
    HeldBack("held", retry_after=5),
    aiohttp.ClientOSError("broken"),
    TimeoutError(),
    KeyError("id"),
)


@pytest.mark.parametrize("error", LOST)
async def test_what_was_saved_is_not_said_to_have_failed(
    harness: ChatHarness, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """Looking for the panel comes after saving, and whatever fails there is another thing."""
    await harness.set_up(panel_message_id=123)
    dana = harness.admin("Dana")
    card = await open_card(harness, dana)
    form = await open_form(dana, card)

    async def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(discord.PartialMessageable, "fetch_message", fail)
    assert (await dana.submit_modal(form, RIGHT)).followups == []
    assert WORDS("chat.setup.note.topics_saved") in text_of(card)


async def test_a_draft_that_cannot_be_looked_for_is_no_failure(
    harness: ChatHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was saved before is shown as saved."""
    await harness.set_up()
    dana = harness.admin("Dana")
    card = await open_card(harness, dana)
    form = await open_form(dana, card)

    async def fail(*_: object) -> None:
        raise StoreUnavailable("broken")

    monkeypatch.setattr(type(harness.store.setup_drafts), "find", fail)
    await dana.submit_modal(form, RIGHT)
    assert WORDS("chat.setup.note.topics_saved") in text_of(card)


async def test_subjects_that_only_look_different_can_all_be_chosen(harness: ChatHarness) -> None:
    """An admin copied one twice: members find it by its name, and their form opens, which refuses equal values."""
    await harness.set_up()
    dana, alice = harness.admin("Dana"), harness.member("Alice")
    card = await open_card(harness, dana)
    await dana.submit_modal(await open_form(dana, card), {**RIGHT, "subjects": "Physics\nPhysics\u3164\nLaw"})
    shown = message_of(await alice.slash(harness.study, "study now", subject="Physics"))
    assert WORDS("chat.waiting.title") in text_of(shown)
    form = await alice.click(shown, label=WORDS("chat.button.change"))
    assert form.modal is not None
    values = [option["value"] for option in form.modal["components"][0]["component"]["options"]]
    assert len(values) == len(set(values))
