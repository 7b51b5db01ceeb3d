"""The sandbox's page alone, over a server on paper: what it draws, how it is driven, who can use it."""

import asyncio

import pytest
from playwright.async_api import Page, WebSocketRoute, expect

from tests.browser.sandbox.conftest import Open
from tests.browser.sandbox.scripted_sandbox import (
    BOT,
    COMPONENTS_V2,
    MODAL,
    PEOPLE,
    STAFF,
    STUDY,
    ScriptedSandbox,
    button,
    card,
    direct,
    words,
)
from tools.page import PAGE

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

AXE = PAGE / "node_modules" / "axe-core" / "axe.min.js"
SELECT = {"type": 3, "custom_id": "topics", "placeholder": "Choose topics", "min_values": 1, "max_values": 2} | {
    "options": [{"label": name, "value": name.lower()} for name in ("Maths", "Physics", "Biology")]
}
INVITATION = card(
    words("### You have a partner: Noor\nYou both want quiet maths.\n-# This link is only for you."),
    {
        "type": 1,
        "components": [
            {"type": 2, "style": 5, "label": "Open the room", "url": "http://localhost:8766/j#secret"},
            button("I can't make it"),
        ],
    },
    {"type": 14},
    words("-# Be kind."),
)


def furnish(sandbox: ScriptedSandbox) -> None:
    """Something of everything that can be drawn."""
    sandbox.write(
        STUDY, components=card(words("### Study with somebody"), {"type": 1, "components": [button("Find", 3)]})
    )
    sandbox.write(
        STUDY, to="bob", content="Looking for a partner.", interaction={"command": "study now", "user": PEOPLE["bob"]}
    )
    sandbox.write(direct("alice"), components=INVITATION, flags=COMPONENTS_V2)
    styles = [button(name, style) for style, name in enumerate(("First", "Second", "Third", "Harm"), start=1)]
    section = {"type": 9, "components": [words("**Where**\n-# In <#101>.")], "accessory": button("Change")}
    sandbox.write(
        STAFF, components=card(section, {"type": 1, "components": [SELECT]}, {"type": 1, "components": styles})
    )
    sandbox.write(
        STAFF,
        embeds=[{"title": "On", "description": "By <@19>", "color": 1, "fields": [{"name": "Role", "value": "all"}]}],
    )


async def violations(page: Page) -> list[str]:
    """What axe finds on the page as it stands."""
    found = await page.evaluate(AXE.read_text(encoding="utf-8") + "; axe.run()")
    return [f"{rule['id']}: {node['html']}" for rule in found["violations"] for node in rule["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1600, 900), (1280, 800), (390, 844)])
async def test_axe(sandbox: ScriptedSandbox, opened: Open, scheme: str, width: int, height: int) -> None:
    """Everybody can use it: in both looks, in every size, axe finds nothing."""
    furnish(sandbox)
    page = await opened(width=width, height=height, scheme=scheme)
    assert await violations(page.page) == []
    await page.window("alice").direct_messages()
    assert await violations(page.page) == []


async def test_axe_open_things(sandbox: ScriptedSandbox, opened: Open) -> None:
    """Nor does it while lists, menus and dialogs are open."""
    furnish(sandbox)
    sandbox.answers = {
        "press": {"modal": MODAL},
        "complete": {"choices": [{"name": "Physics · quickest", "value": "physics"}]},
    }
    page = await opened()
    await page.window("bob").press("Find")
    await expect(page.window("bob").dialog).to_be_visible()
    await page.window("dana").node.get_by_role("combobox", name="Choose topics").click()
    assert await violations(page.page) == []
    await page.window("alice").box.press_sequentially("/study now subject:")
    await expect(page.window("alice").node.get_by_role("option", name="Physics")).to_be_visible()
    assert await violations(page.page) == []
    await page.window("dana").node.get_by_role("button", name="Switch").click()
    assert await violations(page.page) == []


@pytest.mark.parametrize(
    ("width", "side_by_side", "tabs"),
    [
        (1600, ["alice", "bob", "dana"], []),
        (1280, ["alice", "bob"], ["Bob", "Dana"]),
        (390, ["alice"], ["Alice", "Bob", "Dana"]),
    ],
)
async def test_places(opened: Open, width: int, side_by_side: list[str], tabs: list[str]) -> None:
    """As many stand side by side as fit; the others are behind tabs."""
    page = await opened(width=width)
    shown = [key for key in ("alice", "bob", "dana") if await page.window(key).node.is_visible()]
    assert shown == side_by_side
    assert await page.page.get_by_role("tab").all_inner_texts() == tabs


async def test_tabs_by_keyboard(opened: Open) -> None:
    """Arrows go from tab to tab and bring the person to the front."""
    page = await opened(width=390)
    await page.page.get_by_role("tab", name="Alice").focus()
    await page.page.keyboard.press("ArrowRight")
    await expect(page.page.get_by_role("tab", name="Bob")).to_be_focused()
    await expect(page.window("bob").node).to_be_visible()
    await expect(page.window("alice").node).to_be_hidden()


async def test_columns_are_wide_enough(opened: Open) -> None:
    """A window is never under 440 px where two or three stand side by side."""
    for width in (1400, 932):
        page = await opened(width=width)
        box = await page.window("alice").node.bounding_box()
        assert box is not None
        assert box["width"] >= 440


async def test_command_by_keyboard(sandbox: ScriptedSandbox, opened: Open) -> None:
    """A command with options, without a mouse: chips, choices, suggestions of the bot."""
    sandbox.answers = {
        "complete": {
            "choices": [{"name": "Physics · your last one", "value": "physics"}, {"name": "Any", "value": "any"}]
        }
    }
    box = (await opened()).window("alice").box
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
    assert sandbox.asked[-1] == (
        "command",
        {"person": "11", "channel": STUDY, "command": "study now", "values": values},
    )


@pytest.mark.parametrize(
    ("written", "command", "values"),
    [
        ("/study now", "study now", {}),
        (
            "/study now subject:Computer science length:25,50",
            "study now",
            {"subject": "Computer science", "length": "25,50"},
        ),
        ("/study now style:quiet wait:20", "study now", {"style": "quiet", "wait": 20}),
        ("/study block member:Bob", "study block", {"member": PEOPLE["bob"]}),
    ],
)
async def test_command_written_out(
    sandbox: ScriptedSandbox, opened: Open, written: str, command: str, values: dict[str, object]
) -> None:
    """A command written out in one go is sent as it stands."""
    await (await opened()).window("alice").command(written)
    assert sandbox.asked == [("command", {"person": "11", "channel": STUDY, "command": command, "values": values})]


@pytest.mark.parametrize(
    ("written", "trouble"),
    [
        ("/study dance", "There is no such command."),
        ("/study now wait:90", "wait is a whole number from 1 to 60."),
        ("/study now style:loud", "Choose one of the list for style."),
        ("/study block", "member is needed."),
        ("/buddy setup", "There is no such command."),
    ],
)
async def test_command_that_is_none(sandbox: ScriptedSandbox, opened: Open, written: str, trouble: str) -> None:
    """What cannot be sent is not; the box says why."""
    window = (await opened()).window("alice")
    await window.box.fill(written)
    await window.box.press("Enter")
    await expect(window.node.get_by_role("alert")).to_have_text(trouble)
    assert sandbox.asked == []


async def test_escape(sandbox: ScriptedSandbox, opened: Open) -> None:
    """Escape closes the list, then lets the command go."""
    window = (await opened()).window("alice")
    await window.box.press_sequentially("/study now ")
    also = window.node.get_by_role("button", name="subject", exact=True)
    await expect(also).to_be_visible()
    await window.box.press("Escape")
    await expect(also).to_be_hidden()
    await window.box.press("Escape")
    await expect(window.box).to_have_attribute("placeholder", "Message #study, or type /")
    assert sandbox.asked == []


async def test_chip_is_opened_again(sandbox: ScriptedSandbox, opened: Open) -> None:
    """A filled option is a chip; pressed, it can be changed."""
    window = (await opened()).window("alice")
    await window.box.press_sequentially("/study now length:25")
    await window.box.press("Enter")
    await window.node.get_by_role("button", name="length 25").click()
    await expect(window.box).to_have_value("25")
    await window.box.fill("50")
    await window.box.press("Enter")
    await window.node.get_by_role("button", name="Send /study now").click()
    await expect(window.box).to_have_value("")
    assert sandbox.asked[-1][1]["values"] == {"length": "50"}


async def test_plain_words(sandbox: ScriptedSandbox, opened: Open) -> None:
    """Plain words are a message in the open channel."""
    window = (await opened()).window("bob")
    await window.channel("study-hall")
    await window.say("Anyone here?")
    assert sandbox.asked == [("say", {"person": "12", "channel": "102", "text": "Anyone here?"})]


async def test_only_you(sandbox: ScriptedSandbox, opened: Open) -> None:
    """An answer for one is seen by one, says so, and can be dismissed."""
    page = await opened()
    message_id = sandbox.write(
        STUDY, to="bob", content="Looking.", interaction={"command": "study now", "user": PEOPLE["bob"]}
    )
    message = page.window("bob").message("Looking.")
    await expect(message).to_contain_text("Bob used /study now")
    await expect(message).to_contain_text("Only you can see this")
    await expect(page.window("alice").message("Looking.")).to_have_count(0)
    await message.get_by_role("button", name="Dismiss").click()
    sandbox.feed.publish({"gone": message_id})
    await expect(message).to_have_count(0)
    assert sandbox.asked == [("dismiss", {"person": "12", "message": message_id})]


async def test_own_cookie_jar(sandbox: ScriptedSandbox, opened: Open) -> None:
    """A link to our page opens under the person's own name, in a tab that cannot reach back; other links stay."""
    other = {"type": 2, "style": 5, "label": "Elsewhere", "url": "https://example.org/x"}
    sandbox.write(direct("alice"), components=[*INVITATION, {"type": 1, "components": [other]}])
    window = (await opened()).window("alice")
    await window.direct_messages()
    await expect(window.link("Open the room")).to_have_attribute("href", "http://alice.localhost:8766/j#secret")
    await expect(window.link("Open the room")).to_have_attribute("rel", "noopener noreferrer")
    await expect(window.link("Elsewhere")).to_have_attribute("href", "https://example.org/x")


async def test_button(sandbox: ScriptedSandbox, opened: Open) -> None:
    """A button tells who pressed what where."""
    message_id = sandbox.write(STUDY, components=[{"type": 1, "components": [button("Find")]}])
    await (await opened()).window("bob").press("Find")
    await sandbox.is_asked("press", {"person": "12", "channel": STUDY, "message": message_id, "id": "Find"})


async def test_select(sandbox: ScriptedSandbox, opened: Open) -> None:
    """A select of several is sent once, when it closes."""
    message_id = sandbox.write(STUDY, components=[{"type": 1, "components": [SELECT]}])
    await (await opened()).window("bob").choose("Choose topics", "Maths", "Biology")
    asked = {"person": "12", "channel": STUDY, "message": message_id, "id": "topics"}
    await sandbox.is_asked("press", asked | {"values": ["maths", "biology"]})


async def test_modal(sandbox: ScriptedSandbox, opened: Open) -> None:
    """A modal opens over its person's window alone, takes every kind of field, and gives the focus back."""
    sandbox.write(STUDY, components=[{"type": 1, "components": [button("Change")]}])
    sandbox.answers = {"press": {"modal": MODAL}}
    page = await opened()
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
    assert sandbox.asked[-1] == ("submit", {"person": "12", "modal": "77", "values": values})
    await expect(window.log.get_by_role("button", name="Change")).to_be_focused()


async def test_modal_is_left(sandbox: ScriptedSandbox, opened: Open) -> None:
    """What is missing is named; Escape leaves without sending."""
    sandbox.answers = {"command": {"modal": MODAL}}
    window = (await opened()).window("dana")
    await window.command("/buddy setup")
    await window.dialog.get_by_role("textbox", name="Wait").fill("20")
    await window.dialog.get_by_role("button", name="Send").click()
    await expect(window.dialog.get_by_role("alert")).to_have_text("Subject is still empty.")
    await window.page.keyboard.press("Escape")
    await expect(window.dialog).to_have_count(0)
    assert [action for action, _ in sandbox.asked] == ["command"]


async def test_unread(sandbox: ScriptedSandbox, opened: Open) -> None:
    """A message in a channel that is not open makes a dot, which goes when one looks."""
    page = await opened(width=1280)
    window = page.window("bob")
    sandbox.write(direct("bob"), content="You have a partner.")
    sandbox.write(direct("dana"), content="Somebody reported.")
    await expect(window.unread).to_have_count(1)
    await expect(page.page.get_by_role("tab", name="Dana unread")).to_be_visible()
    await window.direct_messages()
    await expect(window.unread).to_have_count(0)


async def test_focus_survives_an_edit(sandbox: ScriptedSandbox, opened: Open) -> None:
    """The bot edits a card while somebody stands on its button: they stay there."""
    message_id = sandbox.write(STUDY, components=[{"type": 1, "components": [button("Change")]}])
    window = (await opened()).window("alice")
    await window.log.get_by_role("button", name="Change").focus()
    sandbox.edit(message_id, components=[words("More words."), {"type": 1, "components": [button("Change")]}])
    await expect(window.message("More words.")).to_be_visible()
    await expect(window.log.get_by_role("button", name="Change")).to_be_focused()


async def test_switch(opened: Open) -> None:
    """Another person takes the place; one who stands elsewhere changes places."""
    page = await opened()
    noor = await page.window("bob").switch_to("Noor")
    await expect(noor.node).to_be_visible()
    await expect(page.window("bob").node).to_have_count(0)
    await noor.switch_to("Alice")
    places = page.page.locator("[data-person]")
    assert [await place.get_attribute("data-person") for place in await places.all()] == ["noor", "alice", "dana"]
    await expect(page.page.locator("#getting-started [aria-current]")).to_contain_text("Noor sends /study now")


async def test_refusal_is_told(sandbox: ScriptedSandbox, opened: Open) -> None:
    """What the bot did not answer is told to the one who asked, in their window."""
    sandbox.refused = {"command": "Hey Buddy did not answer within 3 seconds."}
    page = await opened()
    await page.window("alice").command("/study now")
    await expect(page.window("alice").message("did not answer")).to_contain_text("Alice used /study now")
    await page.window("alice").press("Dismiss")
    await expect(page.window("alice").message("did not answer")).to_have_count(0)


async def test_thinking(sandbox: ScriptedSandbox, opened: Open) -> None:
    """While the bot takes its time, the page shows that it thinks."""
    sandbox.slow = asyncio.Event()
    window = (await opened()).window("alice")
    await window.command("/study now")
    await expect(window.message("thinking")).to_be_visible()
    sandbox.slow.set()
    await expect(window.message("thinking")).to_have_count(0)


async def test_restart(sandbox: ScriptedSandbox, opened: Open) -> None:
    """The bot's restart is one press, and is told when it is done."""
    await (await opened()).restart_bot()
    assert sandbox.asked == [("restart", {})]


async def test_steps(sandbox: ScriptedSandbox, opened: Open) -> None:
    """What to try ticks itself as it is done, and writes the command if asked."""
    page = await opened()
    steps = page.page.get_by_role("region", name="What to try")
    await steps.get_by_role("button", name="Write it for me").click()
    await expect(page.window("alice").box).to_have_value("/study now")
    sandbox.write(STUDY, to="alice", interaction={"command": "study now", "user": PEOPLE["alice"]})
    await expect(steps.get_by_role("listitem").filter(has_text="done")).to_have_count(1)
    await expect(steps.locator("[aria-current]")).to_contain_text("Bob sends /study now")


async def test_comes_back(sandbox: ScriptedSandbox, opened: Open) -> None:
    """A line that breaks is mended, and nothing is missing afterwards."""
    page = await opened()
    lines: list[WebSocketRoute] = []

    def through(line: WebSocketRoute) -> None:
        lines.append(line)
        line.connect_to_server()

    await page.page.route_web_socket("**/live", through)
    await page.page.reload()
    await expect(page.status("Bot")).to_contain_text("connected")
    await lines[0].close()
    sandbox.messages.append(
        {"id": "5000", "channel_id": STUDY, "author": BOT, "timestamp": "2026-05-04T17:00:00Z", "content": "Meanwhile."}
    )
    await expect(page.window("alice").message("Meanwhile.")).to_be_visible()
