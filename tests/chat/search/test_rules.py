"""The rules come before the first search, and begin exactly that when the member agrees."""

from dataclasses import replace
from datetime import timedelta

import pytest
from simcord import ChannelHandle, InteractionResult, MemberActor

from bot.chat.search.custom_ids import AGREE
from bot.domain import rules
from bot.domain.gate import Gate
from bot.domain.ticket import Camera, Style, Ticket
from bot.store import rules_consents
from tests.chat.chat_harness import ChatHarness
from tests.chat.match_facts import alice_leaves, janitor_step
from tests.chat.outbox import redraw_all
from tests.chat.search.test_pace import joined_at
from tests.chat.shown import custom_id_of, labels_of, message_of, text_of
from tests.chat.test_old_buttons import message_with

ASKED = (
    "### The rules here\n"
    "1. Be kind.\n"
    "2. Study here, and don't date.\n"
    "3. Keep phone numbers, addresses and other accounts to yourself.\n"
    "4. Don't record.\n"
    "5. Leave at any time, without a reason.\n"
    "-# Agree, and your search begins. I won't ask again unless the rules change."
)
OWN = ("Cameras are welcome.", "No music.")


@pytest.fixture
def consents() -> None:
    """Nobody has agreed to anything."""


async def ticket_of(harness: ChatHarness, member: MemberActor) -> Ticket | None:
    return await harness.store.tickets.find_by_member(member.id)


async def press(member: MemberActor, shown: InteractionResult, label: str) -> InteractionResult:
    return await member.click(message_of(shown), label=label)


async def begin(harness: ChatHarness, member: MemberActor, channel: ChannelHandle | None = None) -> None:
    """Agree and search, as on another day."""
    await press(member, await member.slash(channel or harness.study, "study now"), "I agree")
    assert await ticket_of(harness, member) is not None


async def test_the_rules_come_first_and_the_command_after_them(harness: ChatHarness) -> None:
    """Nobody waits before they agree; then exactly what was asked for begins, and is remembered as usual."""
    await harness.set_up()
    alice = harness.member("Alice")
    shown = await alice.slash(
        harness.study, "study now", subject="Maths", style="quiet", camera="off", length="25", language="de", wait=9
    )
    assert text_of(shown) == ASKED
    assert labels_of(shown) == ["I agree", "Not now"]
    assert await ticket_of(harness, alice) is None
    assert await harness.store.members.last_wishes(alice.id) is None
    harness.clock.pass_time(minutes=3)
    answer = await press(alice, shown, "I agree")
    assert "Looking for a partner" in text_of(answer)
    ticket = await ticket_of(harness, alice)
    assert ticket is not None
    wishes = ticket.wishes
    assert (wishes.subject, wishes.style, wishes.camera) == ("Maths", Style.QUIET, Camera.OFF)
    assert (wishes.lengths, wishes.languages) == ((25,), ("de",))
    assert ticket.expires_at - ticket.waiting_since == timedelta(minutes=9)
    assert ticket.waiting_since >= harness.clock.now() - timedelta(seconds=1)
    saved = await harness.store.members.last_wishes(alice.id)
    assert saved is not None
    assert saved.wishes == wishes


async def test_nobody_is_asked_twice(harness: ChatHarness) -> None:
    """Agreeing once is enough for all searches in this server, whatever becomes of them."""
    await harness.set_up()
    alice = harness.member("Alice")
    await begin(harness, alice)
    await alice.slash(harness.study, "study leave")
    assert "Looking for a partner" in text_of(await alice.slash(harness.study, "study now"))


async def test_not_now_begins_nothing(harness: ChatHarness) -> None:
    """What was asked for is forgotten, and the next search asks again."""
    await harness.set_up()
    alice = harness.member("Alice")
    shown = await alice.slash(harness.study, "study now", subject="Maths")
    assert "You're not waiting" in text_of(await press(alice, shown, "Not now"))
    assert await harness.store.postponed_searches.find(harness.guild.id, alice.id) is None
    assert await ticket_of(harness, alice) is None
    assert await harness.store.rules_consents.find(harness.guild.id, alice.id) is None
    assert text_of(await alice.slash(harness.study, "study now")) == ASKED


async def test_the_button_of_the_panel(harness: ChatHarness) -> None:
    """It asks whoever presses it, alone, and their search begins."""
    await harness.set_up()
    admin, alice = harness.admin("Ada"), harness.member("Alice")
    setup = await admin.slash(harness.study, "buddy setup")
    while "Post the button" not in " ".join(labels_of(setup)):
        setup = await press(admin, setup, "Next" if "Next" in labels_of(setup) else "Change the message")
    await press(admin, setup, next(label for label in labels_of(setup) if label.startswith("Post the button")))
    asked = await alice.click(harness.last_public_message(), label="Find a partner")
    assert text_of(asked) == ASKED
    assert message_of(asked).ephemeral
    assert "Looking for a partner" in text_of(await press(alice, asked, "I agree"))


async def test_the_form(harness: ChatHarness) -> None:
    """It was opened while its member waited; before it came back, their search ended, and the rules changed."""
    await harness.set_up()
    alice = harness.member("Alice")
    waiting = await press(alice, await alice.slash(harness.study, "study now"), "I agree")
    form = await press(alice, waiting, "Change")
    await harness.store.tickets.stop_waiting(alice.id, harness.clock.now())
    await harness.set_up(rules=OWN, rules_version=2)
    submitted = {"subject": ["Maths"], "length": ["25"], "language": ["de"], "manner": ["style:talk"], "level": ["any"]}
    asked = await alice.submit_modal(form, submitted)
    assert "1. Cameras are welcome.\n2. No music." in text_of(asked)
    await press(alice, asked, "I agree")
    ticket = await ticket_of(harness, alice)
    assert ticket is not None
    assert (ticket.wishes.subject, ticket.wishes.lengths, ticket.wishes.style) == ("Maths", (25,), Style.TALK)


async def test_waiting_again_with_any_subject(harness: ChatHarness) -> None:
    """The button begins with any subject, once; the next search is for the usual one."""
    await harness.set_up()
    alice = harness.member("Alice")
    await press(alice, await alice.slash(harness.study, "study now", subject="Maths"), "I agree")
    harness.clock.pass_time(minutes=14)
    await janitor_step(harness)
    ended = await alice.slash(harness.study, "study status")
    await harness.set_up(rules=OWN, rules_version=2)
    await press(alice, await press(alice, ended, "Try any subject"), "I agree")
    ticket = await ticket_of(harness, alice)
    assert ticket is not None
    assert ticket.wishes.subject == "any"
    saved = await harness.store.members.last_wishes(alice.id)
    assert saved is not None
    assert saved.wishes.subject == "Maths"


async def test_a_restart_between_question_and_answer_loses_nothing(harness: ChatHarness) -> None:
    """The button answers for another process, and what was asked for is in the store."""
    await harness.set_up()
    alice = harness.member("Alice")
    shown = await alice.slash(harness.study, "study now", subject="Maths")
    await harness.restart()
    assert "Looking for a partner" in text_of(await press(alice, shown, "I agree"))
    ticket = await ticket_of(harness, alice)
    assert ticket is not None
    assert ticket.wishes.subject == "Maths"


async def test_each_server_has_its_own_rules(harness: ChatHarness) -> None:
    """What was asked for in one of them begins there, also after a question in the other one."""
    await harness.set_up()
    alice = harness.member("Alice")
    guild, channel = await harness.second_server("Law School")
    there = guild.add_member(alice.user)
    await alice.slash(harness.study, "study now", subject="Maths")
    await there.slash(channel, "study now", subject="Law")
    await press(alice, await alice.slash(harness.study, "study status"), "I agree")
    ticket = await ticket_of(harness, alice)
    assert ticket is not None
    assert (ticket.server_id, ticket.wishes.subject) == (harness.guild.id, "Maths")
    assert await harness.store.rules_consents.find(guild.id, alice.id) is None
    await alice.slash(harness.study, "study leave")
    await press(there, await there.slash(channel, "study status"), "I agree")
    ticket = await ticket_of(harness, alice)
    assert ticket is not None
    assert (ticket.server_id, ticket.wishes.subject) == (guild.id, "Law")


async def test_a_search_elsewhere_goes_on_until_the_rules_are_agreed_to(harness: ChatHarness) -> None:
    """Then it moves, with its wishes; the rules of the other server do not count here."""
    await harness.set_up()
    alice = harness.member("Alice")
    guild, channel = await harness.second_server("Law School")
    there = guild.add_member(alice.user)
    await press(alice, await alice.slash(harness.study, "study now", subject="Physics"), "I agree")
    first = await ticket_of(harness, alice)
    elsewhere = await there.slash(channel, "study now")
    assert "You're waiting in Study Hall" in text_of(elsewhere)
    asked = await press(there, elsewhere, "Move it here")
    assert text_of(asked) == ASKED
    assert await ticket_of(harness, alice) == first
    await press(there, asked, "I agree")
    moved = await ticket_of(harness, alice)
    assert moved is not None
    assert (moved.server_id, moved.wishes.subject) == (guild.id, "Physics")


@pytest.mark.parametrize("settings", [{"rules": OWN, "rules_version": 2}, {"rules": None, "rules_version": 3}])
async def test_changed_rules_ask_again(harness: ChatHarness, settings: dict[str, object]) -> None:
    """Also if ours take the place of the server's own. A search that waits goes on, and can be changed."""
    await harness.set_up()
    alice = harness.member("Alice")
    await begin(harness, alice)
    await harness.set_up(**settings)
    assert "Search updated." in text_of(await alice.slash(harness.study, "study now", subject="Maths"))
    assert await ticket_of(harness, alice) is not None
    await alice.slash(harness.study, "study leave")
    asked = await alice.slash(harness.study, "study now")
    assert "### The rules here" in text_of(asked)
    assert ("Cameras are welcome." in text_of(asked)) is (settings["rules"] is not None)
    await press(alice, asked, "I agree")
    assert await ticket_of(harness, alice) is not None


@pytest.mark.parametrize(("own", "asks"), [(None, True), (OWN, False)])
async def test_a_new_version_of_our_rules_asks_where_they_count(
    harness: ChatHarness, monkeypatch: pytest.MonkeyPatch, own: tuple[str, ...] | None, asks: bool
) -> None:
    """Members of servers with rules of their own are not asked."""
    await harness.set_up(rules=own)
    alice = harness.member("Alice")
    await begin(harness, alice)
    await alice.slash(harness.study, "study leave")
    for module in (rules, rules_consents):
        monkeypatch.setattr(module, "OUR_RULES", ".2")
    shown = text_of(await alice.slash(harness.study, "study now"))
    assert ("### The rules here" in shown) is asks
    assert (await ticket_of(harness, alice) is None) is asks


async def test_rules_that_change_before_the_answer_are_shown_instead(harness: ChatHarness) -> None:
    """Nobody agrees to what they have not read; then the search that was asked for begins."""
    await harness.set_up()
    alice = harness.member("Alice")
    asked = await alice.slash(harness.study, "study now", subject="Maths")
    await harness.set_up(rules=OWN, rules_version=2)
    again = await press(alice, asked, "I agree")
    assert "The rules have just changed. Here they are as they are now.\n1. Cameras are welcome." in text_of(again)
    assert await ticket_of(harness, alice) is None
    assert await harness.store.rules_consents.find(harness.guild.id, alice.id) is None
    await press(alice, again, "I agree")
    ticket = await ticket_of(harness, alice)
    assert ticket is not None
    assert ticket.wishes.subject == "Maths"


async def test_the_card_follows_the_rules(harness: ChatHarness) -> None:
    """A question that is open stays on the card, and shows the rules as they are; a closed server asks nothing."""
    await harness.set_up()
    alice = harness.member("Alice")
    card = message_of(await alice.slash(harness.study, "study now"))
    await harness.set_up()
    await redraw_all(harness)
    assert text_of(card) == ASKED
    await harness.set_up(rules=OWN, rules_version=2)
    await redraw_all(harness)
    assert "1. Cameras are welcome.\n2. No music." in text_of(card)
    assert custom_id_of(card, "hb:agree").endswith(":2")
    before = text_of(card)
    assert text_of(await alice.slash(harness.study, "study status")) == before
    await harness.set_up(rules=OWN, rules_version=2, paused=True)
    assert "paused" in text_of(await alice.slash(harness.study, "study status"))


async def test_agreeing_twice_begins_one_search(harness: ChatHarness) -> None:
    """The second press, from an older message, finds the first one's search and changes none of its wishes."""
    await harness.set_up()
    alice = harness.member("Alice")
    await press(alice, await alice.slash(harness.study, "study now", subject="Maths"), "I agree")
    first = await ticket_of(harness, alice)
    assert first is not None
    agree = AGREE.format(server=harness.guild.id, version="1.1")
    await alice.user.click(await message_with(harness, alice, agree), custom_id=agree)
    second = await ticket_of(harness, alice)
    assert second is not None
    assert replace(second, version=1, expires_at=first.expires_at) == first


async def test_nobody_is_taken_out_of_a_match(harness: ChatHarness) -> None:
    """Rules that change while two are matched are asked about at the next search; who is requeued searches on."""
    await harness.set_up()
    alice, bob = harness.member("Alice"), harness.member("Bob")
    for member in (alice, bob):
        await press(member, await member.slash(harness.study, "study now", subject="Maths"), "I agree")
    await harness.match(alice, bob)
    await harness.set_up(rules=OWN, rules_version=2)
    shown = text_of(await alice.slash(harness.study, "study now"))
    assert "You're matched with Bob" in shown
    await alice_leaves(harness, alice, bob)
    await janitor_step(harness)
    assert await ticket_of(harness, bob) is not None
    assert "Cameras are welcome." in text_of(await alice.slash(harness.study, "study now"))


async def test_a_gate_comes_before_the_rules(harness: ChatHarness) -> None:
    """A newcomer reads when it opens, and nothing of theirs is kept; when it has opened, the rules come."""
    await harness.set_up(gate=Gate.CAREFUL)
    alice = harness.member("Alice")
    joined_at(harness, alice.id, timedelta())
    assert "You're new here" in text_of(await alice.slash(harness.study, "study now", subject="Maths"))
    assert await harness.store.postponed_searches.find(harness.guild.id, alice.id) is None
    joined_at(harness, alice.id, timedelta(days=3))
    assert text_of(await alice.slash(harness.study, "study now")) == ASKED


async def test_a_gate_that_closes_before_the_answer_stays_closed(harness: ChatHarness) -> None:
    """Agreeing begins no search that would be refused; later the same button does."""
    await harness.set_up()
    alice = harness.member("Alice")
    joined_at(harness, alice.id, timedelta())
    asked = await alice.slash(harness.study, "study now", subject="Maths")
    await harness.set_up(gate=Gate.CAREFUL)
    [refusal] = (await press(alice, asked, "I agree")).followups
    assert "You're new here" in text_of(refusal)
    assert await ticket_of(harness, alice) is None
    joined_at(harness, alice.id, timedelta(days=3))
    await press(alice, asked, "I agree")
    ticket = await ticket_of(harness, alice)
    assert ticket is not None
    assert ticket.wishes.subject == "Maths"


async def test_who_has_agreed_is_asked_no_more(harness: ChatHarness) -> None:
    """Not even while the search that they asked for cannot begin."""
    await harness.set_up()
    alice = harness.member("Alice")
    joined_at(harness, alice.id, timedelta())
    asked = await alice.slash(harness.study, "study now", subject="Maths")
    await harness.set_up(gate=Gate.CAREFUL)
    await press(alice, asked, "I agree")
    assert "You're not waiting" in text_of(await alice.slash(harness.study, "study status"))


async def test_what_is_no_longer_offered_is_left_out(harness: ChatHarness) -> None:
    """The admins have changed the subjects before the answer."""
    full = await harness.set_up()
    alice = harness.member("Alice")
    asked = await alice.slash(harness.study, "study now", subject="Maths", length="25")
    await harness.set_up(subjects=full.subjects[:1])
    await press(alice, asked, "I agree")
    ticket = await ticket_of(harness, alice)
    assert ticket is not None
    assert (ticket.wishes.subject, ticket.wishes.lengths) == ("any", (25,))
