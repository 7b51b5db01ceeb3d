"""A line of a trace: its schema, and the messages for malformed ones.

msgspec reads a line in a tenth of the time of Python's json. Only for a line that msgspec refuses do our own rules
run, to describe what is wrong in words for people.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Any, Final, Generic, NoReturn, TypeVar

import msgspec

from bot.domain.ticket import Camera, Level, Style

MAX_SECONDS: Final = 10_000_000_000  # three hundred years, which datetime can still represent
MAX_DAYS: Final = 1e6
QUOTED_LETTERS: Final = 60  # of a wrong value
PAIR_SIZE: Final = 2
STYLES: Final = tuple(Style)
CAMERAS: Final = tuple(Camera)

Name = Annotated[str, msgspec.Meta(min_length=1)]
Minutes = Annotated[int, msgspec.Meta(gt=0, le=MAX_SECONDS)]
Days = Annotated[float, msgspec.Meta(ge=0, le=MAX_DAYS)]
Seconds = Annotated[float, msgspec.Meta(ge=0, le=MAX_SECONDS)]


class MarketLine(msgspec.Struct, tag_field="kind", tag="market", forbid_unknown_fields=True):
    """The first line: pairs of members; `met` also has the days from their last meeting to the start of the trace."""

    blocks: list[tuple[Name, Name]]
    favourites: list[tuple[Name, Name]]
    met: list[tuple[Name, Name, Days]]

    def __post_init__(self) -> None:
        if any(pair[0] == pair[1] for pairs in (self.blocks, self.favourites, self.met) for pair in pairs):
            raise ValueError("a pair has the same member twice")


class TicketLine(msgspec.Struct, tag_field="kind", tag="ticket", forbid_unknown_fields=True, gc=False):
    """A ticket. `t` is in seconds from the start of the trace, `patience_s` and `leaves_s` are in seconds from `t`."""

    t: Seconds
    member: Name
    pool: Name
    subject: Name
    subject_group: Name
    level: Level | None
    style: Style
    camera: Camera
    lengths: Annotated[tuple[Minutes, ...], msgspec.Meta(min_length=1)]
    languages: Annotated[tuple[Name, ...], msgspec.Meta(min_length=1)]
    patience_s: Seconds
    leaves_s: Seconds | None


Line = TypeVar("Line", MarketLine, TicketLine)

LineRules = Mapping[str, tuple[Callable[[Any], bool], str]]
"""For each key a predicate of its value, and the description of allowed values."""


class MalformedLine(Exception):
    """A line is malformed; the message says how."""


def _refuse_constant(name: str) -> NoReturn:
    raise MalformedLine(f"{name} isn't a number")


def _refuse_duplicate_keys(pairs: Sequence[tuple[str, Any]]) -> Mapping[str, Any]:
    row = dict(pairs)
    if len(row) != len(pairs):
        keys = [key for key, _ in pairs]
        raise MalformedLine(f"says {', '.join(quote(key) for key in row if keys.count(key) > 1)} more than once")
    return row


DECODER: Final = json.JSONDecoder(parse_constant=_refuse_constant, object_pairs_hook=_refuse_duplicate_keys)


class LineReader(Generic[Line]):
    """Reads lines of one kind. `wrong_kind` is the message for a line of another kind, with `{}` for that kind."""

    def __init__(self, line_type: type[Line], rules: LineRules, *, wrong_kind: str) -> None:
        self._decode: Callable[[bytes], Line] = msgspec.json.Decoder(line_type).decode
        self._key_count = 1 + len(msgspec.structs.fields(line_type))
        self._rules = rules
        self._kind = str(line_type.__struct_config__.tag)
        self._wrong_kind = wrong_kind

    def read(self, line: bytes) -> Line:
        """Parse one line; raises MalformedLine with everything that is wrong with it."""
        try:
            parsed = self._decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            self._explain(line)
            raise MalformedLine(f"is no {self._kind}: {error}") from None
        if line.count(b'":') != self._key_count:  # perhaps a duplicate key, of which msgspec takes the last
            self._explain(line)
        return parsed

    def _explain(self, line: bytes) -> None:
        """Raise MalformedLine with everything that is wrong with the line, if anything is."""
        row = _parse_json(line)
        if row.get("kind") != self._kind:
            raise MalformedLine(self._wrong_kind.format(quote(row.get("kind"))))
        _check_rules(row, self._rules)


def _parse_json(line: bytes) -> Mapping[str, Any]:
    if not line.strip():
        raise MalformedLine("is empty; each line is one JSON object")
    try:
        row = DECODER.decode(line.decode())
    except UnicodeDecodeError:
        raise MalformedLine("isn't UTF-8") from None
    except json.JSONDecodeError as error:
        raise MalformedLine(f"isn't JSON: {error.msg} at column {error.colno}") from None
    except (ValueError, RecursionError):
        raise MalformedLine("is JSON that makes no sense: a number or nesting beyond all bounds") from None
    if not isinstance(row, dict):
        raise MalformedLine(f"must be a JSON object, not {quote(row)}")
    return row


def _check_rules(row: Mapping[str, Any], rules: LineRules) -> None:
    if row.keys() != rules.keys():
        missing, unknown = sorted(rules.keys() - row.keys()), sorted(row.keys() - rules.keys())
        problems = [f"{', '.join(missing)} missing"] if missing else []
        problems += [f"{', '.join(map(quote, unknown))} unknown"] if unknown else []
        raise MalformedLine("; ".join(problems))
    wrong = [
        f"{key} must be {allowed}, not {quote(row[key])}"
        for key, (is_allowed, allowed) in rules.items()
        if not is_allowed(row[key])
    ]
    if wrong:
        raise MalformedLine("; ".join(wrong))


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _is_number(value: object) -> bool:
    # NaN and infinities are in no range.
    return (isinstance(value, float) or type(value) is int) and 0 <= value <= MAX_SECONDS


def _is_minutes(value: object) -> bool:
    return type(value) is int and 0 < value <= MAX_SECONDS


def _is_level(value: object) -> bool:
    return value is None or (type(value) is int and 0 <= value < len(Level))


def _is_list(is_item: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, list) and value != [] and all(map(is_item, value))


def _is_pairs(value: object, *, is_rest: Callable[..., bool] = lambda *rest: not rest) -> bool:
    return isinstance(value, list) and all(
        isinstance(each, list)
        and len(each) >= PAIR_SIZE
        and all(map(_is_text, each[:PAIR_SIZE]))
        and each[0] != each[1]
        and is_rest(*each[PAIR_SIZE:])
        for each in value
    )


def _is_meetings(value: object) -> bool:
    return _is_pairs(value, is_rest=lambda *rest: len(rest) == 1 and _is_number(rest[0]) and rest[0] <= MAX_DAYS)


def quote(value: object) -> str:
    """Return `value` as JSON in ASCII, cut off after `QUOTED_LETTERS`."""
    quoted = json.dumps(value, ensure_ascii=True)
    return quoted if len(quoted) <= QUOTED_LETTERS else f"{quoted[:QUOTED_LETTERS]}…"


_PAIRS = "a list of pairs of two different members"
_SECONDS = f"seconds from 0 to {MAX_SECONDS}"

MARKET_RULES: Final[LineRules] = MappingProxyType(
    {
        "kind": (_is_text, '"market"'),
        "blocks": (_is_pairs, _PAIRS),
        "favourites": (_is_pairs, _PAIRS),
        "met": (_is_meetings, f"{_PAIRS}, each with how many days ago"),
    }
)
TICKET_RULES: Final[LineRules] = MappingProxyType(
    {
        "kind": (_is_text, '"ticket"'),
        "t": (_is_number, _SECONDS),
        "member": (_is_text, "a name"),
        "pool": (_is_text, "a name"),
        "subject": (_is_text, "a name"),
        "subject_group": (_is_text, "a name"),
        "level": (_is_level, "0, 1, 2 or null"),
        "style": (lambda value: isinstance(value, str) and value in STYLES, f"one of {', '.join(STYLES)}"),
        "camera": (lambda value: isinstance(value, str) and value in CAMERAS, f"one of {', '.join(CAMERAS)}"),
        "lengths": (_is_list(_is_minutes), "a list of minutes with at least one"),
        "languages": (_is_list(_is_text), "a list of languages with at least one"),
        "patience_s": (_is_number, _SECONDS),
        "leaves_s": (lambda value: value is None or _is_number(value), f"{_SECONDS}, or null"),
    }
)


def market_reader() -> LineReader[MarketLine]:
    """A reader of a trace's first line, the market."""
    wrong_kind = 'must be the market: {{"kind": "market", "blocks": […], "favourites": […], "met": […]}}'
    return LineReader(MarketLine, MARKET_RULES, wrong_kind=wrong_kind)


def ticket_reader() -> LineReader[TicketLine]:
    """A reader of all other lines, the tickets."""
    return LineReader(TicketLine, TICKET_RULES, wrong_kind='kind must be "ticket", not {}')
