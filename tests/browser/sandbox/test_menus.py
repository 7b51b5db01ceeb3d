"""The menus in the header of a person's window."""

import pytest
from playwright.async_api import expect

from tests.browser.sandbox.conftest import OpenPage
from tests.browser.sandbox.scripted_sandbox import MEMBERS, MODAL, PEOPLE, STUDY, Json, ScriptedSandbox, person

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def test_close_direct_messages(sandbox: ScriptedSandbox, open_page: OpenPage) -> None:
    """The settings menu closes a person's direct messages."""
    await (await open_page()).window("alice").close_direct_messages()
    await sandbox.wait_for_request("direct-messages", {"person": "11", "channel": STUDY, "closed": True})


async def test_an_open_menu_survives_updates(sandbox: ScriptedSandbox, open_page: OpenPage) -> None:
    """An update is shown beside an open menu, which stays open; a menu opened later shows the new state."""
    alice = (await open_page()).window("alice").node
    await alice.get_by_role("button", name="Switch").click()
    people = [person(key) | {"closed": key == "alice"} for key in PEOPLE]
    sandbox.feed.publish({"snapshot": sandbox.snapshot() | {"people": people}})
    await expect(alice.get_by_text("direct messages closed")).to_be_visible()
    await expect(alice.get_by_role("menu", name="Show someone else here")).to_be_visible()
    await alice.get_by_role("button", name="Settings of Alice").click()
    await expect(alice.get_by_role("menuitem", name="Open direct messages")).to_be_visible()


async def test_apps_on_a_member(sandbox: ScriptedSandbox, open_page: OpenPage) -> None:
    """The bot's entries are offered for each other member of the channel, and may open a form."""
    sandbox.answers = {"menu": {"modal": MODAL}}
    window = (await open_page()).window("alice")
    await window.node.get_by_role("button", name="Settings of").click()
    entries = window.node.get_by_role("menuitem", name="Report a member")
    await expect(entries).to_have_count(len(MEMBERS) - 1)
    await entries.filter(has_text="Bob").click()
    asked: Json = {"person": "11", "channel": STUDY, "command": "Report a member", "member": "12"}
    await sandbox.wait_for_request("menu", asked)
    await expect(window.dialog.get_by_role("heading", name="Change your wishes")).to_be_visible()


async def test_people_are_listed_by_server(open_page: OpenPage) -> None:
    """The menu to switch shows each server's members with their roles, and the arrow keys pass over the headings."""
    window = (await open_page()).window("alice")
    await window.node.get_by_role("button", name="Switch").click()
    menu = window.node.get_by_role("menu", name="Show someone else here")
    await expect(menu.get_by_text("College", exact=True)).to_be_visible()
    await expect(menu.get_by_role("menuitemradio", name="Zoe")).to_contain_text("Under 18")
    await window.page.keyboard.press("End")
    await expect(menu.get_by_role("menuitemradio", name="Zoe")).to_be_focused()
    await window.page.keyboard.press("ArrowDown")
    await expect(menu.get_by_role("menuitemradio", name="Alice")).to_be_focused()
