"""A small bot in real discord.py over real sockets, with one of each kind of command, component and form."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from re import Match
from typing import Any

import discord
import yarl
from discord import app_commands, ui
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.clock import SystemClock
from bot.sandbox.discord.fake_discord import FakeDiscord
from tests.polling import TIMEOUT, until


class ShiftedClock(SystemClock):
    """The machine's clock, with a shift that tests can add."""

    def __init__(self) -> None:
        self._shift = timedelta()
        self._stopped_at: datetime | None = None

    def now(self) -> datetime:
        return (self._stopped_at or datetime.now(UTC)) + self._shift

    def stop(self) -> None:
        """Stand still, so that slow requests fall into the same second."""
        self._stopped_at = datetime.now(UTC)

    def skip(self, **span: float) -> None:
        """Advance it, by timedelta's arguments."""
        self._shift += timedelta(**span)


class Press(ui.DynamicItem[ui.Button[ui.View]], template=r"press:(?P<what>\w+)"):
    """A button with its meaning in its id, so that it works after a restart."""

    def __init__(self, what: str) -> None:
        super().__init__(ui.Button(label="Press", custom_id=f"press:{what}"))
        self.what = what

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: ui.Item[Any], match: Match[str], /
    ) -> "Press":
        return cls(match["what"])

    async def callback(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"pressed {self.what}", ephemeral=True)


class Selects(ui.View):
    """One select of each kind; the bot answers with what was chosen."""

    @ui.select(cls=ui.Select, custom_id="words", options=[discord.SelectOption(label=x) for x in "abc"], max_values=2)
    async def words(self, interaction: discord.Interaction, chosen: ui.Select["Selects"]) -> None:
        await interaction.response.send_message(" ".join(chosen.values))

    @ui.select(cls=ui.UserSelect, custom_id="people")
    async def people(self, interaction: discord.Interaction, chosen: ui.UserSelect["Selects"]) -> None:
        await interaction.response.send_message(chosen.values[0].display_name)

    @ui.select(cls=ui.RoleSelect, custom_id="roles")
    async def roles(self, interaction: discord.Interaction, chosen: ui.RoleSelect["Selects"]) -> None:
        await interaction.response.send_message(chosen.values[0].name)

    @ui.select(cls=ui.ChannelSelect, custom_id="channels", channel_types=[discord.ChannelType.text])
    async def channels(self, interaction: discord.Interaction, chosen: ui.ChannelSelect["Selects"]) -> None:
        await interaction.response.send_message(chosen.values[0].name)

    @ui.select(cls=ui.MentionableSelect, custom_id="anybody")
    async def anybody(self, interaction: discord.Interaction, chosen: ui.MentionableSelect["Selects"]) -> None:
        await interaction.response.send_message(f"{type(chosen.values[0]).__name__} {chosen.values[0].name}")


class Form(ui.Modal, title="Wishes"):
    """A form with a text and a choice."""

    subject: ui.Label["Form"] = ui.Label(
        text="Subject", component=ui.TextInput(custom_id="subject", max_length=20, default="Maths")
    )
    length: ui.Label["Form"] = ui.Label(
        text="Length",
        component=ui.Select(custom_id="length", options=[discord.SelectOption(label=x) for x in ("25", "50")]),
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        subject, length = self.subject.component, self.length.component
        assert isinstance(subject, ui.TextInput)
        assert isinstance(length, ui.Select)
        await interaction.response.send_message(f"{subject.value} for {length.values[0]}", ephemeral=True)


class Study(app_commands.Group):
    """/study …"""

    def __init__(self, bot: "SmallBot") -> None:
        super().__init__(name="study", description="Study")
        self._bot = bot

    @app_commands.command(description="Now")
    @app_commands.choices(style=[app_commands.Choice(name="Quiet", value="quiet")])
    async def now(
        self,
        interaction: discord.Interaction,
        subject: str | None = None,
        wait: app_commands.Range[int, 1, 60] | None = None,
        style: str | None = None,
        member: discord.Member | None = None,
        channel: discord.TextChannel | None = None,
        role: discord.Role | None = None,
    ) -> None:
        """Defer, wait until `may_answer` is set, then edit the answer."""
        await interaction.response.defer(ephemeral=True)
        self._bot.deferred.set()
        await self._bot.may_answer.wait()
        given = (subject, wait, style, member and member.name, channel and channel.name, role and role.name)
        await interaction.edit_original_response(content=" ".join(str(each) for each in given if each) or "anything")

    @now.autocomplete("subject")
    async def suggest(self, interaction: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
        """Two subjects."""
        everything = [app_commands.Choice(name=name, value=name.lower()) for name in ("Physics", "Maths")]
        return [choice for choice in everything if choice.name.lower().startswith(current)]

    @app_commands.command(description="A form")
    async def form(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(Form())

    @app_commands.command(description="Block")
    async def block(self, interaction: discord.Interaction, member: discord.Member) -> None:
        await interaction.response.send_message(f"blocked {member.name}", ephemeral=True)

    @app_commands.command(description="Answered by the test")
    async def later(self, interaction: discord.Interaction) -> None:
        self._bot.interactions.put_nowait(interaction)


class SmallBot(discord.Client):
    """`interactions` gets those of /study later; `received` gets messages; `may_answer` holds up /study now."""

    def __init__(self, intents: discord.Intents) -> None:
        super().__init__(intents=intents, guild_ready_timeout=0.05)
        self.tree: app_commands.CommandTree[SmallBot] = app_commands.CommandTree(self)
        self.is_up, self.resumed, self.deferred, self.may_answer = (asyncio.Event() for _ in range(4))
        self.interactions: asyncio.Queue[discord.Interaction] = asyncio.Queue()
        self.received: asyncio.Queue[discord.Message] = asyncio.Queue()
        self.may_answer.set()

    async def setup_hook(self) -> None:
        @app_commands.command(description="Set up")
        @app_commands.default_permissions(manage_guild=True)
        @app_commands.guild_only()
        async def setup(interaction: discord.Interaction) -> None:
            await interaction.response.send_message("the card", ephemeral=True)

        self.tree.add_command(Study(self))
        self.tree.add_command(setup)
        await self.tree.sync()
        self.add_dynamic_items(Press)
        self.add_view(Selects(timeout=None))

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Skip the five seconds that discord.py waits before it identifies again."""

    async def on_ready(self) -> None:
        self.is_up.set()

    async def on_resumed(self) -> None:
        self.resumed.set()

    async def on_message(self, message: discord.Message) -> None:
        self.received.put_nowait(message)

    async def post_message(self, channel_id: int, **what: Any) -> discord.Message:
        """Send a message to a channel."""
        return await self.get_partial_messageable(channel_id).send(**what)

    async def next_interaction(self) -> discord.Interaction:
        """The next interaction of /study later."""
        async with asyncio.timeout(TIMEOUT):
            return await self.interactions.get()


async def knows_its_servers(client: discord.Client) -> bool:
    """Whether all servers have been told of; the library is ready when none has come for a while."""
    return not any(guild.unavailable for guild in client.guilds)


@asynccontextmanager
async def running_bot(
    fake_discord: FakeDiscord, *, intents: discord.Intents | None = None, token: str | None = None
) -> AsyncIterator[SmallBot]:
    """Run the bot for as long as the block lasts, from when it is ready. Raises its error if it ends before that."""
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = fake_discord.api_base, yarl.URL(fake_discord.gateway.url)
    bot = SmallBot(intents or discord.Intents(guilds=True))
    life = asyncio.create_task(bot.start(token or fake_discord.token))
    up = asyncio.create_task(bot.is_up.wait())
    try:
        await asyncio.wait([life, up], timeout=TIMEOUT, return_when=asyncio.FIRST_COMPLETED)
        if life.done():
            life.result()
        assert up.done()
        await until(lambda: knows_its_servers(bot))
        yield bot
    finally:
        up.cancel()
        await bot.close()
        await asyncio.gather(life, up, return_exceptions=True)
