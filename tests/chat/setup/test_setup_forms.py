"""The forms of the server's own words: for the panel, and for the rules. Those of the topics are in `test_drafts`."""

from simcord import MemberActor, ResponseMessage

from bot.chat.setup.steps import Step
from bot.domain.server import Server
from bot.words import words_for
from tests.chat.chat_harness import ChatHarness
from tests.chat.setup.setup_card import go_to, open_setup, press, saved_settings
from tests.chat.shown import text_of

WORDS = words_for()
POST = WORDS("chat.setup.post")


async def answered_card(harness: ChatHarness) -> tuple[MemberActor, ResponseMessage]:
    """An admin and the overview of a server in which the panel can be posted."""
    await harness.set_up()
    dana = harness.admin("Dana")
    return dana, await open_setup(harness, dana)


def version_of(server: Server) -> tuple[tuple[str, ...] | None, int]:
    """The rules and which version they are."""
    return server.rules, server.rules_version


async def test_an_admin_writes_their_own_rules_and_message(harness: ChatHarness) -> None:
    """The preview and the panel show them; other rules are a new version, and empty fields bring ours back."""
    dana, card = await answered_card(harness)
    await go_to(dana, card, Step.LOOK)
    assert WORDS("chat.panel.text") in text_of(card)
    form = await press(dana, card, "rules")
    await dana.submit_modal(form, {"1": "Be  kind\u202e", "2": "", "3": "No phones", "4": "", "5": ""})
    assert version_of(await saved_settings(harness)) == (("Be kind", "No phones"), 2)
    assert "1. Be kind\n2. No phones" in text_of(card)
    await dana.submit_modal(await press(dana, card, "text"), {"text": "Come and study"})
    assert version_of(await saved_settings(harness))[1] == 2
    await dana.click(card, label=POST)
    assert "Come and study" in text_of(harness.last_public_message())
    await harness.restart()
    form = await press(dana, card, "rules")
    assert form.modal is not None
    assert [label["component"].get("value", "") for label in form.modal["components"]] == [
        "Be kind",
        "No phones",
        "",
        "",
        "",
    ]
    await dana.submit_modal(form, dict.fromkeys("12345", ""))
    assert version_of(await saved_settings(harness)) == (None, 3)
    await dana.submit_modal(await press(dana, card, "text"), {"text": WORDS("chat.panel.text")})
    assert (await saved_settings(harness)).panel_text is None


async def test_two_admins_write_rules_at_once(harness: ChatHarness) -> None:
    """The slower one overwrites nothing, and gets the text back; other settings may change meanwhile."""
    dana, card = await answered_card(harness)
    omar = harness.admin("Omar")
    other = await open_setup(harness, omar)
    await go_to(dana, card, Step.LOOK)
    await go_to(omar, other, Step.LOOK)
    slow, quick = await press(dana, card, "rules"), await press(omar, other, "rules")
    await omar.submit_modal(quick, {"1": "Omar's rule"})
    answered = await dana.submit_modal(slow, {"1": "Dana's rule"})
    assert (await saved_settings(harness)).rules is not None
    assert "Omar's rule" in str((await saved_settings(harness)).rules)
    assert WORDS("chat.setup.note.words_changed") in text_of(card)
    [given_back] = answered.followups
    assert (given_back.ephemeral, len(given_back.attachments)) == (True, 1)
    again = await press(dana, card, "rules")
    await harness.store.servers.save(
        await saved_settings(harness), expected_version=(await saved_settings(harness)).version
    )
    await dana.submit_modal(again, {"1": "Dana's rule"})
    assert "Dana's rule" in str((await saved_settings(harness)).rules)


async def test_only_admins_open_the_forms_of_the_words(harness: ChatHarness) -> None:
    """A former admin reads why not."""
    dana, card = await answered_card(harness)
    await go_to(dana, card, Step.LOOK)
    harness.env.backend.get_guild(harness.guild.id).members[dana.id].role_ids.clear()
    shown = await press(dana, card, "rules")
    assert shown.modal is None
    assert WORDS("chat.no.manage_server.text") in text_of(shown)
