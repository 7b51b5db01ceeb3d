"""Age groups follow from two roles, where some members are under 18 or may be."""

from dataclasses import replace

import pytest

from bot.domain.age_group import AgeGroup, age_group_in, age_group_of, hides_partner_video, pool_of
from bot.domain.server import Audience, Server

MINOR_ROLE, ADULT_ROLE, OTHER_ROLE = 11, 12, 13


def server_for(audience: Audience) -> Server:
    return Server(
        server_id=1,
        name="Hall",
        audience=audience,
        minor_role_id=MINOR_ROLE,
        adult_role_id=ADULT_ROLE,
        reader_role_id=14,
    )


@pytest.mark.parametrize("audience", [Audience.MIXED, Audience.UNSURE])
@pytest.mark.parametrize(
    ("role_ids", "expected"),
    [
        ({MINOR_ROLE, OTHER_ROLE}, AgeGroup.MINOR),
        ({ADULT_ROLE}, AgeGroup.ADULT),
        ({MINOR_ROLE, ADULT_ROLE}, AgeGroup.BOTH),
        ({OTHER_ROLE}, AgeGroup.NEITHER),
        (set(), AgeGroup.NEITHER),
    ],
)
def test_the_roles_decide(audience: Audience, role_ids: set[int], expected: AgeGroup) -> None:
    """Whoever is not sure is treated as if some were under 18."""
    assert age_group_of(role_ids, server_for(audience)) is expected


def test_among_adults_nobody_has_a_group() -> None:
    """The roles may have been left over from before."""
    assert age_group_of({MINOR_ROLE}, server_for(Audience.ADULTS)) is None


def test_every_pool_has_a_name_of_its_own() -> None:
    """Those of one server differ from each other, and from those of another server."""
    names = [pool_of(server_id, group) for server_id in (1, 2) for group in (None, AgeGroup.MINOR, AgeGroup.ADULT)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("group", [None, AgeGroup.MINOR, AgeGroup.ADULT])
def test_a_pools_name_says_whom_it_is_for(group: AgeGroup | None) -> None:
    """What `pool_of` is given is read from it again."""
    assert age_group_in(pool_of(1, group)) is group


@pytest.mark.parametrize("audience", [Audience.ADULTS, Audience.MIXED, Audience.UNSURE])
@pytest.mark.parametrize("group", [None, AgeGroup.MINOR, AgeGroup.ADULT])
@pytest.mark.parametrize("is_chosen", [False, True])
def test_partners_are_hidden_in_pools_of_an_age_group(
    audience: Audience, group: AgeGroup | None, is_chosen: bool
) -> None:
    """There always, also when the pools are gone by now or have come since; elsewhere if admins chose it."""
    server = replace(server_for(audience), hides_partner_video=is_chosen)
    is_alone_with_adults = audience is Audience.ADULTS and group is None
    assert hides_partner_video(server, pool_of(1, group)) is (is_chosen or not is_alone_with_adults)


def test_partners_are_hidden_where_nothing_is_known_of_the_server() -> None:
    """A tap is a small price."""
    assert hides_partner_video(None, pool_of(1, None)) is True
