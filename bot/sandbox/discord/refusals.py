"""What Discord refuses by state and permissions and simcord carries out, and what it reads into a request."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.sandbox.discord.attachments import Upload
from bot.sandbox.discord.backend import DiscordBackend
from bot.sandbox.discord.simcord_internals import BackendError, Channel

Json = dict[str, Any]

UPDATE_MESSAGE: Final = 7  # the kind of an answer to a press that edits its message
ALL_MENTIONS: Final = ("everyone", "roles", "users")


def check_request(
    backend: DiscordBackend, method: str, path: str, body: Mapping[str, Any], uploads: Sequence[Upload]
) -> None:
    """Raise BackendError if Discord would refuse this request with the bot's token, whatever its body's form."""
    match path.strip("/").split("/"):
        case ["guilds", guild_id, "bans", *_] if method == "GET":
            backend.require_permissions(int(guild_id), backend.bot_user.id, None, "ban_members")
        case ["guilds", guild_id, "members", user_id, *_] if user_id.isdecimal():
            backend.get_guild(int(guild_id))
            backend.get_user(int(user_id))
        case ["channels", channel_id, "messages"] if method == "POST":
            _check_message(backend, backend.get_channel(int(channel_id)), body, uploads)
        case ["channels", channel_id, "messages", *_] if method in {"PATCH", "PUT", "DELETE"}:
            thread = backend.get_channel(int(channel_id)).thread_metadata
            if thread is not None and thread.archived:
                raise BackendError(400, 50083, "Thread is archived")


def mention_everybody_unless_told(method: str, path: str, body: Any) -> Any:  # noqa: ANN401 -- any JSON
    """The body of an edit: one that says nothing of mentions allows all of them, whatever was sent before."""
    if method == "PATCH" and "/messages/" in path:
        return _with_mentions(body)
    if path.endswith("/callback") and body.get("type") == UPDATE_MESSAGE:
        return {**body, "data": _with_mentions(body.get("data") or {})}
    return body


def _with_mentions(edit: Json) -> Json:
    return (
        edit
        if edit.get("allowed_mentions") is not None
        else {**edit, "allowed_mentions": {"parse": list(ALL_MENTIONS)}}
    )


def _check_message(
    backend: DiscordBackend, channel: Channel, body: Mapping[str, Any], uploads: Sequence[Upload]
) -> None:
    if channel.guild_id is None:
        return
    bot_id, send = backend.bot_user.id, "send_messages_in_threads" if channel.is_thread else "send_messages"
    backend.require_permissions(channel.guild_id, bot_id, channel.id, send)
    if body.get("embeds"):
        backend.require_permissions(channel.guild_id, bot_id, channel.id, "embed_links")
    if uploads:
        backend.require_permissions(channel.guild_id, bot_id, channel.id, "attach_files")
    if body.get("message_reference") and not _may(backend, channel, "read_message_history"):
        raise BackendError(403, 160002, "Cannot reply without permission to read message history")
    is_locked = channel.thread_metadata is not None and channel.thread_metadata.locked
    if is_locked and not _may(backend, channel, "manage_threads"):
        raise BackendError(400, 160005, "Thread is locked")


def _may(backend: DiscordBackend, channel: Channel, permission: str) -> bool:
    try:
        backend.require_permissions(channel.guild_id, backend.bot_user.id, channel.id, permission)
    except BackendError:
        return False
    return True
