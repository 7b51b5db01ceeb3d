"""The catalogue of every text that people read: one JSON file per language, found by its name.

Code gets a text by key and passes values; the store holds no sentences.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from bot.words.direction import isolated
from bot.words.languages import NAMES

DEFAULT_LANGUAGE = "en"
FOLDER = Path(__file__).parent


class UnknownWord(KeyError):
    """The catalogue has no text under this key."""


@dataclass(frozen=True, kw_only=True)
class Words:
    """The texts of one language; `texts` maps dotted keys to text with `{placeholders}`."""

    language: str
    texts: Mapping[str, str]

    def __call__(self, key: str, /, **values: object) -> str:
        """The text under `key` with its placeholders filled. Raises UnknownWord if there is none.

        Values that are text keep their own writing direction, and the sentence keeps its own.
        """
        try:
            text = self.texts[key]
        except KeyError:
            raise UnknownWord(key) from None
        return text.format_map(
            {name: isolated(value) if isinstance(value, str) else value for name, value in values.items()}
        )

    def __contains__(self, key: str) -> bool:
        return key in self.texts


def words_for(locale: str = DEFAULT_LANGUAGE) -> Words:
    """The texts for a locale such as "en-GB": those of the locale itself, else of its language, else the default."""
    catalogues = _read_catalogues(FOLDER)
    return catalogues[language_of(locale) or DEFAULT_LANGUAGE]


def language_of(locale: str, languages: Collection[str] | None = None) -> str | None:
    """The code among `languages` that serves `locale`, or None; without `languages`, those with a catalogue.

    A locale is served by its own code or by a shorter one: "zh-Hant-TW" by "zh-Hant" or "zh". Case does not matter.
    """
    offered = {code.casefold(): code for code in (catalogue_languages() if languages is None else languages)}
    candidate = locale.casefold()
    while candidate and candidate not in offered:
        candidate = candidate.rpartition("-")[0]
    return offered.get(candidate)


def catalogue_languages() -> tuple[str, ...]:
    """The codes of all languages that have a catalogue, sorted."""
    return tuple(sorted(_read_catalogues(FOLDER)))


def language_names() -> Mapping[str, str]:
    """The native names of languages by code: of those members may speak and those with a catalogue."""
    catalogues = _read_catalogues(FOLDER)
    return {code: names[0] for code, names in NAMES.items()} | {
        code: words("language") for code, words in catalogues.items()
    }


def texts_in_all_languages(key: str) -> Collection[str]:
    """The text under `key` in every language: what people may have read, and type. Raises UnknownWord."""
    return {words(key) for words in _read_catalogues(FOLDER).values()}


@cache
def _read_catalogues(folder: Path) -> Mapping[str, Words]:
    return MappingProxyType({file.stem: _read_catalogue(file) for file in folder.glob("*.json")})


def _read_catalogue(file: Path) -> Words:
    tree = json.loads(file.read_text(encoding="utf-8"))
    return Words(language=file.stem, texts=MappingProxyType(dict(_flattened(tree, ""))))


def _flattened(tree: Mapping[str, object], prefix: str) -> Iterator[tuple[str, str]]:
    for name, value in tree.items():
        if isinstance(value, Mapping):
            yield from _flattened(value, f"{prefix}{name}.")
        else:
            yield prefix + name, str(value)
