"""The catalogue: every sentence a person reads, one file per language, for both doors.

Code asks by key and gives values; the store never holds a sentence.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

DEFAULT_LANGUAGE = "en"


class UnknownWord(KeyError):
    """The catalogue has no text under this key."""


@dataclass(frozen=True, kw_only=True)
class Words:
    """The texts of one language; `texts` maps dotted keys to text with `{placeholders}`."""

    language: str
    texts: Mapping[str, str]

    def __call__(self, key: str, /, **values: object) -> str:
        """The text under `key` with its placeholders filled; raises UnknownWord when there is none."""
        try:
            text = self.texts[key]
        except KeyError:
            raise UnknownWord(key) from None
        return text.format_map(values)

    def __contains__(self, key: str) -> bool:
        return key in self.texts


@cache
def languages() -> tuple[str, ...]:
    """The codes of all languages there is a catalogue for, sorted."""
    return tuple(
        sorted(entry.name.removesuffix(".json") for entry in files(__name__).iterdir() if entry.name.endswith(".json"))
    )


@cache
def load(language: str = DEFAULT_LANGUAGE) -> Words:
    """The catalogue of `language` ("en", "en-GB"), or the default one where there is none for it."""
    known = languages()
    code = next((code for code in (language, language.partition("-")[0]) if code in known), DEFAULT_LANGUAGE)
    tree = json.loads(files(__name__).joinpath(f"{code}.json").read_text(encoding="utf-8"))
    return Words(language=code, texts=dict(_flatten(tree, "")))


def _flatten(tree: Mapping[str, object], prefix: str) -> list[tuple[str, str]]:
    flat: list[tuple[str, str]] = []
    for name, value in tree.items():
        if isinstance(value, Mapping):
            flat += _flatten(value, f"{prefix}{name}.")
        else:
            flat.append((prefix + name, str(value)))
    return flat
