"""Reading traces: valid lines become arrivals, malformed ones are reported by number, with what is wrong."""

import json
import pickle
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.ticket import Level, Style, Wishes
from bot.simulate.market import EPOCH
from bot.simulate.trace import LISTED_PROBLEMS, MalformedTrace
from bot.simulate.trace_line import MARKET_RULES, TICKET_RULES, TicketLine
from tests.simulate.trace_lines import market_line, read_lines, ticket_line


def without_key(line: bytes, key: str) -> bytes:
    """The line without one key."""
    return json.dumps({name: value for name, value in json.loads(line).items() if name != key}).encode()


def problems_of(*lines: bytes) -> str:
    """The message about these malformed lines."""
    with pytest.raises(MalformedTrace) as error:
        read_lines(lines)
    return str(error.value)


def test_a_valid_trace_is_read() -> None:
    """Wishes, relations and times are those that the engine gets; a member who leaves early ends early."""
    head = market_line(blocks=[["m1", "m2"]], favourites=[["m2", "m1"]], met=[["m3", "m1", 3.5]])
    known, arrivals = read_lines(
        [head, ticket_line("m1", 1.5, level=2, style="quiet"), ticket_line("m3", 1.5, leaves_s=60.5)]
    )
    first, last = arrivals
    assert (first.ticket.name, first.ticket.wishes.level, first.ticket.wishes.style) == (
        "m1",
        Level.ADVANCED,
        Style.QUIET,
    )
    assert first.ticket.waiting_since == EPOCH + timedelta(seconds=1.5)
    assert first.ticket.expires_at == EPOCH + timedelta(seconds=601.5)
    assert (first.arrives_at, first.leaves_at, last.leaves_at) == (1.5, 601.5, 62.0)
    one, two, three = 1, 2, 3
    assert {first.ticket.member_id, last.ticket.member_id} <= {one, two, three}
    one = first.ticket.member_id
    history = known.history_with(one, known.related_members(one))
    assert (len(history.blocks), len(history.favourites), [*history.last_meetings.values()]) == (
        1,
        1,
        [EPOCH - timedelta(days=3.5)],
    )


def test_a_member_may_return() -> None:
    """A member may have another ticket once the earlier one is over."""
    _, arrivals = read_lines([market_line(), ticket_line("m1", 0, leaves_s=5), ticket_line("m1", 5)])
    assert len(arrivals) == 2


@pytest.mark.parametrize(
    "line", [ticket_line('a": b'), ticket_line().replace(b":", b" : "), ticket_line().replace(b" ", b"")]
)
def test_unusual_json_is_valid(line: bytes) -> None:
    """Odd names and white space are valid."""
    _, [arrival] = read_lines([market_line(), line])
    assert arrival.ticket.name == json.loads(line)["member"]


def test_a_trace_without_tickets_is_valid() -> None:
    """A day without arrivals is a day."""
    assert read_lines([market_line()])[1] == []


@pytest.mark.parametrize("key", TICKET_RULES)
def test_no_key_of_a_ticket_may_be_missing(key: str) -> None:
    """The message names the missing key."""
    assert f"line 2: {'kind must be' if key == 'kind' else f'{key} missing'}" in problems_of(
        market_line(), without_key(ticket_line(), key)
    )


@pytest.mark.parametrize("key", MARKET_RULES)
def test_no_key_of_the_market_may_be_missing(key: str) -> None:
    """The message names the missing key."""
    assert f"line 1: {'must be the market' if key == 'kind' else f'{key} missing'}" in problems_of(
        without_key(market_line(), key)
    )


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (b"", "is empty"),
        (b"  \n", "is empty"),
        (b"{", "isn't JSON: Expecting property name"),
        (ticket_line().replace(b"{", b'{"pool": "g7", ', 1), 'says "pool" more than once'),
        (b'{"kind": "ticket"} {}', "isn't JSON: Extra data at column 20"),
        (b"\xff", "isn't UTF-8"),
        (b"[" * 100_000, "is JSON that makes no sense"),
        (b"1" * 10_000, "is JSON that makes no sense"),
        (b"[1]", "must be a JSON object, not [1]"),
        (b"null", "must be a JSON object, not null"),
        (market_line(), 'kind must be "ticket", not "market"'),
        (ticket_line(kind="arrival"), 'kind must be "ticket", not "arrival"'),
        (ticket_line(kind=["ticket"]), 'kind must be "ticket", not ["ticket"]'),
        (ticket_line(mood="good"), '"mood" unknown'),
        (ticket_line(t=-1), "t must be seconds from 0"),
        (ticket_line(t="0"), 't must be seconds from 0 to 10000000000, not "0"'),
        (ticket_line(t=True), "t must be"),
        (ticket_line(t=None), "t must be"),
        (ticket_line(t=1e11), "t must be"),
        (ticket_line(t=10**400), "t must be"),
        (ticket_line().replace(b"0.0", b"NaN"), "NaN isn't a number"),
        (ticket_line().replace(b"0.0", b"-Infinity"), "-Infinity isn't a number"),
        (ticket_line().replace(b"0.0", b"1e999"), "t must be"),
        (ticket_line(member=""), "member must be a name"),
        (ticket_line(member=7), "member must be a name, not 7"),
        (ticket_line(pool=None), "pool must be a name"),
        (ticket_line(subject=[]), "subject must be a name"),
        (ticket_line(subject_group=1), "subject_group must be a name"),
        (ticket_line(subject_group="k1"), 'subject "any" must have subject_group "any"'),
        (ticket_line(level=3), "level must be 0, 1, 2 or null, not 3"),
        (ticket_line(level=-1), "level must be"),
        (ticket_line(level=1.0), "level must be"),
        (ticket_line(level=True), "level must be"),
        (ticket_line(level="1"), "level must be"),
        (ticket_line(style="loud"), 'style must be one of quiet, talk, any, not "loud"'),
        (ticket_line(style=None), "style must be one of"),
        (ticket_line(style=["any"]), "style must be one of"),
        (ticket_line(camera="maybe"), "camera must be one of on, off, any"),
        (ticket_line(lengths=[]), "lengths must be a list of minutes with at least one"),
        (ticket_line(lengths=25), "lengths must be"),
        (ticket_line(lengths=[25.5]), "lengths must be"),
        (ticket_line(lengths=[0]), "lengths must be"),
        (ticket_line(lengths=["25"]), "lengths must be"),
        (ticket_line(languages=[]), "languages must be a list of languages with at least one"),
        (ticket_line(languages="en"), "languages must be"),
        (ticket_line(languages=[""]), "languages must be"),
        (ticket_line(patience_s=-1), "patience_s must be"),
        (ticket_line(patience_s=None), "patience_s must be"),
        (ticket_line(leaves_s=-0.5), "leaves_s must be seconds from 0 to 10000000000, or null, not -0.5"),
        (ticket_line(leaves_s="soon"), "leaves_s must be"),
        (ticket_line(level=9, style=1), "level must be 0, 1, 2 or null, not 9; style must be one of"),
        (ticket_line(member={"x": "y" * 100}), "member must be a name"),
    ],
)
def test_a_malformed_ticket_is_reported(line: bytes, what: str) -> None:
    """The message has the line's number and what is wrong, in one sentence of limited length."""
    message = problems_of(market_line(), ticket_line("m0"), line)
    assert message.startswith(f"line 3: {what}")
    assert len(message) < 250


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
def test_a_malformed_market_is_reported(values: dict[str, Any], what: str) -> None:
    """The market is reported together with malformed tickets after it."""
    message = problems_of(market_line(**values), ticket_line(t=-1))
    assert message.startswith(f"line 1: {what}")
    assert "\nline 2: t must be" in message


def test_an_empty_file_is_no_trace() -> None:
    """The first line is reported as empty."""
    assert problems_of().startswith("line 1: is empty")


def test_tickets_are_in_order_and_one_per_member() -> None:
    """Tickets are in the order of arrival, and a member waits with one at a time."""
    message = problems_of(
        market_line(), ticket_line("m1", 10), ticket_line("m2", 9.5), ticket_line("m1", 609), ticket_line("m3", 609)
    )
    assert message.splitlines() == [
        "line 3: t is 9.5 after 10; tickets are listed in the order they arrive",
        'line 4: member "m1" still waits with an earlier ticket',
    ]


def test_the_list_of_malformed_lines_is_limited() -> None:
    """Beyond the limit, malformed lines are only counted."""
    message = problems_of(market_line(), *(ticket_line(f"m{n}", t=-1) for n in range(LISTED_PROBLEMS + 7))).splitlines()
    assert len(message) == LISTED_PROBLEMS + 1
    assert message[-1] == "and 7 more of this kind"


def test_the_error_can_be_pickled() -> None:
    """The error keeps its message when another process raises it."""
    wrong = MalformedTrace(["line 2: is empty"], 3)
    assert str(pickle.loads(pickle.dumps(wrong))) == str(wrong) == "line 2: is empty\nand 3 more of this kind"  # noqa: S301


def test_every_wish_is_in_the_trace() -> None:
    """A wish that is added later cannot be forgotten in the trace format; the engine does not read `any_length`."""
    assert set(Wishes.__dataclass_fields__) - {"any_length"} <= set(TicketLine.__struct_fields__)
