"""The audit log: an entry for each moderation act of a person. simcord itself records only what the bot does."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import discord

from bot.sandbox.discord.simcord_internals import Backend, Member

Action = discord.AuditLogAction


class AuditLog(Backend):
    """A backend that records who was banned, unbanned, kicked or timed out and whose roles changed, and by whom.

    It is the owner of the server, unless somebody else acts (`acting_as`).
    """

    def __init__(self, **clock: Any) -> None:  # noqa: ANN401 -- passed on to simcord
        super().__init__(**clock)
        self._actor_id: int | None = None

    @contextmanager
    def acting_as(self, user_id: int) -> Iterator[None]:
        """What is done inside the block is done by this user. Of the bot's own acts the entries are simcord's."""
        before, self._actor_id = self._actor_id, user_id
        try:
            yield
        finally:
            self._actor_id = before

    def kick_member(self, guild_id: int, user_id: int) -> None:
        """Remove a member, which `remove_member` does too: there they have left of their own accord."""
        self.remove_member(guild_id, user_id)
        self._record(guild_id, Action.kick, user_id)

    def apply_ban(self, guild_id: int, user_id: int, reason: str | None) -> None:
        super().apply_ban(guild_id, user_id, reason)
        self._record(guild_id, Action.ban, user_id, reason=reason)

    def remove_ban(self, guild_id: int, user_id: int) -> None:
        super().remove_ban(guild_id, user_id)
        self._record(guild_id, Action.unban, user_id)

    def add_member_role(self, guild_id: int, user_id: int, role_id: int) -> None:
        before = list(self.get_member(guild_id, user_id).role_ids)
        super().add_member_role(guild_id, user_id, role_id)
        self._record_roles(guild_id, user_id, before)

    def remove_member_role(self, guild_id: int, user_id: int, role_id: int) -> None:
        before = list(self.get_member(guild_id, user_id).role_ids)
        super().remove_member_role(guild_id, user_id, role_id)
        self._record_roles(guild_id, user_id, before)

    def edit_member(
        self,
        guild_id: int,
        user_id: int,
        changes: Mapping[str, Any],
        *,
        move_voice: bool = False,
        channel_id: int | None = None,
    ) -> Member:
        present = self.get_member(guild_id, user_id)
        roles, timeout = list(present.role_ids), present.timed_out_until
        member = super().edit_member(guild_id, user_id, changes, move_voice=move_voice, channel_id=channel_id)
        self._record_roles(guild_id, user_id, roles)
        if member.timed_out_until != timeout:
            change = {"key": "communication_disabled_until", "old_value": timeout, "new_value": member.timed_out_until}
            given = {key: value for key, value in change.items() if value is not None}
            self._record(guild_id, Action.member_update, user_id, changes=[given])
        return member

    def _record_roles(self, guild_id: int, user_id: int, before: list[int]) -> None:
        after, roles = self.get_member(guild_id, user_id).role_ids, self.get_guild(guild_id).roles

        def told(role_ids: list[int]) -> list[dict[str, str]]:
            return [{"id": str(each), "name": roles[each].name} for each in role_ids if each in roles]

        added, removed = [each for each in after if each not in before], [each for each in before if each not in after]
        changes = [
            {"key": key, "new_value": told(role_ids)}
            for key, role_ids in (("$add", added), ("$remove", removed))
            if role_ids
        ]
        if changes:
            self._record(guild_id, Action.member_role_update, user_id, changes=changes)

    def _record(
        self,
        guild_id: int,
        action: Action,
        target_id: int,
        *,
        changes: list[dict[str, Any]] | None = None,
        reason: str | None = None,
    ) -> None:
        if self._actor_id != self.bot_user.id:
            self.record_audit_log(
                guild_id,
                action.value,
                target_id=target_id,
                changes=changes,
                reason=reason,
                user_id=self._actor_id or self.get_guild(guild_id).owner_id,
            )
