"""Every sentence the bot says, judged by the rules for words: short, calm, one thought each."""

import re
import statistics

import pytest

from bot.words import load

LONGEST_SENTENCE = 15
SAID = {key: text for key, text in load().texts.items() if key.partition(".")[0] in {"chat", "why"}}
NOT_SENTENCES = ("chat.languages.", "chat.setup.first_subjects")
END = re.compile(r"(?<=[.?;])\s+")


def sentences(text: str) -> list[str]:
    """The sentences of a text; what stands in braces counts as one word."""
    return [sentence for sentence in END.split(text) if sentence]


def words(sentence: str) -> int:
    """How many words a reader meets."""
    return len(re.findall(r"[\w'/`{}@-]+", sentence))


SENTENCES = [
    (key, sentence) for key, text in SAID.items() if not key.startswith(NOT_SENTENCES) for sentence in sentences(text)
]


@pytest.mark.parametrize(("key", "text"), SAID.items())
def test_calm(key: str, text: str) -> None:
    """No exclamation mark, no "error", nothing "invalid", no "please" where a plain word will do."""
    assert not re.search(r"!|\berrors?\b|\binvalid\b|\bfailed\b|\boops\b", text, re.IGNORECASE), key


@pytest.mark.parametrize(("key", "sentence"), SENTENCES)
def test_short(key: str, sentence: str) -> None:
    """Never more than 15 words."""
    assert words(sentence) <= LONGEST_SENTENCE, key


def test_short_on_average() -> None:
    """Six to eight words a sentence; buttons and titles do not count."""
    whole = [words(sentence) for _, sentence in SENTENCES if sentence.endswith((".", "?"))]
    assert 5 <= statistics.mean(whole) <= 8.5


def test_one_button_one_word() -> None:
    """The same button is called the same everywhere."""
    labels = [text for key, text in SAID.items() if key.startswith("chat.button.")]
    assert len(labels) == len(set(labels))
