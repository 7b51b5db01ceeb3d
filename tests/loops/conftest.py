"""The ledger of tests/store, for the loops."""

from tests.store.conftest import clock, database, ledger, store

__all__ = ["clock", "database", "ledger", "store"]
