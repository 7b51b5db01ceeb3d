"""Where and when a member cannot be matched."""

from typing import Any

import pytest

from bot.domain.membership import KnownMembership
from bot.domain.server import Audience
from tests.chat.chat_harness import ChatHarness
from tests.chat.shown import text_of


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
