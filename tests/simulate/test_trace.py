"""Traces are read as they are meant; every malformed line is refused by its number, with what is wrong."""

import json
import pickle
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.ticket import Level, Style
from bot.simulate.line import MARKET, TICKET
from bot.simulate.market import EPOCH
from bot.simulate.trace import TOLD, Malformed
from tests.simulate.made import market, opened, ticket


def without(line: bytes, key: str) -> bytes:
    """A line that lacks a key."""
    return json.dumps({name: value for name, value in json.loads(line).items() if name != key}).encode()


def refused(*lines: bytes) -> str:
    """What is said of these lines."""
    with pytest.raises(Malformed) as malformed:
        opened(lines)
    return str(malformed.value)


def test_a_trace_is_read() -> None:
    """Wishes, bonds and times arrive as the engine knows them; who leaves early ends early."""
    head = market(blocks=[["m1", "m2"]], favourites=[["m2", "m1"]], met=[["m3", "m1", 3.5]])
    known, arrivals = opened([head, ticket("m1", 1.5, level=2, style="quiet"), ticket("m3", 1.5, leaves_s=60.5)])
    first, last = arrivals
    assert (first.ticket.name, first.ticket.wishes.level, first.ticket.wishes.style) == (
        "m1",
        Level.ADVANCED,
        Style.QUIET,
    )
    assert first.ticket.waiting_since == EPOCH + timedelta(seconds=1.5)
    assert first.ticket.expires_at == EPOCH + timedelta(seconds=601.5)
    assert (first.comes, first.ends, last.ends) == (1.5, 601.5, 62.0)
    one, two, three = 1, 2, 3
    assert {first.ticket.member_id, last.ticket.member_id} <= {one, two, three}
    one = first.ticket.member_id
    history = known.history(one, known.partners(one))
    assert (len(history.blocks), len(history.favourites), [*history.last_meetings.values()]) == (
        1,
        1,
        [EPOCH - timedelta(days=3.5)],
    )


def test_a_member_may_come_again() -> None:
    """Once their earlier ticket is over."""
    _, arrivals = opened([market(), ticket("m1", 0, leaves_s=5), ticket("m1", 5)])
    assert len(arrivals) == 2


@pytest.mark.parametrize("line", [ticket('a": b'), ticket().replace(b":", b" : "), ticket().replace(b" ", b"")])
def test_however_it_is_spelled(line: bytes) -> None:
    """What looks odd and is right is right."""
    _, [arrival] = opened([market(), line])
    assert arrival.ticket.name == json.loads(line)["member"]


def test_a_day_without_anybody() -> None:
    """Is a day."""
    assert opened([market()])[1] == []


@pytest.mark.parametrize("key", TICKET)
def test_no_key_of_a_ticket_may_be_missing(key: str) -> None:
    """The line says which."""
    assert f"line 2: {'kind must be' if key == 'kind' else f'{key} missing'}" in refused(
        market(), without(ticket(), key)
    )


@pytest.mark.parametrize("key", MARKET)
def test_no_key_of_the_market_may_be_missing(key: str) -> None:
    """The line says which."""
    assert f"line 1: {'must be the market' if key == 'kind' else f'{key} missing'}" in refused(without(market(), key))


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (b"", "is empty"),
        (b"  \n", "is empty"),
        (b"{", "is not JSON: Expecting property name"),
        (ticket().replace(b"{", b'{"pool": "g7", ', 1), 'says "pool" more than once'),
        (b'{"kind": "ticket"} {}', "is not JSON: Extra data at column 20"),
        (b"\xff", "is not UTF-8"),
        (b"[" * 100_000, "is not JSON"),
        (b"1" * 10_000, "is not JSON"),
        (b"[1]", "must be a JSON object, not [1]"),
        (b"null", "must be a JSON object, not null"),
        (market(), 'kind must be "ticket", not "market"'),
        (ticket(kind="arrival"), 'kind must be "ticket", not "arrival"'),
        (ticket(kind=["ticket"]), 'kind must be "ticket", not ["ticket"]'),
        (ticket(mood="good"), '"mood" unknown'),
        (ticket(t=-1), "t must be seconds from 0"),
        (ticket(t="0"), 't must be seconds from 0 to 10000000000, not "0"'),
        (ticket(t=True), "t must be"),
        (ticket(t=None), "t must be"),
        (ticket(t=1e11), "t must be"),
        (ticket(t=10**400), "t must be"),
        (ticket().replace(b"0.0", b"NaN"), "NaN is not a number"),
        (ticket().replace(b"0.0", b"-Infinity"), "-Infinity is not a number"),
        (ticket().replace(b"0.0", b"1e999"), "t must be"),
        (ticket(member=""), "member must be a name"),
        (ticket(member=7), "member must be a name, not 7"),
        (ticket(pool=None), "pool must be a name"),
        (ticket(subject=[]), "subject must be a name"),
        (ticket(subject_group=1), "subject_group must be a name"),
        (ticket(subject_group="k1"), 'subject "any" must have subject_group "any"'),
        (ticket(level=3), "level must be 0, 1, 2 or null, not 3"),
        (ticket(level=-1), "level must be"),
        (ticket(level=1.0), "level must be"),
        (ticket(level=True), "level must be"),
        (ticket(level="1"), "level must be"),
        (ticket(style="loud"), 'style must be one of quiet, talk, any, not "loud"'),
        (ticket(style=None), "style must be one of"),
        (ticket(style=["any"]), "style must be one of"),
        (ticket(camera="maybe"), "camera must be one of on, off, any"),
        (ticket(lengths=[]), "lengths must be a list of minutes with at least one"),
        (ticket(lengths=25), "lengths must be"),
        (ticket(lengths=[25.5]), "lengths must be"),
        (ticket(lengths=[0]), "lengths must be"),
        (ticket(lengths=["25"]), "lengths must be"),
        (ticket(languages=[]), "languages must be a list of languages with at least one"),
        (ticket(languages="en"), "languages must be"),
        (ticket(languages=[""]), "languages must be"),
        (ticket(patience_s=-1), "patience_s must be"),
        (ticket(patience_s=None), "patience_s must be"),
        (ticket(leaves_s=-0.5), "leaves_s must be seconds from 0 to 10000000000, or null, not -0.5"),
        (ticket(leaves_s="soon"), "leaves_s must be"),
        (ticket(level=9, style=1), "level must be 0, 1, 2 or null, not 9; style must be one of"),
        (ticket(member={"x": "y" * 100}), "member must be a name"),
    ],
)
def test_a_malformed_ticket(line: bytes, what: str) -> None:
    """The line is named, what is wrong with it is said in a sentence of bounded length, and nothing else is."""
    said = refused(market(), ticket("m0"), line)
    assert said.startswith(f"line 3: {what}")
    assert len(said) < 250


@pytest.mark.parametrize(
    ("values", "what"),
    [
        ({"blocks": None}, "blocks must be a list of pairs of two different members, not null"),
        ({"blocks": {}}, "blocks must be"),
        ({"blocks": [["m1"]]}, "blocks must be"),
        ({"blocks": [["m1", "m1"]]}, "blocks must be"),
        ({"blocks": [["m1", "m2", 1]]}, "blocks must be"),
        ({"favourites": [["m1", 2]]}, "favourites must be"),
        ({"favourites": ["m1"]}, "favourites must be"),
        ({"met": [["m1", "m2"]]}, "met must be a list of pairs of two different members, each with how many days ago"),
        ({"met": [["m1", "m2", -1]]}, "met must be"),
        ({"met": [["m1", "m2", "1"]]}, "met must be"),
        ({"met": [["m1", "m2", 1, 2]]}, "met must be"),
        ({"seed": 1}, '"seed" unknown'),
        ({"kind": "ticket"}, "must be the market"),
    ],
)
def test_a_malformed_market(values: dict[str, Any], what: str) -> None:
    """It is refused, and so are malformed tickets behind it."""
    said = refused(market(**values), ticket(t=-1))
    assert said.startswith(f"line 1: {what}")
    assert "\nline 2: t must be" in said


def test_nothing_at_all_is_no_trace() -> None:
    """The first line is missing."""
    assert refused().startswith("line 1: is empty")


def test_order_and_one_ticket_at_a_time() -> None:
    """Tickets stand in the order they come; a member waits with one at a time."""
    said = refused(market(), ticket("m1", 10), ticket("m2", 9.5), ticket("m1", 609), ticket("m3", 609))
    assert said.splitlines() == [
        "line 3: t is 9.5 after 10; tickets stand in the order they come",
        'line 4: member "m1" still waits with an earlier ticket',
    ]


def test_all_malformed_lines_are_told_up_to_a_screenful() -> None:
    """The rest is counted."""
    said = refused(market(), *(ticket(f"m{n}", t=-1) for n in range(TOLD + 7))).splitlines()
    assert len(said) == TOLD + 1
    assert said[-1] == "and 7 more of this kind"


def test_what_is_wrong_is_told_across_processes() -> None:
    """Whoever reads traces in another process hears the same."""
    wrong = Malformed(["line 2: is empty"], 3)
    assert str(pickle.loads(pickle.dumps(wrong))) == str(wrong) == "line 2: is empty\nand 3 more of this kind"  # noqa: S301
