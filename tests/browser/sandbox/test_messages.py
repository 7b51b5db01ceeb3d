"""Messages in the sandbox's page: who sees them, their links, buttons, selects and forms."""

from base64 import b64decode, b64encode

import pytest
from playwright.async_api import FilePayload, expect

from tests.browser.sandbox.conftest import OpenPage
from tests.browser.sandbox.scripted_sandbox import (
    INVITATION,
    MODAL,
    PEOPLE,
    SELECT,
    STAFF,
    STUDY,
    Json,
    ScriptedSandbox,
    button,
    card,
    direct,
    text_display,
)

PICTURE = b64decode(  # one pixel
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
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
    await sandbox.wait_for_request("dismiss", {"person": "12", "message": message_id})
    sandbox.feed.publish({"gone": message_id})
    await expect(message).to_have_count(0)
    assert [action for action, _ in sandbox.requests] == ["dismiss"]


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
    await window.say("Not now.")
    await sandbox.wait_for_request("say", {"person": "19", "channel": STAFF, "text": "Not now."})
    assert [action for action, _ in sandbox.requests] == ["command", "say"]


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


async def test_pictures_and_files(sandbox: ScriptedSandbox, open_page: OpenPage) -> None:
    """Pictures of the bot are shown with their descriptions; files can be saved; one from elsewhere is described."""
    address = "http://127.0.0.1:1/attachments/1"
    names = ("waits.png", "matches.png", "small.png")
    sandbox.attachments.update({f"/attachments/1/{name}": PICTURE for name in names})
    gallery = [
        {"media": {"url": f"{address}/waits.png"}, "description": "Waiting times"},
        {"media": {"url": f"{address}/matches.png"}, "description": "Matches"},
        {"media": {"url": "https://example.org/x.png"}, "description": "From elsewhere"},
    ]
    thumbnail = {"type": 11, "media": {"url": f"{address}/small.png"}, "description": "A week"}
    file = {"type": 13, "file": {"url": f"{address}/data.json"}, "name": "data.json", "size": 2048}
    section = {"type": 9, "components": [text_display("This week")], "accessory": thumbnail}
    sandbox.write_message(STUDY, components=card(section, {"type": 12, "items": gallery}, file))
    log = (await open_page()).window("alice").log
    for name in ("Waiting times", "Matches", "A week"):
        picture = log.get_by_role("img", name=name)
        await expect(picture).to_be_visible()
        assert await picture.evaluate("picture => picture.decode().then(() => picture.naturalWidth)") == 1
    await expect(log.get_by_text("Picture: From elsewhere")).to_be_visible()
    await expect(log.get_by_role("link", name="data.json")).to_have_attribute("download", "data.json")
    await expect(log.get_by_text("2 KB")).to_be_visible()


async def test_a_select_with_a_default(sandbox: ScriptedSandbox, open_page: OpenPage) -> None:
    """The default is shown; choosing it again sends nothing, and one that may be empty is cleared by it."""
    select = {
        "type": 6,
        "custom_id": "role",
        "placeholder": "Which role",
        "default_values": [{"id": "301", "type": "role"}],
    }
    message_id = sandbox.write_message(STUDY, components=card({"type": 1, "components": [select]}))
    window = (await open_page()).window("alice")
    await expect(window.log.get_by_role("combobox")).to_have_text("@Students")
    await window.choose("Which role", "@Students")
    may_be_empty = {"type": 1, "components": [{**select, "min_values": 0}]}
    sandbox.edit_message(message_id, components=card(text_display("Any role, or none."), may_be_empty))
    await expect(window.message("Any role, or none.")).to_be_visible()
    await window.choose("Which role", "@Students")
    asked: Json = {"person": "11", "channel": STUDY, "message": message_id, "id": "role", "values": []}
    await sandbox.wait_for_request("press", asked)
    assert sandbox.requests == [("press", asked)]


async def test_a_select_offers_what_its_server_has(sandbox: ScriptedSandbox, open_page: OpenPage) -> None:
    """Roles and members of another server are not offered."""
    selects: list[Json] = [
        {"type": 1, "components": [{"type": kind, "custom_id": label, "placeholder": label}]}
        for kind, label in ((6, "Which role"), (5, "Whom"), (8, "Which channel"))
    ]
    sandbox.write_message(STUDY, components=card(*selects))
    window = (await open_page()).window("alice")
    for label, expected in (
        ("Which role", ["@Students", "@Staff", "@everyone"]),
        ("Whom", ["@Alice", "@Bob", "@Noor", "@Dana", "@Jonas"]),
        ("Which channel", ["#study", "#study-hall", "#staff"]),
    ):
        await window.log.get_by_role("combobox", name=label).click()
        await expect(window.log.get_by_role("option")).to_have_text(expected)
        await window.page.keyboard.press("Escape")


async def test_a_file_in_a_form(sandbox: ScriptedSandbox, open_page: OpenPage) -> None:
    """A file is sent with the form; one that is required is asked for."""
    upload = {"type": 19, "custom_id": "proof", "max_values": 2}
    form = {"id": "78", "title": "Report", "components": [{"type": 18, "label": "Screenshot", "component": upload}]}
    sandbox.answers = {"command": {"modal": form}}
    window = (await open_page()).window("dana")
    await window.command("/buddy setup")
    await window.dialog.get_by_role("button", name="Send").click()
    await expect(window.dialog.get_by_role("alert")).to_have_text("Screenshot is still empty.")
    file = FilePayload(name="a.png", mimeType="image/png", buffer=PICTURE)
    await window.dialog.get_by_label("Screenshot").set_input_files(file)
    await window.dialog.get_by_role("button", name="Send").click()
    await expect(window.dialog).to_have_count(0)
    values = {"proof": [{"name": "a.png", "data": b64encode(PICTURE).decode()}]}
    assert sandbox.requests[-1] == ("submit", {"person": "19", "modal": "78", "values": values})
