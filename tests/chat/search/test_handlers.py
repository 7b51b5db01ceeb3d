"""Searching by command and button: what members see, and what is then in the store."""

from datetime import timedelta

import discord
import pytest

from bot.chat.request_queue import HeldBack
from bot.domain.message import MessageKind, Route
from bot.domain.ticket import Camera, Level, Style, Ticket, Wishes
from bot.store import StoreUnavailable
from tests.chat.chat_harness import ChatHarness
from tests.chat.outbox import deliver, waiting_member
from tests.chat.shown import labels_of, link_of, message_of, text_of
from tests.store.scenario import Scenario


async def ticket_of(harness: ChatHarness, member_id: int) -> Ticket:
    """The ticket of a member who is waiting."""
    ticket = await harness.store.tickets.find_by_member(member_id)
    assert ticket is not None
    return ticket


async def test_now_waits_at_once(harness: ChatHarness) -> None:
    """The answer is deferred and private; it shows wishes, expected wait and two buttons. The ticket is stored."""
    await harness.set_up()
    alice = harness.member("Alice")
    shown = await alice.slash(harness.study, "study now", subject="Physics", length="50", style="quiet", wait=20)
    assert shown.ephemeral
    assert harness.first_response() == {"type": 5, "data": {"flags": 64}}
    assert "Looking for a partner" in text_of(shown)
    assert "Physics · 50 minutes · quiet" in text_of(shown)
    assert "I'll keep looking until" in text_of(shown)
    assert labels_of(shown) == ["Change", "Stop waiting"]
    ticket = await ticket_of(harness, alice.id)
    assert (ticket.name, ticket.server_id, ticket.pool) == ("Alice", harness.guild.id, str(harness.guild.id))
    assert ticket.wishes == Wishes(
        subject="Physics", subject_group="Science", style=Style.QUIET, lengths=(50,), any_length=False
    )
    assert ticket.expires_at == harness.clock.now() + timedelta(minutes=20)


async def test_now_remembers_the_last_search(harness: ChatHarness) -> None:
    """Options that are left out keep their last values; only the wait is the usual one again."""
    await harness.set_up()
    alice = harness.member("Alice")
    await alice.slash(
        harness.study, "study now", subject="Maths", camera="off", level="advanced", language="de", wait=30
    )
    await alice.slash(harness.study, "study leave")
    await alice.slash(harness.study, "study now", length="25")
    ticket = await ticket_of(harness, alice.id)
    assert ticket.wishes == Wishes(
        subject="Maths",
        camera=Camera.OFF,
        level=Level.ADVANCED,
        languages=("de",),
        lengths=(25,),
        any_length=False,
    )
    assert ticket.expires_at == harness.clock.now() + timedelta(minutes=14)


async def test_a_second_now_changes_the_wishes(harness: ChatHarness) -> None:
    """The ticket and its place in the queue stay, and the card says that the wishes changed."""
    await harness.set_up()
    alice = harness.member("Alice")
    await alice.slash(harness.study, "study now", subject="Physics")
    before = await ticket_of(harness, alice.id)
    harness.clock.pass_time(minutes=3)
    shown = await alice.slash(harness.study, "study now", subject="Maths")
    after = await ticket_of(harness, alice.id)
    assert (after.id, after.waiting_since) == (before.id, before.waiting_since)
    assert after.wishes.subject == "Maths"
    assert "Search updated." in text_of(shown)


async def test_repeating_now_only_extends_the_wait(harness: ChatHarness) -> None:
    """The card does not claim a change, and the wait begins again."""
    await harness.set_up()
    alice = harness.member("Alice")
    await alice.slash(harness.study, "study now", subject="Physics")
    harness.clock.pass_time(minutes=3)
    shown = await alice.slash(harness.study, "study now")
    assert "Search updated." not in text_of(shown)
    assert (await ticket_of(harness, alice.id)).expires_at == harness.clock.now() + timedelta(minutes=14)


@pytest.mark.parametrize(("wait", "minutes"), [(5, 14), (40, 40)])
async def test_changing_a_search_never_shortens_it(harness: ChatHarness, wait: int, minutes: int) -> None:
    """A wait that was named is kept if it is longer than the usual one; a shorter one has to be named again."""
    await harness.set_up()
    alice = harness.member("Alice")
    for options in ({}, {"wait": wait}, {"subject": "Maths"}):
        await alice.slash(harness.study, "study now", **options)
    assert (await ticket_of(harness, alice.id)).expires_at == harness.clock.now() + timedelta(minutes=minutes)


async def test_a_wait_that_is_named_is_meant_for_this_search(harness: ChatHarness) -> None:
    """Named while waiting, it also makes the search shorter."""
    await harness.set_up()
    alice = harness.member("Alice")
    for options in ({"wait": 40}, {"wait": 3}):
        await alice.slash(harness.study, "study now", **options)
    assert (await ticket_of(harness, alice.id)).expires_at == harness.clock.now() + timedelta(minutes=3)


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ({"subject": "Astrology"}, "“Astrology” isn't on the list here."),
        ({"subject": "@everyone **x**"}, r"“\@everyone \*\*x\*\*” isn't on the list here."),
        ({"length": "30"}, "You can choose 25 or 50 minutes. For several, write 25,50."),
        ({"language": "Klingon"}, "You can choose English or Deutsch."),
    ],
)
async def test_a_wish_that_is_not_offered_is_refused(harness: ChatHarness, typed: dict[str, str], text: str) -> None:
    """The member alone sees what is possible instead, and is not waiting."""
    await harness.set_up()
    alice = harness.member("Alice")
    shown = await alice.slash(harness.study, "study now", **typed)
    assert text in text_of(shown)
    assert shown.ephemeral
    assert await harness.store.tickets.find_by_member(alice.id) is None


async def test_stop_waiting_works_after_a_restart(harness: ChatHarness) -> None:
    """The ticket is gone, and the card says so and offers a new search."""
    await harness.set_up()
    alice = harness.member("Alice")
    card = message_of(await alice.slash(harness.study, "study now"))
    await harness.restart()
    await alice.click(card, label="Stop waiting")
    assert "I've stopped looking" in text_of(card)
    assert labels_of(card) == ["Find a partner"]
    assert await harness.store.tickets.find_by_member(alice.id) is None


async def test_stopping_twice_is_safe(harness: ChatHarness) -> None:
    """The second time, the answer is that it has stopped already."""
    await harness.set_up()
    alice = harness.member("Alice")
    card = message_of(await alice.slash(harness.study, "study now"))
    await harness.store.tickets.stop_waiting(alice.id, harness.clock.now())
    await alice.click(card, label="Stop waiting")
    assert "I've stopped looking" in text_of(card)
    assert labels_of(card) == ["Find a partner"]


async def test_status_and_leave_without_a_search_offer_one(harness: ChatHarness) -> None:
    """Both say that the member is not waiting, and their button starts a search."""
    await harness.set_up()
    alice = harness.member("Alice")
    shown = await alice.slash(harness.study, "study status")
    assert "You're not waiting" in text_of(shown)
    assert labels_of(shown) == ["Find a partner"]
    shown = await alice.slash(harness.study, "study leave")
    assert "You're not waiting" in text_of(shown)
    await alice.click(message_of(shown), label="Find a partner")
    assert await harness.store.tickets.find_by_member(alice.id) is not None


async def test_status_shows_the_waiting_card(harness: ChatHarness) -> None:
    """It is the same card as after `/study now`."""
    await harness.set_up()
    alice = harness.member("Alice")
    first = text_of(await alice.slash(harness.study, "study now", subject="Maths"))
    assert text_of(await alice.slash(harness.study, "study status")) == first


async def test_a_member_has_one_search_over_all_servers(harness: ChatHarness) -> None:
    """Searching in another server offers to move the search there, with its wishes."""
    await harness.set_up()
    other_guild, other_channel = await harness.second_server("Night Owls")
    alice = harness.member("Alice")
    alice_there = other_guild.add_member(alice.user)
    await alice_there.slash(other_channel, "study now", subject="Physics", style="quiet")
    shown = await alice.slash(harness.study, "study now")
    assert "You're waiting in Night Owls" in text_of(shown)
    await alice.click(message_of(shown), label="Move it here")
    ticket = await ticket_of(harness, alice.id)
    assert (ticket.server_id, ticket.wishes.subject) == (harness.guild.id, "Physics")
    assert "Physics · 25 or 50 minutes · quiet" in text_of(shown)


async def test_a_search_is_not_moved_to_where_it_is_not_possible(harness: ChatHarness) -> None:
    """The search in the other server goes on."""
    await harness.set_up()
    other_guild, other_channel = await harness.second_server("Night Owls")
    alice = harness.member("Alice")
    alice_there = other_guild.add_member(alice.user)
    await alice_there.slash(other_channel, "study now")
    shown = message_of(await alice.slash(harness.study, "study now"))
    await harness.set_up(paused=True)
    [refusal] = (await alice.click(shown, label="Move it here")).followups
    assert "Pairing is paused" in text_of(refusal)
    assert (await ticket_of(harness, alice.id)).server_id == other_guild.id


async def test_now_during_a_match_shows_it(harness: ChatHarness) -> None:
    """The answer has the link and the button to decline."""
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    await harness.pair(alice, bob)
    shown = await alice.slash(harness.study, "study now")
    assert "You're still matched, so I haven't started a new search." in text_of(shown)
    assert "You're matched with Bob" in text_of(shown)
    assert labels_of(shown) == ["Open the room", "I can't make it"]
    assert link_of(shown) == harness.link_of(alice)


async def test_status_during_a_match_has_the_link(harness: ChatHarness) -> None:
    """It is the link that is still valid."""
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    await harness.pair(alice, bob)
    assert link_of(await alice.slash(harness.study, "study status")) == harness.link_of(alice)


async def test_leaving_a_match_gives_up_the_seat(harness: ChatHarness) -> None:
    """The command does the same as the button; the partner keeps the other seat."""
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    await harness.pair(alice, bob)
    shown = await alice.slash(harness.study, "study leave")
    assert "You've left" in text_of(shown)
    assert await harness.store.matches.find_by_member(alice.id) is None
    assert await harness.store.matches.find_by_member(bob.id) is not None


async def test_a_match_made_meanwhile_replaces_the_waiting_card(
    harness: ChatHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The waiting card may have been shown over the invitation, so it is shown again."""
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    await alice.slash(harness.study, "study now", subject="Maths", style="quiet")
    recent_in_pool = type(harness.store.tickets).recent_in_pool

    async def match_and_read(*args: object, **options: object) -> object:
        monkeypatch.undo()
        await harness.match(alice, bob)
        return await recent_in_pool(*args, **options)  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(type(harness.store.tickets), "recent_in_pool", match_and_read)
    shown = await bob.slash(harness.study, "study now", subject="Maths", style="quiet")
    assert "You're matched with Alice" in text_of(shown)
    assert link_of(shown) == harness.link_of(bob)


async def test_a_mention_leads_to_a_private_link_and_is_deleted(harness: ChatHarness) -> None:
    """It works after a restart; for anybody else it reveals nothing and stays."""
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    await harness.pair(alice, bob)
    await deliver(harness, alice, MessageKind.INVITATION, Route.MENTION)
    await harness.restart()
    mention = harness.last_public_message()
    refusal = await bob.click(mention, label="Show me")
    assert "This is for someone else" in text_of(refusal)
    assert refusal.ephemeral
    shown = await alice.click(mention, label="Show me")
    assert shown.ephemeral
    assert (link_of(shown) or "").startswith("https://study.example/j#")
    assert harness.study.last_message is None


@pytest.mark.parametrize("error", [HeldBack("too many are waiting", retry_after=12), discord.RateLimited(60)])
async def test_a_mention_that_cannot_be_deleted_stays(
    harness: ChatHarness, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    """The member has the link all the same, and is not told of any trouble."""
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    await harness.pair(alice, bob)
    await deliver(harness, alice, MessageKind.INVITATION, Route.MENTION)

    async def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(harness.chat.client.http, "delete_message", fail)
    shown = await alice.click(harness.last_public_message(), label="Show me")
    assert (link_of(shown) or "").startswith("https://study.example/j#")
    assert shown.followups == []
    assert [record for record in caplog.records if record.exc_info] == []


async def test_a_mention_after_a_search_says_how_it_ended(harness: ChatHarness) -> None:
    """It offers a new search."""
    alice = await waiting_member(harness)
    harness.clock.pass_time(minutes=14)
    fence = await Scenario(harness.store, harness.clock).fence()
    ticket = await ticket_of(harness, alice.id)
    assert await harness.store.tickets.expire(ticket, now=harness.clock.now(), messages=[], fence=fence)
    await deliver(harness, alice, MessageKind.UNMATCHED, Route.MENTION)
    shown = await alice.click(harness.last_public_message(), label="Show me")
    assert "Sorry, I didn't find anyone in 14 minutes." in text_of(shown)
    assert labels_of(shown) == ["Keep looking"]


async def test_waiting_again_from_a_direct_message_works_after_a_restart(harness: ChatHarness) -> None:
    """The answer is a waiting card, in the server of the last search; the subject stays for the next one."""
    await harness.set_up()
    alice = harness.member("Alice")
    await alice.slash(harness.study, "study now", subject="Physics")
    await alice.slash(harness.study, "study leave")
    await deliver(harness, alice, MessageKind.UNMATCHED, Route.DIRECT)
    await harness.restart()
    shown = harness.last_direct_message(alice)
    answer = await alice.user.click(shown, label="Try any subject")
    assert answer.ephemeral
    assert "Any subject · 25 or 50 minutes" in text_of(answer)
    ticket = await ticket_of(harness, alice.id)
    assert (ticket.server_id, ticket.name) == (harness.guild.id, "Alice")
    await alice.slash(harness.study, "study leave")
    assert "Physics · 25 or 50 minutes" in text_of(await alice.slash(harness.study, "study now"))


async def test_a_former_member_cannot_search_from_a_direct_message(harness: ChatHarness) -> None:
    """Discord is asked whether they are still a member; the message keeps its buttons."""
    alice = await waiting_member(harness)
    await deliver(harness, alice, MessageKind.UNMATCHED, Route.DIRECT)
    await harness.store.tickets.stop_waiting(alice.id, harness.clock.now())
    harness.guild.remove_member(alice)
    harness.clock.pass_time(minutes=11)
    shown = harness.last_direct_message(alice)
    refusal = await alice.user.click(shown, label="Keep looking")
    assert "You can't be matched in Study Hall" in text_of(refusal)
    assert labels_of(shown) == ["Keep looking", "Try any subject"]
    assert await harness.store.tickets.find_by_member(alice.id) is None


@pytest.mark.parametrize(
    ("error", "text", "secret"),
    [
        (StoreUnavailable("disk full"), "My storage isn't answering.", "disk"),
        (ZeroDivisionError("secret detail"), "Try again in a minute.", "secret"),
    ],
)
async def test_a_failure_is_answered_in_plain_words(
    harness: ChatHarness, monkeypatch: pytest.MonkeyPatch, error: Exception, text: str, secret: str
) -> None:
    """The answer says what to do, and nothing technical."""
    await harness.set_up()

    async def failing(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(harness.store.tickets, "start_waiting", failing)
    shown = await harness.member("Alice").slash(harness.study, "study now")
    assert text in text_of(shown)
    assert secret not in text_of(shown)
