"""`heybuddy migrate`, `backup` and `restore` on PostgreSQL: the last two say what is to be typed, and that works."""

import asyncio
import re
import shlex
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from bot.__main__ import main
from bot.store.databases.postgres_dump import libpq_url
from tests.clocks import VirtualClock
from tests.loops.factories import make_matchmaker, open_server
from tests.postgres_databases import create_database, drop_database
from tests.postgres_server import installed_package, programs
from tests.signals import restoring_signals
from tests.store.opening import open_store
from tests.store.scenario import Scenario

PROGRAMS = programs(installed_package())
DUMP = (
    "pg_dump --format=custom --exclude-table-data=chat_processes --exclude-table-data=leases "
    "--exclude-table-data=readiness"
)
RESTORE = "pg_restore --clean --if-exists --no-owner --no-privileges --single-transaction"


@pytest.fixture(autouse=True)
def own_signals() -> Iterator[None]:
    """The commands change for their process what signals do."""
    with restoring_signals():
        yield


@pytest.fixture
async def empty_url(postgres_server: str) -> AsyncIterator[str]:
    """The URL of a database in which nothing is."""
    url = await create_database(postgres_server)
    yield url
    await drop_database(url)


def run(url: str, *arguments: str) -> int:
    """The exit status of a command with this database."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("HEYBUDDY_STORE__DATABASE", url)
        return main(list(arguments))


def type_command(said: str) -> None:
    """Run the command that is on a line of its own in a message."""
    [line] = re.findall(r"^    (.+)$", said, re.MULTILINE)
    name, *arguments = shlex.split(line)
    done = subprocess.run([PROGRAMS / name, *arguments], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_migrate(empty_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """It names the database without the password, and says whether there was something to do."""
    assert (run(empty_url, "migrate"), run(empty_url, "migrate")) == (0, 0)
    name = empty_url.partition("?")[0]
    assert capsys.readouterr().out == f"Made the tables in the new database {name}.\n{name} was up to date.\n"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://u:the-password@127.0.0.1:1/d", "The database postgresql://u@127.0.0.1:1/d can't be used"),
        ("postgresql://u:the-password@h", "store.database: names no database"),
    ],
)
def test_migrate_without_a_database(url: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A sentence, status 2, and no password."""
    assert run(url, "migrate") == 2
    error = capsys.readouterr().err
    assert error.startswith(said)
    assert "the-password" not in error


def test_a_password_on_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Others on the machine can see it there, so it is refused; an address without one is welcome."""
    assert main(["migrate", "--set", "store.database=postgresql://u:the-password@h/d"]) == 2
    error = capsys.readouterr().err
    assert "others on this machine can read store.database here" in error
    assert "the-password" not in error
    assert main(["migrate", "--set", "store.database=postgresql://u@127.0.0.1:1/d"]) == 2
    assert capsys.readouterr().err.startswith("The database postgresql://u@127.0.0.1:1/d can't be used")


def test_the_address_can_be_in_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As other secrets: a variable names the file."""
    (tmp_path / "address").write_text("postgresql://u:the-password@127.0.0.1:1/d\n")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("HEYBUDDY_STORE__DATABASE_FILE", str(tmp_path / "address"))
        assert main(["migrate"]) == 2
    assert capsys.readouterr().err.startswith("The database postgresql://u@127.0.0.1:1/d can't be used")


def test_migrate_a_database_of_another_program(empty_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """It is left as it is."""
    asyncio.run(execute(empty_url, "CREATE TABLE bookmarks (address text)"))
    assert run(empty_url, "migrate") == 2
    assert capsys.readouterr().err.startswith("The database belongs to another program")


async def execute(url: str, statement: str) -> Any:
    """The first value of a statement's first row, or None."""
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def test_a_backup_comes_back_whole(
    postgres_url: str, empty_url: str, tmp_path: Path, clock: VirtualClock, capsys: pytest.CaptureFixture[str]
) -> None:
    """The printed commands are typed: over what happened since, and into an empty database. People are matched."""
    async with open_store(postgres_url) as store:
        scenario = Scenario(store, clock)
        await open_server(store)
        await scenario.waiting(1)
        await scenario.waiting(2)
        await scenario.fence("janitor")
        await store.readiness.record("holder", {"store": None}, clock.now())
        assert run(postgres_url, "backup", str(tmp_path)) == 2
        await asyncio.to_thread(type_command, capsys.readouterr().err)
        await scenario.matched(3, 4)
    [backup] = tmp_path.iterdir()
    for url in (postgres_url, empty_url):
        assert run(url, "restore", str(backup)) == 2
        await asyncio.to_thread(type_command, capsys.readouterr().err)
        for table in ("chat_processes", "leases", "readiness"):
            assert await execute(url, f"SELECT count(*) FROM {table}") == 0  # noqa: S608 -- our own names
        assert await execute(url, "SELECT count(*) FROM tickets") == 2
        async with open_store(url) as store:
            restored = Scenario(store, clock)
            assert await make_matchmaker(store, clock).step(await restored.fence()) == 1


def test_a_backup_that_would_replace_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """pg_dump would do so without a word; so the command is not printed."""
    (tmp_path / "a.dump").touch()
    assert run("postgresql://u@h/d", "backup", str(tmp_path / "a.dump")) == 2
    assert capsys.readouterr().err == (
        f"{tmp_path / 'a.dump'} already exists and was left as it is. Name another file, or a folder.\n"
    )


@pytest.mark.parametrize("content", [None, b"", b"SQLite format 3\0"])
def test_what_is_no_dump_is_not_brought_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None
) -> None:
    """A missing file, a folder, and a file of another kind get a sentence and no command."""
    file = tmp_path / "a.dump"
    if content is not None:
        file.write_bytes(content)
    for each in (file, tmp_path):
        assert run("postgresql://u@h/d", "restore", str(each)) == 2
        error = capsys.readouterr().err
        assert str(each) in error
        assert "pg_restore" not in error


def test_the_commands_as_they_are_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """They can be copied into a shell as they are, and have no password in them."""
    url = "postgresql://bot:the-password@db.example.org:5433/buddy?sslmode=verify-full"
    monkeypatch.chdir(tmp_path)
    Path("it's.dump").write_bytes(b"PGDMP")
    assert (run(url, "backup", "my backup.dump"), run(url, "restore", "it's.dump")) == (2, 2)
    error = capsys.readouterr().err
    shown = "postgresql://bot@db.example.org:5433/buddy?sslmode=verify-full"
    assert re.findall(r"^    (.+)$", error, re.MULTILINE) == [
        f"{DUMP} '--file=my backup.dump' '--dbname={shown}'",
        f"{RESTORE} '--dbname={shown}' 'it'\"'\"'s.dump'",
    ]
    assert error.count("It takes the password from PGPASSWORD or ~/.pgpass, or asks for it.") == 2
    assert "the-password" not in error


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql:///buddy", "postgresql:///buddy"),
        ("postgresql://u:p%40@[::1]:5432/d", "postgresql://u@[::1]:5432/d"),
        ("postgresql://u@/?database=d&host=/run/pg", "postgresql://u@/?dbname=d&host=%2Frun%2Fpg"),
        ("postgresql://u@a:1,b:2/d?target_session_attrs=any", "postgresql://u@a:1,b:2/d?target_session_attrs=any"),
        ("postgresql://u@h/d?sslpassword=p", "postgresql://u@h/d"),
        ("postgresql://u@h/d?x=a b&jit=off", "postgresql://u@h/d?options=-c%20x%3Da%5C%20b%20-c%20jit%3Doff"),
    ],
)
def test_addresses_for_programs(url: str, shown: str) -> None:
    """Options by the names that PostgreSQL's programs know, settings of the server among `options`, and no secret."""
    assert libpq_url(url) == shown


def test_programs_take_settings_of_the_server(empty_url: str) -> None:
    """A setting with a space arrives as it was written."""
    url = libpq_url(f"{empty_url}&search_path=a, b&database=postgres")
    done = subprocess.run(
        [PROGRAMS / "psql", "--no-psqlrc", "--tuples-only", "--no-align", "--command=SHOW search_path", url],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "a, b\n"
