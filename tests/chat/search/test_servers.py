"""Where and when a member cannot be matched."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.chat.request_queue import HeldBack
from bot.domain.membership import UNTIL_TOLD_OTHERWISE, Bar, Barred, KnownMembership
from bot.domain.message import MessageKind, Route
from bot.domain.server import Audience
from bot.domain.ticket import Ticket
from tests.chat.chat_harness import ChatHarness
from tests.chat.outbox import deliver, redraw_all
from tests.chat.shown import message_of, text_of


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"audience": Audience.UNSAID}, "Not set up yet"),
        ({"audience": Audience.MIXED}, "Pairing is off"),
        ({"channel_id": None}, "no channel"),
        ({"paused": True}, "Pairing is paused"),
        ({"role_id": 77}, "Pairing needs a fix"),
    ],
)
async def test_a_closed_server_says_why(harness: ChatHarness, settings: dict[str, Any], text: str) -> None:
    """The answer says who can change it, and the member is not waiting."""
    await harness.set_up(**settings)
    alice = harness.member("Alice")
    assert text in text_of(await alice.slash(harness.study, "study now"))
    assert await harness.store.tickets.find_by_member(alice.id) is None


async def test_a_server_that_was_never_set_up_says_who_can_do_it(harness: ChatHarness) -> None:
    """Admins set it up with `/buddy setup`."""
    shown = await harness.member("Alice").slash(harness.study, "study now")
    assert "Someone with Manage Server can do it" in text_of(shown)


async def test_members_with_the_role_may_search(harness: ChatHarness) -> None:
    """A server may limit pairing to one role."""
    role = harness.guild.create_role("Students")
    await harness.set_up(role_id=role.id)
    refusal = await harness.member("Bob").slash(harness.study, "study now")
    assert "You need a role" in text_of(refusal)
    shown = await harness.member("Alice", roles=[role]).slash(harness.study, "study now")
    assert "Looking for a partner" in text_of(shown)


async def test_what_an_interaction_tells_is_recorded(harness: ChatHarness) -> None:
    """So nobody asks about a member who has just used a command."""
    await harness.set_up()
    alice = harness.member("Alice")
    await alice.slash(harness.study, "study now")
    known = await harness.store.memberships.find(harness.guild.id, alice.id)
    joined_at = datetime.fromisoformat(harness.env.backend.get_guild(harness.guild.id).members[alice.id].joined_at)
    assert known == KnownMembership(told_at=harness.clock.now(), joined_at=joined_at)


async def test_who_lost_the_role_stops_waiting(harness: ChatHarness) -> None:
    """The command that is refused ends the search too; with the role again, the member can search at once."""
    role = harness.guild.create_role("Students")
    await harness.set_up(role_id=role.id)
    alice = harness.member("Alice", roles=[role])
    await alice.slash(harness.study, "study now")
    harness.env.backend.remove_member_role(harness.guild.id, alice.id, role.id)
    assert "You need a role" in text_of(await alice.slash(harness.study, "study now"))
    assert await harness.store.tickets.find_by_member(alice.id) is None
    harness.env.backend.add_member_role(harness.guild.id, alice.id, role.id)
    assert "Looking for a partner" in text_of(await alice.slash(harness.study, "study now"))


async def test_new_members_accept_the_rules_first(harness: ChatHarness) -> None:
    """A server can ask for it before a member may do anything."""
    await harness.set_up()
    alice = harness.member("Alice")
    harness.env.backend.get_guild(harness.guild.id).members[alice.id].pending = True
    assert "The rules come first" in text_of(await alice.slash(harness.study, "study now"))


async def test_buttons_in_direct_messages_need_no_request(
    harness: ChatHarness, caplog: pytest.LogCaptureFixture
) -> None:
    """Members press while Discord would take none: all search, and the log has no error."""
    await harness.set_up()
    members = [harness.member(f"Member {number}") for number in range(20)]
    news = []
    for member in members:
        await deliver(harness, member, MessageKind.UNMATCHED, Route.DIRECT)
        news.append(harness.last_direct_message(member))

    async def held_back(*_: object, **__: object) -> None:
        raise HeldBack("Discord would refuse more requests now", retry_after=12)

    harness.chat.client.http.request = held_back  # type: ignore[method-assign]
    for member, message in zip(members, news, strict=True):
        shown = await member.user.click(message, label="Keep looking")
        assert "Looking for a partner" in text_of(message_of(shown))
    assert [record.getMessage() for record in caplog.records if record.exc_info] == []


async def test_who_is_barred_reads_so_in_direct_messages(harness: ChatHarness) -> None:
    """By what the store knows; the command in the server says why."""
    await harness.set_up()
    alice = harness.member("Alice")
    await deliver(harness, alice, MessageKind.UNMATCHED, Route.DIRECT)
    await harness.chat.client._news.record_absence(harness.guild.id, alice.id)
    shown = await alice.user.click(harness.last_direct_message(alice), label="Keep looking")
    assert "You can't be matched in Study Hall right now" in text_of(message_of(shown))
    assert await harness.store.tickets.find_by_member(alice.id) is None


@pytest.mark.parametrize("reason", [Barred.TIMED_OUT, Barred.RULES, Barred.ROLE, Barred.NAME_HELD])
async def test_who_is_timed_out_reads_it_in_direct_messages(harness: ChatHarness, reason: Barred) -> None:
    """And until when, for they can use no command in the server; it tells the other reasons there."""
    await harness.set_up()
    alice = harness.member("Alice")
    await deliver(harness, alice, MessageKind.UNMATCHED, Route.DIRECT)
    is_timeout, now = reason is Barred.TIMED_OUT, harness.clock.now()
    until = now + timedelta(days=2) if is_timeout else UNTIL_TOLD_OTHERWISE
    await harness.store.memberships.record(
        harness.guild.id, alice.id, bar=Bar(reason=reason, until=until), told_at=now, now=now
    )
    shown = text_of(message_of(await alice.user.click(harness.last_direct_message(alice), label="Keep looking")))
    assert (f"You're timed out in Study Hall until <t:{int(until.timestamp())}:f>." in shown) is is_timeout
    assert ("Use `/study now` in that server" in shown) is not is_timeout


async def test_who_is_timed_out_meanwhile_reads_it_too(harness: ChatHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the check and the write."""
    await harness.set_up()
    alice, tickets, until = harness.member("Alice"), harness.store.tickets, harness.clock.now() + timedelta(days=2)
    start_waiting = tickets.start_waiting

    async def timed_out_first(ticket: Ticket, **options: object) -> None:
        harness.clock.pass_time(seconds=1)
        now, bar = harness.clock.now(), Bar(reason=Barred.TIMED_OUT, until=until)
        await harness.store.memberships.record(harness.guild.id, alice.id, bar=bar, told_at=now, now=now)
        await start_waiting(ticket, **options)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(tickets, "start_waiting", timed_out_first)
    shown = text_of(message_of(await alice.slash(harness.study, "study now")))
    assert f"until <t:{int(until.timestamp())}:f>" in shown


CLOSINGS: list[dict[str, Any]] = [{"paused": True}, {"channel_id": None}]
FORM = {"subject": ["Maths"], "length": ["50"], "language": ["en"], "manner": [], "level": ["any"]}


@pytest.mark.parametrize("settings", CLOSINGS)
async def test_wishes_can_change_while_the_server_is_closed(harness: ChatHarness, settings: dict[str, Any]) -> None:
    """The place in line stays, the card shows the new wishes, and the search goes on with them; also by command."""
    await harness.set_up()
    alice = harness.member("Alice")
    card = message_of(await alice.slash(harness.study, "study now", subject="Physics"))
    await harness.set_up(**settings)
    await redraw_all(harness)
    before = await harness.store.tickets.find_by_member(alice.id)
    form = await alice.click(card, label="Change")
    shown = text_of(message_of(await alice.submit_modal(form, FORM)))
    assert "Your search lasts until" in shown
    assert "Search updated." in shown
    assert "Maths · 50 minutes" in shown
    after = await harness.store.tickets.find_by_member(alice.id)
    assert before is not None
    assert after is not None
    assert (after.id, after.waiting_since) == (before.id, before.waiting_since)
    assert (after.wishes.subject, after.wishes.lengths) == ("Maths", (50,))
    again = text_of(await alice.slash(harness.study, "study now", subject="Physics"))
    assert "Your search lasts until" in again
    assert "Physics" in again


@pytest.mark.parametrize("settings", CLOSINGS)
async def test_a_form_that_would_be_refused_is_not_opened(harness: ChatHarness, settings: dict[str, Any]) -> None:
    """On an old card of somebody who does not wait: nothing is filled in for nothing."""
    await harness.set_up()
    alice = harness.member("Alice")
    card = message_of(await alice.slash(harness.study, "study now"))
    await harness.set_up(**settings)
    await harness.store.tickets.stop_waiting(alice.id, harness.clock.now())
    shown = await alice.click(card, label="Change")
    assert "Pairing is" in text_of(message_of(shown)) or "Not set up yet" in text_of(message_of(shown))


async def test_a_search_that_ends_while_the_form_is_open_begins_no_other(
    harness: ChatHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a closed server, even in the last moment."""
    await harness.set_up()
    alice, tickets = harness.member("Alice"), harness.store.tickets
    await alice.slash(harness.study, "study now")
    await harness.set_up(paused=True)
    change_wishes = tickets.change_wishes

    async def stop_first(*args: Any, **values: Any) -> Ticket | None:
        await tickets.stop_waiting(alice.id, harness.clock.now())
        return await change_wishes(*args, **values)

    monkeypatch.setattr(tickets, "change_wishes", stop_first)
    shown = await alice.slash(harness.study, "study now", subject="Maths")
    assert "Pairing is paused" in text_of(message_of(shown))
    assert await tickets.find_by_member(alice.id) is None


async def test_who_is_barred_between_the_check_and_the_write(
    harness: ChatHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The member reads that something is in the way, not that they stopped."""
    await harness.set_up()
    alice, tickets = harness.member("Alice"), harness.store.tickets
    start_waiting = tickets.start_waiting

    async def barred_first(ticket: Ticket, **options: object) -> None:
        harness.clock.pass_time(seconds=1)
        await harness.chat.client._news.record_absence(harness.guild.id, alice.id)
        await start_waiting(ticket, **options)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(tickets, "start_waiting", barred_first)
    shown = await alice.slash(harness.study, "study now")
    assert "You can't be matched in Study Hall right now" in text_of(message_of(shown))


async def test_a_server_that_was_left_is_used_again(harness: ChatHarness) -> None:
    """The command shows that the bot is there, although joining could not be recorded; so the search can be matched."""
    await harness.set_up()
    await harness.store.servers.leave(harness.guild.id, harness.clock.now())
    alice = harness.member("Alice")
    assert "Looking for a partner" in text_of(await alice.slash(harness.study, "study now"))
    assert len(await harness.store.tickets.waiting_versions(harness.clock.now())) == 1


async def test_a_button_in_direct_messages_does_not_show_that_the_bot_is_there(harness: ChatHarness) -> None:
    """The member reads that it was removed."""
    await harness.set_up()
    alice = harness.member("Alice")
    await deliver(harness, alice, MessageKind.UNMATCHED, Route.DIRECT)
    await harness.store.servers.leave(harness.guild.id, harness.clock.now())
    shown = await alice.user.click(harness.last_direct_message(alice), label="Keep looking")
    assert "I'm not in Study Hall any more" in text_of(message_of(shown))
