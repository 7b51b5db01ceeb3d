"""What Discord should have of our commands."""

from collections.abc import Sequence
from typing import Any

import discord
from discord import app_commands

from bot.chat.commands.groups import all_groups
from bot.chat.commands.registration import Payload, command_payloads
from bot.chat.commands.translations import CatalogueTranslator
from bot.chat.moderation.handlers import ModerationHandlers


async def expected_commands() -> Sequence[Payload]:
    """The commands of this version as Discord should have them, for `differing_commands`. Sends nothing."""
    tree = app_commands.CommandTree(discord.Client(intents=discord.Intents.none()))
    await tree.set_translator(CatalogueTranslator())
    unused: Any = None  # no command is called
    for group in all_groups(
        search=unused,
        autocomplete=unused,
        meeting=unused,
        safety=unused,
        moderation=ModerationHandlers(queue=unused, decisions=unused, bans=unused, audit=unused),
        setup=unused,
        statistics=unused,
        privacy=unused,
    ):
        tree.add_command(group)
    return await command_payloads(tree)
