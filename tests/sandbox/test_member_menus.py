"""What the page sends beyond commands and buttons, with a small bot: menus on members, files, and who acts."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator
from typing import Any

import discord
import pytest
from discord import app_commands, ui

from bot.sandbox.page_actions import PageActions
from bot.sandbox.page_snapshot import PageSnapshot
from bot.sandbox.permission_settings import Setting
from tests.polling import TIMEOUT
from tests.sandbox.world_with_bot import WorldWithBot, running_world

Json = dict[str, Any]
PICTURE = b"\x89PNG\r\n\x1a\nand so on"


class Report(ui.Modal, title="Report"):
    """A form that wants a file; the bot answers with what it got."""

    proof: ui.Label["Report"] = ui.Label(text="Screenshot", component=ui.FileUpload(custom_id="proof"))

    async def on_submit(self, interaction: discord.Interaction) -> None:
        assert isinstance(self.proof.component, ui.FileUpload)
        [file] = self.proof.component.values
        await interaction.response.send_message(f"{file.filename}: {await file.read() == PICTURE}", ephemeral=True)


@pytest.fixture
async def with_bot(discord_addresses: None) -> AsyncIterator[WorldWithBot]:
    async with running_world() as running:

        @app_commands.context_menu(name="Report a member")
        async def report(interaction: discord.Interaction, member: discord.Member) -> None:
            await interaction.response.send_modal(Report(title=f"Report {member.display_name}"))

        running.bot.tree.add_command(report)
        await running.bot.tree.sync()
        yield running


async def nothing() -> None:
    """Restart nothing."""


async def no_setting(server_id: int, *, on: bool) -> None:
    """Set nothing."""


async def test_a_menu_and_a_file(with_bot: WorldWithBot) -> None:
    """An entry of the menu is offered and opens a form about the member; the bot gets the file sent with it."""
    world, study, alice = with_bot.world, with_bot.channel("study"), with_bot.person("Alice")
    actions = PageActions(world, restart_bot=nothing, pass_an_hour=lambda: None, set_careful=no_setting).by_name()
    page: Json = PageSnapshot(world, web_url="http://localhost:8766").build_snapshot({})
    [entry] = [command for command in page["commands"] if command.get("type") == discord.AppCommandType.user.value]
    [channel] = [each for each in page["channels"] if each["id"] == str(study)]
    assert entry["id"] in channel["commands"][str(alice.id)]
    where: Json = {"person": str(alice.id), "channel": str(study)}
    about = {"command": entry["name"], "member": str(with_bot.person("Bob").id)}
    form: Any = (await actions["menu"]({**where, **about}))["modal"]
    assert form["title"] == "Report Bob"
    files = [{"name": "a.png", "data": b64encode(PICTURE).decode()}]
    await actions["submit"]({**where, "modal": form["id"], "values": {"proof": files}})
    assert world.fake_discord.channel_messages(study, alice)[-1]["content"] == "a.png: True"


async def test_who_acts(with_bot: WorldWithBot) -> None:
    """What is done in the panel is done by the server's first admin, as the bot reads in the audit log's entries."""
    world, college = with_bot.world, with_bot.college
    world.permissions.write(college, college, world.fake_discord.backend.bot_user.id, "view_audit_log", Setting.ALLOW)
    await with_bot.comes_to(lambda: with_bot.guild(college).me.guild_permissions.view_audit_log)
    actions = PageActions(world, restart_bot=nothing, pass_an_hour=lambda: None, set_careful=no_setting).by_name()
    zoe: Json = {"server": str(college), "member": str(with_bot.person("Zoe").id)}
    role = with_bot.role(college, "18 or older")
    kinds = discord.AuditLogAction
    acts: tuple[tuple[str, Json, discord.AuditLogAction], ...] = (
        ("role", {"role": str(role), "given": True}, kinds.member_role_update),
        ("time-out", {"minutes": 10}, kinds.member_update),
        ("kick", {}, kinds.kick),
        ("ban", {}, kinds.ban),
    )
    for action, more, kind in acts:
        hearing = asyncio.ensure_future(with_bot.bot.wait_for("audit_log_entry_create", timeout=TIMEOUT))
        await actions[action]({**zoe, **more})
        entry = await hearing
        assert (entry.action, entry.user_id) == (kind, with_bot.person("Erik").id)
