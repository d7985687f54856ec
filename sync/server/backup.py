"""A copy of a region's SQLite database, whole as it stood at one moment, also while it is served.

PostgreSQL has its own programs for that. What was signed last (`signed-head.json`) is never copied: it is how one finds
out that a restored database has forgotten something.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import make_url

from sync.server import settings
from sync.server.errors import RegionError


class NotHere(RegionError):
    """This database is not copied by us; the text says how."""


def copy(folder: Path, out: Path, database: str | None = None) -> Path:
    """Copy the database of the region in `folder` to the new file `out`, readable by its owner only.

    Raises FileExistsError, FileNotFoundError, NotHere, OSError.
    """
    url = make_url(settings.load(folder, database).database)
    if url.get_backend_name() != "sqlite":
        raise NotHere("PostgreSQL is copied by pg_dump or pg_basebackup: see docs/OPERATING.md")
    source = Path(str(url.database))
    if not source.exists():
        raise FileNotFoundError(2, os.strerror(2), str(source))
    settings.write_private(out, b"")
    try:
        with closing(sqlite3.connect(source)) as stored, closing(sqlite3.connect(out)) as made:
            stored.backup(made)
            if made.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
                raise OSError(0, "the copy is not whole", str(out))
    except sqlite3.Error as trouble:
        out.unlink(missing_ok=True)
        raise OSError(0, f"{type(trouble).__name__}: {trouble}", str(source)) from trouble
    settings.sync_folder(out.parent)
    return out
