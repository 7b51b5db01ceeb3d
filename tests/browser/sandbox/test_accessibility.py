"""The sandbox's page can be used by everybody: axe finds no violations."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.sandbox.conftest import OpenPage
from tests.browser.sandbox.scripted_sandbox import (
    COMPONENTS_V2,
    INVITATION,
    MODAL,
    PEOPLE,
    SELECT,
    STAFF,
    STUDY,
    ScriptedSandbox,
    button,
    card,
    direct,
    text_display,
)
from tools.page import PAGE

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


AXE = PAGE / "node_modules" / "axe-core" / "axe.min.js"


def write_examples(sandbox: ScriptedSandbox) -> None:
    """Messages with one of everything that the page can render."""
    sandbox.write_message(
        STUDY, components=card(text_display("### Study with someone"), {"type": 1, "components": [button("Find", 3)]})
    )
    sandbox.write_message(
        STUDY, to="bob", content="Looking for a partner.", interaction={"command": "study now", "user": PEOPLE["bob"]}
    )
    sandbox.write_message(direct("alice"), components=INVITATION, flags=COMPONENTS_V2)
    styles = [button(name, style) for style, name in enumerate(("First", "Second", "Third", "Harm"), start=1)]
    section = {"type": 9, "components": [text_display("**Where**\n-# In <#101>.")], "accessory": button("Change")}
    sandbox.write_message(
        STAFF, components=card(section, {"type": 1, "components": [SELECT]}, {"type": 1, "components": styles})
    )
    sandbox.write_message(
        STAFF,
        embeds=[{"title": "On", "description": "By <@19>", "color": 1, "fields": [{"name": "Role", "value": "all"}]}],
    )


async def violations(page: Page) -> list[str]:
    """The violations that axe finds on the page in its current state."""
    found = await page.evaluate(AXE.read_text(encoding="utf-8") + "; axe.run()")
    return [f"{rule['id']}: {node['html']}" for rule in found["violations"] for node in rule["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1600, 900), (1280, 800), (390, 844)])
async def test_axe(sandbox: ScriptedSandbox, open_page: OpenPage, scheme: str, width: int, height: int) -> None:
    """Axe finds no accessibility violation in either colour scheme at any size."""
    write_examples(sandbox)
    page = await open_page(width=width, height=height, scheme=scheme)
    alice = page.window("alice")
    await expect(alice.message("Study with someone")).to_be_visible()
    assert await violations(page.page) == []
    await alice.direct_messages()
    await expect(alice.link("Open the room")).to_be_visible()
    assert await violations(page.page) == []


async def test_axe_with_open_lists_and_dialogs(sandbox: ScriptedSandbox, open_page: OpenPage) -> None:
    """Axe finds nothing while lists, menus and dialogs are open."""
    write_examples(sandbox)
    sandbox.answers = {
        "press": {"modal": MODAL},
        "complete": {"choices": [{"name": "Physics · quickest", "value": "physics"}]},
    }
    page = await open_page()
    await page.window("bob").press("Find")
    await expect(page.window("bob").dialog).to_be_visible()
    await page.window("dana").node.get_by_role("combobox", name="Choose topics").click()
    assert await violations(page.page) == []
    await page.window("alice").box.press_sequentially("/study now subject:")
    await expect(page.window("alice").node.get_by_role("option", name="Physics")).to_be_visible()
    assert await violations(page.page) == []
    await page.window("dana").node.get_by_role("button", name="Switch").click()
    assert await violations(page.page) == []


@pytest.mark.parametrize(("width", "scheme"), [(1600, "light"), (1280, "dark"), (390, "light"), (390, "dark")])
async def test_axe_with_the_panel(open_page: OpenPage, width: int, scheme: str) -> None:
    """Axe finds nothing in the panel *Server* with every part of it open."""
    page = await open_page(width=width, scheme=scheme)
    await page.page.get_by_role("button", name="Server", exact=True).click()
    parts = page.page.locator(".server-panel summary")
    await expect(parts.first).to_be_visible()
    for part in await parts.all():
        await part.click()
    assert await violations(page.page) == []
