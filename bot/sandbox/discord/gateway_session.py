"""A bot's session at the gateway: one shard's numbered events, which outlive a connection and can be resumed."""

import copy
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import discord

from bot.sandbox.discord.backend import DiscordBackend
from bot.sandbox.discord.gateway_connection import Frame, GatewayConnection, Op
from bot.sandbox.discord.hidden_channels import happens_in_sight, redact_event
from bot.sandbox.discord.member_events import bot_may_see
from bot.sandbox.discord.outgoing_objects import complete_objects, without_login_data
from bot.sandbox.discord.simcord_internals import censor_message, prune_guild_create, required_intent

MAX_REPLAYED_EVENTS = 1000
GUILD_EVENTS = frozenset({"GUILD_CREATE", "GUILD_UPDATE", "GUILD_DELETE"})
# What a bot hears of a server that has removed it: that, and uses of the components of its messages there.
SENT_TO_OUTSIDERS = frozenset({"GUILD_DELETE", "INTERACTION_CREATE"})
EVENTS_WITH_CONTENT = frozenset({"MESSAGE_CREATE", "MESSAGE_UPDATE"})


@dataclass(kw_only=True)
class GatewaySession:
    """One shard's stream of events; `connection` is None while the bot is disconnected. `shard` is (index, count)."""

    id: str
    backend: DiscordBackend
    intents: discord.Intents
    shard: tuple[int, int]
    connection: GatewayConnection | None
    sequence: int = 0
    replay_buffer: deque[Frame] = field(default_factory=lambda: deque(maxlen=MAX_REPLAYED_EVENTS))

    def send_event(self, event: str, payload: Mapping[str, Any]) -> None:
        """Number an event, remember it for a resume, and send it if the bot is connected."""
        self.sequence += 1
        frame = {"op": Op.DISPATCH, "t": event, "s": self.sequence, "d": payload}
        self.replay_buffer.append(frame)
        if self.connection is not None:
            self.connection.queue_frame(frame)

    def offer_event(self, event: str, payload: Mapping[str, Any]) -> None:
        """Send an event if this session's intents and shard and the bot's permissions include it.

        What the bot may not see is left out.
        """
        bot_id = self.backend.bot_user.id
        is_own_update = event == "GUILD_MEMBER_UPDATE" and int(payload["user"]["id"]) == bot_id  # needs no intent
        intent = None if is_own_update else required_intent(event, payload)
        guild_id = int(payload.get("id" if event in GUILD_EVENTS else "guild_id") or 0)
        if guild_id and event not in SENT_TO_OUTSIDERS and not self.backend.bot_is_in(guild_id):
            return
        if not self.covers_guild(guild_id) or (intent is not None and not getattr(self.intents, intent)):
            return
        if not bot_may_see(self.backend, event, guild_id) or not happens_in_sight(self.backend, event, payload):
            return
        visible = copy.deepcopy(dict(payload))
        if event == "GUILD_CREATE":
            prune_guild_create(visible, self.intents, bot_id)
        if event in EVENTS_WITH_CONTENT and not self.intents.message_content:
            censor_message(visible, bot_id, backend=self.backend)
        if event == "GUILD_UPDATE":
            visible = without_login_data(visible)
        complete_objects(self.backend, visible, guild_id)
        self.send_event(event, redact_event(self.backend, event, visible))

    def covers_guild(self, guild_id: int) -> bool:
        """Whether a server belongs to this shard; direct messages (0) belong to the first shard."""
        index, count = self.shard
        return (guild_id >> 22) % count == index

    def resume_on(self, connection: GatewayConnection, *, last_seen: int) -> bool:
        """Continue on another connection, replaying the events after number `last_seen`.

        Returns False, and changes nothing, if some of them are no longer in the buffer.
        """
        missed = [frame for frame in self.replay_buffer if frame["s"] > last_seen]
        if len(missed) != self.sequence - last_seen:
            return False
        self.connection = connection
        for frame in missed:
            connection.queue_frame(frame)
        self.send_event("RESUMED", {})
        return True
