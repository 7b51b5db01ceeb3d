"""Completes simcord's responses to Discord's OpenAPI schema: adds required fields, drops fields that may not be null.

The kind of an object is recognized by its fields; only fields that the schema requires are added.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

Json = dict[str, Any]

NEVER_NULL = frozenset({"nonce", "response_message_id", "integration_types"})
# The required fields that simcord leaves out, by kind of object.
USER = MappingProxyType({"primary_guild": None})
MEMBER = MappingProxyType({"banner": None})
DIRECT_CHANNEL = MappingProxyType({"flags": 0})
APPLICATION: Mapping[str, Any] = MappingProxyType(
    {
        "type": None,
        "flags_new": "0",
        "redirect_uris": (),
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "approximate_guild_count": 1,
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "eligible_oauth2_scopes": (),
    }
)


def complete_response(response: Any) -> Any:  # noqa: ANN401  # any JSON
    """Return the response with all its objects completed, at any depth."""
    if isinstance(response, list):
        return [complete_response(each) for each in response]
    if not isinstance(response, dict):
        return response
    fields = {
        key: complete_response(each) for key, each in response.items() if each is not None or key not in NEVER_NULL
    }
    return {**_required_fields(fields), **fields, **_permissions_as_text(fields)}


def _required_fields(found: Json) -> Mapping[str, Any]:
    match found:
        case {"username": _, "discriminator": _}:
            return USER
        case {"user": _, "joined_at": _}:
            return MEMBER
        case {"recipients": _}:
            return DIRECT_CHANNEL
        case {"verify_key": _}:
            return APPLICATION
        case {"application_id": _, "name": _, "description": _}:
            return {"version": found["id"]}  # a command
    return {}


def _permissions_as_text(found: Json) -> Mapping[str, str]:
    permissions = found.get("default_member_permissions")
    return {} if permissions is None else {"default_member_permissions": str(permissions)}
