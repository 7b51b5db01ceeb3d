"""From what a member typed or chose to wishes that this server offers; what is left out comes from the last time."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.chat.answers import No
from bot.domain.server import Server
from bot.domain.ticket import ANY, Camera, Level, Style, Wishes

_BETWEEN = re.compile(r"[^\w]+")
_AROUND_A_LENGTH = frozenset({"", "and", "or", "m", "min", "minutes"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What came with the command or the form, as typed; None is left out. `wait` in minutes."""

    subject: str | None = None
    length: str | None = None
    style: str | None = None
    camera: str | None = None
    level: str | None = None
    language: str | None = None
    wait: int | None = None


def read(asked: Asked, *, last: Wishes | None, server: Server, spoken: str, names: Mapping[str, str]) -> Wishes | No:
    """The wishes, or what is wrong with them.

    `spoken` is the member's own language, taken where nothing else is known; `names` are the languages' names by code.
    """
    before = _offered_here(last, server, spoken)
    try:
        subject, group = _subject(asked.subject, server) if asked.subject else (before.subject, before.subject_group)
        return Wishes(
            subject=subject,
            subject_group=group,
            level=_level(asked.level) if asked.level else before.level,
            style=Style(asked.style) if asked.style else before.style,
            camera=Camera(asked.camera) if asked.camera else before.camera,
            lengths=_lengths(asked.length, server) if asked.length else before.lengths,
            languages=_languages(asked.language, server, names) if asked.language else before.languages,
        )
    except _NotOfferedError as miss:
        return miss.answer


class _NotOfferedError(Exception):
    """This server does not offer what was asked for."""

    def __init__(self, reason: str, asked: str, possible: Sequence[object]) -> None:
        super().__init__(self.__doc__)
        named = {"possible": [str(item) for item in possible]} if possible else {}
        self.answer = No(reason=reason, values={"asked": asked, **named})


def _offered_here(last: Wishes | None, server: Server, spoken: str) -> Wishes:
    """The last wishes as far as this server offers them; the servers of a member differ."""
    last = last or Wishes(lengths=server.lengths, languages=(spoken,))
    subject, group = _known_subject(last.subject, server) or (ANY, ANY)
    languages = tuple(code for code in last.languages if code in server.languages)
    own = spoken if spoken in server.languages else server.languages[0]
    return Wishes(
        subject=subject,
        subject_group=group,
        level=last.level,
        style=last.style,
        camera=last.camera,
        lengths=tuple(length for length in last.lengths if length in server.lengths) or server.lengths,
        languages=languages or (own,),
    )


def _known_subject(name: str, server: Server) -> tuple[str, str] | None:
    return next(
        ((known.name, known.group or ANY) for known in server.subjects if known.name.casefold() == name.casefold()),
        None,
    )


def _subject(text: str, server: Server) -> tuple[str, str]:
    name = text.strip()
    if name.casefold() == ANY:
        return ANY, ANY
    known = _known_subject(name, server)
    if known is None:
        raise _NotOfferedError("subject", name[:40], ())
    return known


def _level(text: str) -> Level | None:
    return None if text == ANY else Level[text.upper()]


def _lengths(text: str, server: Server) -> tuple[int, ...]:
    parts = [part for part in _BETWEEN.split(text.casefold()) if part not in _AROUND_A_LENGTH]
    if parts == [ANY]:
        return server.lengths
    wanted = {int(digits) for part in parts if (digits := part.removesuffix("min").removesuffix("m")).isdecimal()}
    if not parts or len(wanted) < len(set(parts)) or not wanted <= set(server.lengths):
        raise _NotOfferedError("length", text[:40], server.lengths)
    return tuple(sorted(wanted))


def _languages(text: str, server: Server, names: Mapping[str, str]) -> tuple[str, ...]:
    codes = {known.casefold(): code for code in server.languages for known in (code, names.get(code, code))}
    asked = [part.strip().casefold() for part in text.split(",") if part.strip()]
    if not asked or any(part not in codes for part in asked):
        raise _NotOfferedError("language", text[:40], [names.get(code, code) for code in server.languages])
    return tuple(dict.fromkeys(codes[part] for part in asked))
