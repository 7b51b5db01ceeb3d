"""Every name of simcord that the stand-in uses. No other module of `bot` imports simcord.

simcord does not guarantee these names between releases: test_simcord_internals.py compares them with the
signatures and attributes that this package relies on, so that an upgrade that changes one fails there.
"""

from simcord.backend import Backend
from simcord.backend.access import channel_accessible
from simcord.backend.cdn import CDN_BASE, CdnStore
from simcord.backend.errors import BackendError, OptionError, SetupError, invalid_form_body
from simcord.backend.models import Channel, Guild, Member, Message, Overwrite, Role, User
from simcord.backend.serializers import (
    channel_payload,
    guild_create_payload,
    member_payload,
    message_payload,
    role_payload,
    user_payload,
)
from simcord.components import walk_components
from simcord.enums import AppCommandType, ChannelType, ComponentType, InteractionType, OptionType, OverwriteType
from simcord.http import routes as _routes  # noqa: F401 -- importing it registers every route
from simcord.http.router import RouteNotImplemented, UnsupportedField, dispatch
from simcord.intents import censor_message, missing_privileged_intents, prune_guild_create, required_intent
from simcord.interactions import base_payload, nest_options, validate_option_value, walk_to_subcommand

UNKNOWN_CHOICE = "option-choice"  # OptionError.code when a value is not one of the option's choices


def require(condition: bool, where: str, problem: str) -> None:
    """Raise error 50035 (invalid form body), which names the place and the problem, unless the condition holds."""
    if not condition:
        raise invalid_form_body(f"{where}: {problem}")


__all__ = [
    "CDN_BASE",
    "UNKNOWN_CHOICE",
    "AppCommandType",
    "Backend",
    "BackendError",
    "CdnStore",
    "Channel",
    "ChannelType",
    "ComponentType",
    "Guild",
    "InteractionType",
    "Member",
    "Message",
    "OptionError",
    "OptionType",
    "Overwrite",
    "OverwriteType",
    "Role",
    "RouteNotImplemented",
    "SetupError",
    "UnsupportedField",
    "User",
    "base_payload",
    "censor_message",
    "channel_accessible",
    "channel_payload",
    "dispatch",
    "guild_create_payload",
    "invalid_form_body",
    "member_payload",
    "message_payload",
    "missing_privileged_intents",
    "nest_options",
    "prune_guild_create",
    "require",
    "required_intent",
    "role_payload",
    "user_payload",
    "validate_option_value",
    "walk_components",
    "walk_to_subcommand",
]
