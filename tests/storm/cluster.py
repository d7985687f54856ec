"""A PostgreSQL of our own that can be killed and started again, for tests of what is left when it dies."""

import os
import shlex
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from tests import postgres


class Cluster:
    """The server at `admin_url`, which must be this machine's and ours."""

    def __init__(self, admin_url: str) -> None:
        self._url = make_url(admin_url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._folder = Path(self._ask("SHOW data_directory"))
        self._programs = Path(self._ask("SELECT setting FROM pg_config WHERE name = 'BINDIR'"))
        with psycopg.connect(self._url, autocommit=True) as connection:
            # It would otherwise sync a thousand files one by one each time before it recovers.
            connection.execute("ALTER SYSTEM SET recovery_init_sync_method = 'syncfs'")
            connection.execute("SELECT pg_reload_conf()")

    def kill(self) -> None:
        """Every process of it dies at once, as in a power cut; nothing is written any more."""
        self._control("stop", "--mode=immediate")

    def start(self) -> None:
        """Start it again, as it was started; it recovers what was committed."""
        _, *words = shlex.split((self._folder / "postmaster.opts").read_text())
        options = words[words.index(str(self._folder)) + 1 :]
        self._control("start", "--wait", f"--options={shlex.join(options)}", f"--log={self._folder}/log")

    def stop(self) -> None:
        """Let it end in order."""
        self._control("stop", "--mode=fast")

    def kill_backends(self, database: str) -> None:
        """The processes of all connections to a database die (-9); the server ends all others and recovers."""
        with psycopg.connect(self._url) as connection:
            rows = connection.execute("SELECT pid FROM pg_stat_activity WHERE datname = %s", [database]).fetchall()
        for (pid,) in rows:
            os.kill(pid, signal.SIGKILL)

    def _control(self, *words: str) -> None:
        command = [str(self._programs / "pg_ctl"), f"--pgdata={self._folder}", *words]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(command, cwd=self._folder, stdout=subprocess.DEVNULL, check=True)

    def _ask(self, question: str) -> str:
        with psycopg.connect(self._url) as connection:
            row = connection.execute(question.encode()).fetchone()
        assert row is not None
        return str(row[0])


@contextmanager
def cluster() -> Iterator[tuple[Cluster, str]]:
    """One that only this block uses, and the URL of its `postgres` database. Raises NoPostgres."""
    with postgres.server() as admin_url:
        own = Cluster(admin_url)
        try:
            yield own, admin_url
        finally:
            own.stop()
