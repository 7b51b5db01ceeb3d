"""A number stands once: not in SQL, not in texts, and not both in the page and in the domain."""

import ast
import importlib
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from bot.words import words_for

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "web" / "page"
PLAIN = {"0", "1", "2"}
UNITS = {"60000", "1000"}  # a minute and a second in milliseconds, not limits
IN_A_TRIGGER = {"365"}  # a trigger takes no parameter; a test of the audit knows the limit
NAMES = re.compile(r"[\w.]*[A-Za-z_]\w*")  # identifiers may end in a digit: seat_0
NUMBER = re.compile(r"\b\d[\d_]*\b")
COUNTED = re.compile(
    r"\b(?:three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|forty|sixty)\b", re.IGNORECASE
)
AGES = {"18"}  # "under-18s" is a group of people, not a limit of ours
DOMAIN = sorted(path.stem for path in (ROOT / "bot" / "domain").glob("*.py") if path.stem != "__init__")
OF_ITS_OWN = {
    "connection_status.js ANNOUNCE_WEAK_EVERY_MS": "how often a screen reader hears of a weak connection",
    "microphone_level.js LEVEL_GAIN": "how much speech is raised, so that it fills the display",
    "microphone_level.js LOUD_MEASUREMENTS": "how often somebody is loud in a second when they speak",
    "microphone_level.js QUIET_AFTER_DETECTION_MS": "how long the hint about speaking while muted stays away",
    "room_connection.js REJOIN_FOR_MS": "how long a lost room is tried again before the problem screen shows",
    "room_toasts.js TIME_IS_UP_FOR_MS": "how long the room says that the time is up",
    "session_outcome.js READS": "how often the session is read before its silence is a problem",
    "waiting_reports.js DAY_MS": "how long a day is",
    "waiting_reports.js SEND_EVERY_MS": "how often a page tries to send what other tabs have left",
}
"""Constants of the page that equal one of the domain by chance, and what each is for."""
PAGE_CONSTANT = re.compile(r"^(?:export )?const ([A-Z][A-Z_]*) = ([\d_ *]+);", re.MULTILINE)


def sql_numbers(text: str) -> set[str]:
    """The numbers of a SQL file, without comments and names."""
    statements = re.sub(r"--.*", "", text)
    return set(NUMBER.findall(NAMES.sub("", statements)))


def test_sql_has_no_numbers_of_ours() -> None:
    """Limits and times come as parameters."""
    found = {path.name: sql_numbers(path.read_text()) for path in (ROOT / "bot" / "store").rglob("*.sql")}
    ours = {name: numbers - PLAIN - UNITS - IN_A_TRIGGER for name, numbers in found.items()}
    assert {name: numbers for name, numbers in ours.items() if numbers} == {}


def test_texts_have_no_numbers_of_ours() -> None:
    """Limits and times are placeholders, so that a text cannot disagree with the rule."""
    told = {key: {*NUMBER.findall(text), *COUNTED.findall(text)} for key, text in words_for().texts.items()}
    ours = {key: numbers - PLAIN - AGES for key, numbers in told.items()}
    assert {key: numbers for key, numbers in ours.items() if numbers} == {}


def domain_numbers() -> Iterator[tuple[str, tuple[float, bool]]]:
    """Name, milliseconds or value, and whether it is a time, of everything that the domain owns."""
    for name in DOMAIN:
        module = importlib.import_module(f"bot.domain.{name}")
        for key, value in vars(module).items():
            if key.isupper() and isinstance(value, timedelta):
                yield key, (value / timedelta(milliseconds=1), True)
            elif key.isupper() and isinstance(value, int) and not isinstance(value, bool):
                yield key, (value, False)


def page_numbers() -> Iterator[tuple[str, tuple[float, bool]]]:
    """Name, value, and whether it is a time, of every constant in the page's modules."""
    for path in sorted(PAGE.glob("*.js")):
        for name, value in PAGE_CONSTANT.findall(path.read_text(encoding="utf-8")):
            yield f"{path.name} {name}", (_product(value), name.endswith("_MS"))


def test_no_number_of_the_domain_stands_in_the_page() -> None:
    """The page gets from the server what the server decides; equal numbers of its own have a reason here."""
    owned = {value: name for name, value in domain_numbers() if value[0] > 2}
    twice = {name: owned[value] for name, value in page_numbers() if value in owned}
    assert twice.keys() == OF_ITS_OWN.keys(), twice


def _product(text: str) -> float:
    result = 1.0
    for factor in text.replace("_", "").split("*"):
        result *= float(ast.literal_eval(factor.strip()))
    return result
