"""Publishing the panel."""

import pytest

from tests.chat.chat_harness import ChatHarness
from tests.chat.shown import custom_id_of, message_of, text_of


async def test_the_panel_is_edited_while_it_is_there(harness: ChatHarness) -> None:
    """It is posted again only after it was deleted."""
    await harness.set_up()
    dana = harness.admin("Dana")
    card = message_of(await dana.slash(harness.study, "buddy setup"))
    await dana.click(card, label="Post the button")
    first = harness.last_public_message()
    await dana.click(card, label="Post the button again")
    assert len(harness.study.history()) == 1
    harness.env.backend.delete_message(harness.study.id, first.id)
    await dana.click(card, label="Post the button again")
    second = harness.last_public_message()
    assert second.id != first.id
    server = await harness.store.servers.get(harness.guild.id)
    assert server is not None
    assert server.panel_message_id == second.id


async def test_a_panel_that_discord_refuses_is_not_stored(harness: ChatHarness) -> None:
    """The card says where to look."""
    await harness.set_up()
    dana = harness.admin("Dana")
    card = message_of(await dana.slash(harness.study, "buddy setup"))
    harness.env.inject_error("POST", "/channels/*/messages", status=403, code=50013)
    await dana.click(card, custom_id=custom_id_of(card, "hb:setup:post"))
    assert "Discord didn't let me post there." in text_of(card)
    server = await harness.store.servers.get(harness.guild.id)
    assert server is not None
    assert server.panel_message_id is None


@pytest.mark.parametrize(("method", "status"), [("PATCH", 404), ("POST", 403)])
async def test_a_refusal_that_is_not_discords_changes_no_panel(harness: ChatHarness, method: str, status: int) -> None:
    """A page in between says neither that the panel is gone nor that we may not write there."""
    await harness.set_up()
    dana = harness.admin("Dana")
    card = message_of(await dana.slash(harness.study, "buddy setup"))
    if method == "PATCH":
        await dana.click(card, label="Post the button")
    before = [message.id for message in harness.study.history()]
    harness.env.inject_error(method, "/channels/*/messages*", status=status)
    await dana.click(card, custom_id=custom_id_of(card, "hb:setup:post"))
    assert [message.id for message in harness.study.history()] == before
    assert "Discord didn't let me post there." not in text_of(card)


async def test_a_deleted_panel_is_noticed(harness: ChatHarness) -> None:
    """The light is not green while members cannot find the button; what cannot be read is no reason to doubt it."""
    await harness.set_up()
    dana = harness.admin("Dana")
    card = message_of(await dana.slash(harness.study, "buddy setup"))
    await dana.click(card, label="Post the button")
    assert "🟢 Pairing is on." in text_of(card)
    for status in (503, 404):
        harness.env.inject_error("GET", "/channels/*/messages/*", status=status)
        await dana.click(card, label="Check again")
        assert "🟢 Pairing is on." in text_of(card), status
    harness.env.backend.delete_message(harness.study.id, harness.last_public_message().id)
    await dana.click(card, label="Check again")
    assert "🟠 Pairing is on, but my button is gone." in text_of(card)
    await dana.click(card, label="Post the button again")
    assert "🟢 Pairing is on." in text_of(card)
