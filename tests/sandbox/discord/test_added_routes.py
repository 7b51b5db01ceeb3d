"""Commands, command overrides and counted members, as the library reads them."""

from typing import Any

import discord
import pytest
from discord.http import Route

from bot.sandbox.discord.fake_discord import FakeDiscord, Person
from bot.sandbox.discord.user_input import ImpossibleAction
from tests.polling import until
from tests.sandbox.discord.server_with_bot import ServerWithBot
from tests.sandbox.discord.small_bot import SmallBot

ROLE = 1  # the type of an override of a role
TRANSLATED = {
    "name": "study",
    "description": "Study",
    "name_localizations": {"de": "lernen"},
    "options": [
        {"type": 3, "name": "subject", "description": "What", "description_localizations": {"de": "Was"}},
    ],
}


async def commands_of(bot: SmallBot, **query: str) -> list[dict[str, Any]]:
    """The answer to a GET of the bot's commands."""
    route = Route("GET", "/applications/{application_id}/commands", application_id=bot.application_id)
    commands: list[dict[str, Any]] = await bot.http.request(route, params=query)
    return commands


async def test_commands_are_read_with_their_translations_only_if_wanted(server: ServerWithBot) -> None:
    """At every depth."""
    await server.bot.http.bulk_upsert_global_commands(server.bot.application_id or 0, [TRANSLATED])
    [plain], [full] = await commands_of(server.bot), await commands_of(server.bot, with_localizations="true")
    assert "name_localizations" not in plain
    assert "description_localizations" not in plain["options"][0]
    assert full["name_localizations"] == {"de": "lernen"}
    assert full["options"][0]["description_localizations"] == {"de": "Was"}


async def test_the_library_reads_commands(server: ServerWithBot) -> None:
    """All, and one; one that was never registered is unknown."""
    commands = {command.name: command for command in await server.bot.tree.fetch_commands()}
    assert commands.keys() == {"setup", "study"}
    one = await server.bot.tree.fetch_command(commands["study"].id)
    assert one.name == "study"
    with pytest.raises(discord.NotFound) as unknown:
        await server.bot.tree.fetch_command(4242)
    assert unknown.value.code == 10063


def override(thing_id: int, kind: int, *, allow: bool) -> dict[str, Any]:
    return {"id": str(thing_id), "type": kind, "permission": allow}


async def test_overrides_are_read_and_told(server: ServerWithBot) -> None:
    """Of one command, and of all that have some; unchanged ones are unknown. The bot hears of a change."""
    fake_discord, bot = server.fake_discord, server.bot
    heard: list[int] = []

    async def on_raw_app_command_permissions_update(told: discord.RawAppCommandPermissionsUpdateEvent) -> None:
        heard.append(told.target_id)

    bot.event(on_raw_app_command_permissions_update)
    commands = {command.name: command for command in await bot.tree.fetch_commands()}
    guild = bot.get_guild(fake_discord.guild_id)
    assert guild is not None
    with pytest.raises(discord.NotFound) as unchanged:
        await commands["setup"].fetch_permissions(guild)
    assert unchanged.value.code == 10066
    staff = fake_discord.ensure_role("Staff")
    fake_discord.override_command("setup", [override(staff, ROLE, allow=True)])
    fake_discord.override_command(None, [override(guild.id, ROLE, allow=False)])
    [told] = (await commands["setup"].fetch_permissions(guild)).permissions
    assert (told.id, told.permission) == (staff, True)
    whole = await bot.http.get_guild_application_command_permissions(bot.application_id or 0, guild.id)
    assert {int(each["id"]) for each in whole} == {commands["setup"].id, bot.application_id}

    async def has_heard_of_both() -> bool:
        return heard == [commands["setup"].id, bot.application_id]

    await until(has_heard_of_both)
    fake_discord.override_command("setup", [])
    with pytest.raises(discord.NotFound):
        await commands["setup"].fetch_permissions(guild)


async def test_default_member_permissions_and_overrides_decide_who_is_offered_a_command(
    server: ServerWithBot,
) -> None:
    """An override lets a role use what its permissions do not; switched off for all, only administrators are left."""
    fake_discord, alice, dana = server.fake_discord, server.alice, server.dana
    boss = fake_discord.add_person("Boss")
    fake_discord.give_role(boss, fake_discord.ensure_role("Boss", discord.Permissions(administrator=True)))

    def offered(person: Person) -> list[str]:
        return [command["name"] for command in fake_discord.offered_commands(person, server.study)]

    assert offered(alice) == ["study"]
    reader = fake_discord.ensure_role("Reader")
    fake_discord.give_role(alice, reader)
    fake_discord.override_command("setup", [override(reader, ROLE, allow=True)])
    assert offered(alice) == ["setup", "study"]
    fake_discord.override_command(None, [override(fake_discord.guild_id, ROLE, allow=False)])
    assert [offered(each) for each in (dana, boss)] == [[], ["setup", "study"]]
    with pytest.raises(ImpossibleAction):
        await fake_discord.call_command(dana, server.study, "setup")


async def test_members_are_counted_by_role(fake_discord: FakeDiscord, server: ServerWithBot) -> None:
    """Each role but @everyone, for a bot that may manage roles."""
    guild = server.bot.get_guild(fake_discord.guild_id)
    assert guild is not None
    with pytest.raises(discord.Forbidden):
        await guild.role_member_counts()
    helper = fake_discord.ensure_role("Helper", discord.Permissions(manage_roles=True))
    fake_discord.backend.add_member_role(guild.id, fake_discord.backend.bot_user.id, helper)
    fake_discord.give_role(server.alice, helper)
    counts = {role.id: count for role, count in (await guild.role_member_counts()).items()}
    assert counts[helper] == 2
    assert guild.id not in counts
    assert len(counts) == len(fake_discord.backend.get_guild(guild.id).roles) - 1
