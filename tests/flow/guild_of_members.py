"""A Discord server whose members come and go, as chat sees it: through what the gateway answers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import aiohttp

from bot.domain.membership import Membership

STUDENTS = 7
PRESENT = Membership(role_ids=frozenset({STUDENTS}))


@dataclass(kw_only=True)
class GuildOfMembers:
    """Members are here unless `now_as` says otherwise; while it is `away`, neither way answers."""

    id: int
    now_as: dict[int, Membership] = field(default_factory=dict)
    unavailable: bool = False
    away: bool = False
    asked: int = 0

    def state_of(self, member_id: int) -> Membership:
        """What Discord would tell of a member."""
        return self.now_as.get(member_id, PRESENT)

    @property
    def roles(self) -> Sequence[Any]:
        """The only role."""
        return [SimpleNamespace(id=STUDENTS)]

    async def query_members(self, *, user_ids: Sequence[int], limit: int, cache: bool) -> list[Any]:
        """The gateway's answer."""
        assert len(user_ids) <= limit
        assert not cache
        if self.away:
            raise TimeoutError
        self.asked += len(user_ids)
        return [_as_member(each, self.state_of(each)) for each in user_ids if self.state_of(each).in_server]


class GuildClient:
    """A client that knows this server only."""

    def __init__(self, guild: GuildOfMembers) -> None:
        self._guild = guild
        self.guilds = [guild]
        self.http = self

    def get_guild(self, guild_id: int) -> GuildOfMembers | None:
        return self._guild if guild_id == self._guild.id else None

    async def request(self, _: object) -> Any:
        raise aiohttp.ClientConnectionError("the stand-in answers over the gateway only")


def _as_member(member_id: int, membership: Membership) -> Any:
    until: datetime | None = membership.timed_out_until
    return SimpleNamespace(
        id=member_id,
        _roles=membership.role_ids,
        timed_out_until=until,
        flags=SimpleNamespace(value=0),
        pending=not membership.accepted_rules,
        joined_at=membership.joined_at,
    )
