"""Fixtures for the rows of the table of faults."""

import pytest

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
