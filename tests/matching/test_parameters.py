"""The table of parameters and constants in docs/pairing.md."""

import re
from dataclasses import asdict
from pathlib import Path

import pytest

from bot.matching import arrival_rate, engine, queue_columns, reservation
from bot.matching.parameters import RESERVATION_PARAMS

TABLE = (Path(__file__).parents[2] / "docs" / "pairing.md").read_text(encoding="utf-8")
MODULES = (reservation, queue_columns, engine, arrival_rate)
CODE = {
    **{name: value for module in MODULES for name, value in vars(module).items()},
    **asdict(RESERVATION_PARAMS),
}


def documented_values() -> dict[str, str]:
    """The values in the table, by name."""
    values: dict[str, str] = {}
    for names, cell in re.findall(r"^\| (`[^|]+`) \| ([^|]+) \|", TABLE, re.MULTILINE):
        values.update(zip(re.findall("`(\\w+)`", names), cell.split(", "), strict=False))
    return values


def test_every_parameter_is_documented() -> None:
    """The table names each one and where it comes from."""
    assert asdict(RESERVATION_PARAMS).keys() <= documented_values().keys()


@pytest.mark.parametrize(
    ("name", "value"), [each for each in documented_values().items() if re.fullmatch(r"[\d.]+", each[1])]
)
def test_documented_values_are_those_of_the_code(name: str, value: str) -> None:
    """The table has the values that the code has."""
    assert CODE[name] == pytest.approx(float(value))
