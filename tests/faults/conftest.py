"""Fixtures for the rows of the table of faults."""

from pathlib import Path

import pytest

from tests.faults.new_database import OpenDatabase, postgres_databases, sqlite_databases
from tests.faults.repetitions import NothingKept, Repetitions, RowRecord
from tests.faults.table import TABLE

pytest.register_assert_rewrite("tests.faults.outcome")


@pytest.fixture
def repetitions(request: pytest.FixtureRequest) -> Repetitions:
    """The repetitions of a row marked with `row`; kept between runs if there is a table."""
    table = request.config.stash.get(TABLE, None)
    if table is not None:
        return Repetitions(request.param, *table.open_row(request.node))
    return Repetitions(request.param, RowRecord(), NothingKept())


@pytest.fixture
def open_database(
    repetitions: Repetitions, store_folder: Path, empty_store: bytes, request: pytest.FixtureRequest
) -> OpenDatabase:
    """Makes the empty databases of a row, of the kind that it tries."""
    if repetitions.on_postgres:
        return postgres_databases(store_folder, request.getfixturevalue("postgres_server"))
    return sqlite_databases(store_folder, empty_store)
