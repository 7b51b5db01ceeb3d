"""A line of a trace: what it must be, and in which words it is refused.

msgspec reads lines, and refuses what is none, in a tenth of the time of Python's json; rules of our own tell why, in
words for people.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Final, Generic, NoReturn, TypeVar

import msgspec

from bot.domain.ticket import Camera, Level, Style

LONGEST: Final = 10_000_000_000  # seconds; three hundred years, which a calendar still holds
SHOWN: Final = 60  # letters of a wrong value
PAIR: Final = 2
DAYS: Final = 1e6
STYLES: Final = tuple(Style)
CAMERAS: Final = tuple(Camera)

Name = Annotated[str, msgspec.Meta(min_length=1)]
Minutes = Annotated[int, msgspec.Meta(gt=0, le=LONGEST)]
Days = Annotated[float, msgspec.Meta(ge=0, le=DAYS)]
Seconds = Annotated[float, msgspec.Meta(ge=0, le=LONGEST)]


class MarketLine(msgspec.Struct, tag_field="kind", tag="market", forbid_unknown_fields=True):
    """The market as a line says it: two members each; who have met also so many days before the start."""

    blocks: list[tuple[Name, Name]]
    favourites: list[tuple[Name, Name]]
    met: list[tuple[Name, Name, Days]]

    def __post_init__(self) -> None:
        if any(pair[0] == pair[1] for pairs in (self.blocks, self.favourites, self.met) for pair in pairs):
            raise ValueError("two of a pair are one")


class TicketLine(msgspec.Struct, tag_field="kind", tag="ticket", forbid_unknown_fields=True, gc=False):
    """A ticket as a line says it; times are seconds, `t` from the start of the trace, the others from `t`."""

    t: Seconds
    member: Name
    pool: Name
    subject: Name
    subject_group: Name
    level: Annotated[int, msgspec.Meta(ge=0, lt=len(Level))] | None
    style: Style
    camera: Camera
    lengths: Annotated[tuple[Minutes, ...], msgspec.Meta(min_length=1)]
    languages: Annotated[tuple[Name, ...], msgspec.Meta(min_length=1)]
    patience_s: Seconds
    leaves_s: Seconds | None


Line = TypeVar("Line", MarketLine, TicketLine)

Rules = Mapping[str, tuple[Callable[[Any], bool], str]]
"""For each key what holds of its value, and that in words."""


class Wrong(Exception):
    """A line is malformed; the message says how."""


def _no_constant(name: str) -> NoReturn:
    raise Wrong(f"{name} is not a number")


def _no_key_twice(pairs: Sequence[tuple[str, Any]]) -> Mapping[str, Any]:
    row = dict(pairs)
    if len(row) != len(pairs):
        keys = [key for key, _ in pairs]
        raise Wrong(f"says {', '.join(shown(key) for key in row if keys.count(key) > 1)} more than once")
    return row


DECODER: Final = json.JSONDecoder(parse_constant=_no_constant, object_pairs_hook=_no_key_twice)


class Reader(Generic[Line]):
    """Reads lines of one kind."""

    def __init__(self, kind: type[Line], rules: Rules, *, otherwise: str) -> None:
        self._decode: Callable[[bytes], Line] = msgspec.json.Decoder(kind).decode
        self._keys = 1 + len(msgspec.structs.fields(kind))
        self._rules = rules
        self._kind = str(kind.__struct_config__.tag)
        self._otherwise = otherwise

    def read(self, line: bytes) -> Line:
        """What a line says; raises Wrong."""
        try:
            read = self._decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            self._refuse(line)
            raise Wrong(f"is no {self._kind}: {error}") from None
        if line.count(b'":') != self._keys:  # perhaps a key stands there twice, of which msgspec takes the last
            self._refuse(line)
        return read

    def _refuse(self, line: bytes) -> None:
        """Raise Wrong with all that is wrong with the line, if anything is."""
        row = _parsed(line)
        if row.get("kind") != self._kind:
            raise Wrong(self._otherwise.format(shown(row.get("kind"))))
        _check(row, self._rules)


def _parsed(line: bytes) -> Mapping[str, Any]:
    if not line.strip():
        raise Wrong("is empty; each line is one JSON object")
    try:
        row = DECODER.decode(line.decode())
    except UnicodeDecodeError:
        raise Wrong("is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise Wrong(f"is not JSON: {error.msg} at column {error.colno}") from None
    except (ValueError, RecursionError):
        raise Wrong("is not JSON anybody means: a number or a nesting beyond all bounds") from None
    if not isinstance(row, dict):
        raise Wrong(f"must be a JSON object, not {shown(row)}")
    return row


def _check(row: Mapping[str, Any], rules: Rules) -> None:
    if row.keys() != rules.keys():
        missing, unknown = sorted(rules.keys() - row.keys()), sorted(row.keys() - rules.keys())
        told = [f"{', '.join(missing)} missing"] if missing else []
        raise Wrong("; ".join([*told, *([f"{', '.join(map(shown, unknown))} unknown"] if unknown else [])]))
    wrong = [
        f"{key} must be {what}, not {shown(row[key])}" for key, (holds, what) in rules.items() if not holds(row[key])
    ]
    if wrong:
        raise Wrong("; ".join(wrong))


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _is_number(value: object) -> bool:
    # A number that is none is in no range.
    return (isinstance(value, float) or type(value) is int) and 0 <= value <= LONGEST


def _is_minutes(value: object) -> bool:
    return type(value) is int and 0 < value <= LONGEST


def _is_list(of: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, list) and value != [] and all(map(of, value))


def _is_pairs(value: object, *, then: Callable[..., bool] = lambda *rest: not rest) -> bool:
    return isinstance(value, list) and all(
        isinstance(each, list)
        and len(each) > 1
        and all(map(_is_text, each[:2]))
        and each[0] != each[1]
        and then(*each[2:])
        for each in value
    )


def shown(value: object) -> str:
    shown = json.dumps(value, ensure_ascii=True)
    return shown if len(shown) <= SHOWN else f"{shown[:SHOWN]}…"


_PAIR = "a list of pairs of two different members"
_SECONDS = f"seconds from 0 to {LONGEST}"

MARKET: Final[Rules] = {
    "kind": (_is_text, '"market"'),
    "blocks": (_is_pairs, _PAIR),
    "favourites": (_is_pairs, _PAIR),
    "met": (
        lambda value: _is_pairs(value, then=lambda *rest: len(rest) == 1 and _is_number(rest[0]) and rest[0] <= DAYS),
        f"{_PAIR}, each with how many days ago",
    ),
}
TICKET: Final[Rules] = {
    "kind": (_is_text, '"ticket"'),
    "t": (_is_number, _SECONDS),
    "member": (_is_text, "a name"),
    "pool": (_is_text, "a name"),
    "subject": (_is_text, "a name"),
    "subject_group": (_is_text, "a name"),
    "level": (lambda value: value is None or (type(value) is int and 0 <= value < len(Level)), "0, 1, 2 or null"),
    "style": (lambda value: isinstance(value, str) and value in STYLES, f"one of {', '.join(STYLES)}"),
    "camera": (lambda value: isinstance(value, str) and value in CAMERAS, f"one of {', '.join(CAMERAS)}"),
    "lengths": (_is_list(_is_minutes), "a list of minutes with at least one"),
    "languages": (_is_list(_is_text), "a list of languages with at least one"),
    "patience_s": (_is_number, _SECONDS),
    "leaves_s": (lambda value: value is None or _is_number(value), f"{_SECONDS}, or null"),
}

MARKETS: Final = Reader(
    MarketLine,
    MARKET,
    otherwise='must be the market: {{"kind": "market", "blocks": […], "favourites": […], "met": […]}}',
)
TICKETS: Final = Reader(TicketLine, TICKET, otherwise='kind must be "ticket", not {}')
