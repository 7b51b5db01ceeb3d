"""`/privacy`: what is kept is shown, copied into a file, and deleted after one question."""

import json
from typing import Any

import pytest
from simcord import InteractionResult, MemberActor

from bot.chat.privacy.copy_file import FILE_NAME
from bot.store import StoreUnavailable
from bot.store.personal_data import PersonalData
from tests.chat.chat_harness import ChatHarness
from tests.chat.outbox import deliver_all, redraw_all
from tests.chat.shown import custom_id_of, labels_of, message_of, text_of
from tests.store.many_rows import FILL
from tests.store.rows import fetch_rows
from tests.store.scenario import Scenario


async def file_of(shown: InteractionResult) -> Any:
    """The file that came with an answer, as what it holds."""
    [attachment] = message_of(shown).attachments
    assert attachment.filename == FILE_NAME
    return json.loads(await attachment.read())


async def rows_naming(harness: ChatHarness, member: MemberActor) -> set[str]:
    """The tables in which the member's id can be read."""
    cells = {table: await fetch_rows(harness.store, f"SELECT * FROM {table}") for table in FILL}  # noqa: S608 -- ours
    return {table for table, rows in cells.items() if str(member.id) in str(rows)}


@pytest.mark.parametrize("command", ["privacy show", "privacy export"])
async def test_a_member_never_seen(harness: ChatHarness, command: str) -> None:
    """Nothing is kept about them, and asking leaves no trace."""
    await harness.set_up()
    alice = harness.member("Alice")
    shown = await alice.slash(harness.study, command)
    assert shown.ephemeral
    assert "I keep nothing about you" in text_of(shown)
    assert await rows_naming(harness, alice) == set()


async def test_what_is_kept_is_shown(harness: ChatHarness) -> None:
    """One line for each kind of thing: how many, for how long, and why; below, the ways to a copy and a deletion."""
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    await harness.pair(alice, bob)
    shown = await alice.slash(harness.study, "privacy show")
    text = text_of(shown)
    assert "**Your searches** (1), for 30 days." in text
    assert "**Your matches** (1), for 30 days" in text
    assert "Names go after 14 days." in text
    assert "for 365 days after you last used me." in text
    assert "for 15 minutes." in text
    assert "for 1 day." in text
    assert labels_of(shown) == ["Get a copy", "Delete it"]
    assert "blocked" not in text.replace("whether others have blocked or reported you", "")


async def test_it_works_in_direct_messages(harness: ChatHarness) -> None:
    """Also for who has left every server of the bot."""
    await harness.set_up()
    alice = harness.member("Alice")
    await alice.slash(harness.study, "study now", subject="Maths")
    assert "What I keep about you" in text_of(await alice.user.slash("privacy show"))


async def test_the_copy_is_a_file(harness: ChatHarness) -> None:
    """By command and by button, private, and complete; it says of itself what it leaves out."""
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    await harness.pair(alice, bob)
    shown = await alice.slash(harness.study, "privacy export")
    assert shown.ephemeral
    assert "This file has what I keep about you, and says what it leaves out." in text_of(shown)
    file = await file_of(shown)
    assert (file["format"], file["member_id"], file["cut"]) == (1, str(alice.id), [])
    assert file["tables"]["seats"][0]["partner_name"] == "Bob"
    assert str(bob.id) not in json.dumps(file)
    assert "It doesn't say whether anybody has blocked or reported you, or when." in file["notes"]
    card = await alice.slash(harness.study, "privacy show")
    again = await alice.click(message_of(card), custom_id=custom_id_of(card, "hb:privacy:export"))
    assert (await file_of(again))["tables"].keys() == file["tables"].keys()


async def test_a_copy_that_is_cut_says_so(harness: ChatHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the message and in the file."""
    await harness.set_up()
    alice = harness.member("Alice")
    for _ in range(2):
        await alice.slash(harness.study, "study now", subject="Maths")
        await alice.slash(harness.study, "study leave")
    monkeypatch.setattr("bot.store.personal_data.MOST_ROWS", 1)
    shown = await alice.slash(harness.study, "privacy export")
    assert "Of some things it has the newest" in text_of(shown)
    assert (await file_of(shown))["cut"] == ["tickets", "interactions"]


async def test_a_deletion_asks_once(harness: ChatHarness) -> None:
    """It says what goes, what stays and why; nothing happens until the button is pressed, and then all is gone."""
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    await harness.pair(alice, bob)
    asked = await alice.slash(harness.study, "privacy delete")
    assert asked.ephemeral
    assert "Some things stay, without your name and id." in text_of(asked)
    assert "That you had a match, for 30 days" in text_of(asked)
    assert await harness.store.matches.find_by_member(alice.id) is not None
    card = message_of(asked)
    await alice.click(card, custom_id=custom_id_of(card, "hb:privacy:delete"))
    assert "Your data is deleted" in text_of(card)
    assert labels_of(card) == []
    assert await rows_naming(harness, alice) == {"deletions"}
    assert await harness.store.matches.find_by_member(alice.id) is None
    assert await harness.store.matches.find_by_member(bob.id) is not None


async def test_whoever_comes_back_begins_anew(harness: ChatHarness) -> None:
    """Their last choices are gone; a block they had set holds, and they can take it back."""
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    await alice.slash(harness.study, "study block", member=bob)
    await alice.slash(harness.study, "study now", subject="Physics")
    await delete(harness, alice)
    assert await harness.store.members.last_wishes(alice.id) is None
    assert "You may be matched with Bob again" in text_of(await alice.slash(harness.study, "study unblock", member=bob))
    assert "Physics" not in text_of(await alice.slash(harness.study, "study now"))


async def delete(harness: ChatHarness, member: MemberActor) -> None:
    card = message_of(await member.slash(harness.study, "privacy delete"))
    await member.click(card, custom_id=custom_id_of(card, "hb:privacy:delete"))


async def test_deleting_is_no_way_around_the_pace(harness: ChatHarness) -> None:
    """Who has met a partner a moment ago waits two minutes, deleted data or not."""
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    await harness.pair(alice, bob)
    seat = await harness.seat_of(alice)
    scenario = Scenario(harness.store, harness.clock)
    for each in (seat.own.id, seat.partner.id):
        await scenario.store.presence.participant_joined(each, each, seat.match.room_name, harness.clock.now())
    harness.clock.pass_time(minutes=20)
    await delete(harness, alice)
    assert "Time for a short break" in text_of(await alice.slash(harness.study, "study now", subject="Maths"))


async def test_the_partner_reads_no_name_any_more(harness: ChatHarness) -> None:
    """Their message is drawn again without it, and there is no hole in it."""
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    for member in (alice, bob):
        await member.slash(harness.study, "study now", subject="Maths", style="quiet")
    await harness.match(alice, bob, messages=True)
    await deliver_all(harness)
    message = harness.last_direct_message(bob)
    assert "Alice" in text_of(message)
    await delete(harness, alice)
    harness.clock.pass_time(seconds=11)
    await redraw_all(harness)
    assert "Alice" not in text_of(message)
    assert "You're matched with your partner" in text_of(message)


async def test_the_button_can_be_pressed_twice(harness: ChatHarness) -> None:
    """By somebody of whom nothing is left, too."""
    await harness.set_up()
    alice = harness.member("Alice")
    for _ in range(2):
        await delete(harness, alice)
    assert await rows_naming(harness, alice) == {"deletions"}


async def test_a_database_that_is_away(harness: ChatHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is said to be deleted that is not; the button is still there."""

    async def unavailable(*_: object, **__: object) -> None:
        raise StoreUnavailable

    await harness.set_up()
    alice = harness.member("Alice")
    card = message_of(await alice.slash(harness.study, "privacy delete"))
    monkeypatch.setattr(PersonalData, "erase", unavailable)
    answer = await alice.click(card, custom_id=custom_id_of(card, "hb:privacy:delete"))
    assert "I can't save anything right now" in text_of(answer.followups[0])
    assert labels_of(card) == ["Delete my data"]
