"""What can happen to a match of Alice and Bob, for tests of what Discord shows afterwards."""

from collections.abc import Awaitable, Callable

from simcord import MemberActor, ResponseMessage

from bot.domain.invitation import LINK_LIFETIME, digest, link_token
from bot.domain.match import UNDO_FOR, EndReason
from tests.chat.chat_harness import ChatHarness
from tests.chat.outbox import deliver_all, redraw_all
from tests.chat.shown import message_of
from tests.loops.factories import make_janitor
from tests.store.scenario import LINK_KEY, Scenario

Fact = Callable[[ChatHarness, MemberActor, MemberActor], Awaitable[object]]


async def nothing(*_: object) -> None:
    """Nothing happens."""


async def time_runs_out(harness: ChatHarness, alice: MemberActor, bob: MemberActor) -> None:
    """The two do not come in time."""
    seat = await harness.seat_of(alice)
    await harness.store.matches.end(seat.match.id, EndReason.NO_SHOW, now=harness.clock.now())


async def session_ends(harness: ChatHarness, alice: MemberActor, bob: MemberActor) -> None:
    """Both have been in the room, and have left it for good."""
    own, partner = await harness.seat_of(alice), await harness.seat_of(bob)
    await both_are_in(harness, alice, bob)
    for seat in (own, partner):
        await harness.store.browser_sessions.leave_seat(seat.own.id, harness.clock.now())
    harness.clock.pass_time(seconds=UNDO_FOR.seconds)
    assert await harness.store.matches.end(own.match.id, EndReason.DONE, now=harness.clock.now())


async def link_is_redeemed(harness: ChatHarness, alice: MemberActor, bob: MemberActor) -> None:
    """Alice opens her link in a browser."""
    token = harness.link_of(alice).partition("#")[2]
    assert await Scenario(harness.store, harness.clock).redeem(token)


async def another_link_is_redeemed(harness: ChatHarness, alice: MemberActor, bob: MemberActor) -> None:
    """Alice opens her link, and then a newer one in another browser."""
    await link_is_redeemed(harness, alice, bob)
    await link_is_replaced(harness, alice, bob)
    assert await Scenario(harness.store, harness.clock).redeem(link_token(LINK_KEY, "newer"), "another browser")


async def link_is_replaced(harness: ChatHarness, alice: MemberActor, bob: MemberActor) -> None:
    """Alice's page asks for another link."""
    seat = await harness.seat_of(alice)
    token_hash = digest(link_token(LINK_KEY, "newer"))
    assert await harness.store.invitations.issue(seat.own.id, "newer", token_hash, now=harness.clock.now())


async def link_expires(harness: ChatHarness, alice: MemberActor, bob: MemberActor) -> None:
    """Nobody opens it for a quarter of an hour."""
    harness.clock.pass_time(seconds=LINK_LIFETIME.seconds)


async def bob_undoes_leaving_and_the_link_expires(harness: ChatHarness, alice: MemberActor, bob: MemberActor) -> None:
    """What was drawn again in between changes with time all the same."""
    await alice_leaves_and_undoes_it(harness, bob, alice)
    await redraw_all(harness)
    await link_expires(harness, alice, bob)


async def alice_leaves(harness: ChatHarness, alice: MemberActor, bob: MemberActor) -> None:
    """On her page; the time to undo it passes."""
    seat = await harness.seat_of(alice)
    assert await harness.store.browser_sessions.leave_seat(seat.own.id, harness.clock.now())
    harness.clock.pass_time(seconds=UNDO_FOR.seconds)


async def alice_leaves_and_undoes_it(harness: ChatHarness, alice: MemberActor, bob: MemberActor) -> None:
    """On her page, within the time."""
    seat = await harness.seat_of(alice)
    assert await harness.store.browser_sessions.leave_seat(seat.own.id, harness.clock.now())
    assert await harness.store.browser_sessions.undo_leaving(seat.own.id, harness.clock.now())
    harness.clock.pass_time(seconds=UNDO_FOR.seconds)


async def both_are_in(harness: ChatHarness, alice: MemberActor, bob: MemberActor) -> None:
    """Their session begins."""
    for seat in (await harness.seat_of(alice), await harness.seat_of(bob)):
        await harness.store.presence.participant_joined(
            seat.own.id, seat.own.id, seat.match.room_name, harness.clock.now()
        )


async def bob_leaves_the_session(harness: ChatHarness, alice: MemberActor, bob: MemberActor) -> None:
    """Both were in; Alice may stay."""
    await both_are_in(harness, alice, bob)
    partner = await harness.seat_of(bob)
    assert await harness.store.browser_sessions.leave_seat(partner.own.id, harness.clock.now())
    harness.clock.pass_time(seconds=UNDO_FOR.seconds)


async def bob_declines(harness: ChatHarness, alice: MemberActor, bob: MemberActor) -> None:
    """And the janitor ends the match, with Alice waiting again."""
    seat = await harness.seat_of(bob)
    assert await harness.store.browser_sessions.leave_seat(seat.own.id, harness.clock.now())
    harness.clock.pass_time(seconds=UNDO_FOR.seconds)
    await janitor_step(harness)


async def janitor_step(harness: ChatHarness) -> None:
    """One step of the janitor."""
    fence = await Scenario(harness.store, harness.clock).fence("janitor")
    await make_janitor(harness.store, harness.clock).step(fence)


async def invited(harness: ChatHarness, **settings: object) -> tuple[MemberActor, MemberActor, ResponseMessage]:
    """Alice and Bob are matched; both have a card, and a direct message with their link. Alice's card comes third."""
    await harness.set_up(**settings)
    alice, bob = harness.member("Alice"), harness.member("Bob")
    await bob.slash(harness.study, "study now", subject="Maths", style="quiet")
    card = message_of(await alice.slash(harness.study, "study now", subject="Maths", style="quiet"))
    await harness.match(alice, bob, messages=True)
    await redraw_all(harness)
    await deliver_all(harness)
    return alice, bob, card


async def matched_again(harness: ChatHarness, alice: MemberActor, bob: MemberActor) -> None:
    """The search has found somebody."""
    carol = harness.member("Carol")
    await carol.slash(harness.study, "study now")
    await harness.match(alice, carol)


async def matched_again_and_over(harness: ChatHarness, alice: MemberActor, bob: MemberActor) -> None:
    """And that match is over as well."""
    await matched_again(harness, alice, bob)
    await alice_leaves(harness, alice, bob)
    await janitor_step(harness)


async def stopped_looking(harness: ChatHarness, alice: MemberActor, bob: MemberActor) -> None:
    """Alice has stopped."""
    assert await harness.store.tickets.stop_waiting(alice.id, harness.clock.now())


async def ran_out_of_time(harness: ChatHarness, alice: MemberActor, bob: MemberActor) -> None:
    """Nobody was found."""
    harness.clock.pass_time(minutes=14)
    await janitor_step(harness)


async def searches_again(harness: ChatHarness, alice: MemberActor, bob: MemberActor) -> None:
    """Alice has stopped, and looks for a partner anew."""
    await stopped_looking(harness, alice, bob)
    harness.clock.pass_time(seconds=1)
    await alice.slash(harness.study, "study now")


async def searches_again_and_stops(harness: ChatHarness, alice: MemberActor, bob: MemberActor) -> None:
    """And has stopped once more."""
    await searches_again(harness, alice, bob)
    harness.clock.pass_time(seconds=1)
    await stopped_looking(harness, alice, bob)


FOLLOWED: list[tuple[Fact, bool, bool]] = [  # what became of the search, if it found somebody, if another is offered
    (matched_again, True, False),
    (matched_again_and_over, True, False),
    (stopped_looking, False, True),
    (ran_out_of_time, False, True),
    (searches_again, False, False),
    (searches_again_and_stops, False, False),
]
