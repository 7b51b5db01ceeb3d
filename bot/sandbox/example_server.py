"""The sandbox's Discord server: its members, its channels, and the bot already set up in it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

import discord
from aiohttp import ClientSession

from bot.assemble import open_configured_store
from bot.chat.setup.panel import panel_card
from bot.chat.ui.layout import card_view
from bot.config import Settings
from bot.domain.gate import GATES, Gate
from bot.domain.server import Audience, Server, Subject
from bot.process import CannotStart
from bot.sandbox.discord.fake_discord import FakeDiscord
from bot.sandbox.world import World
from bot.store import Store, StoreError
from bot.words import words_for

STUDENTS = ("Alice", "Bob", "Noor", "Mika", "Sara", "Tomas", "Yuki", "Ines", "Omar", "Lena", "Kofi", "Ravi")
ADMINS = ("Dana", "Jonas")
NEWCOMER = "Finn"
MIN_STUDENTS, MAX_STUDENTS = 2, len(STUDENTS)
YEAR, SEASON = timedelta(days=365), timedelta(days=90)
ALMOST_LONG_ENOUGH = GATES[Gate.CAREFUL].membership - timedelta(hours=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class ExampleServer:
    """The ids of its channels."""

    study: int
    talk: int
    staff: int


def create_example_server(fake_discord: FakeDiscord, *, students: int) -> ExampleServer:
    """Add the first `students` of STUDENTS, two admins and three channels to an empty server."""
    world, server_id = World(fake_discord), fake_discord.guild_id
    staff = world.add_role(server_id, "Staff", discord.Permissions(manage_guild=True))
    for name in STUDENTS[:students]:
        add_member(world, server_id, name)
    for name in ADMINS:
        add_member(world, server_id, name, roles=[staff], admin=True)
    return ExampleServer(
        study=world.add_channel(server_id, "study", topic="Find someone to study with"),
        talk=world.add_channel(server_id, "study-hall", topic="Talk while you wait"),
        staff=world.add_channel(server_id, "staff", topic="Try /buddy setup here", only=[staff]),
    )


async def set_up_with(settings: Settings, fake_discord: FakeDiscord, server: ExampleServer) -> None:
    """Set up the bot in the store that `settings` name. Raises CannotStart if that cannot be written."""
    try:
        async with open_configured_store(settings) as store:
            await set_up_bot(fake_discord, server, store)
    except StoreError as error:
        raise CannotStart(f"The sandbox's database can't be written: {error}") from error


def add_newcomer(world: World, server_id: int) -> None:
    """Add somebody whom *Careful* lets wait for one more hour."""
    add_member(world, server_id, NEWCOMER, member_for=ALMOST_LONG_ENOUGH)


def add_member(
    world: World,
    server_id: int,
    name: str,
    *,
    roles: Collection[int] = (),
    admin: bool = False,
    account_age: timedelta = YEAR,
    member_for: timedelta = SEASON,
) -> None:
    """Add somebody who has had an account and been in the server for that long."""
    now = world.fake_discord.backend.clock.now()
    person = world.fake_discord.add_account(name, admin=admin, made_at=now - account_age)
    world.join(server_id, person, roles=roles, joined_at=now - member_for)


async def set_up_bot(fake_discord: FakeDiscord, server: ExampleServer, store: Store) -> None:
    """Do what `/buddy setup` does: post the panel in #study and save the settings.

    They are for adults, with a channel for staff, no wait for newcomers and the first subjects. `fake_discord` must be
    started. Raises StoreError if the settings cannot be saved.
    """
    subjects = words_for()("chat.setup.first_subjects").split(", ")
    settings = Server(
        server_id=fake_discord.guild_id,
        name=fake_discord.backend.get_guild(fake_discord.guild_id).name,
        audience=Audience.ADULTS,
        channel_id=server.study,
        staff_channel_id=server.staff,
        panel_message_id=await _post_panel(fake_discord, server.study),
        gate=Gate.OPEN,
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
