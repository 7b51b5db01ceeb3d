"""Which language the header Accept-Language asks for."""

import pytest

from web.accept_language import preferred_language

LANGUAGES = ("en", "hu", "pt-BR")


@pytest.mark.parametrize(
    ("accept_language", "language"),
    [
        ("", "en"),
        ("hu", "hu"),
        ("hu-HU", "hu"),
        ("HU-hu", "hu"),
        ("pt-br", "pt-BR"),
        ("pt-BR-x-own", "pt-BR"),
        ("pt", "en"),
        ("fr", "en"),
        ("fr, hu", "hu"),
        ("hu, en", "hu"),
        ("en, hu", "en"),
        ("en-GB,en;q=0.9,hu;q=0.8", "en"),
        ("en;q=0.5, hu;q=0.7", "hu"),
        ("en;q=0.5, hu;q=0.5", "en"),
        ("hu;q=0.5, en;q=0.5", "hu"),
        ("hu ; q=0.001", "hu"),
        ("hu;Q=1.000", "hu"),
        ("hu;q=0", "en"),
        ("hu;q=0.000, pt-BR;q=0.1", "pt-BR"),
        ("*", "en"),
        ("*, hu;q=0.9", "en"),
        ("fr, *;q=0.5, hu;q=0.4", "en"),
        ("hu, *;q=0.5", "hu"),
        ("hu;q=2", "en"),
        ("hu;q=-1", "en"),
        ("hu;q=nan", "en"),
        ("hu;q=", "en"),
        ("hu;level=1, pt-BR", "pt-BR"),
        (",;,hu", "hu"),
        (";q=1", "en"),
        ("-", "en"),
    ],
)
def test_preferred_language(accept_language: str, language: str) -> None:
    """The highest weight wins, then the order; a region is served by its language, and the malformed is ignored."""
    assert preferred_language(accept_language, LANGUAGES) == language
