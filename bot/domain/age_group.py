"""Age groups: the two pools of a server in which some are under 18, by the roles that its members have there."""

from collections.abc import Collection
from enum import StrEnum

from bot.domain.server import Server, pools_are_separated


class AgeGroup(StrEnum):
    """What a member's roles say of their age. Only MINOR and ADULT are matched, each among themselves."""

    MINOR = "minor"
    ADULT = "adult"
    NEITHER = "neither"
    BOTH = "both"


def age_group_of(role_ids: Collection[int], server: Server) -> AgeGroup | None:
    """What these roles say in `server`, or None where nothing separates pools."""
    if not pools_are_separated(server):
        return None
    match server.minor_role_id in role_ids, server.adult_role_id in role_ids:
        case True, True:
            return AgeGroup.BOTH
        case True, False:
            return AgeGroup.MINOR
        case False, True:
            return AgeGroup.ADULT
        case _:
            return AgeGroup.NEITHER


def pool_of(server_id: int, age_group: AgeGroup | None) -> str:
    """The name of the pool of members of this age group, or of the whole server where nothing separates pools."""
    return str(server_id) if age_group is None else f"{server_id}:{age_group}"


def age_group_in(pool: str) -> AgeGroup | None:
    """The age group that a pool is for, or None if it is that of a whole server."""
    _, _, age_group = pool.partition(":")
    return AgeGroup(age_group) if age_group else None


def hides_partner_video(server: Server | None, pool: str) -> bool:
    """Whether members matched in `pool` see each other only once they ask to.

    So it is in the pools of an age group, where admins chose it, and where nothing is known of the server.
    """
    if server is None:
        return True
    return server.hides_partner_video or pools_are_separated(server) or age_group_in(pool) is not None
