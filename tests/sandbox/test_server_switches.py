"""The switches that break a server, played over real sockets: what the bot sees of each."""

from collections.abc import AsyncIterator

import discord
import pytest

from bot.sandbox.discord.hidden_channels import HIDDEN_NAME
from bot.sandbox.discord.user_input import ImpossibleAction
from bot.sandbox.permission_settings import Setting
from bot.sandbox.server_switches import ROLES, ServerSwitches
from tests.sandbox.world_with_bot import WorldWithBot, running_world


@pytest.fixture
async def with_bot(discord_addresses: None) -> AsyncIterator[WorldWithBot]:
    async with running_world() as running:
        yield running


def permissions_in(with_bot: WorldWithBot, server: int, place: int, holder: str) -> discord.Permissions:
    """What the bot knows of a holder's permissions in a place; a channel that it cannot see gives none."""
    guild = with_bot.guild(server)
    if place == server:
        [bots_role] = [role for role in guild.me.roles if role.managed]
        return (bots_role if holder == "bot" else guild.default_role).permissions
    channel = guild.get_channel(place)
    assert channel is not None
    if holder == "everyone":
        overwrite = channel.overwrites_for(guild.default_role)
        return discord.Permissions(~overwrite.pair()[1].value & discord.Permissions.all().value)
    return channel.permissions_for(guild.me)


async def test_every_permission_switch(with_bot: WorldWithBot) -> None:
    """The bot hears of each switch that it is on, and that it is off again; nothing else is left changed."""
    switches, tried = ServerSwitches(with_bot.world), 0
    for server in (with_bot.study_hall, with_bot.college):
        before = switches.list_switches(server)
        for switch in before:
            if switch.id.count("-") != 2:
                continue
            place, holder, permission = switch.id.split("-")

            def has(place: str = place, holder: str = holder, permission: str = permission) -> bool:
                known = permissions_in(with_bot, server, int(place), holder)  # noqa: B023 -- used in this turn only
                return bool(getattr(known, permission))

            had = has()
            switches.turn_switch(server, switch.id, on=True)
            await with_bot.comes_to(lambda: has() is not had)  # noqa: B023 -- used in this turn only
            assert next(each for each in switches.list_switches(server) if each.id == switch.id).is_on
            switches.turn_switch(server, switch.id, on=False)
            await with_bot.comes_to(lambda: has() is had)  # noqa: B023 -- used in this turn only
            tried += 1
        assert switches.list_switches(server) == before
    assert tried == 2 * 7 + 7 * 8


async def test_every_role_switch(with_bot: WorldWithBot) -> None:
    """The bot hears that members choose a role themselves, and that they do not any more."""
    switches, guild = ServerSwitches(with_bot.world), with_bot.guild(with_bot.college)
    listed = [each for each in switches.list_switches(with_bot.college) if each.group == ROLES]
    assert "Let members choose Under 18 themselves" in {each.name for each in listed}
    assert len(listed) == 4
    for switch in listed:
        role_id = int(switch.id.partition("-")[0])

        def is_chosen(role_id: int = role_id) -> bool:
            role = guild.get_role(role_id)
            return role is not None and role.flags.in_prompt

        for on in (True, False):
            switches.turn_switch(with_bot.college, switch.id, on=on)
            await with_bot.comes_to(lambda: is_chosen() is on)  # noqa: B023 -- used in this turn only
            [now] = [each for each in switches.list_switches(with_bot.college) if each.id == switch.id]
            assert now.is_on is on


async def test_every_command_switch(with_bot: WorldWithBot) -> None:
    """Each takes its command from everybody, and gives it back."""
    switches, fake_discord = ServerSwitches(with_bot.world), with_bot.world.fake_discord
    study, dana = with_bot.channel("study"), with_bot.person("Dana")

    def offered() -> set[str]:
        return {command["name"] for command in fake_discord.offered_commands(dana, study)}

    every = offered()
    for switch in switches.list_switches(with_bot.study_hall):
        if switch.id.isdecimal():
            switches.turn_switch(with_bot.study_hall, switch.id, on=True)
            name = switch.name.partition("/")[2].partition(" ")[0]
            assert offered() == (every - {name} if name else set())
            switches.turn_switch(with_bot.study_hall, switch.id, on=False)
            assert offered() == every


async def test_names_are_plain(with_bot: WorldWithBot) -> None:
    """They name the place, and no two are alike; a channel that is hidden from the bot keeps its name here."""
    switches = ServerSwitches(with_bot.world)
    listed = {each.name: each for each in switches.list_switches(with_bot.study_hall)}
    assert len(listed) == len(switches.list_switches(with_bot.study_hall))
    hide = listed["Hide #study-hall from the bot"]
    assert not hide.is_on
    assert listed["Show #staff to everyone"].group == "#staff"
    assert "Hide #staff from everyone" not in listed
    switches.turn_switch(with_bot.study_hall, hide.id, on=True)
    hidden = with_bot.channel("study-hall")
    await with_bot.comes_to(lambda: with_bot.guild(with_bot.study_hall).get_channel(hidden).name == HIDDEN_NAME)  # type: ignore[union-attr]  # it exists
    assert hide.name in {each.name for each in switches.list_switches(with_bot.study_hall)}


async def test_a_category_goes_for_its_channels(with_bot: WorldWithBot) -> None:
    """What a category says goes for each of its channels that says the same; one with its own keeps them."""
    permissions, college = with_bot.world.permissions, with_bot.college
    campus, library, canteen = (with_bot.channel(name) for name in ("Campus", "library", "canteen"))
    permissions.write(college, canteen, college, "send_messages", Setting.DENY)
    permissions.write(college, campus, college, "view_channel", Setting.DENY)
    assert permissions.read(college, library, college, "view_channel") is Setting.DENY
    assert permissions.read(college, canteen, college, "view_channel") is Setting.NEUTRAL
    await with_bot.comes_to(lambda: with_bot.guild(college).get_channel(library).name == HIDDEN_NAME)  # type: ignore[union-attr]  # it exists
    permissions.write(college, library, with_bot.world.fake_discord.backend.bot_user.id, "view_channel", Setting.ALLOW)
    await with_bot.comes_to(lambda: with_bot.guild(college).get_channel(library).name == "library")  # type: ignore[union-attr]  # it exists


async def test_without_the_bot(with_bot: WorldWithBot) -> None:
    """The switches of its permissions and commands are gone while it is."""
    switches = ServerSwitches(with_bot.world)
    hide = next(each for each in switches.list_switches(with_bot.college) if "from the bot" in each.name)
    with_bot.world.remove_bot(with_bot.college)
    assert {each.id.split("-")[1] for each in switches.list_switches(with_bot.college)} == {"everyone", "in_prompt"}
    with pytest.raises(ImpossibleAction, match="This switch is gone"):
        switches.turn_switch(with_bot.college, hide.id, on=True)
