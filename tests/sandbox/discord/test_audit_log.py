"""What people do to members stands in the audit log, and who hears of it."""

import asyncio
from datetime import timedelta

import discord
import pytest

from bot.sandbox.discord.fake_discord import FakeDiscord, Person
from tests.polling import TIMEOUT
from tests.sandbox.discord.small_bot import ShiftedClock, SmallBot, running_bot

Action = discord.AuditLogAction


def moderate(fake_discord: FakeDiscord, clock: ShiftedClock, moderator: Person, member: Person) -> list[Action]:
    """Do everything that a moderator can do to a member, and return what should be recorded."""
    backend, guild_id = fake_discord.backend, fake_discord.guild_id
    role = fake_discord.ensure_role("Helper")
    with backend.acting_as(moderator.id):
        fake_discord.give_role(member, role)
        fake_discord.give_role(member, role)  # changes nothing
        fake_discord.take_role(member, role)
        fake_discord.time_out(member, clock.now() + timedelta(minutes=5))
        fake_discord.time_out(member, None)
        backend.kick_member(guild_id, member.id)
        backend.apply_ban(guild_id, member.id, "spam")
        backend.remove_ban(guild_id, member.id)
    return [
        *[Action.member_role_update] * 2, *[Action.member_update] * 2, Action.kick, Action.ban, Action.unban,
    ]  # fmt: skip


def allow_audit_log(fake_discord: FakeDiscord) -> None:
    role = fake_discord.ensure_role("Auditor", discord.Permissions(view_audit_log=True))
    fake_discord.backend.add_member_role(fake_discord.guild_id, fake_discord.backend.bot_user.id, role)


async def test_acts_are_recorded(
    fake_discord: FakeDiscord, clock: ShiftedClock, bot: SmallBot, alice: Person, dana: Person
) -> None:
    """With who did it, to whom, and what changed; once each, and for a bot that may view the log."""
    guild = bot.get_guild(fake_discord.guild_id)
    assert guild is not None
    with pytest.raises(discord.Forbidden):
        await anext(guild.audit_logs())
    allow_audit_log(fake_discord)
    expected = moderate(fake_discord, clock, dana, alice)
    entries = [each async for each in guild.audit_logs() if each.user_id == dana.id][::-1]
    assert [each.action for each in entries] == expected
    assert {each.target.id for each in entries if each.target} == {alice.id}
    assert [role.name for role in entries[0].after.roles] == ["Helper"]
    assert entries[2].after.timed_out_until > clock.now()
    assert entries[5].reason == "spam"


async def test_the_owner_acts_unless_told_otherwise(fake_discord: FakeDiscord, bob: Person) -> None:
    """Nobody is recorded for a member who leaves, and the bot's own acts are recorded once."""
    guild = fake_discord.backend.get_guild(fake_discord.guild_id)
    fake_discord.ban_person(bob)
    assert [(each.action_type, each.user_id) for each in guild.audit_log_entries] == [
        (Action.ban.value, guild.owner_id)
    ]
    fake_discord.remove_person(fake_discord.add_person("Carl"))
    assert len(guild.audit_log_entries) == 1


async def test_the_bots_own_acts_are_recorded_once(fake_discord: FakeDiscord, bot: SmallBot, alice: Person) -> None:
    """By the bot, with its reason."""
    backend = fake_discord.backend
    role = fake_discord.ensure_role("Moderator", discord.Permissions(ban_members=True, view_audit_log=True))
    backend.reorder_roles(fake_discord.guild_id, [{"id": str(role), "position": 10}])
    backend.add_member_role(fake_discord.guild_id, backend.bot_user.id, role)
    guild = bot.get_guild(fake_discord.guild_id)
    assert guild is not None
    await guild.ban(discord.Object(alice.id))
    entries = [each async for each in guild.audit_logs(action=Action.ban)]
    assert [each.user_id for each in entries] == [backend.bot_user.id]


@pytest.mark.parametrize("is_allowed", [False, True])
async def test_who_hears_of_entries(
    fake_discord: FakeDiscord, clock: ShiftedClock, alice: Person, dana: Person, *, is_allowed: bool
) -> None:
    """A bot with the intent hears of each entry at once, if it may view the log."""
    if is_allowed:
        allow_audit_log(fake_discord)
    heard: list[Action] = []
    async with running_bot(fake_discord, intents=discord.Intents(guilds=True, moderation=True)) as bot:

        async def on_audit_log_entry_create(entry: discord.AuditLogEntry) -> None:
            heard.append(entry.action)

        bot.event(on_audit_log_entry_create)
        expected = moderate(fake_discord, clock, dana, alice)
        guild = bot.get_guild(fake_discord.guild_id)
        assert guild is not None
        async with asyncio.timeout(TIMEOUT):  # the answer comes after the events
            await guild.query_members(user_ids=[dana.id], cache=False)
    assert heard == (expected if is_allowed else [])
