"""The sandbox's page with the real bot: what a newcomer, a student with closed direct messages and an admin do."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from bot.sandbox.sandbox import Sandbox
from tests.browser.sandbox.sandbox_page import SandboxPage
from tests.sandbox.sandbox_without_video import sandbox_without_video

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(loop_scope="module")
async def sandbox() -> AsyncIterator[Sandbox]:
    async with sandbox_without_video() as up:
        yield up


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser, sandbox: Sandbox) -> AsyncIterator[SandboxPage]:
    context = await browser.new_context(viewport={"width": 1600, "height": 900}, color_scheme="dark")
    yield await SandboxPage.open(context, sandbox.addresses.sandbox)
    await context.close()


async def test_a_newcomer(page: SandboxPage) -> None:
    """From opening the page to two open rooms: two commands, two messages, and two links on hosts of their own."""
    alice, bob = page.window("alice"), page.window("bob")
    await alice.command("/study now subject:Maths")
    await expect(alice.message("Be kind.")).to_contain_text("Only you can see this")
    await alice.press("I agree")
    await expect(alice.message("Looking for a partner")).to_contain_text("Only you can see this")
    await bob.press("Find a partner")
    await bob.press("I agree")
    await expect(alice.unread).to_have_count(1)
    await alice.direct_messages()
    await bob.direct_messages()
    await expect(alice.message("You're matched with Bob")).to_be_visible()
    await expect(page.page.locator("#getting-started [aria-current]")).to_contain_text("Both press Open the room")
    for window, name in ((alice, "alice"), (bob, "bob")):
        room = await window.follow("Open the room")
        await expect(room).to_have_url(re.compile(rf"//{name}\.localhost:"))
        await room.close()


async def test_restart(page: SandboxPage) -> None:
    """After the bot is restarted, the buttons of a waiting student's card still work."""
    alice = page.window("alice")
    await alice.command("/study now")
    await alice.press("I agree")
    await expect(alice.message("Looking for a partner")).to_be_visible()
    await page.restart_bot()
    await alice.press("Stop waiting")
    await expect(alice.log.get_by_role("button", name="Stop waiting")).to_have_count(0)


async def test_closed_direct_messages(page: SandboxPage) -> None:
    """A student with closed direct messages gets the link in the channel as an ephemeral message."""
    alice, bob = page.window("alice"), page.window("bob")
    await alice.close_direct_messages()
    await expect(alice.node).to_contain_text("direct messages closed")
    for student in (alice, bob):
        await student.command("/study now")
        await student.press("I agree")
    await expect(alice.link("Open the room")).to_be_visible()
    await expect(bob.log.get_by_role("article").filter(has_text="You're matched with Alice")).to_have_count(1)


async def test_autocomplete(page: SandboxPage) -> None:
    """The choices that the bot offers for typed text can be chosen."""
    bob = page.window("bob")
    await bob.box.press_sequentially("/study now subject:phy")
    await bob.node.get_by_role("option", name="Physics").click()
    await bob.box.press("Enter")
    await bob.press("I agree")
    await expect(bob.message("Looking for a partner")).to_contain_text("Physics")


async def test_an_admin(page: SandboxPage) -> None:
    """An admin goes through the setup card in place: a step with its selects, the overview, a form."""
    dana = page.window("dana")
    await dana.command("/buddy setup")
    changes = dana.log.get_by_role("button", name="Change", exact=True)
    await changes.nth(1).click()
    await expect(dana.log.get_by_role("combobox")).to_have_count(2)
    await dana.press("All settings")
    await changes.nth(3).click()
    await dana.dialog.get_by_role("button", name="Send").click()
    await expect(dana.dialog).to_have_count(0)
    await expect(dana.log.get_by_role("article")).to_have_count(1)


async def test_admin_commands_are_hidden_from_students(page: SandboxPage) -> None:
    """A student is not offered admin commands."""
    alice = page.window("alice")
    await alice.box.press_sequentially("/")
    await expect(alice.node.get_by_role("option", name="/study now")).to_be_visible()
    await expect(alice.node.get_by_role("option", name="/buddy setup")).to_have_count(0)
