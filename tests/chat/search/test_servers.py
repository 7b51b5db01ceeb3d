"""Where and when a member cannot be matched."""

from typing import Any

import pytest

from bot.domain.server import Audience
from tests.chat.chat_harness import ChatHarness
from tests.chat.shown import text_of


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"audience": Audience.UNSAID}, "Not set up yet"),
        ({"audience": Audience.MIXED}, "Pairing is off here"),
        ({"channel_id": None}, "no channel"),
        ({"paused": True}, "Pairing has a break"),
        ({"role_id": 77}, "A role is missing"),
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
    assert "Somebody with Manage Server can do it" in text_of(shown)


async def test_members_with_the_role_may_search(harness: ChatHarness) -> None:
    """A server may limit pairing to one role."""
    role = harness.guild.create_role("Students")
    await harness.set_up(role_id=role.id)
    shown = await harness.member("Alice", roles=[role]).slash(harness.study, "study now")
    assert "Looking for a partner" in text_of(shown)
