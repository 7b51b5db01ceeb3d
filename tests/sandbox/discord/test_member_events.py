"""Members at the stand-in's gateway: requests by ids, and who hears of bans."""

import asyncio
from datetime import timedelta
from typing import Any

import discord
import pytest

from bot.sandbox.discord.fake_discord import FakeDiscord, Person
from tests.polling import TIMEOUT
from tests.sandbox.discord.server_with_bot import ServerWithBot
from tests.sandbox.discord.small_bot import ShiftedClock, running_bot

UNKNOWN = 4242


async def query(server: ServerWithBot, *user_ids: int) -> dict[int, discord.Member]:
    """What the bot's library gets for a request by ids, without a privileged intent."""
    guild = server.bot.get_guild(server.fake_discord.guild_id)
    assert guild is not None
    members = await guild.query_members(user_ids=list(user_ids), limit=100, cache=False)
    return {member.id: member for member in members}


async def test_members_by_ids(server: ServerWithBot, clock: ShiftedClock) -> None:
    """Roles and timeout come with them; who has left is missing."""
    fake_discord, alice, bob = server.fake_discord, server.alice, server.bob
    role = fake_discord.ensure_role("Student")
    until = clock.now() + timedelta(minutes=5)
    fake_discord.give_role(alice, role)
    fake_discord.time_out(bob, until)
    fake_discord.remove_person(server.dana)
    told = await query(server, alice.id, bob.id, server.dana.id, UNKNOWN)
    assert told.keys() == {alice.id, bob.id}
    assert (list(told[alice.id]._roles), told[bob.id].timed_out_until) == ([role], until)
    fake_discord.take_role(alice, role)
    fake_discord.time_out(bob, None)
    told = await query(server, alice.id, bob.id)
    assert (list(told[alice.id]._roles), told[bob.id].timed_out_until) == ([], None)


async def test_discord_does_not_answer_too_large_requests(server: ServerWithBot) -> None:
    """A hundred members can be asked about at once, and no more."""
    assert await query(server, *range(1, 101)) == {}
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await query(server, *range(1, 102))


@pytest.mark.parametrize(
    ("permissions", "intents", "heard"),
    [
        (discord.Permissions(), {"moderation": True}, False),
        (discord.Permissions(ban_members=True), {"moderation": True}, True),
        (discord.Permissions(view_audit_log=True), {"moderation": True}, True),
        (discord.Permissions(ban_members=True), {}, False),
    ],
)
async def test_who_hears_of_a_ban(
    fake_discord: FakeDiscord,
    alice: Person,
    bob: Person,
    permissions: discord.Permissions,
    intents: dict[str, Any],
    heard: bool,
) -> None:
    """A bot with the intent, in a server that lets it see bans."""
    role = fake_discord.ensure_role("Bots", permissions)
    fake_discord.backend.add_member_role(fake_discord.guild_id, fake_discord.backend.bot_user.id, role)
    banned: list[int] = []
    async with running_bot(fake_discord, intents=discord.Intents(guilds=True, **intents)) as bot:

        async def on_member_ban(_: discord.Guild, user: discord.User) -> None:
            banned.append(user.id)

        bot.event(on_member_ban)
        fake_discord.ban_person(alice)
        guild = bot.get_guild(fake_discord.guild_id)
        assert guild is not None
        async with asyncio.timeout(TIMEOUT):  # the answer comes after the event
            [member] = await guild.query_members(user_ids=[alice.id, bob.id], cache=False)
    assert (member.id, banned) == (bob.id, [alice.id] if heard else [])
