"""What a search remembers for the next one, and in which server a member searches from a direct message."""

from typing import Any

import pytest
from simcord import MemberActor

from bot.domain.message import MessageKind, Route
from bot.domain.ticket import Camera, Level, Style, Wishes
from tests.chat.chat_harness import ChatHarness
from tests.chat.match_facts import janitor_step
from tests.chat.outbox import deliver, deliver_all
from tests.chat.shown import labels_of, link_of, message_of, text_of


async def waiting_wishes(harness: ChatHarness, member: MemberActor) -> Wishes:
    """The wishes with which a member is waiting."""
    ticket = await harness.store.tickets.find_by_member(member.id)
    assert ticket is not None
    return ticket.wishes


async def next_wishes(harness: ChatHarness, member: MemberActor) -> Wishes:
    """The wishes of a new search for which the member names nothing."""
    await member.slash(harness.study, "study leave")
    await member.slash(harness.study, "study now")
    return await waiting_wishes(harness, member)


@pytest.mark.parametrize(
    ("named", "field", "value"),
    [
        ({"subject": "Maths"}, "subject", "Maths"),
        ({"length": "25"}, "lengths", (25,)),
        ({"language": "de"}, "languages", ("de",)),
        ({"style": "talk"}, "style", Style.TALK),
        ({"camera": "off"}, "camera", Camera.OFF),
        ({"level": "advanced"}, "level", Level.ADVANCED),
    ],
)
async def test_what_is_named_is_remembered(
    harness: ChatHarness, named: dict[str, Any], field: str, value: object
) -> None:
    """By command, at the start or while waiting."""
    await harness.set_up()
    alice = harness.member("Alice")
    for first in ({}, named):
        await alice.slash(harness.study, "study leave")
        await alice.slash(harness.study, "study now", **first)
        await alice.slash(harness.study, "study now", **named)
        assert getattr(await next_wishes(harness, alice), field) == value


async def test_any_subject_is_tried_once(harness: ChatHarness) -> None:
    """The button changes this search; even a form that repeats the subject does not make it a habit."""
    await harness.set_up()
    alice = harness.member("Alice")
    await alice.slash(harness.study, "study now", subject="Physics")
    await alice.slash(harness.study, "study leave")
    await deliver(harness, alice, MessageKind.UNMATCHED, Route.DIRECT)
    shown = await alice.user.click(harness.last_direct_message(alice), label="Try any subject")
    assert (await waiting_wishes(harness, alice)).subject == "any"
    form = await alice.user.click(message_of(shown), label="Change")
    submitted = {"subject": ["any"], "length": ["25"], "language": ["en"], "manner": [], "level": ["any"]}
    await alice.user.submit_modal(form, submitted)
    assert (await waiting_wishes(harness, alice)).subject == "any"
    wishes = await next_wishes(harness, alice)
    assert (wishes.subject, wishes.lengths) == ("Physics", (25,))


async def test_any_subject_that_is_named_is_remembered(harness: ChatHarness) -> None:
    """Only the button is meant for once."""
    await harness.set_up()
    alice = harness.member("Alice")
    await alice.slash(harness.study, "study now", subject="Physics")
    await alice.slash(harness.study, "study now", subject="any")
    assert (await next_wishes(harness, alice)).subject == "any"


async def test_changing_something_else_keeps_any_subject_for_this_search(harness: ChatHarness) -> None:
    """What the member names is changed, and nothing else."""
    await harness.set_up()
    alice = harness.member("Alice")
    await alice.slash(harness.study, "study now", subject="Physics")
    await deliver(harness, alice, MessageKind.UNMATCHED, Route.DIRECT)
    await alice.user.click(harness.last_direct_message(alice), label="Try any subject")
    await alice.slash(harness.study, "study now", style="quiet")
    wishes = await waiting_wishes(harness, alice)
    assert (wishes.subject, wishes.style) == ("any", Style.QUIET)
    wishes = await next_wishes(harness, alice)
    assert (wishes.subject, wishes.style) == ("Physics", Style.QUIET)


async def test_keep_looking_looks_for_the_same(harness: ChatHarness) -> None:
    """For what the search that ended looked for, even if that was meant for once; the next search is as remembered."""
    await harness.set_up()
    alice = harness.member("Alice")
    await alice.slash(harness.study, "study now", subject="Physics", wait=5)
    for minutes, label in ((5, "Try any subject"), (14, "Keep looking")):
        harness.clock.pass_time(minutes=minutes)
        await janitor_step(harness)
        await deliver_all(harness)
        await alice.user.click(harness.last_direct_message(alice), label=label)
        assert (await waiting_wishes(harness, alice)).subject == "any"
    assert (await next_wishes(harness, alice)).subject == "Physics"


async def test_a_named_subject_is_remembered_while_another_is_tried(harness: ChatHarness) -> None:
    """A command that names what the search has already is no form that repeats it."""
    await harness.set_up()
    alice = harness.member("Alice")
    await alice.slash(harness.study, "study now", subject="Physics")
    await deliver(harness, alice, MessageKind.UNMATCHED, Route.DIRECT)
    await alice.user.click(harness.last_direct_message(alice), label="Try any subject")
    await alice.slash(harness.study, "study now", subject="any")
    assert (await next_wishes(harness, alice)).subject == "any"


@pytest.mark.parametrize("how", ["command", "form", "move"])
async def test_a_search_in_a_server_that_offers_less_forgets_nothing(harness: ChatHarness, how: str) -> None:
    """What that server does not offer is remembered for those that do."""
    await harness.set_up()
    alice = harness.member("Alice")
    await alice.slash(harness.study, "study now", subject="Maths", language="de")
    other_guild, other_channel = await harness.second_server("Night Owls")
    alice_there = other_guild.add_member(alice.user)
    if how != "move":
        await alice.slash(harness.study, "study leave")
    shown = message_of(await alice_there.slash(other_channel, "study now"))
    if how == "move":
        await alice_there.click(shown, label="Move it here")
    if how == "form":
        form = await alice_there.click(shown, label="Change")
        submitted = {"subject": ["any"], "length": ["any"], "manner": ["style:quiet"], "level": ["any"]}
        await alice_there.submit_modal(form, submitted)
    there = await waiting_wishes(harness, alice)
    assert (there.subject, there.languages) == ("any", ("en",))
    wishes = await next_wishes(harness, alice)
    assert (wishes.subject, wishes.languages) == ("Maths", ("de",))
    assert wishes.style is (Style.QUIET if how == "form" else Style.ANY), "what was changed is remembered"


async def test_commands_work_in_direct_messages(harness: ChatHarness) -> None:
    """In the server of the last search: a search, its status and end; a link; suggestions; a block and its end."""
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    await harness.pair(alice, bob)
    assert (link_of(await alice.user.slash("study link")) or "").startswith("https://study.example/j#")
    assert "You're matched with Bob" in text_of(await alice.user.slash("study status"))
    assert "You've left" in text_of(await alice.user.slash("study leave"))
    assert "won't be matched until" in text_of(await alice.user.slash("study block"))
    assert "You may be matched with" in text_of(await alice.user.slash("study unblock", member=bob))
    assert [each["value"] for each in await alice.user.autocomplete("study now", "subject", "phy")] == [
        "Physics",
        "any",
    ]
    shown = await alice.user.slash("study now", subject="Physics")
    assert shown.ephemeral
    assert "Physics · 25 or 50 minutes · quiet" in text_of(shown)
    ticket = await harness.store.tickets.find_by_member(alice.id)
    assert ticket is not None
    assert (ticket.server_id, ticket.name) == (harness.guild.id, "Alice")
    await alice.user.click(message_of(shown), label="Stop waiting")
    assert labels_of(shown) == ["Find a partner"]


@pytest.mark.parametrize(
    ("command", "text"),
    [
        ("study now", "You haven't searched in a server yet."),
        ("study status", "You're not waiting"),
        ("study leave", "You're not waiting"),
        ("study link", "No session right now"),
        ("study block", "I don't know who your last partner was."),
    ],
)
async def test_a_direct_message_before_the_first_search_says_what_to_do(
    harness: ChatHarness, command: str, text: str
) -> None:
    """There is no server yet in which to search."""
    await harness.set_up()
    alice = harness.member("Alice")
    assert text in text_of(await alice.user.slash(command))
    assert await alice.user.autocomplete("study now", "subject", "") == []


async def test_a_direct_message_after_leaving_the_server(harness: ChatHarness) -> None:
    """The member is told that they are not in it any more; a search elsewhere makes that the server."""
    await harness.set_up()
    other_guild, other_channel = await harness.second_server("Night Owls")
    alice = harness.member("Alice")
    await alice.slash(harness.study, "study now")
    await alice.slash(harness.study, "study leave")
    alice_there = other_guild.add_member(alice.user)
    harness.guild.remove_member(alice)
    harness.clock.pass_time(minutes=11)
    assert "You can't be matched in Study Hall" in text_of(await alice.user.slash("study now"))
    await alice_there.slash(other_channel, "study now")
    await alice.user.slash("study leave")
    await alice.user.slash("study now")
    ticket = await harness.store.tickets.find_by_member(alice.id)
    assert ticket is not None
    assert ticket.server_id == other_guild.id


async def test_a_direct_message_about_a_server_that_removed_the_bot(harness: ChatHarness) -> None:
    """Nobody can be found there any more."""
    await harness.set_up()
    alice = harness.member("Alice")
    await alice.slash(harness.study, "study now")
    await alice.slash(harness.study, "study leave")
    await harness.store.servers.leave(harness.guild.id, harness.clock.now())
    shown = await alice.user.slash("study now")
    assert "I'm not in Study Hall any more" in text_of(shown)
    assert await harness.store.tickets.find_by_member(alice.id) is None


async def test_a_direct_message_keeps_the_name_that_members_know(harness: ChatHarness) -> None:
    """That of the last search in the server: such a command tells only the name of the user."""
    await harness.set_up()
    alice = harness.member("Alice", nick="Ally")
    await alice.slash(harness.study, "study now")
    await alice.slash(harness.study, "study leave")
    await alice.user.slash("study now")
    ticket = await harness.store.tickets.find_by_member(alice.id)
    assert ticket is not None
    assert ticket.name == "Ally"


@pytest.mark.parametrize("has_role", [True, False])
async def test_the_role_counts_in_direct_messages_too(harness: ChatHarness, has_role: bool) -> None:
    """Roles do not come with such a command, so Discord is asked for them."""
    role = harness.guild.create_role("Students")
    await harness.set_up()
    alice = harness.member("Alice", roles=[role] if has_role else [])
    await alice.slash(harness.study, "study now")
    await alice.slash(harness.study, "study leave")
    await harness.set_up(role_id=role.id)
    expected = "Looking for a partner" if has_role else "You can't be matched in Study Hall"
    shown = text_of(await alice.user.slash("study now"))
    assert expected in shown
    assert "<@" not in shown, "Discord shows a role mentioned in a direct message as unknown"
