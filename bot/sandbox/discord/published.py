"""Answers in the form that Discord publishes (its OpenAPI description): simcord leaves some fields out, or empty.

Which object a mapping is, shows in its fields; only what every such object must have is filled in.
"""

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]

ABSENT_WHERE_EMPTY = frozenset({"nonce", "response_message_id", "integration_types"})
USER = {"primary_guild": None}
MEMBER = {"banner": None}
DIRECT_CHANNEL = {"flags": 0}
APPLICATION: Json = {
    "type": None,
    "flags_new": "0",
    "redirect_uris": [],
    "interactions_endpoint_url": None,
    "role_connections_verification_url": None,
    "approximate_guild_count": 1,
    "approximate_user_install_count": 0,
    "approximate_user_authorization_count": 0,
    "explicit_content_filter": 0,
    "eligible_oauth2_scopes": [],
}


def published(answer: Any) -> Any:  # noqa: ANN401  # any JSON
    """The answer with every object in it complete."""
    if isinstance(answer, list):
        return [published(each) for each in answer]
    if not isinstance(answer, dict):
        return answer
    kept = {key: published(each) for key, each in answer.items() if each is not None or key not in ABSENT_WHERE_EMPTY}
    return {**_missing(kept), **kept, **_as_text(kept)}


def _missing(found: Json) -> Mapping[str, Any]:
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
            return {"version": found["id"]}  # a command's
    return {}


def _as_text(found: Json) -> Mapping[str, str]:
    permissions = found.get("default_member_permissions")
    return {} if permissions is None else {"default_member_permissions": str(permissions)}
