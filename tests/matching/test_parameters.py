"""The table of constants in docs/pairing.md."""

import re
from dataclasses import asdict
from pathlib import Path

import pytest

from bot.matching import arrival_rate as rhythm
from bot.matching import engine, line
from bot.matching import reservation as keep
from bot.matching.parameters import RESERVATION_PARAMS

TABLE = (Path(__file__).parents[2] / "docs" / "pairing.md").read_text(encoding="utf-8")
CODE = {
    **{name: value for module in (keep, line, engine, rhythm) for name, value in vars(module).items()},
    **asdict(RESERVATION_PARAMS),
}


def rows() -> dict[str, str]:
    """What the table says, by constant."""
    told: dict[str, str] = {}
    for names, values in re.findall(r"^\| (`[^|]+`) \| ([^|]+) \|", TABLE, re.MULTILINE):
        told.update(zip(re.findall("`(\\w+)`", names), values.split(", "), strict=False))
    return told


def test_every_learned_constant_is_told() -> None:
    """With where it comes from, so that nobody has to guess."""
    assert asdict(RESERVATION_PARAMS).keys() <= rows().keys()


@pytest.mark.parametrize(("name", "value"), [each for each in rows().items() if re.fullmatch(r"[\d.]+", each[1])])
def test_what_is_told_is_so(name: str, value: str) -> None:
    """The table says what the code has."""
    assert CODE[name] == pytest.approx(float(value))
