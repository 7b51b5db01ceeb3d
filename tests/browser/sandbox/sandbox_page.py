"""The sandbox's page as a person uses it: elements are found by what people see, not by how the page is built."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from playwright.async_api import BrowserContext, Locator, Page, expect
from playwright.async_api import TimeoutError as NotInTime

STILL_THERE_MS = 2_000


class SandboxPage:
    """The open page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @classmethod
    async def open(cls, context: BrowserContext, url: str) -> "SandboxPage":
        """Open the page at `url` and wait until it shows people."""
        page = await context.new_page()
        await page.goto(url)
        await expect(page.locator("[data-person]").first).to_be_visible()
        return cls(page)

    def window(self, person: str) -> "PersonWindow":
        """The window of a person, by key: "alice"."""
        return PersonWindow(self.page, self.page.locator(f'[data-person="{person}"]'))

    def status(self, name: str) -> Locator:
        """The status called Bot, Page or Video, with its text."""
        return self.page.get_by_role("list", name="What is running").get_by_role("listitem").filter(has_text=name)

    async def restart_bot(self) -> None:
        """Press *Restart bot* and wait until it is back."""
        await self.page.get_by_role("button", name="Restart bot").click()
        await expect(self.page.get_by_role("status")).to_have_text("The bot is back.")


class PersonWindow:
    """One person's window."""

    def __init__(self, page: Page, node: Locator) -> None:
        self.page = page
        self.node = node
        self.log = node.get_by_role("log")
        self.box = node.locator("form.composer").get_by_role("combobox")
        self.dialog = node.get_by_role("dialog")

    async def command(self, text: str) -> None:
        """Type a command ("/study now subject:Maths") and send it."""
        await self.box.fill(text)
        await self.box.press("Enter")
        await expect(self.box).to_have_value("")

    async def say(self, text: str) -> None:
        """Post a message into the open channel."""
        await self.command(text)

    async def channel(self, name: str) -> None:
        """Open the server's channel `name`."""
        await self.node.get_by_role("navigation").get_by_role("button", name=name, exact=True).click()

    async def direct_messages(self) -> None:
        """Open the direct messages with the bot."""
        await self.node.get_by_role("navigation").get_by_role("button", name="Hey Buddy").click()

    @property
    def unread(self) -> Locator:
        """The dots at channels with unread messages."""
        return self.node.get_by_role("navigation").get_by_text("unread")

    def message(self, text: str) -> Locator:
        """The newest message that contains `text`."""
        return self.log.get_by_role("article").filter(has_text=text).last

    async def press(self, name: str, *, redraws: bool = False) -> None:
        """Press the newest button called `name`. If that `redraws` its message, wait until the bot has done so."""
        button = self.log.get_by_role("button", name=name, exact=True).last
        async with AsyncExitStack() as stack:
            if redraws:
                await stack.enter_async_context(_redrawn(button))
            await button.click()

    def link(self, name: str) -> Locator:
        """The newest link button called `name`."""
        return self.log.get_by_role("link", name=name).last

    async def follow(self, name: str) -> Page:
        """Press the newest link button called `name` and return the tab it opens."""
        async with self.page.expect_popup() as opened:
            await self.link(name).click()
        return await opened.value

    async def choose(self, label: str, *options: str, redraws: bool = False) -> None:
        """Choose `options` in the newest select called `label`. Opens it again if the bot draws the message anew.

        If the choice `redraws` the message, wait until the bot has done so.
        """
        select = self.node.locator(".select").filter(has=self.page.get_by_role("combobox", name=label)).last
        async with AsyncExitStack() as stack:
            if redraws:
                await stack.enter_async_context(_redrawn(select))
            for option in options:
                entry = select.get_by_role("option", name=option)
                while not await entry.is_visible() or not await _clicked(entry):
                    await select.get_by_role("combobox").click()
            if await select.get_by_role("listbox").is_visible():
                await select.get_by_role("combobox").click()

    async def close_direct_messages(self) -> None:
        """Refuse the bot's direct messages."""
        await self._choose_setting("Close direct messages")

    async def open_direct_messages(self) -> None:
        """Accept them again."""
        await self._choose_setting("Open direct messages")

    async def _choose_setting(self, name: str) -> None:
        await self.node.get_by_role("button", name="Settings of").click()
        await self.node.get_by_role("menuitem", name=name).click()

    async def switch_to(self, person: str) -> "PersonWindow":
        """Replace this person by `person` ("Noor") and return their window."""
        await self.node.get_by_role("button", name="Switch").click()
        await self.node.get_by_role("menuitemradio", name=person).click()
        return PersonWindow(self.page, self.page.locator(f'[data-person="{person.lower()}"]'))


@asynccontextmanager
async def _redrawn(node: Locator) -> AsyncIterator[None]:
    """At the end, wait until what was there before is gone: what a message offers names the state that it shows."""
    shown = await node.element_handle()
    yield
    await shown.wait_for_element_state("hidden")


async def _clicked(node: Locator) -> bool:
    """Click something that may disappear at any moment. Returns whether it was there."""
    try:
        await node.click(timeout=STILL_THERE_MS)
    except NotInTime:
        return False
    return True
