"""The panel *Server* of the sandbox's page: opening it, its switches, members, roles and channels, and the bot."""

import pytest
from playwright.async_api import Locator, expect

from tests.browser.sandbox.conftest import OpenPage
from tests.browser.sandbox.sandbox_page import SandboxPage
from tests.browser.sandbox.scripted_sandbox import COLLEGE, PEOPLE, SERVER, Json, ScriptedSandbox, servers, switch

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def open_panel(page: SandboxPage) -> Locator:
    """Open the panel from the top bar."""
    await page.page.get_by_role("button", name="Server", exact=True).click()
    panel = page.page.get_by_role("region", name="Server")
    await expect(panel.get_by_role("heading", name="Server", exact=True)).to_be_focused()
    return panel


async def open_part(panel: Locator, name: str) -> None:
    """Open a part of the panel that is closed at first."""
    await panel.locator("summary", has_text=name).click()


async def test_it_opens_beside_the_windows(open_page: OpenPage) -> None:
    """It is closed at first; open, it takes one window's place; Escape closes it and returns the focus."""
    page = await open_page(width=1600)
    await expect(page.page.get_by_role("region", name="Server")).to_be_hidden()
    await open_panel(page)
    await expect(page.page.get_by_role("tab")).to_have_count(2)
    await page.page.keyboard.press("Escape")
    await expect(page.page.get_by_role("region", name="Server")).to_be_hidden()
    await expect(page.page.get_by_role("button", name="Server", exact=True)).to_be_focused()
    await expect(page.page.get_by_role("tab")).to_have_count(0)


async def test_on_a_phone(open_page: OpenPage) -> None:
    """It takes the place of the windows, which come back when it is closed."""
    page = await open_page(width=390, height=844)
    panel = await open_panel(page)
    await expect(page.window("alice").node).to_be_hidden()
    box = await panel.bounding_box()
    assert box is not None
    assert box["width"] == 390
    await panel.get_by_role("button", name="Close the panel").click()
    await expect(page.window("alice").node).to_be_visible()


async def test_switches(sandbox: ScriptedSandbox, open_page: OpenPage) -> None:
    """A switch is turned by keyboard, shows what the sandbox says, and keeps the focus; how many are on is told."""
    page = await open_page()
    panel = await open_panel(page)
    await expect(panel.locator("summary", has_text="#study")).to_contain_text("1 on")
    await open_part(panel, "#study")
    hide = panel.get_by_role("switch", name="Hide #study from the bot")
    await expect(hide).not_to_be_checked()
    await hide.focus()
    await page.page.keyboard.press("Space")
    await sandbox.wait_for_request("switch", {"server": SERVER, "id": "b", "on": True})
    first, *others = servers()
    sandbox.servers = [{**first, "switches": [switch("b", "Hide #study from the bot", on=True)]}, *others]
    sandbox.feed.publish({"snapshot": sandbox.snapshot()})
    await expect(hide).to_be_checked()
    await expect(hide).to_be_focused()
    await page.page.keyboard.press("Space")
    await sandbox.wait_for_request("switch", {"server": SERVER, "id": "b", "on": False})


async def test_newcomers(sandbox: ScriptedSandbox, open_page: OpenPage) -> None:
    """The switch *Careful* is there for a server that was set up, and shows what the bot has stored."""
    panel = await open_panel(await open_page())
    careful = panel.get_by_role("switch", name="Careful: newcomers wait before their first search")
    await careful.click()
    await sandbox.wait_for_request("careful", {"server": SERVER, "on": True})
    await expect(careful).not_to_be_checked()
    sandbox.careful = {SERVER: True}
    sandbox.feed.publish({"snapshot": sandbox.snapshot()})
    await expect(careful).to_be_checked()
    await panel.get_by_role("combobox", name="Which server").select_option(label="College")
    await expect(careful).to_have_count(0)


async def test_members(sandbox: ScriptedSandbox, open_page: OpenPage) -> None:
    """Roles are given and taken, and members timed out, kicked and banned; who is not there may join."""
    panel = await open_panel(await open_page())
    await open_part(panel, "Bob")
    await open_part(panel, "Not in this server")
    bob: Json = {"server": SERVER, "member": PEOPLE["bob"]}
    steps: list[tuple[Locator, str, Json]] = [
        (panel.get_by_role("checkbox", name="Students"), "role", {**bob, "role": "301", "given": True}),
        (panel.get_by_role("button", name="Time out 10 min: Bob"), "time-out", {**bob, "minutes": 10}),
        (panel.get_by_role("button", name="Kick: Bob"), "kick", bob),
        (panel.get_by_role("button", name="Ban: Bob"), "ban", bob),
        (panel.get_by_role("button", name="Let join: Zoe"), "join", {"server": SERVER, "member": PEOPLE["zoe"]}),
    ]
    for pressed, action, body in steps:
        await pressed.click()
        await sandbox.wait_for_request(action, body)
    assert sandbox.requests == [(action, body) for _, action, body in steps]


async def test_who_is_banned_or_timed_out(sandbox: ScriptedSandbox, open_page: OpenPage) -> None:
    """A timeout can be ended and a ban lifted; a person who is in no server keeps the direct messages."""
    first, *others = servers()
    members: Json = {**first["members"]}  # type: ignore[dict-item]  # a mapping
    del members[PEOPLE["bob"]]
    members[PEOPLE["alice"]] = {**members[PEOPLE["alice"]], "timed_out_until": "2026-05-04T17:00:00+00:00"}  # type: ignore[dict-item]  # a mapping
    sandbox.servers = [{**first, "members": members, "banned": [PEOPLE["bob"]]}, *others]
    page = await open_page()
    await expect(page.window("alice").node).to_contain_text("timed out")
    await expect(page.window("bob").node).to_contain_text("In no server")
    panel = await open_panel(page)
    await open_part(panel, "Alice")
    await panel.get_by_role("button", name="End timeout: Alice").click()
    await sandbox.wait_for_request("time-out", {"server": SERVER, "member": PEOPLE["alice"], "minutes": 0})
    await open_part(panel, "Not in this server")
    await panel.get_by_role("button", name="Unban: Bob").click()
    await sandbox.wait_for_request("unban", {"server": SERVER, "member": PEOPLE["bob"]})


async def test_another_server(sandbox: ScriptedSandbox, open_page: OpenPage) -> None:
    """The panel shows the server that is chosen in it."""
    panel = await open_panel(await open_page())
    await panel.get_by_role("combobox", name="Which server").select_option(label="College")
    await expect(panel.locator("summary", has_text="Zoe")).to_contain_text("Under 18")
    await panel.get_by_role("button", name="Remove from the server").click()
    await sandbox.wait_for_request("remove-bot", {"server": COLLEGE})


async def test_inviting_the_bot(sandbox: ScriptedSandbox, open_page: OpenPage) -> None:
    """Where the bot is not, it can be invited, and its ban lifted."""
    first, second = servers()
    sandbox.servers = [{**first, "has_bot": False}, {**second, "has_bot": False, "banned": ["1"]}]
    panel = await open_panel(await open_page())
    await expect(panel.get_by_text("Hey Buddy isn't in Study Hall.")).to_be_visible()
    await panel.get_by_role("button", name="Invite Hey Buddy").click()
    await sandbox.wait_for_request("invite-bot", {"server": SERVER})
    await panel.get_by_role("combobox", name="Which server").select_option(label="College")
    await panel.get_by_role("button", name="Lift the ban").click()
    await sandbox.wait_for_request("unban", {"server": COLLEGE, "member": "1"})


async def test_roles_and_channels(sandbox: ScriptedSandbox, open_page: OpenPage) -> None:
    """They are added, renamed and deleted; what is typed stays when the panel is drawn again."""
    panel = await open_panel(await open_page())
    await open_part(panel, "Channels")
    name = panel.get_by_role("textbox", name="Name of the channel study", exact=True)
    await name.fill("library")
    first, *others = servers()
    sandbox.servers = [{**first, "has_bot": False}, *others]
    sandbox.feed.publish({"snapshot": sandbox.snapshot()})
    await expect(panel.get_by_text("Hey Buddy isn't in Study Hall.")).to_be_visible()
    await expect(name).to_have_value("library")
    await name.press("Enter")
    await sandbox.wait_for_request("rename", {"server": SERVER, "id": "101", "name": "library"})
    await panel.get_by_role("textbox", name="New channel").fill("exams")
    await panel.get_by_role("button", name="Add channel").click()
    await sandbox.wait_for_request("add-channel", {"server": SERVER, "name": "exams"})
    await expect(panel.get_by_role("textbox", name="New channel")).to_have_value("")
    await open_part(panel, "Roles")
    await panel.get_by_role("button", name="Delete the role Students").click()
    await sandbox.wait_for_request("delete", {"server": SERVER, "id": "301"})


async def test_a_refusal(sandbox: ScriptedSandbox, open_page: OpenPage) -> None:
    """Why something cannot be done is said in the panel."""
    sandbox.refusals = {"remove-bot": "Hey Buddy isn't in Study Hall."}
    panel = await open_panel(await open_page())
    await panel.get_by_role("button", name="Remove from the server").click()
    await expect(panel.get_by_role("alert")).to_have_text("Hey Buddy isn't in Study Hall.")
