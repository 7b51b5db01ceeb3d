"""Where and when a member cannot be matched."""

from typing import Any

import pytest

from bot.chat.request_limiter import HeldBack
from bot.domain.membership import KnownMembership
from bot.domain.message import MessageKind, Route
from bot.domain.server import Audience
from bot.domain.ticket import Ticket, Wishes
from tests.chat.chat_harness import ChatHarness
from tests.chat.outbox import deliver
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
    assert "A role is missing" in text_of(refusal)
    shown = await harness.member("Alice", roles=[role]).slash(harness.study, "study now")
    assert "Looking for a partner" in text_of(shown)


async def test_what_an_interaction_tells_is_recorded(harness: ChatHarness) -> None:
    """So nobody asks about a member who has just used a command."""
    await harness.set_up()
    alice = harness.member("Alice")
    await alice.slash(harness.study, "study now")
    known = await harness.store.memberships.find(harness.guild.id, alice.id)
    assert known == KnownMembership(told_at=harness.clock.now())


async def test_who_lost_the_role_stops_waiting(harness: ChatHarness) -> None:
    """The command that is refused ends the search too; with the role again, the member can search at once."""
    role = harness.guild.create_role("Students")
    await harness.set_up(role_id=role.id)
    alice = harness.member("Alice", roles=[role])
    await alice.slash(harness.study, "study now")
    harness.env.backend.remove_member_role(harness.guild.id, alice.id, role.id)
    assert "A role is missing" in text_of(await alice.slash(harness.study, "study now"))
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
    assert "You can't be paired in Study Hall right now" in text_of(message_of(shown))
    assert await harness.store.tickets.find_by_member(alice.id) is None


async def test_who_is_barred_between_the_check_and_the_write(
    harness: ChatHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The member reads that something is in the way, not that they stopped."""
    await harness.set_up()
    alice, tickets = harness.member("Alice"), harness.store.tickets
    start_waiting = tickets.start_waiting

    async def barred_first(ticket: Ticket, *, remembered: Wishes | None = None) -> None:
        harness.clock.pass_time(seconds=1)
        await harness.chat.client._news.record_absence(harness.guild.id, alice.id)
        await start_waiting(ticket, remembered=remembered)

    monkeypatch.setattr(tickets, "start_waiting", barred_first)
    shown = await alice.slash(harness.study, "study now")
    assert "You can't be paired in Study Hall right now" in text_of(message_of(shown))


async def test_a_server_that_was_left_is_used_again(harness: ChatHarness) -> None:
    """The command shows that the bot is there, although joining could not be recorded; so the search can be matched."""
    await harness.set_up()
    await harness.store.servers.leave(harness.guild.id, harness.clock.now())
    alice = harness.member("Alice")
    assert "Looking for a partner" in text_of(await alice.slash(harness.study, "study now"))
    assert len(await harness.store.tickets.waiting_versions()) == 1


async def test_a_button_in_direct_messages_does_not_show_that_the_bot_is_there(harness: ChatHarness) -> None:
    """The member reads that it was removed."""
    await harness.set_up()
    alice = harness.member("Alice")
    await deliver(harness, alice, MessageKind.UNMATCHED, Route.DIRECT)
    await harness.store.servers.leave(harness.guild.id, harness.clock.now())
    shown = await alice.user.click(harness.last_direct_message(alice), label="Keep looking")
    assert "I'm not in Study Hall any more" in text_of(message_of(shown))
