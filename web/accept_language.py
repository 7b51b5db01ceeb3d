"""Which language a browser is answered in, by its header Accept-Language."""

import re
from collections.abc import Collection, Iterator

from bot.words import DEFAULT_LANGUAGE, language_of

ANY_LANGUAGE = "*"
WEIGHT = re.compile(r"q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)", re.IGNORECASE)


def preferred_language(accept_language: str, languages: Collection[str]) -> str:
    """The code among `languages` that the header `accept_language` prefers, or the default language.

    Higher weights win, then the header's order. "*" means the default language. What is malformed is ignored.
    """
    for locale in _locales_by_weight(accept_language):
        language = DEFAULT_LANGUAGE if locale == ANY_LANGUAGE else language_of(locale, languages)
        if language is not None:
            return language
    return DEFAULT_LANGUAGE


def _locales_by_weight(accept_language: str) -> list[str]:
    """The locales that the browser accepts, the preferred one first."""
    weights = dict(_weighted_locales(accept_language))
    return [locale for locale in sorted(weights, key=weights.__getitem__, reverse=True) if weights[locale] > 0]


def _weighted_locales(accept_language: str) -> Iterator[tuple[str, float]]:
    for part in accept_language.split(","):
        locale, _, parameter = "".join(part.split()).partition(";")
        weight = WEIGHT.fullmatch(parameter or "q=1")
        if weight:
            yield locale, float(weight[1])
