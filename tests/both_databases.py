"""Runs a test over SQLite and over PostgreSQL, outside `tests/store`, where every test of the store does that."""

from typing import Final

import pytest

ON_SQLITE: Final = pytest.param(False, id=pytest.HIDDEN_PARAM)
ON_POSTGRES: Final = pytest.param(True, id="postgres", marks=pytest.mark.postgres)
on_both_databases: Final = pytest.mark.parametrize("on_postgres", [ON_SQLITE, ON_POSTGRES])
"""Put above all other decorators, so that `postgres` comes last in the name of the test and of its row."""
