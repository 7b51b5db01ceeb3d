"""The composer in the sandbox's page: commands, options and plain text."""

import asyncio

import pytest
from playwright.async_api import expect

from tests.browser.sandbox.conftest import OpenPage
from tests.browser.sandbox.scripted_sandbox import (
    PEOPLE,
    STUDY,
    Json,
    ScriptedSandbox,
    direct,
)

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def test_command_by_keyboard(sandbox: ScriptedSandbox, open_page: OpenPage) -> None:
    """A command with options is typed by keyboard: chips, choices, the bot's autocomplete."""
    sandbox.answers = {
        "complete": {
            "choices": [{"name": "Physics · your last one", "value": "physics"}, {"name": "Any", "value": "any"}]
        }
    }
    box = (await open_page()).window("alice").box
    await box.press_sequentially("/stu")
    await box.press("Enter")
    await box.press_sequentially("style:")
    await box.press("ArrowUp")
    await box.press("Enter")
    await box.press_sequentially("subject:")
    await expect(box.page.get_by_role("option", name="Physics")).to_contain_text("your last one")
    await box.press("ArrowDown")
    await box.press("Enter")
    await box.press("Enter")
    await expect(box).to_have_value("")
    values = {"style": "talk", "subject": "physics"}
    await sandbox.wait_for_request(
        "command",
        {"person": "11", "channel": STUDY, "command": "study now", "values": values},
    )


async def test_tab_completes_as_in_discord(sandbox: ScriptedSandbox, open_page: OpenPage) -> None:
    """A command, an option and a value; with Shift, or without a list, it leads on."""
    box = (await open_page()).window("alice").box
    await box.press_sequentially("/stu")
    await box.press("Tab")
    await box.press_sequentially("sty")
    await box.press("Tab")
    await box.press("Tab")
    await expect(box).to_be_focused()
    await box.press("Enter")
    await sandbox.wait_for_request(
        "command",
        {"person": "11", "channel": STUDY, "command": "study now", "values": {"style": "quiet"}},
    )
    await box.press_sequentially("/stu")
    await box.press("Shift+Tab")
    await expect(box).not_to_be_focused()
    await box.focus()
    await box.press("Escape")
    await box.press("Tab")
    await expect(box).not_to_be_focused()


@pytest.mark.parametrize(
    ("typed", "command", "values"),
    [
        ("/study now", "study now", {}),
        (
            "/study now subject:Computer science length:25,50",
            "study now",
            {"subject": "Computer science", "length": "25,50"},
        ),
        (
            "/study now subject:Exam prep: Maths length:1:15",
            "study now",
            {"subject": "Exam prep: Maths", "length": "1:15"},
        ),
        ("/study now style:quiet wait:20", "study now", {"style": "quiet", "wait": 20}),
        ("/study block member:Bob", "study block", {"member": PEOPLE["bob"]}),
    ],
)
async def test_typed_command(
    sandbox: ScriptedSandbox, open_page: OpenPage, typed: str, command: str, values: dict[str, object]
) -> None:
    """A command typed as text is sent with its options."""
    await (await open_page()).window("alice").command(typed)
    body: Json = {"person": "11", "channel": STUDY, "command": command, "values": values}
    await sandbox.wait_for_request("command", body)
    assert sandbox.requests == [("command", body)]


async def test_typed_key_by_key(sandbox: ScriptedSandbox, open_page: OpenPage) -> None:
    """The name of an option ends the value before it, whether that is chosen from a list or free."""
    window = (await open_page()).window("alice")
    await window.box.press_sequentially("/study now style:Quiet subject:Exam prep: Maths length:25,50 wait:20")
    await expect(window.node.locator(".chip")).to_have_text(["style Quiet", "subject Exam prep: Maths", "length 25,50"])
    await window.box.press("Enter")
    await window.box.press("Enter")
    values = {"style": "quiet", "subject": "Exam prep: Maths", "length": "25,50", "wait": 20}
    body: Json = {"person": "11", "channel": STUDY, "command": "study now", "values": values}
    await sandbox.wait_for_request("command", body)


async def test_a_wrong_value_ends_no_option(sandbox: ScriptedSandbox, open_page: OpenPage) -> None:
    """What was typed stays, to be corrected."""
    window = (await open_page()).window("alice")
    await window.box.press_sequentially("/study now style:loud wait:")
    await expect(window.node.get_by_role("alert")).to_have_text("Choose style from the list.")
    await expect(window.box).to_have_value("loud wait:")
    assert sandbox.requests == []


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("/study dance", "There's no command like that here. Type / to see them all."),
        ("/study now wait:90", "wait has to be a whole number from 1 to 60."),
        ("/study now style:loud", "Choose style from the list."),
        ("/study now languages:German", "This command has no such option."),
        (f"/study now subject:{'a' * 101}", "subject takes 1 to 100 letters."),
        ("/study now wait:5 subject:", "subject takes 1 to 100 letters."),
        ("/study now length:", "Fill in length first."),
        ("/study block", "Fill in member first."),
        ("/buddy setup", "There's no command like that here. Type / to see them all."),
    ],
)
async def test_invalid_command(sandbox: ScriptedSandbox, open_page: OpenPage, typed: str, problem: str) -> None:
    """An invalid command is not sent, and the composer says why."""
    window = (await open_page()).window("alice")
    await window.box.fill(typed)
    await window.box.press("Enter")
    await expect(window.node.get_by_role("alert")).to_have_text(problem)
    assert sandbox.requests == []


@pytest.mark.parametrize("refused", ["/study now wait:90 style:quiet", "/study now style:loud", "/study block"])
async def test_another_command_after_a_refused_one(sandbox: ScriptedSandbox, open_page: OpenPage, refused: str) -> None:
    """A text that begins with a slash is a command, whatever was begun before it; a refused text stays."""
    window = (await open_page()).window("alice")
    await window.box.fill(refused)
    await window.box.press("Enter")
    await expect(window.node.get_by_role("alert")).not_to_be_empty()
    await expect(window.box).to_have_value(refused if ":" in refused else "")
    await window.command("/study now wait:5")
    body: Json = {"person": "11", "channel": STUDY, "command": "study now", "values": {"wait": 5}}
    await sandbox.wait_for_request("command", body)


async def test_escape(sandbox: ScriptedSandbox, open_page: OpenPage) -> None:
    """Escape closes the suggestions, then discards the command."""
    window = (await open_page()).window("alice")
    await window.box.press_sequentially("/study now ")
    also = window.node.get_by_role("button", name="subject", exact=True)
    await expect(also).to_be_visible()
    await window.box.press("Escape")
    await expect(also).to_be_hidden()
    await window.box.press("Escape")
    await expect(window.box).to_have_attribute("placeholder", "Message #study, or type /")
    assert sandbox.requests == []


async def test_editing_a_chip(sandbox: ScriptedSandbox, open_page: OpenPage) -> None:
    """A filled option is a chip that can be pressed to change it."""
    window = (await open_page()).window("alice")
    await window.box.press_sequentially("/study now length:25")
    await window.box.press("Enter")
    await window.node.get_by_role("button", name="length 25").click()
    await expect(window.box).to_have_value("25")
    await window.box.fill("50")
    await window.box.press("Enter")
    await window.node.get_by_role("button", name="Send /study now").click()
    body: Json = {"person": "11", "channel": STUDY, "command": "study now", "values": {"length": "50"}}
    await sandbox.wait_for_request("command", body)


async def test_plain_text(sandbox: ScriptedSandbox, open_page: OpenPage) -> None:
    """Plain text is posted into the open channel."""
    window = (await open_page()).window("bob")
    await window.channel("study-hall")
    await window.say("Anyone here?")
    body: Json = {"person": "12", "channel": "102", "text": "Anyone here?"}
    await sandbox.wait_for_request("say", body)
    assert sandbox.requests == [("say", body)]


async def test_failed_action(sandbox: ScriptedSandbox, open_page: OpenPage) -> None:
    """If the bot does not answer, the caller's window says so."""
    sandbox.refusals = {"command": "Hey Buddy did not answer within 3 seconds."}
    page = await open_page()
    await page.window("alice").command("/study now")
    await expect(page.window("alice").message("did not answer")).to_contain_text("Alice used /study now")
    await page.window("alice").press("Dismiss")
    await expect(page.window("alice").message("did not answer")).to_have_count(0)


async def test_thinking(sandbox: ScriptedSandbox, open_page: OpenPage) -> None:
    """While the bot has not answered, the page shows that it is thinking."""
    sandbox.release_answers = asyncio.Event()
    window = (await open_page()).window("alice")
    await window.command("/study now")
    await expect(window.message("thinking")).to_be_visible()
    sandbox.release_answers.set()
    await expect(window.message("thinking")).to_have_count(0)


async def test_direct_messages_offer_the_commands_that_work_there(
    sandbox: ScriptedSandbox, open_page: OpenPage
) -> None:
    """The admin's command is for servers; the others are called in the channel of the direct messages."""
    window = (await open_page()).window("dana")
    await window.direct_messages()
    await window.box.press_sequentially("/")
    options = window.box.page.get_by_role("option")
    await expect(options.filter(has_text="/study now")).to_have_count(1)
    await expect(options.filter(has_text="/buddy setup")).to_have_count(0)
    await window.box.fill("/study now")
    await window.box.press("Enter")
    await window.box.press("Enter")
    await sandbox.wait_for_request(
        "command",
        {"person": PEOPLE["dana"], "channel": direct("dana"), "command": "study now", "values": {}},
    )
