"""The server that tests are given is real and durable, and leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from tests import postgres


def ask(url: str, question: str) -> str:
    """The one value that the database at `url` answers."""
    engine = create_engine(url)
    with engine.connect() as connection:
        value = str(connection.execute(text(question)).scalar_one())
    engine.dispose()
    return value


@pytest.mark.parametrize(
    ("setting", "value"),
    [("fsync", "on"), ("synchronous_commit", "on"), ("full_page_writes", "on"), ("server_encoding", "UTF8")],
)
def test_a_commit_is_as_durable_as_in_production(postgres_url: str, setting: str, value: str) -> None:
    assert ask(postgres_url, f"SHOW {setting}") == value


def test_a_test_gets_a_database_of_its_own_and_it_is_gone_afterwards(postgres_server: str) -> None:
    count = "SELECT count(*) FROM pg_database WHERE datname = '{}'"

    with postgres.database(postgres_server) as first, postgres.database(postgres_server) as second:
        names = [make_url(url).database for url in (first, second)]
        during = [ask(postgres_server, count.format(name)) for name in names]

    assert names[0] != names[1]
    assert during == ["1", "1"]
    assert [ask(postgres_server, count.format(name)) for name in names] == ["0", "0"]


@pytest.mark.skipif("KASSA_TEST_PG" in os.environ, reason="the server of $KASSA_TEST_PG is not ours to stop")
def test_the_server_stops_and_its_folder_goes_when_the_tests_are_killed(postgres_server: str) -> None:
    killed = (
        "import os, signal, sys\n"
        "from tests import postgres\n"
        "with postgres.server() as url:\n"
        "    print(url, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )

    done = subprocess.run([sys.executable, "-c", killed], capture_output=True, text=True, check=False)

    folder = Path(str(make_url(done.stdout.strip()).query["host"]))
    assert folder.name.startswith("kassa-pg-")
    assert _gone_within(folder, seconds=10)


def _gone_within(folder: Path, seconds: float) -> bool:
    deadline_s = time.monotonic() + seconds
    while folder.exists() and time.monotonic() < deadline_s:
        time.sleep(0.05)
    return not folder.exists()
