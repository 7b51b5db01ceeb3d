"""The sandbox's page as a person uses it: by what is written on it, never by how it is made."""

from playwright.async_api import BrowserContext, Locator, Page, expect


class SandboxPage:
    """The open page. `column("alice")` is the window of a person who stands there."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @classmethod
    async def open(cls, context: BrowserContext, url: str) -> "SandboxPage":
        """Open the page at `url` and wait until people stand there."""
        page = await context.new_page()
        await page.goto(url)
        await expect(page.locator("[data-person]").first).to_be_visible()
        return cls(page)

    def column(self, person: str) -> "Column":
        """The window of `person` (their key: "alice")."""
        return Column(self.page, self.page.locator(f'[data-person="{person}"]'))

    def light(self, name: str) -> Locator:
        """The light called Bot, Page or Video, with its words."""
        return self.page.get_by_role("list", name="What is running").get_by_role("listitem").filter(has_text=name)

    async def restart_bot(self) -> None:
        """Press *Restart bot* and wait until it is back."""
        await self.page.get_by_role("button", name="Restart bot").click()
        await expect(self.page.get_by_role("status")).to_have_text("The bot is back.", timeout=20_000)


class Column:
    """One person's window."""

    def __init__(self, page: Page, node: Locator) -> None:
        self.page = page
        self.node = node
        self.log = node.get_by_role("log")
        self.box = node.locator("form.composer").get_by_role("combobox")
        self.dialog = node.get_by_role("dialog")

    async def command(self, text: str) -> None:
        """Type a command as one would, "/study now subject:Maths", and send it."""
        await self.box.fill(text)
        await self.box.press("Enter")
        await expect(self.box).to_have_value("")

    async def say(self, text: str) -> None:
        """Write a message into the open channel."""
        await self.command(text)

    async def channel(self, name: str) -> None:
        """Open the server's channel `name`."""
        await self.node.get_by_role("navigation").get_by_role("button", name=name, exact=True).click()

    async def direct_messages(self) -> None:
        """Open the direct messages with the bot."""
        await self.node.get_by_role("navigation").get_by_role("button", name="Hey Buddy").click()

    @property
    def unread(self) -> Locator:
        """The dots of channels with something new."""
        return self.node.get_by_role("navigation").get_by_text("unread")

    def message(self, text: str) -> Locator:
        """The newest message that contains `text`."""
        return self.log.get_by_role("article").filter(has_text=text).last

    async def press(self, name: str) -> None:
        """Press the newest button called `name`."""
        await self.log.get_by_role("button", name=name, exact=True).last.click()

    def link(self, name: str) -> Locator:
        """The newest link button called `name`."""
        return self.log.get_by_role("link", name=name).last

    async def follow(self, name: str) -> Page:
        """Press the newest link button called `name`; answers the tab it opens."""
        async with self.page.expect_popup() as opened:
            await self.link(name).click()
        return await opened.value

    async def choose(self, label: str, *options: str) -> None:
        """Choose `options` of the newest select called `label`."""
        select = self.node.locator(".select").filter(has=self.page.get_by_role("combobox", name=label)).last
        await select.get_by_role("combobox").click()
        for option in options:
            await select.get_by_role("option", name=option).click()
        if await select.get_by_role("listbox").is_visible():
            await select.get_by_role("combobox").click()

    async def close_direct_messages(self) -> None:
        """Let nobody write to this person any more."""
        await self._setting("Close direct messages")

    async def open_direct_messages(self) -> None:
        """Let them write again."""
        await self._setting("Open direct messages")

    async def _setting(self, name: str) -> None:
        await self.node.get_by_role("button", name="Settings of").click()
        await self.node.get_by_role("menuitem", name=name).click()

    async def switch_to(self, person: str) -> "Column":
        """Put `person` ("Noor") here; answers their window."""
        await self.node.get_by_role("button", name="Switch").click()
        await self.node.get_by_role("menuitemradio", name=person).click()
        return Column(self.page, self.page.locator(f'[data-person="{person.lower()}"]'))
