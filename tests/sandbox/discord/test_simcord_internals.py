"""What the stand-in relies on in simcord and discord.py although neither guarantees it: upgrades fail here."""

import inspect
from collections.abc import Callable
from typing import Any

import discord
import pytest

from bot.clock import SystemClock
from bot.sandbox.discord import simcord_internals as simcord
from bot.sandbox.discord.attachments import AttachmentStore
from bot.sandbox.discord.backend import DiscordBackend
from bot.sandbox.discord.fake_discord import FakeDiscord

BACKEND_ATTRIBUTES = {
    "application_id", "bot_user", "channels", "command_permissions", "commands", "guilds", "http_requests",
    "interaction_tokens", "interactions", "messages", "subscribers", "transcript", "users",
}  # fmt: skip
MESSAGE_ATTRIBUTES = {
    "channel_id", "components", "id", "interaction_metadata", "is_ephemeral", "visible_to",
}  # fmt: skip
INTERACTION_ATTRIBUTES = {
    "autocomplete_choices", "command_name", "expires_at", "id", "modal", "modal_consumed", "responded",
    "source_message_id", "user_id",
}  # fmt: skip
CHANNEL_ATTRIBUTES = {
    "guild_id", "id", "is_thread", "name", "parent_id", "recipient_ids", "thread_metadata", "topic", "type",
}  # fmt: skip
GUILD_ATTRIBUTES = {"channel_ids", "id", "members", "name", "owner_id", "roles"}
ROLE_ATTRIBUTES = {"id", "managed", "name", "permissions"}


@pytest.fixture
def fake_discord() -> FakeDiscord:
    return FakeDiscord(clock=SystemClock(), token="right")


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (simcord.base_payload, "backend, *, type, channel_id, guild_id, user_id, data"),
        (simcord.censor_message, "payload, bot_id, *, backend"),
        (simcord.channel_accessible, "backend, channel_id, user_id"),
        (simcord.channel_payload, "backend, channel"),
        (simcord.dispatch, "backend, method, path, *, json, params, files"),
        (simcord.guild_create_payload, "backend, guild"),
        (simcord.invalid_form_body, "message"),
        (simcord.member_payload, "backend, guild, member, *, with_user"),
        (simcord.message_payload, "backend, message"),
        (simcord.missing_privileged_intents, "declared, approved"),
        (simcord.nest_options, "command, path, options"),
        (simcord.prune_guild_create, "payload, intents, bot_id"),
        (simcord.required_intent, "event, payload"),
        (simcord.role_payload, "role"),
        (simcord.user_payload, "user"),
        (simcord.validate_option_value, "command_name, option, value"),
        (simcord.walk_components, "components"),
        (simcord.walk_to_subcommand, "command, path"),
        (simcord.BackendError, "status, code, message"),
        (simcord.Overwrite, "*, target_id, type, allow, deny"),
        (simcord.Backend, "*, clock"),
        (simcord.Backend.add_member, "self, guild_id, user_id, *, roles, announce"),
        (simcord.Backend.add_member_role, "self, guild_id, user_id, role_id"),
        (simcord.Backend.apply_ban, "self, guild_id, user_id, reason"),
        (simcord.Backend.compute_permissions, "self, guild_id, user_id"),
        (simcord.Backend.compute_permissions, "self, guild_id, user_id, channel_id"),
        (simcord.Backend.create_channel, "self, guild_id, name, *, overwrites, topic"),
        (simcord.Backend.create_guild, "self, name"),
        (simcord.Backend.create_message, "self, channel_id, author_id, content"),
        (simcord.Backend.create_role, "self, guild_id, name, *, permissions"),
        (simcord.Backend.get_channel, "self, channel_id"),
        (simcord.Backend.get_dm_channel, "self, user_id"),
        (simcord.Backend.get_guild, "self, guild_id"),
        (simcord.Backend.get_role, "self, guild_id, role_id"),
        (simcord.Backend.get_user, "self, user_id"),
        (simcord.Backend.make_user, "self, name, *, global_name"),
        (simcord.Backend.now_iso, "self"),
        (simcord.Backend.edit_member, "self, guild_id, user_id, changes"),
        (simcord.Backend.remove_member_role, "self, guild_id, user_id, role_id"),
        (simcord.Backend.remove_member, "self, guild_id, user_id"),
        (simcord.Backend.set_overwrite, "self, channel_id, overwrite"),
        (simcord.Backend.announce_member_update, "self, guild_id, user_id"),
        (simcord.Backend.announce_role_updates, "self, guild_id, roles"),
        (simcord.Backend.edit_channel, "self, channel_id, changes, *, thread_metadata"),
        (simcord.Backend.edit_guild, "self, guild_id, changes"),
        (simcord.Backend.get_command_permissions, "self, guild_id, command_id"),
        (simcord.Backend.get_member, "self, guild_id, user_id"),
        (
            simcord.Backend.record_audit_log,
            "self, guild_id, action_type, *, target_id, changes, reason, user_id",
        ),
        (simcord.Backend.require_permissions, "self, guild_id, user_id, channel_id, name"),
        (simcord.Backend.visible_commands, "self, *, user_id, channel_id, type"),
        (simcord.CdnStore.get, "self, url"),
    ],
)
def test_functions_take_our_arguments(function: Callable[..., Any], arguments: str) -> None:
    """Each function still takes the arguments that the stand-in passes, in that order or by that name."""
    positional, _, by_name = arguments.partition("*")
    names = [name.strip(" ,") for name in by_name.split(",") if name.strip(" ,")]
    signature = inspect.signature(function)
    signature.bind(*[name for name in positional.split(",") if name.strip()], **dict.fromkeys(names))


@pytest.mark.parametrize(
    ("override", "original"),
    [
        (DiscordBackend.commit_message, simcord.Backend.commit_message),
        (DiscordBackend.edit_message, simcord.Backend.edit_message),
        (DiscordBackend.delete_message, simcord.Backend.delete_message),
        (DiscordBackend.bulk_delete_messages, simcord.Backend.bulk_delete_messages),
        (DiscordBackend.emit, simcord.Backend.emit),
        (DiscordBackend.add_member, simcord.Backend.add_member),
        (DiscordBackend.add_member_role, simcord.Backend.add_member_role),
        (DiscordBackend.apply_ban, simcord.Backend.apply_ban),
        (DiscordBackend.compute_permissions, simcord.Backend.compute_permissions),
        (DiscordBackend.edit_member, simcord.Backend.edit_member),
        (DiscordBackend.remove_ban, simcord.Backend.remove_ban),
        (DiscordBackend.remove_member, simcord.Backend.remove_member),
        (DiscordBackend.remove_member_role, simcord.Backend.remove_member_role),
        (DiscordBackend.set_command_permissions, simcord.Backend.set_command_permissions),
        (AttachmentStore.store_attachment, simcord.CdnStore.store_attachment),
    ],
)
def test_overridden_methods_keep_their_parameters(override: Callable[..., Any], original: Callable[..., Any]) -> None:
    """A method that the stand-in overrides still has the parameters of simcord's own, so that simcord calls ours."""
    assert list(inspect.signature(override).parameters) == list(inspect.signature(original).parameters)


async def test_models_have_the_attributes_we_read(fake_discord: FakeDiscord) -> None:
    """The backend, messages, channels, roles, servers and interactions still have the attributes that we read."""
    backend = fake_discord.backend
    person = fake_discord.add_person("Alice")
    channel = backend.get_channel(fake_discord.add_channel("study"))
    message = backend.create_message(channel.id, person.id, "hello")
    guild = backend.get_guild(fake_discord.guild_id)
    interaction, payload = simcord.base_payload(
        backend, type=2, channel_id=channel.id, guild_id=guild.id, user_id=person.id, data={}
    )
    assert {name for name in BACKEND_ATTRIBUTES if not hasattr(backend, name)} == set()
    assert {name for name in MESSAGE_ATTRIBUTES if not hasattr(message, name)} == set()
    assert {name for name in CHANNEL_ATTRIBUTES if not hasattr(channel, name)} == set()
    assert {name for name in GUILD_ATTRIBUTES if not hasattr(guild, name)} == set()
    assert {name for name in ROLE_ATTRIBUTES if not hasattr(next(iter(guild.roles.values())), name)} == set()
    assert {name for name in INTERACTION_ATTRIBUTES if not hasattr(interaction, name)} == set()
    assert backend.interaction_tokens[payload["token"]] == interaction.id


def test_an_unknown_choice_has_the_code_we_expect() -> None:
    """A value that is not among an option's choices still has the code that we tell apart."""
    option = {"name": "style", "type": simcord.OptionType.STRING, "choices": [{"name": "Quiet", "value": "quiet"}]}
    with pytest.raises(simcord.OptionError) as refused:
        simcord.validate_option_value("style", option, "loud")
    assert refused.value.code == simcord.UNKNOWN_CHOICE


def test_intents_can_be_made_from_a_number() -> None:
    """discord.py still takes the gateway's number as the value of intents."""
    intents = discord.Intents.none()
    intents.value = discord.Intents(guilds=True, members=True).value
    assert (intents.guilds, intents.members, intents.messages) == (True, True, False)
