"""The member who acts, as Discord describes them."""

import discord
import pytest

from tests.chat.chat_harness import ChatHarness
from tests.chat.shown import text_of


async def test_a_member_with_a_quarantined_name_cannot_search(
    harness: ChatHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer says how to change the name."""
    await harness.set_up()
    alice = harness.member("Alice")
    monkeypatch.setattr(discord.Member, "flags", discord.MemberFlags(automod_quarantined_username=True))
    assert "Discord is hiding your name" in text_of(await alice.slash(harness.study, "study now"))


async def test_a_hostile_name_is_cleaned_before_it_is_stored(harness: ChatHarness) -> None:
    """The ticket has the name that the page and the partner will see."""
    await harness.set_up()
    mallory = harness.member("Mallory", nick="\u202ehttps://evil.example @every\u200bone **x**")
    await mallory.slash(harness.study, "study now")
    ticket = await harness.store.tickets.find_by_member(mallory.id)
    assert ticket is not None
    assert ticket.name == "evil.example @everyone **x**"
