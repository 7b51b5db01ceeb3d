"""The sandbox's Discord server: its members, its channels, and the bot already set up in it."""

from dataclasses import dataclass

import discord
from aiohttp import ClientSession

from bot.assemble import open_configured_store
from bot.chat.setup.panel import panel_card
from bot.chat.ui.layout import card_view
from bot.config import Settings
from bot.domain.server import Audience, Server, Subject
from bot.process import CannotStart
from bot.sandbox.discord.fake_discord import FakeDiscord
from bot.store import Store, StoreError
from bot.words import words_for

STUDENTS = ("Alice", "Bob", "Noor", "Mika", "Sara", "Tomas", "Yuki", "Ines", "Omar", "Lena", "Kofi", "Ravi")
ADMIN = "Dana"
MIN_STUDENTS, MAX_STUDENTS = 2, len(STUDENTS)


@dataclass(frozen=True, kw_only=True, slots=True)
class ExampleServer:
    """The ids of its channels."""

    study: int
    talk: int
    staff: int

    @property
    def channels(self) -> tuple[int, ...]:
        """All of them, in the order of the page's list."""
        return (self.study, self.talk, self.staff)


def create_example_server(fake_discord: FakeDiscord, *, students: int) -> ExampleServer:
    """Add the first `students` of STUDENTS, an admin and three channels to an empty server."""
    for name in STUDENTS[:students]:
        fake_discord.add_person(name)
    fake_discord.add_person(ADMIN, admin=True)
    return ExampleServer(
        study=fake_discord.add_channel("study", topic="Find someone to study with"),
        talk=fake_discord.add_channel("study-hall", topic="Talk while you wait"),
        staff=fake_discord.add_channel(
            "staff", topic="Try /buddy setup here", only=[fake_discord.ensure_role("Staff")]
        ),
    )


async def set_up_with(settings: Settings, fake_discord: FakeDiscord, server: ExampleServer) -> None:
    """Set up the bot in the store that `settings` name. Raises CannotStart if that cannot be written."""
    try:
        async with open_configured_store(settings) as store:
            await set_up_bot(fake_discord, server, store)
    except StoreError as error:
        raise CannotStart(f"The sandbox's database can't be written: {error}") from error


async def set_up_bot(fake_discord: FakeDiscord, server: ExampleServer, store: Store) -> None:
    """Do what `/buddy setup` does: post the panel in #study and save the settings (adults, the first subjects).

    `fake_discord` must be started. Raises StoreError if the settings cannot be saved.
    """
    subjects = words_for()("chat.setup.first_subjects").split(", ")
    settings = Server(
        server_id=fake_discord.guild_id,
        name=fake_discord.backend.get_guild(fake_discord.guild_id).name,
        audience=Audience.ADULTS,
        channel_id=server.study,
        panel_message_id=await _post_panel(fake_discord, server.study),
        subjects=tuple(Subject(name=name) for name in subjects),
    )
    await store.servers.save(settings, expected_version=0)


async def _post_panel(fake_discord: FakeDiscord, channel_id: int) -> int:
    """Post the panel with the bot's token, as the bot would, and return the message's id."""
    panel = card_view(panel_card(words_for(), server_id=fake_discord.guild_id))
    components = panel.to_components()  # type: ignore[no-untyped-call]  # discord.py's own
    body = {"flags": discord.MessageFlags(components_v2=True).value, "components": components}
    headers = {"Authorization": f"Bot {fake_discord.token}"}
    async with (
        ClientSession(headers=headers, raise_for_status=True) as bot,
        bot.post(f"{fake_discord.api_base}/channels/{channel_id}/messages", json=body) as response,
    ):
        return int((await response.json())["id"])
