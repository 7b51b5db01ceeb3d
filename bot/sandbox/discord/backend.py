"""The state of the stand-in: simcord's backend on our clock, which also reports changes that only one user sees."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from discord.utils import DISCORD_EPOCH

from bot.clock import Clock
from bot.sandbox.discord.attachments import AttachmentStore
from bot.sandbox.discord.audit_log import AuditLog
from bot.sandbox.discord.command_overrides import CommandOverrides
from bot.sandbox.discord.implicit_denials import without_implicitly_denied
from bot.sandbox.discord.outgoing_objects import hide_shown_files
from bot.sandbox.discord.server_flags import ServerFlags
from bot.sandbox.discord.simcord_internals import Message, User, message_payload

MS_PER_S = 1000

MessageListener = Callable[[Message | None, int], None]


class BackendClock:
    """Our clock with the interface that simcord expects; it cannot be advanced."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.elapsed = 0.0

    def now(self) -> datetime:
        return self._clock.now()

    def advance(self, seconds: float) -> None:
        raise AssertionError("the stand-in runs in real time")


class DiscordBackend(AuditLog, CommandOverrides, ServerFlags):
    """The state of one virtual Discord.

    `message_listeners` are called with (message, id) when a message is created or edited, and with (None, id) when it
    is deleted or dismissed.
    """

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock=BackendClock(clock))  # simcord uses only its three members
        self.attachments = self.cdn = AttachmentStore()
        self.message_listeners: list[MessageListener] = []
        self.closed_to_direct_messages: set[int] = set()
        self.dismissed: set[int] = set()
        self._progress = asyncio.Event()

    def make_account(self, name: str, *, made_at: datetime, global_name: str | None = None) -> User:
        """Add a user whose id tells that the account was made at that time."""
        user_id = self._allocate_at(int(made_at.timestamp() * MS_PER_S) - DISCORD_EPOCH)
        user = self.users[user_id] = User(id=user_id, name=name, global_name=global_name)
        return user

    def bot_is_in(self, guild_id: int) -> bool:
        """Whether the bot is a member of this server."""
        guild = self.guilds.get(guild_id)
        return guild is not None and self.bot_user.id in guild.members

    def commit_message(self, message: Message, *, broadcast: bool = True) -> Message:
        thread = self.get_channel(message.channel_id)
        if thread.thread_metadata is not None and thread.thread_metadata.archived:
            self.edit_channel(thread.id, {}, thread_metadata={"archived": False})  # a message opens it
        committed = super().commit_message(message, broadcast=broadcast)
        self._notify_listeners(committed, committed.id)
        return committed

    def edit_message(self, channel_id: int, message_id: int, fields: dict[str, Any]) -> Message:
        edited = super().edit_message(channel_id, message_id, fields)
        self._notify_listeners(edited, edited.id)
        return edited

    def delete_message(self, channel_id: int, message_id: int) -> None:
        super().delete_message(channel_id, message_id)
        self._notify_listeners(None, message_id)

    def bulk_delete_messages(self, channel_id: int, message_ids: Iterable[int]) -> list[int]:
        deleted = super().bulk_delete_messages(channel_id, message_ids)
        for message_id in deleted:
            self._notify_listeners(None, message_id)
        return deleted

    def dismiss_message(self, message_id: int) -> None:
        """Hide an ephemeral message from its reader permanently. The bot does not learn of it and may still edit it."""
        self._notify_listeners(None, message_id)
        self.dismissed.add(message_id)

    def _notify_listeners(self, message: Message | None, message_id: int) -> None:
        if message_id not in self.dismissed:
            for listener in list(self.message_listeners):
                listener(message, message_id)

    def compute_permissions(self, guild_id: int, user_id: int, channel_id: int | None = None) -> int:
        granted = self.granted_permissions(guild_id, user_id, channel_id)
        return granted if channel_id is None else without_implicitly_denied(granted, self.get_channel(channel_id))

    def granted_permissions(self, guild_id: int, user_id: int, channel_id: int | None = None) -> int:
        """What roles and overwrites grant a member, before Discord takes away what needs another permission."""
        return super().compute_permissions(guild_id, user_id, channel_id)

    # --- messages as clients see them --------------------------------------------------------------------------------

    def client_payload(self, message: Message) -> dict[str, Any]:
        """A message as Discord's clients get it, with two additions.

        `reader`: the id of the only user who sees it, or None. `interaction`: the user and command it answers, or None.
        """
        payload: dict[str, Any] = dict(message_payload(self, message))
        hide_shown_files(payload)
        metadata = message.interaction_metadata or {}
        record = self.interactions.get(int(metadata["id"])) if "id" in metadata else None
        payload["reader"] = str(record.user_id) if record and message.is_ephemeral else None
        payload["interaction"] = {"user": str(record.user_id), "command": record.command_name} if record else None
        return payload

    def client_payloads(self, messages: Iterable[Message]) -> list[dict[str, Any]]:
        """Those of the messages that are not dismissed, as Discord's clients get them."""
        return [self.client_payload(each) for each in messages if each.id not in self.dismissed]

    # --- the bot's calls and events ----------------------------------------------------------------------------------

    def notify_progress(self) -> None:
        """Wake everybody in `wait_until`: the bot has made a call."""
        self._progress.set()
        self._progress = asyncio.Event()

    async def wait_until(self, condition: Callable[[], bool], *, timeout_s: float) -> bool:
        """Wait until `condition()` is true, checking after each call of the bot. False if `timeout_s` seconds pass."""
        try:
            async with asyncio.timeout(timeout_s):
                while not condition():
                    await self._progress.wait()
        except TimeoutError:
            return condition()
        return True

    def emit(self, event: str, payload: Mapping[str, Any]) -> None:
        """Send an event to the gateway. Unlike simcord's own, it keeps no record: the stand-in may run for days."""
        for listener in list(self.subscribers):
            listener(event, payload)

    def clear_call_log(self) -> None:
        """Drop simcord's record of the calls made so far."""
        self.http_requests.clear()
        self.transcript.clear()
