"""Answers of setup that depend on others: Strict and its role, the end of searches, and how pictures are shown."""

import pytest

from bot.chat.setup.steps import Step
from bot.domain.gate import Gate
from bot.domain.server import Audience, Closed, is_open, why_closed
from bot.words import words_for
from tests.chat.chat_harness import ChatHarness
from tests.chat.setup.setup_card import choose, go_to, open_setup, press, saved_settings
from tests.chat.shown import labels_of, text_of

WORDS = words_for()


async def test_strict_is_saved_with_a_role_only(harness: ChatHarness) -> None:
    """Without one the card says what comes first; then the role stays as long as Strict does."""
    await harness.set_up()
    dana = harness.admin("Dana")
    card = await open_setup(harness, dana)
    await go_to(dana, card, Step.PEOPLE)
    await choose(dana, card, "gate", "strict")
    assert WORDS("chat.setup.note.gate_needs_role") in text_of(card)
    assert (await saved_settings(harness)).gate is Gate.OPEN
    role = harness.guild.create_role("Students")
    await choose(dana, card, "role", role)
    await choose(dana, card, "gate", "strict")
    assert WORDS("chat.setup.note.gate_needs_role") not in text_of(card)
    await choose(dana, card, "role")
    assert WORDS("chat.setup.note.role_stays") in text_of(card)
    server = await saved_settings(harness)
    assert (server.gate, server.role_id) == (Gate.STRICT, role.id)
    await choose(dana, card, "gate", "careful")
    await choose(dana, card, "role")
    assert (await saved_settings(harness)).role_id is None


async def test_strict_without_a_role_closes_a_server(harness: ChatHarness) -> None:
    """However it came to be saved: nobody is let in, admins and members read why, and a role opens it."""
    await harness.set_up(gate=Gate.STRICT)
    server = await saved_settings(harness)
    assert why_closed(server) is Closed.NO_REQUIRED_ROLE
    alice, dana = harness.member("Alice"), harness.admin("Dana")
    shown = await alice.slash(harness.study, "study now")
    assert "Pairing in Study Hall needs a role that its admins haven't chosen yet." in text_of(shown)
    assert await harness.store.tickets.waiting_versions(harness.clock.now()) == {}
    card = await open_setup(harness, dana)
    assert WORDS("chat.setup.state.no_required_role") in text_of(card)
    assert WORDS("chat.setup.pause") not in labels_of(card)
    await go_to(dana, card, Step.PEOPLE)
    assert WORDS("chat.check.gate_needs_role") in text_of(card)
    await choose(dana, card, "role", harness.guild.create_role("Students"))
    assert is_open(await saved_settings(harness))


@pytest.mark.parametrize("answer", ["mixed", "unsure"])
@pytest.mark.parametrize("somebody_waits", [True, False])
async def test_who_separates_pools_reads_that_searches_end(
    harness: ChatHarness, answer: str, *, somebody_waits: bool
) -> None:
    """With the answer, if somebody waits there; answering the same again ends nothing more."""
    await harness.set_up()
    dana, alice = harness.admin("Dana"), harness.member("Alice")
    if somebody_waits:
        await alice.slash(harness.study, "study now")
    card = await open_setup(harness, dana)
    await go_to(dana, card, Step.AUDIENCE)
    await press(dana, card, f"audience:{answer}:")
    assert (WORDS("chat.setup.note.searches_end") in text_of(card)) is somebody_waits
    await press(dana, card, "audience:mixed:")
    assert WORDS("chat.setup.note.searches_end") not in text_of(card)


async def test_when_partners_see_each_other(harness: ChatHarness) -> None:
    """Adults' servers choose; where pools are separated there is no choice, and the overview says so too."""
    await harness.set_up()
    dana = harness.admin("Dana")
    card = await open_setup(harness, dana)
    assert "Partner's picture: At once" in text_of(card)
    await go_to(dana, card, Step.AUDIENCE)
    await press(dana, card, "video:hidden:")
    assert (await saved_settings(harness)).hides_partner_video
    assert "Partner's picture: After Show video" in text_of(await open_setup(harness, dana))
    await press(dana, card, "video:shown:")
    assert not (await saved_settings(harness)).hides_partner_video
    await press(dana, card, "audience:unsure:")
    assert WORDS("chat.setup.video.fixed") in text_of(card)
    assert WORDS("chat.setup.video.shown") not in labels_of(card)
    assert "Partner's picture: After Show video" in text_of(await open_setup(harness, dana))
    assert (await saved_settings(harness)).audience is Audience.UNSURE
