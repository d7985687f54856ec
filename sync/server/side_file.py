"""An SQLite file beside the region's database that was added up from records: it may be deleted, and is made again.

Of another version, it is begun anew. Whatever SQLite says is an OSError with the file's name.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_WAIT_S = 60.0


class SideFile:
    """The file. One process at a time writes; another waits. Raises OSError when the file cannot be used."""

    def __init__(self, path: Path, version: int, tables: str) -> None:
        self._path = path
        with self.ours():
            self.db = self._opened()
            if self.db.execute("PRAGMA user_version").fetchone()[0] != version:
                self._begin_anew(version, tables)

    def close(self) -> None:
        """Close the file."""
        self.db.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """All or nothing of what the block writes."""
        with self.ours():
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self.db.execute("ROLLBACK")
                raise
            self.db.execute("COMMIT")

    @contextmanager
    def ours(self) -> Iterator[None]:
        """What goes wrong inside goes wrong with this file. Raises OSError."""
        try:
            yield
        except sqlite3.Error as trouble:
            raise OSError(0, f"{type(trouble).__name__}: {trouble}", str(self._path)) from trouble

    def _opened(self) -> sqlite3.Connection:
        """Used by one thread at a time, which its owner sees to."""
        return sqlite3.connect(self._path, timeout=_WAIT_S, isolation_level=None, check_same_thread=False)

    def _begin_anew(self, version: int, tables: str) -> None:
        self.db.close()
        self._path.unlink(missing_ok=True)
        self._path.touch(mode=0o600)
        self.db = self._opened()
        self.db.executescript(f"BEGIN; {tables} PRAGMA user_version = {version}; COMMIT")
