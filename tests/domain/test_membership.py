"""Whether a member can be matched in a server and may enter a room, by what Discord told of them."""

from datetime import datetime, timedelta

import pytest

from bot.domain import membership as rules
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
def test_who_may_enter(
    monkeypatch: pytest.MonkeyPatch, known: KnownMembership, entry: Entry, where_separated: Entry
) -> None:
    """Without an answer a member may enter, but not where pools are separated. A clock set back holds up nobody."""
    assert decide_entry(known, server=None, now=START) is entry
    monkeypatch.setattr(rules, "pools_are_separated", lambda _: True)
    assert decide_entry(known, server=None, now=START) is where_separated


def test_members_are_asked_about_before_what_is_known_gets_too_old() -> None:
    """There is time for an answer, so that nothing is asked between a match and its messages."""
    assert ASK_AGAIN_AFTER + 2 * ANSWERED_WITHIN < FRESH_FOR_MATCH
