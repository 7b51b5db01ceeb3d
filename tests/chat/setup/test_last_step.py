"""The last step of setup: an admin gets two links, meets themselves, and sees four ticks appear."""

from datetime import timedelta
from typing import Any

import pytest
from simcord import MemberActor, ResponseMessage

from bot.chat.setup.steps import Step
from bot.chat.setup.trial_cards import LOOK_AGAIN_IN
from bot.chat.ui.text import time_of_day
from bot.domain.invitation import digest
from bot.domain.message import MessageKind, Route
from bot.domain.restriction import Restriction, RestrictionKind
from bot.domain.server import Audience
from bot.domain.trial import STEP_MISSING_AFTER, TRIAL_LASTS, TRIALS_AN_HOUR, TRIALS_WINDOW, Trial
from bot.store.interactions import LAST_EDIT_AFTER
from bot.words import words_for
from tests.chat.chat_harness import ChatHarness
from tests.chat.outbox import deliver_all, redraw_all
from tests.chat.setup.setup_card import go_to, open_setup, press
from tests.chat.shown import custom_ids_of, labels_of, link_of, text_of
from tests.loops.factories import make_janitor
from tests.store.scenario import Scenario

WORDS = words_for()
SEND, SKIP, DONE = (WORDS(f"chat.setup.{key}") for key in ("trial.send", "trial.skip", "done"))
STEPS = [WORDS(f"chat.trial.step.{step}") for step in ("messages", "page", "links", "video")]


async def at_last_step(harness: ChatHarness, **settings: Any) -> tuple[MemberActor, ResponseMessage]:
    """An admin at the last step."""
    await harness.set_up(panel_message_id=5, **settings)
    dana = harness.admin("Dana")
    card = await open_setup(harness, dana)
    if not any("hb:setup:show:6" in each for each in custom_ids_of(card)):
        await go_to(dana, card, Step.OVERVIEW)
    await go_to(dana, card, Step.TRIAL)
    return dana, card


async def sent(
    harness: ChatHarness, dana: MemberActor, card: ResponseMessage, *, by: Route = Route.DIRECT
) -> tuple[ResponseMessage, list[ResponseMessage]]:
    """Press for links, which come by this route: the message with the ticks, and the two links."""
    pressed = await press(dana, card, "try")
    outbox, now = harness.store.outbox, harness.clock.now()
    fence = await Scenario(harness.store, harness.clock).fence("courier")
    for message in await outbox.find_due(now, 9):
        if message.kind is MessageKind.INVITATION and by is not Route.DIRECT:
            await outbox.reroute(message, by, due_at=message.due_at, reason="closed", now=now, fence=fence)
    await deliver_all(harness)
    ticks, *replies = pressed.followups
    if replies:
        return ticks, replies
    channel = dana.user.dm_channel
    shown = [harness.env.backend.get_message(channel.id, each.id) for each in channel.history()]
    return ticks, [ResponseMessage(harness.env, each) for each in shown]


async def latest(harness: ChatHarness) -> Trial:
    """The server's last trial."""
    found = await harness.store.trials.find_latest(harness.guild.id)
    assert found is not None
    return found


async def look_again(harness: ChatHarness, after: timedelta = LOOK_AGAIN_IN) -> None:
    """Let time pass, and draw what is stale by then."""
    harness.clock.pass_time(seconds=after.total_seconds())
    await redraw_all(harness)


def ticked(ticks: ResponseMessage) -> list[bool]:
    """Which of the steps have a tick."""
    lines = text_of(ticks).splitlines()
    found = [next(line for line in lines if step in line) for step in STEPS]
    return [line.startswith("✅") for line in found]


async def test_two_links_come_and_four_ticks_appear(harness: ChatHarness) -> None:
    """Each within two seconds of what it tells of; the links say that this is a test, and how to use them."""
    dana, card = await at_last_step(harness)
    assert WORDS("chat.setup.trial.text") in text_of(card)
    assert [SEND in labels_of(card), SKIP in labels_of(card), DONE in labels_of(card)] == [True, True, False]
    ticks, links = await sent(harness, dana, card)
    assert WORDS("chat.setup.note.trial_begun") in text_of(card)
    assert DONE in labels_of(card)
    assert ticks.ephemeral
    assert [
        WORDS(f"chat.trial.link.{where}") in text_of(link) for where, link in zip(("here", "there"), links, strict=True)
    ] == [
        True,
        True,
    ]
    assert labels_of(links[0]) == [WORDS("chat.button.open")]
    await look_again(harness)
    assert ticked(ticks) == [True, False, False, False]
    scenario, store = Scenario(harness.store, harness.clock), harness.store
    tokens = [(link_of(link) or "").partition("#")[2] for link in links]
    for token in tokens:
        await store.trials.mark_opened(digest(token), harness.clock.now())
    await look_again(harness)
    assert ticked(ticks) == [True, True, False, False]
    assert await scenario.redeem(tokens[0])
    await look_again(harness)
    assert WORDS("chat.trial.progress.so_far", step=STEPS[2], count=1, all=2) in text_of(ticks)
    assert await scenario.redeem(tokens[1])
    await look_again(harness)
    assert ticked(ticks) == [True, True, True, False]
    assert WORDS("chat.trial.link.used") in text_of(links[0])
    [room] = await store.presence.rooms_in_use()
    for number, seat_id in enumerate(room.seat_ids):
        await store.presence.participant_joined(seat_id, f"PA_{number}", room.room_name, harness.clock.now())
    await look_again(harness)
    assert ticked(ticks) == [True] * 4
    assert WORDS("chat.trial.progress.well") in text_of(ticks)


async def test_the_result_is_kept_for_overview_and_check(harness: ChatHarness) -> None:
    """Whether the test goes on or has ended, also for another admin and after a restart."""
    dana, card = await at_last_step(harness)
    await go_to(dana, card, Step.OVERVIEW)
    assert WORDS("chat.setup.trial.never", days=30) in text_of(card)
    await go_to(dana, card, Step.TRIAL)
    await sent(harness, dana, card)
    when = f"<t:{int((await latest(harness)).started_at.timestamp())}:f>"
    await go_to(dana, card, Step.OVERVIEW)
    assert WORDS("chat.setup.trial.running", when=when, done=1, all=4) in text_of(card)
    harness.clock.pass_time(seconds=TRIAL_LASTS.seconds)
    await make_janitor(harness.store, harness.clock).step(await Scenario(harness.store, harness.clock).fence("janitor"))
    await harness.restart()
    omar = harness.admin("Omar")
    shown = await open_setup(harness, omar)
    assert WORDS("chat.setup.trial.over", when=when, done=1, all=4) in text_of(shown)
    checked = await omar.slash(harness.study, "buddy check")
    assert WORDS("chat.setup.trial.over", when=when, done=1, all=4) in text_of(checked)


async def test_it_ends_with_done_and_the_messages_say_so(harness: ChatHarness) -> None:
    """What was missing stays on the message with the ticks."""
    dana, card = await at_last_step(harness)
    ticks, links = await sent(harness, dana, card)
    await dana.click(card, label=DONE)
    await redraw_all(harness)
    assert (await latest(harness)).ended_at is not None
    assert WORDS("chat.trial.progress.title_over") in text_of(ticks)
    assert WORDS("chat.trial.help.page", address="study.example") in text_of(ticks)
    for link in links:
        assert WORDS("chat.trial.link.over") in text_of(link)
        assert labels_of(link) == []


async def test_the_next_links_end_the_former_test(harness: ChatHarness) -> None:
    """There is one at a time."""
    dana, card = await at_last_step(harness)
    ticks, links = await sent(harness, dana, card)
    harness.clock.pass_time(seconds=30)
    await press(dana, card, "try")
    await redraw_all(harness)
    assert WORDS("chat.trial.progress.title_over") in text_of(ticks)
    assert WORDS("chat.trial.link.over") in text_of(links[0])


@pytest.mark.parametrize("is_matched", [False, True])
async def test_whoever_waits_or_is_matched_finishes_that_first(harness: ChatHarness, is_matched: bool) -> None:
    """They are told so, and no link is sent."""
    dana, card = await at_last_step(harness)
    bob = harness.member("Bob")
    await dana.slash(harness.study, "study now", subject="Maths")
    if is_matched:
        await bob.slash(harness.study, "study now", subject="Maths")
        await harness.match(dana, bob)
    await press(dana, card, "try")
    assert WORDS("chat.setup.note.trial_busy") in text_of(card)
    assert [each.kind for each in await harness.store.outbox.find_due(harness.clock.now(), 9)] == []


async def test_after_many_the_card_says_when_the_next_is_possible(harness: ChatHarness) -> None:
    """Nothing is sent, and the last test goes on."""
    dana, card = await at_last_step(harness)
    begun_at = harness.clock.now()
    for _ in range(TRIALS_AN_HOUR):
        await press(dana, card, "try")
    running = await latest(harness)
    await press(dana, card, "try")
    until = time_of_day(begun_at + TRIALS_WINDOW)
    assert WORDS("chat.setup.note.trial_too_many", until=until) in text_of(card)
    assert (await latest(harness)).id == running.id


async def test_who_is_banned_sends_no_links(harness: ChatHarness) -> None:
    """They read that they can't be matched, and so can't start a test."""
    dana, card = await at_last_step(harness)
    now = harness.clock.now()
    ban = Restriction(id="ban", kind=RestrictionKind.BAN, member_id=dana.id, server_id=None, since=now)
    await harness.store.restrictions.add(ban, now)
    await press(dana, card, "try")
    assert WORDS("chat.setup.note.trial_banned") in text_of(card)
    assert await harness.store.trials.find_latest(harness.guild.id) is None


@pytest.mark.parametrize(
    "settings", [{"paused": True}, {"audience": Audience.UNSAID}, {"audience": Audience.MIXED}, {"role_id": 1}]
)
async def test_it_works_where_nobody_is_matched(harness: ChatHarness, settings: dict[str, Any]) -> None:
    """Also before pairing is switched on, while it is paused, and for an admin whom it would not match."""
    dana, card = await at_last_step(harness, **settings)
    _, links = await sent(harness, dana, card)
    token = (link_of(links[0]) or "").partition("#")[2]
    assert await Scenario(harness.store, harness.clock).redeem(token)


async def test_only_admins_may(harness: ChatHarness) -> None:
    """Somebody who has lost Manage Server since the card was shown is refused."""
    dana, card = await at_last_step(harness)
    harness.env.backend.get_guild(harness.guild.id).members[dana.id].role_ids.clear()
    shown = await press(dana, card, "try")
    assert WORDS("chat.no.manage_server.text") in text_of(shown)
    assert await harness.store.trials.find_latest(harness.guild.id) is None


async def test_links_come_as_replies_if_direct_messages_are_closed(harness: ChatHarness) -> None:
    """Below the ticks, which say so; never as a mention in the channel."""
    dana, card = await at_last_step(harness)
    before = len(harness.study.history())
    ticks, links = await sent(harness, dana, card, by=Route.FOLLOW_UP)
    assert all(link.ephemeral and link_of(link) for link in links)
    await look_again(harness)
    assert ticked(ticks)[0]
    assert WORDS("chat.trial.replies") in text_of(ticks)
    assert len(harness.study.history()) == before


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("Discord refuses the request (403, code 50007: closed)", WORDS("chat.trial.help.unreachable")),
        (
            "Discord refuses the request (400, code 240000: link)",
            WORDS("chat.check.link_refused", address="study.example"),
        ),
    ],
)
async def test_links_that_reach_nobody(harness: ChatHarness, reason: str, told: str) -> None:
    """Why, and what to do about it, at once."""
    dana, card = await at_last_step(harness)
    pressed = await press(dana, card, "try")
    outbox, fence = harness.store.outbox, await Scenario(harness.store, harness.clock).fence("courier")
    for message in await outbox.find_due(harness.clock.now(), 9):
        if message.kind is MessageKind.INVITATION:
            await outbox.mark_failed(message, reason=reason, now=harness.clock.now(), fence=fence)
    await deliver_all(harness)
    [ticks] = pressed.followups
    assert told in text_of(ticks)
    assert ticked(ticks) == [False] * 4


async def test_each_missing_step_gets_its_help_after_a_while(harness: ChatHarness) -> None:
    """Not before; and it goes when the step is done."""
    dana, card = await at_last_step(harness)
    ticks, links = await sent(harness, dana, card)
    tokens = [(link_of(link) or "").partition("#")[2] for link in links]
    store, scenario = harness.store, Scenario(harness.store, harness.clock)
    page = WORDS("chat.trial.help.page", address="study.example")
    await look_again(harness, STEP_MISSING_AFTER - timedelta(seconds=1))
    assert page not in text_of(ticks)
    await look_again(harness)
    assert page in text_of(ticks)
    await store.trials.mark_opened(digest(tokens[0]), harness.clock.now())
    await look_again(harness)
    assert page not in text_of(ticks)
    await look_again(harness, STEP_MISSING_AFTER)
    assert WORDS("chat.trial.help.page_other") in text_of(ticks)
    await store.trials.mark_opened(digest(tokens[1]), harness.clock.now())
    await look_again(harness, STEP_MISSING_AFTER)
    assert WORDS("chat.trial.help.links") in text_of(ticks)
    for token in tokens:
        assert await scenario.redeem(token)
    await look_again(harness, STEP_MISSING_AFTER)
    assert WORDS("chat.trial.help.video") in text_of(ticks)
    await store.readiness.record("web", {"video": "LiveKit refuses our key."}, harness.clock.now())
    harness.clock.pass_time(minutes=3)
    await store.readiness.record("web", {"video": "LiveKit refuses our key."}, harness.clock.now())
    await redraw_all(harness)
    assert WORDS("chat.check.video") in text_of(ticks)
    await store.readiness.record("web", {"video": None}, harness.clock.now())
    [room] = await store.presence.rooms_in_use()
    await store.presence.participant_joined(min(room.seat_ids), "PA_0", room.room_name, harness.clock.now())
    await look_again(harness, STEP_MISSING_AFTER)
    assert WORDS("chat.trial.help.video_other") in text_of(ticks)


async def test_the_ticks_survive_a_restart(harness: ChatHarness) -> None:
    """Another process goes on with them."""
    dana, card = await at_last_step(harness)
    ticks, links = await sent(harness, dana, card)
    await harness.restart()
    assert await Scenario(harness.store, harness.clock).redeem((link_of(links[0]) or "").partition("#")[2])
    await look_again(harness)
    assert WORDS("chat.trial.progress.so_far", step=STEPS[1], count=1, all=2) in text_of(ticks)


async def test_nothing_of_it_is_the_admins_match(harness: ChatHarness) -> None:
    """Status, leave and link speak of no match, and a search can begin."""
    dana, card = await at_last_step(harness)
    await sent(harness, dana, card)
    status = await dana.slash(harness.study, "study status")
    assert WORDS("chat.trial.link.here") not in text_of(status)
    refused = await dana.slash(harness.study, "study link")
    assert WORDS("chat.no.no_match.title") in text_of(refused)
    shown = await dana.slash(harness.study, "study now", subject="Maths")
    assert WORDS("chat.waiting.title") in text_of(shown)


async def test_the_last_edit_still_speaks_of_the_test(harness: ChatHarness) -> None:
    """Replies can be edited for some minutes only; if nobody has ended the test by then, they do not turn into cards of
    a match.
    """
    dana, card = await at_last_step(harness)
    ticks, links = await sent(harness, dana, card, by=Route.FOLLOW_UP)
    await look_again(harness, LAST_EDIT_AFTER)
    assert WORDS("chat.trial.help.page", address="study.example") in text_of(ticks)
    for number, link in enumerate(links, 1):
        assert WORDS("chat.trial.link.title", number=number, all=2) in text_of(link)
