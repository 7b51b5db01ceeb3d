"""Messages in the sandbox's page: who sees them, their links, buttons, selects and forms."""

import pytest
from playwright.async_api import expect

from tests.browser.sandbox.conftest import OpenPage
from tests.browser.sandbox.scripted_sandbox import (
    INVITATION,
    MODAL,
    PEOPLE,
    SELECT,
    STUDY,
    ScriptedSandbox,
    button,
    direct,
    text_display,
)

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def test_ephemeral_message(sandbox: ScriptedSandbox, open_page: OpenPage) -> None:
    """An ephemeral message is shown to its reader alone, says so, and can be dismissed."""
    page = await open_page()
    message_id = sandbox.write_message(
        STUDY, to="bob", content="Looking.", interaction={"command": "study now", "user": PEOPLE["bob"]}
    )
    message = page.window("bob").message("Looking.")
    await expect(message).to_contain_text("Bob used /study now")
    await expect(message).to_contain_text("Only you can see this")
    await expect(page.window("alice").message("Looking.")).to_have_count(0)
    await message.get_by_role("button", name="Dismiss").click()
    sandbox.feed.publish({"gone": message_id})
    await expect(message).to_have_count(0)
    assert sandbox.requests == [("dismiss", {"person": "12", "message": message_id})]


async def test_link_to_the_room(sandbox: ScriptedSandbox, open_page: OpenPage) -> None:
    """A link to the web part uses the person's own host and no opener; other links are unchanged."""
    other = {"type": 2, "style": 5, "label": "Elsewhere", "url": "https://example.org/x"}
    sandbox.write_message(direct("alice"), components=[*INVITATION, {"type": 1, "components": [other]}])
    window = (await open_page()).window("alice")
    await window.direct_messages()
    await expect(window.link("Open the room")).to_have_attribute("href", "http://alice.localhost:8766/j#secret")
    await expect(window.link("Open the room")).to_have_attribute("rel", "noopener noreferrer")
    await expect(window.link("Elsewhere")).to_have_attribute("href", "https://example.org/x")


async def test_button(sandbox: ScriptedSandbox, open_page: OpenPage) -> None:
    """Pressing a button sends the person, the message and the button."""
    message_id = sandbox.write_message(STUDY, components=[{"type": 1, "components": [button("Find")]}])
    await (await open_page()).window("bob").press("Find")
    await sandbox.wait_for_request("press", {"person": "12", "channel": STUDY, "message": message_id, "id": "Find"})


async def test_select(sandbox: ScriptedSandbox, open_page: OpenPage) -> None:
    """A select with several values is sent once, when it closes."""
    message_id = sandbox.write_message(STUDY, components=[{"type": 1, "components": [SELECT]}])
    await (await open_page()).window("bob").choose("Choose topics", "Maths", "Biology")
    asked = {"person": "12", "channel": STUDY, "message": message_id, "id": "topics"}
    await sandbox.wait_for_request("press", asked | {"values": ["maths", "biology"]})


async def test_modal(sandbox: ScriptedSandbox, open_page: OpenPage) -> None:
    """A modal covers its person's window only, supports every kind of field, and returns the focus."""
    sandbox.write_message(STUDY, components=[{"type": 1, "components": [button("Change")]}])
    sandbox.answers = {"press": {"modal": MODAL}}
    page = await open_page()
    window = page.window("bob")
    await window.press("Change")
    await window.dialog.get_by_role("combobox", name="Subject").click()
    await window.dialog.get_by_role("option", name="Physics").click()
    await window.dialog.get_by_role("radio", name="Talk").check()
    await window.dialog.get_by_role("checkbox", name="25 minutes").check()
    await window.dialog.get_by_role("textbox", name="Wait").fill("20")
    await expect(page.window("alice").box).to_be_enabled()
    await window.dialog.get_by_role("button", name="Send").click()
    await expect(window.dialog).to_have_count(0)
    values = {"subject": ["physics"], "style": "talk", "lengths": ["25", "50"], "wait": "20"}
    assert sandbox.requests[-1] == ("submit", {"person": "12", "modal": "77", "values": values})
    await expect(window.log.get_by_role("button", name="Change")).to_be_focused()


async def test_cancelled_modal(sandbox: ScriptedSandbox, open_page: OpenPage) -> None:
    """A missing field is named; Escape closes without sending."""
    sandbox.answers = {"command": {"modal": MODAL}}
    window = (await open_page()).window("dana")
    await window.command("/buddy setup")
    await window.dialog.get_by_role("textbox", name="Wait").fill("20")
    await window.dialog.get_by_role("button", name="Send").click()
    await expect(window.dialog.get_by_role("alert")).to_have_text("Subject is still empty.")
    await window.page.keyboard.press("Escape")
    await expect(window.dialog).to_have_count(0)
    assert [action for action, _ in sandbox.requests] == ["command"]


async def test_focus_survives_an_edit(sandbox: ScriptedSandbox, open_page: OpenPage) -> None:
    """When the bot edits a message, the focus stays on the same button."""
    message_id = sandbox.write_message(STUDY, components=[{"type": 1, "components": [button("Change")]}])
    window = (await open_page()).window("alice")
    await window.log.get_by_role("button", name="Change").focus()
    sandbox.edit_message(
        message_id, components=[text_display("More words."), {"type": 1, "components": [button("Change")]}]
    )
    await expect(window.message("More words.")).to_be_visible()
    await expect(window.log.get_by_role("button", name="Change")).to_be_focused()
