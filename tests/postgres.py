"""A real PostgreSQL for tests: one server a process, one fresh database a test, and nothing left behind.

Where it comes from, in this order: `$KASSA_TEST_PG` (the URL of a server where we may create databases), else the
binaries that Debian keeps in /usr/lib/postgresql, run in a temporary folder. Durable as in production: fsync and data
checksums are on. Without either a test is skipped with the reason; but it fails where `CI=true`, for there it must run.

A pytest plugin (pyproject.toml names it), and usable without pytest:

    with postgres.server() as admin_url, postgres.database(admin_url) as url:
        ...
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import URL, make_url

DRIVER = "postgresql+psycopg"
START_S = 30.0

# Stays beside the server. When our end of its standard input closes, because we are done or because we died,
# it stops the server and removes the folder.
KEEPER = """
folder=$1; shift
"$@" &
cat >/dev/null
kill -INT "$(head -n 1 "$folder/data/postmaster.pid")"
wait
rm -rf "$folder"
"""


class NoPostgres(Exception):
    """There is no server for tests on this machine. Carries the reason."""


@contextmanager
def server() -> Iterator[str]:
    """The URL of a server's own `postgres` database, while the server runs. Raises NoPostgres."""
    told = os.environ.get("KASSA_TEST_PG")
    if told:
        yield _text(make_url(told).set(drivername=DRIVER))
        return
    with _temporary_cluster(_binaries()) as folder:
        yield _text(URL.create(DRIVER, username="postgres", database="postgres", query={"host": str(folder)}))


@contextmanager
def database(admin_url: str) -> Iterator[str]:
    """The URL of an empty database, made now and dropped afterwards, whoever is still connected."""
    name = f"kassa_{uuid.uuid4().hex}"
    _run_sql(admin_url, f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    try:
        yield _text(make_url(admin_url).set(database=name))
    finally:
        _run_sql(admin_url, f"DROP DATABASE {name} WITH (FORCE)")


# ── For pytest ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """One server for all tests of this process (so one for each xdist worker); the URL of its `postgres` database."""
    try:
        with server() as admin_url:
            yield admin_url
    except NoPostgres as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing))
        pytest.skip(str(missing))


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """The URL, `postgresql+psycopg://…`, of a database that is this test's alone."""
    with database(postgres_server) as url:
        yield url


@pytest.fixture(scope="module")
def postgres_module_url(postgres_server: str) -> Iterator[str]:
    """The same, shared by the tests of one module."""
    with database(postgres_server) as url:
        yield url


# ── A cluster of our own ─────────────────────────────────────────────────────────────────────────


def _binaries() -> Path:
    """The folder with `initdb` and `postgres`, the newest version that Debian has put here."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path is None:
        raise NoPostgres("no PostgreSQL: neither $KASSA_TEST_PG nor /usr/lib/postgresql/*/bin/initdb")
    return Path(on_path).resolve().parent


@contextmanager
def _temporary_cluster(binaries: Path) -> Iterator[Path]:
    """A running server that listens on a socket in the folder that is given, and nowhere else."""
    folder = Path(tempfile.mkdtemp(prefix="kassa-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")  # the server refuses to be root
    try:
        _initdb(binaries, folder)
        keeper = _start(binaries, folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    assert keeper.stdin is not None
    try:
        _wait_until_ready(folder, keeper)
        yield folder
    finally:
        keeper.stdin.close()
        keeper.wait(timeout=START_S)


def _initdb(binaries: Path, folder: Path) -> None:
    """Make the cluster. Raises NoPostgres with what initdb said."""
    options = ["--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums", "--auth=trust", "--username=postgres"]
    command = [str(binaries / "initdb"), "--pgdata", str(folder / "data"), "--no-sync", *options]
    done = subprocess.run(_as_postgres(command), cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NoPostgres(f"initdb failed: {done.stdout}{done.stderr}")


def _start(binaries: Path, folder: Path) -> subprocess.Popen[bytes]:
    """Start the server under its keeper."""
    settings = {"listen_addresses": "", "unix_socket_directories": str(folder), "shared_buffers": "64MB"}
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    command = _as_postgres([str(binaries / "postgres"), "-D", str(folder / "data"), *options])
    with open(folder / "log", "wb") as log:
        return subprocess.Popen(
            ["/bin/sh", "-c", KEEPER, "keeper", str(folder), *command],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            start_new_session=True,  # a Ctrl-C in the terminal is ours, not the server's
        )


def _wait_until_ready(folder: Path, keeper: subprocess.Popen[bytes]) -> None:
    """Return when the server answers. Raises NoPostgres with its log when it does not within START_S."""
    deadline_s = time.monotonic() + START_S
    while time.monotonic() < deadline_s and keeper.poll() is None:
        try:
            psycopg.connect(host=str(folder), user="postgres", dbname="postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.02)
        else:
            return
    raise NoPostgres(f"the PostgreSQL server did not start: {(folder / 'log').read_text(errors='replace')}")


def _as_postgres(command: list[str]) -> list[str]:
    """The command as the user postgres when we are root, else as ourselves."""
    return ["runuser", "-u", "postgres", "--", *command] if os.geteuid() == 0 else command


def _run_sql(admin_url: str, statement: str) -> None:
    """Run one statement that must stand outside a transaction."""
    plain = _text(make_url(admin_url).set(drivername="postgresql"))
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(statement.encode())


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)
