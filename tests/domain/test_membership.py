"""Whether a member can be matched in a server and may enter a room, by what Discord told of them."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain.age_group import AgeGroup
from bot.domain.membership import (
    ABSENT,
    ANSWERED_WITHIN,
    ASK_AGAIN_AFTER,
    FRESH_FOR_ENTRY,
    FRESH_FOR_MATCH,
    UNTIL_TOLD_OTHERWISE,
    Bar,
    Barred,
    Entry,
    KnownMembership,
    Membership,
    bar_of,
    decide_entry,
    why_barred,
)
from bot.domain.server import Audience, Server
from tests.clocks import START

ROLE, OTHER_ROLE = 7, 8
MOMENT = timedelta(milliseconds=1)
LATER, EARLIER = START + MOMENT, START - MOMENT


@pytest.mark.parametrize(
    ("membership", "role_id", "reason", "until"),
    [
        (Membership(), None, None, None),
        (Membership(role_ids=frozenset({ROLE})), ROLE, None, None),
        (Membership(timed_out_until=START), None, None, None),
        (Membership(timed_out_until=EARLIER), None, None, None),
        (Membership(timed_out_until=LATER), None, Barred.TIMED_OUT, LATER),
        (ABSENT, None, Barred.NOT_MEMBER, UNTIL_TOLD_OTHERWISE),
        (Membership(accepted_rules=False), None, Barred.RULES, UNTIL_TOLD_OTHERWISE),
        (Membership(name_held=True), None, Barred.NAME_HELD, UNTIL_TOLD_OTHERWISE),
        (Membership(), ROLE, Barred.ROLE, UNTIL_TOLD_OTHERWISE),
        (Membership(role_ids=frozenset({OTHER_ROLE})), ROLE, Barred.ROLE, UNTIL_TOLD_OTHERWISE),
        (Membership(timed_out_until=LATER), ROLE, Barred.ROLE, UNTIL_TOLD_OTHERWISE),
        (Membership(timed_out_until=LATER, name_held=True), None, Barred.NAME_HELD, UNTIL_TOLD_OTHERWISE),
    ],
)
def test_who_is_barred(
    membership: Membership, role_id: int | None, reason: Barred | None, until: datetime | None
) -> None:
    """Of several reasons the one that lasts longest counts; only a timeout ends by itself."""
    assert why_barred(membership, role_id=role_id, now=START) is reason
    bar = Bar(reason=reason, until=until) if reason and until else None
    assert bar_of(membership, role_id=role_id, now=START) == bar


ADULTS = Server(server_id=1, name="Hall", audience=Audience.ADULTS)
MIXED = replace(ADULTS, audience=Audience.MIXED)
OLD = START - FRESH_FOR_ENTRY - MOMENT
LONG_AGO = START - ANSWERED_WITHIN


@pytest.mark.parametrize(
    ("known", "entry", "where_separated"),
    [
        (KnownMembership(), Entry.ASK, Entry.ASK),
        (KnownMembership(told_at=START), Entry.ADMITTED, Entry.ADMITTED),
        (KnownMembership(told_at=START - FRESH_FOR_ENTRY), Entry.ADMITTED, Entry.ADMITTED),
        (KnownMembership(told_at=START - FRESH_FOR_ENTRY, urgent_at=START), Entry.ADMITTED, Entry.ADMITTED),
        (KnownMembership(told_at=OLD), Entry.ASK, Entry.ASK),
        (KnownMembership(told_at=LATER), Entry.ASK, Entry.ASK),
        (KnownMembership(told_at=OLD, urgent_at=START), Entry.WAIT, Entry.WAIT),
        (KnownMembership(urgent_at=LONG_AGO + MOMENT), Entry.WAIT, Entry.WAIT),
        (KnownMembership(urgent_at=LONG_AGO), Entry.ADMITTED, Entry.WAIT),
        (KnownMembership(told_at=OLD, urgent_at=LONG_AGO - timedelta(hours=1)), Entry.ADMITTED, Entry.WAIT),
        (KnownMembership(urgent_at=LATER), Entry.ADMITTED, Entry.WAIT),
        (KnownMembership(told_at=START, barred_until=UNTIL_TOLD_OTHERWISE), Entry.BARRED, Entry.BARRED),
        (KnownMembership(told_at=OLD, barred_until=LATER, urgent_at=LONG_AGO), Entry.BARRED, Entry.BARRED),
        (KnownMembership(told_at=START, barred_until=START), Entry.ADMITTED, Entry.ADMITTED),
        (KnownMembership(told_at=OLD, barred_until=START), Entry.ASK, Entry.ASK),
    ],
)
def test_who_may_enter(known: KnownMembership, entry: Entry, where_separated: Entry) -> None:
    """Without an answer a member may enter, but not where pools are separated. A clock set back holds up nobody."""
    assert decide_entry(known, server=None, now=START) is entry
    assert decide_entry(known, server=ADULTS, now=START, pool="1") is entry
    known = replace(known, age_group=AgeGroup.MINOR)
    assert decide_entry(known, server=MIXED, now=START) is where_separated
    assert decide_entry(known, server=MIXED, now=START, pool="1:minor") is where_separated


@pytest.mark.parametrize(
    ("server", "age_group", "pool", "entry"),
    [
        (MIXED, AgeGroup.MINOR, "1:minor", Entry.ADMITTED),
        (MIXED, AgeGroup.ADULT, "1:adult", Entry.ADMITTED),
        (MIXED, AgeGroup.ADULT, "1:minor", Entry.OTHER_POOL),
        (MIXED, AgeGroup.MINOR, "1:adult", Entry.OTHER_POOL),
        (MIXED, AgeGroup.MINOR, "1", Entry.OTHER_POOL),
        (MIXED, AgeGroup.MINOR, "2:minor", Entry.OTHER_POOL),
        (MIXED, None, "1", Entry.ASK),
        (MIXED, None, "1:minor", Entry.ASK),
        (MIXED, None, None, Entry.ASK),
        (ADULTS, None, "1", Entry.ADMITTED),
        (ADULTS, None, "1:minor", Entry.OTHER_POOL),
        (ADULTS, AgeGroup.MINOR, "1", Entry.OTHER_POOL),
    ],
)
def test_only_a_room_of_the_own_pool_can_be_entered(
    server: Server, age_group: AgeGroup | None, pool: str | None, entry: Entry
) -> None:
    """However fresh the answer; where pools are separated, one without an age group is none."""
    known = KnownMembership(told_at=START, age_group=age_group)
    assert decide_entry(known, server=server, now=START, pool=pool) is entry
    if entry is Entry.OTHER_POOL and server is ADULTS:
        unanswered = KnownMembership(urgent_at=LONG_AGO, age_group=age_group)
        assert decide_entry(unanswered, server=server, now=START, pool=pool) is Entry.WAIT


@pytest.mark.parametrize(
    ("age_group", "reason"),
    [
        (AgeGroup.MINOR, None),
        (AgeGroup.ADULT, None),
        (AgeGroup.NEITHER, Barred.NO_AGE_ROLE),
        (AgeGroup.BOTH, Barred.BOTH_AGE_ROLES),
    ],
)
def test_who_has_neither_age_role_or_both_is_barred(age_group: AgeGroup, reason: Barred | None) -> None:
    """Until their roles change; a timeout that ends sooner is told of afterwards."""
    timed_out = Membership(timed_out_until=LATER)
    assert why_barred(Membership(), role_id=None, now=START, age_group=age_group) is reason
    assert why_barred(timed_out, role_id=None, now=START, age_group=age_group) is (reason or Barred.TIMED_OUT)


def test_members_are_asked_about_before_what_is_known_gets_too_old() -> None:
    """There is time for an answer, so that nothing is asked between a match and its messages."""
    assert ASK_AGAIN_AFTER + 2 * ANSWERED_WITHIN < FRESH_FOR_MATCH
