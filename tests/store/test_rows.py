"""Reading rows of which some do not parse."""

import logging

import pytest

from bot.store.rows import MAX_NAMED, RowReader, Unreadable

NO_NUMBER = "int() argument must be a string, a bytes-like object or a real number, not 'NoneType'"

Rows = list[dict[str, object]]


def rows(*values: object) -> Rows:
    return [{"id": number, "value": value} for number, value in enumerate(values)]


def whole_number(row: object) -> int:
    return int(row["value"])  # type: ignore[index]  # a row as the database gives it


@pytest.fixture
def reader() -> RowReader[int]:
    return RowReader("numbers", whole_number)


def test_what_can_be_read_is_returned(reader: RowReader[int], caplog: pytest.LogCaptureFixture) -> None:
    """In its order; each of the others is named once, however often it is met."""
    for _ in range(3):
        assert reader.read_all(rows("1", "x", "3", None)) == [1, 3]
    assert caplog.messages == [
        "numbers 1 cannot be read, so it is left out: value: invalid literal for int() with base 10: 'x'",
        f"numbers 3 cannot be read, so it is left out: value: {NO_NUMBER}",
    ]


def test_the_column_at_fault_is_named(caplog: pytest.LogCaptureFixture) -> None:
    """Of several, the one that does not parse."""
    reader = RowReader("pairs", lambda row: (int(row["left"]), int(row["right"]), row["id"]))
    for left, right in (("x", "1"), ("1", "x")):
        assert reader.read_one({"id": f"{left}{right}", "left": left, "right": right}) is None
    assert [message.split(": ")[1] for message in caplog.messages] == ["left", "right"]


def test_the_others_are_returned_as_they_are(reader: RowReader[int]) -> None:
    """For callers that settle them."""
    given = rows("1", "x")
    assert reader.split(given) == ([1], [given[1]])


def test_one_row(reader: RowReader[int]) -> None:
    """None stands for no row and for one that cannot be read; `read` tells them apart."""
    [good, bad] = rows("1", "x")
    assert [reader.read_one(row) for row in (good, bad, None)] == [1, None, None]
    with pytest.raises(Unreadable) as unreadable:
        reader.read(bad)
    assert (unreadable.value.table, unreadable.value.row_id) == ("numbers", 1)


def test_two_readers_of_the_same_rows_name_each_once(reader: RowReader[int], caplog: pytest.LogCaptureFixture) -> None:
    """Whichever of them meets the row first."""
    other = reader.reading(lambda row: float(row["value"]))
    assert other.read_all(rows("1.5", "x")) == [1.5]
    assert reader.read_all(rows("1.5", "x")) == []
    assert len(caplog.records) == 2


def test_a_bug_of_ours_is_not_taken_for_a_damaged_row() -> None:
    """A column that does not exist is a mistake in the code."""
    reader = RowReader("numbers", lambda row: row["no such column"])
    with pytest.raises(KeyError):
        reader.read_all(rows("1"))


def test_many_damaged_rows_do_not_fill_the_log(reader: RowReader[int], caplog: pytest.LogCaptureFixture) -> None:
    """The first are named, and a last line says that there are more."""
    with caplog.at_level(logging.ERROR):
        assert reader.read_all(rows(*["x"] * 10 * MAX_NAMED)) == []
    assert len(caplog.messages) == MAX_NAMED + 1
    assert caplog.messages[-1] == "more numbers that cannot be read are left out without being named"
