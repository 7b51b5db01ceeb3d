"""The channels for direct messages: opened once, found again, and left alone for a while where Discord refuses them."""

from collections.abc import Awaitable, Callable

import discord
from discord.http import Route

from bot.chat.route_lanes import RouteLanes
from bot.clock import Clock
from bot.domain.message import Delivered
from bot.store.members import Members

UNKNOWN_CHANNEL = 10003
TAKES_NO_DIRECT_MESSAGES = frozenset({50007, 50278})  # they are closed, or no server is shared any more

SendTo = Callable[[int], Awaitable[Delivered]]


class DirectChannels:
    """Opens the channels of members through `client`."""

    def __init__(self, *, client: discord.Client, members: Members, clock: Clock) -> None:
        self._client = client
        self._members = members
        self._clock = clock
        self._lanes = RouteLanes()

    async def are_closed(self, member_id: int) -> bool:
        """Whether Discord has refused direct messages to this member lately."""
        return not await self._members.takes_direct_messages(member_id, self._clock.now())

    async def send(self, member_id: int, send_to: SendTo) -> Delivered:
        """Send into the member's channel, which is opened first if need be; `send_to` gets its id.

        A refusal for good is recorded. Raises what the library raises.
        """
        try:
            return await self._find_and_send(member_id, send_to)
        except discord.Forbidden as refusal:
            if refusal.code in TAKES_NO_DIRECT_MESSAGES:
                await self._members.close_dm_channel(member_id, self._clock.now())
            raise

    async def _find_and_send(self, member_id: int, send_to: SendTo) -> Delivered:
        known = await self._members.find_dm_channel(member_id)
        try:
            return await send_to(known or await self._open(member_id))
        except discord.NotFound as lost:
            if known is None or lost.code != UNKNOWN_CHANNEL:
                raise
        return await send_to(await self._open(member_id))

    async def _open(self, member_id: int) -> int:
        async with self._lanes.use_lane() as lane:
            route = Route("POST", "/users/@me/channels", metadata=lane)
            channel = await self._client.http.request(route, json={"recipient_id": str(member_id)})
        channel_id = int(channel["id"])
        await self._members.save_dm_channel(member_id, channel_id, self._clock.now())
        return channel_id
