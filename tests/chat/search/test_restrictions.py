"""A member whom a restriction concerns reads how long it lasts, and gets no search."""

from datetime import timedelta

import pytest

from bot.domain.restriction import HOLD_FOR, Restriction, RestrictionKind
from tests.chat.chat_harness import ChatHarness
from tests.chat.outbox import redraw_all
from tests.chat.shown import labels_of, message_of, text_of

SECOND = timedelta(seconds=1)


async def restrict(harness: ChatHarness, member_id: int, kind: RestrictionKind, lasts: timedelta | None) -> Restriction:
    """Restrict a member in the harness's server from now on."""
    now = harness.clock.now()
    restriction = Restriction(
        id=f"{kind}-{member_id}",
        kind=kind,
        member_id=member_id,
        server_id=harness.guild.id,
        since=now,
        until=None if lasts is None else now + lasts,
    )
    await harness.store.restrictions.add(restriction, now)
    return restriction


@pytest.mark.parametrize(
    ("kind", "lasts", "title"),
    [
        (RestrictionKind.HOLD, HOLD_FOR, "Not right now"),
        (RestrictionKind.PAUSE, timedelta(days=7), "Pairing is paused for you"),
        (RestrictionKind.BAN, None, "Pairing is closed for you"),
    ],
)
async def test_each_kind_says_how_long_it_lasts(
    harness: ChatHarness, kind: RestrictionKind, lasts: timedelta | None, title: str
) -> None:
    """Until the last second; a ban until it is lifted. Others search as ever."""
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    restriction = await restrict(harness, alice.id, kind, lasts)
    harness.clock.pass_time(seconds=((lasts or timedelta(days=400)) - SECOND).total_seconds())
    text = text_of(await alice.slash(harness.study, "study now"))
    assert title in text
    assert "The rest of" in text
    assert ("<t:" in text) is (lasts is not None)
    assert "None" not in text
    assert "Looking for a partner" in text_of(await bob.slash(harness.study, "study now"))
    if lasts is None:
        await harness.store.restrictions.lift(restriction.id, harness.clock.now())
    else:
        harness.clock.pass_time(seconds=1)
    assert "Looking for a partner" in text_of(await alice.slash(harness.study, "study now"))


async def test_the_strictest_is_told(harness: ChatHarness) -> None:
    """A ban, although a hold began later."""
    await harness.set_up()
    alice = harness.member("Alice")
    await restrict(harness, alice.id, RestrictionKind.BAN, None)
    await restrict(harness, alice.id, RestrictionKind.HOLD, HOLD_FOR)
    assert "Pairing is closed for you" in text_of(await alice.slash(harness.study, "study now"))


async def test_a_restriction_that_begins_in_between(harness: ChatHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the look and before the ticket: the store refuses it, and the answer is the same."""
    await harness.set_up()
    alice = harness.member("Alice")
    start_waiting = harness.store.tickets.start_waiting

    async def restrict_first(*arguments: object, **options: object) -> None:
        await restrict(harness, alice.id, RestrictionKind.HOLD, HOLD_FOR)
        await start_waiting(*arguments, **options)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(harness.store.tickets, "start_waiting", restrict_first)
    assert "Not right now" in text_of(await alice.slash(harness.study, "study now"))
    assert await harness.store.tickets.find_by_member(alice.id) is None


async def test_a_restricted_member_keeps_a_search_elsewhere(harness: ChatHarness) -> None:
    """It is not moved to where it could not go on."""
    await harness.set_up()
    other_guild, other_channel = await harness.second_server("Night Owls")
    alice = harness.member("Alice")
    await other_guild.add_member(alice.user).slash(other_channel, "study now")
    shown = message_of(await alice.slash(harness.study, "study now"))
    await restrict(harness, alice.id, RestrictionKind.HOLD, HOLD_FOR)
    [refusal] = (await alice.click(shown, label="Move it here")).followups
    assert "Not right now" in text_of(refusal)
    ticket = await harness.store.tickets.find_by_member(alice.id)
    assert ticket is not None
    assert ticket.server_id == other_guild.id


async def test_a_search_that_a_restriction_ends_says_so(harness: ChatHarness) -> None:
    """On the member's card and by command, with the hour; when it is over, the card offers a search again."""
    await harness.set_up()
    alice = harness.member("Alice")
    card = message_of(await alice.slash(harness.study, "study now"))
    hold = await restrict(harness, alice.id, RestrictionKind.HOLD, timedelta(minutes=5))
    await redraw_all(harness)
    drawn = text_of(card)
    assert labels_of(card) == []
    status = await alice.slash(harness.study, "study status")
    assert labels_of(status) == []
    for shown in (drawn, text_of(status)):
        assert "Pairing is paused for you until" in shown
        assert hold.told_until is not None
        assert f"<t:{int(hold.told_until.timestamp())}:f>" in shown
    harness.clock.pass_time(minutes=5)
    assert "I've stopped looking" in text_of(await alice.slash(harness.study, "study status"))


async def test_a_restriction_elsewhere_is_no_news_here(harness: ChatHarness) -> None:
    """Who has stopped a search reads of none that concerns another server."""
    await harness.set_up()
    other_guild, other_channel = await harness.second_server("Night Owls")
    alice = harness.member("Alice")
    await restrict(harness, alice.id, RestrictionKind.BAN, None)
    there = other_guild.add_member(alice.user)
    await there.slash(other_channel, "study now")
    shown = await there.slash(other_channel, "study leave")
    assert "I've stopped looking" in text_of(shown)
    assert labels_of(shown) == ["Find a partner"]
