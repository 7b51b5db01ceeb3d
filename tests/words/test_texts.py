"""The rules for the texts that people read: a friendly voice, short and calm sentences, one name for one thing."""

import re
import statistics

import pytest

from bot.words import words_for

LONGEST_SENTENCE = 15
ALL_TEXTS = {key: text for key, text in words_for().texts.items() if not key.startswith("language")}
TEXTS = {key: text for key, text in ALL_TEXTS.items() if key.partition(".")[0] in {"chat", "why"}}
NOT_SENTENCES = ("chat.setup.first_subjects",)
ROLE_REFUSAL = "chat.no.role.text"
"""Told only by an interaction in the server, which brings the member's roles; elsewhere it is `chat.no.barred`."""
END = re.compile(r"(?<=[.?;])\s+")


def sentences(text: str) -> list[str]:
    """The sentences of a text."""
    return [sentence for sentence in END.split(text) if sentence]


def words(sentence: str) -> int:
    """The number of words; a placeholder counts as one."""
    return len(re.findall(r"[\w'/`{}@-]+", sentence))


SENTENCES = [
    (key, sentence) for key, text in TEXTS.items() if not key.startswith(NOT_SENTENCES) for sentence in sentences(text)
]


LONG_FORMS = re.compile(
    r"\b(?:cannot|(?:do|does|did|is|are|was|were|has|have|had|can|could|will|would|must) not|I (?:am|will|have))\b"
    r"|(?:^|[.:;?] )(?:you are|(?:that|there|here|who|it) is)\b",
    re.IGNORECASE,
)
"""What a friendly native speaker shortens: "can't", "I'll", "you're"."""

TRANSLATED = re.compile(
    r"\bjust now\b|\bI say so\b|\bsays? no\b|\bgo in without\b|\btake a new\b|\bwish(?:es)?\b|\bfitting\b"
    r"|\bsomebody\b|\beverybody\b|\bmeanwhile\b|\bhow it stands\b",
    re.IGNORECASE,
)
"""What sounds translated."""

OTHER_NAMES = {
    "session": r"meetings?",
    "matched": r"paired?|pairs",
    "admins": r"staff|moderators?",
    "place": r"seats?",
    "my button": r"(?:my|the|a) panel",
}
"""Other words for things that have a name already."""


def texts_with(pattern: re.Pattern[str]) -> dict[str, str]:
    """The texts in which `pattern` is found outside placeholders, by their keys."""
    return {key: text for key, text in ALL_TEXTS.items() if pattern.search(re.sub(r"\{\w+\}", "", text))}


def test_texts_sound_like_a_friendly_native_speaker() -> None:
    """With contractions, and without the phrases that sound translated."""
    assert texts_with(LONG_FORMS) | texts_with(TRANSLATED) == {}


def test_one_voice_speaks() -> None:
    """The bot says "I", in Discord and on the page; there is no "we"."""
    assert texts_with(re.compile(r"\b(?:we|us|our|ours)\b", re.IGNORECASE)) == {}


@pytest.mark.parametrize(("name", "others"), OTHER_NAMES.items())
def test_one_thing_has_one_name(name: str, others: str) -> None:
    """Students have a session and are matched; they and their admins are called so everywhere."""
    assert texts_with(re.compile(rf"\b(?:{others})\b", re.IGNORECASE)) == {}, f"say {name}"


def test_texts_are_calm() -> None:
    """No exclamation mark, and no alarming or technical word."""
    assert texts_with(re.compile(r"!|\berrors?\b|\binvalid\b|\bfailed\b|\boops\b", re.IGNORECASE)) == {}


def test_sentences_are_short() -> None:
    """Never more than 15 words."""
    assert [(key, sentence) for key, sentence in SENTENCES if words(sentence) > LONGEST_SENTENCE] == []


def test_sentences_are_short_on_average() -> None:
    """Between 5 and 8.5 words; buttons and titles do not count."""
    whole = [words(sentence) for _, sentence in SENTENCES if sentence.endswith((".", "?"))]
    assert 5 <= statistics.mean(whole) <= 8.5


def test_no_two_buttons_have_the_same_label() -> None:
    """A label means one thing."""
    labels = [text for key, text in TEXTS.items() if key.startswith("chat.button.")]
    assert len(labels) == len(set(labels))


def test_only_texts_shown_in_a_server_mention_roles_and_channels() -> None:
    """In a direct message Discord shows such a mention as unknown."""
    mentioning = {key for key, text in TEXTS.items() if re.search(r"\{(role|channel)\}", text)}
    assert mentioning - {ROLE_REFUSAL} == {key for key in mentioning if key.startswith(("chat.setup.", "chat.check."))}
