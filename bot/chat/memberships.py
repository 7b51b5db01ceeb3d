"""What Discord tells of members, as values of the domain, and how it is recorded."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import discord

from bot.clock import Clock
from bot.domain.age_group import age_group_of
from bot.domain.membership import ABSENT, Membership, bar_of
from bot.domain.report_reader import StaffStanding, standing_of
from bot.domain.server import Server
from bot.store.memberships import JudgedByOldSettings, Memberships
from bot.store.servers import Servers
from bot.store.staff_members import StaffMembers

QUARANTINED_NAME = 1 << 7  # the member flag of a name that AutoMod quarantined
GONE_BY = frozenset({discord.AuditLogAction.kick, discord.AuditLogAction.ban})
CHANGED_BY = frozenset({discord.AuditLogAction.member_update, discord.AuditLogAction.member_role_update})
"""Actions of people that may time a member out, or give or take a role."""

MemberPayload = Mapping[str, Any]


def membership_of(member: discord.Member) -> Membership:
    """A member as the library parsed them: from an interaction, or from an answer of the gateway."""
    return Membership(
        role_ids=frozenset(member._roles),  # noqa: SLF001  # `roles` leaves out what the cache does not hold yet
        timed_out_until=member.timed_out_until,
        name_held=bool(member.flags.value & QUARANTINED_NAME),
        accepted_rules=not member.pending,
        joined_at=member.joined_at,
    )


def membership_from_payload(payload: MemberPayload | None) -> Membership:
    """A member as the REST API answers; None for somebody who is not in the server."""
    if payload is None:
        return ABSENT
    until, joined_at = payload.get("communication_disabled_until"), payload.get("joined_at")
    return Membership(
        role_ids=frozenset(int(role) for role in payload["roles"]),
        timed_out_until=datetime.fromisoformat(until) if until else None,
        name_held=bool(int(payload.get("flags", 0)) & QUARANTINED_NAME),
        accepted_rules=not payload.get("pending", False),
        joined_at=datetime.fromisoformat(joined_at) if joined_at else None,
    )


class MembershipNews:
    """Records what Discord tells of members; who cannot be matched any more loses ticket and seat.

    And who belongs to the staff: reports about them go to others.
    """

    def __init__(self, memberships: Memberships, servers: Servers, staff: StaffMembers, clock: Clock) -> None:
        self._memberships = memberships
        self._servers = servers
        self._staff = staff
        self._clock = clock

    async def record_user(self, interaction: discord.Interaction[Any], *, told_at: datetime) -> None:
        """Record what an interaction that came at `told_at` tells of its user. In direct messages it tells nothing."""
        user, server_id = interaction.user, interaction.guild_id
        if server_id is None or not isinstance(user, discord.Member):
            return
        server, guild = await self._servers.get(server_id), interaction.client.get_guild(server_id)
        if server is None:
            return
        all_roles = role_ids_of(guild)
        await self.record(server_id, user.id, membership_of(user), server_role_ids=all_roles, told_at=told_at)
        if guild is not None and all_roles is not None:
            await self._staff.record(server_id, user.id, standing_in(guild, server, user), self._clock.now())

    async def record(
        self,
        server_id: int,
        member_id: int,
        membership: Membership,
        *,
        server_role_ids: Collection[int] | None,
        told_at: datetime,
    ) -> None:
        """Record what was told at `told_at`, judged by the server's settings, unless something newer is known.

        `server_role_ids` are all roles that the server has, None if that is not known.
        """
        while True:
            server, now = await self._servers.get(server_id), self._clock.now()
            age_group = None if server is None else age_group_of(membership.role_ids, server)
            required = required_role(server, server_role_ids)
            try:
                await self._memberships.record(
                    server_id,
                    member_id,
                    bar=bar_of(membership, role_id=required, now=now, age_group=age_group),
                    told_at=told_at,
                    now=now,
                    age_group=age_group,
                    joined_at=membership.joined_at,
                    judged_by=server.version if server else 0,
                )
            except JudgedByOldSettings:
                continue  # an admin has changed them while we read and judged
            return

    async def record_absence(self, server_id: int, member_id: int) -> None:
        """Record that a member was banned or has left, just now. No settings have a part in that."""
        now = self._clock.now()
        bar = bar_of(ABSENT, role_id=None, now=now)
        await self._memberships.record(server_id, member_id, bar=bar, told_at=now, now=now)
        await self._staff.record(server_id, member_id, None, now)

    async def record_moderation(self, entry: discord.AuditLogEntry) -> None:
        """Record what an entry of a server's audit log says of a member: they are gone, or have changed somehow."""
        if entry.target is None or entry.action not in {*GONE_BY, *CHANGED_BY}:
            return
        server_id, member_id = entry.guild.id, int(entry.target.id)
        if entry.action in GONE_BY:
            await self.record_absence(server_id, member_id)
        else:
            await self._memberships.doubt(server_id, member_id, self._clock.now())


def standing_in(guild: discord.Guild, server: Server, member: discord.Member) -> StaffStanding | None:
    """What a member has to do with reports in a server whose roles are known."""
    role_ids = membership_of(member).role_ids
    granted = discord.Permissions.none()
    for role in guild.roles:
        if role.id in role_ids or role.is_default():
            granted |= role.permissions
    manages = guild.owner_id == member.id or granted.administrator or granted.manage_guild
    channel = guild.get_channel(server.staff_channel_id or 0)
    sees_alerts = channel is not None and channel.permissions_for(member).view_channel
    return standing_of(server, role_ids, manages=manages, sees_alerts=sees_alerts)


def role_ids_of(guild: discord.Guild | None) -> frozenset[int] | None:
    """All roles that a server has, None if that is not known."""
    return None if guild is None or guild.unavailable else frozenset(role.id for role in guild.roles)


def required_role(server: Server | None, role_ids: Collection[int] | None) -> int | None:
    """The role that members of the server need, or None. `role_ids` are all roles that it has, None if unknown.

    A role that was deleted counts as none, so that its members stay in their sessions until the admins choose another.
    """
    role_id = server.role_id if server else None
    return role_id if role_ids is None or role_id in role_ids else None
