"""New databases for rows that need one for each repetition, of either kind."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.postgres_databases import new_postgres_database

OpenDatabase = Callable[[], AbstractAsyncContextManager[tuple[Path, str]]]
"""Makes an empty store: a folder for other files of the test, and the store's URL. Both are gone at the end."""


def sqlite_databases(place: Path, empty_store: bytes) -> OpenDatabase:
    """SQLite's, in files in `place`."""

    @asynccontextmanager
    async def open_database() -> AsyncIterator[tuple[Path, str]]:
        with TemporaryDirectory(dir=place) as folder:
            database = Path(folder, "own.db")
            database.write_bytes(empty_store)
            yield Path(folder), f"sqlite:///{database}"

    return open_database


def postgres_databases(place: Path, server: str) -> OpenDatabase:
    """PostgreSQL's, on a server; other files lie in `place`."""

    @asynccontextmanager
    async def open_database() -> AsyncIterator[tuple[Path, str]]:
        with TemporaryDirectory(dir=place) as folder:
            async with new_postgres_database(server) as url:
                yield Path(folder), url

    return open_database
