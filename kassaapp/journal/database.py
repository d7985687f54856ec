"""Opens the journal's file with the settings that durability depends on, and reads each of them back.

RECORDS 2.5: SQLite at least 3.51.3 (the WAL-reset bug), one connection in EXCLUSIVE mode set before WAL, synchronous
EXTRA, and page checksums (cksumvfs), so that a flipped bit anywhere in the file is found when it is read.
"""

import ctypes
import functools
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import apsw
import apsw.sqlite_extra

from kassaapp.journal import sharing
from kassaapp.paths import resource_text
from kassaapp.trouble import DiskFailed, DiskFull, JournalDamaged, JournalInUse, JournalNewer, JournalUnreadable

log = logging.getLogger(__name__)

APPLICATION_ID = 0x4B617373  # "Kass"
FORMAT = 1
"""`user_version` of the file. A higher one was written by a newer program and is refused."""
VFS = "cksmvfs"
PAGE_BYTES = 4096
_OLDEST_SQLITE = (3, 51, 3)
_CHECKSUM_BYTES = 8
_CHECKPOINT_PAGES = 1000

_PRAGMAS = (
    ("locking_mode", "EXCLUSIVE", "exclusive"),
    ("journal_mode", "WAL", "wal"),
    ("synchronous", "EXTRA", 3),
    ("foreign_keys", "ON", 1),
    ("trusted_schema", "OFF", 0),
    ("cell_size_check", "ON", 1),
    ("fullfsync", "ON", 1),
    ("checkpoint_fullfsync", "ON", 1),
)


def create(path: Path) -> apsw.Connection:
    """Make a new journal file with its tables. Raises JournalInUse when there is one."""
    if path.exists():
        raise JournalInUse
    with translated_errors():
        connection = _connect(path, apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE)
        sharing.share(path)
        _reserve_checksums(connection)
        _set(connection)
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(resource_text("kassaapp.journal", "schema.sql"))
        connection.execute(f"PRAGMA application_id={APPLICATION_ID}; PRAGMA user_version={FORMAT}; COMMIT")
    return connection


def open_existing(path: Path) -> apsw.Connection:
    """Open a journal file. Raises JournalInUse, JournalNewer, JournalUnreadable, and JournalDamaged through the reads
    that follow."""
    with translated_errors():
        connection = _connect(path, apsw.SQLITE_OPEN_READWRITE)
        try:
            _set(connection)
            _check_format(connection)
            _empty_log(connection)
        except BaseException:
            connection.close()
            raise
    return connection


def check_pages(connection: apsw.Connection) -> None:
    """Read every page, so that its checksum is checked, and SQLite's own order of them. Raises JournalDamaged."""
    verdict = connection.execute("PRAGMA quick_check(1)").get
    if verdict != "ok":
        raise JournalDamaged(None, "pages do not hang together")
    file = Path(connection.filename)
    log_file = file.with_name(f"{file.name}-wal")
    if log_file.exists() and log_file.stat().st_size:
        return  # Not copied yet: the file is still as long as it was.
    if file.stat().st_size > connection.execute("PRAGMA page_count").get * PAGE_BYTES:
        raise JournalDamaged(None, "pages are left behind the end")


def check_schema(connection: apsw.Connection) -> None:
    """The tables and their guards must be ours, to the letter: a guard more could swallow what is written, and one less
    lets it be changed. Raises JournalDamaged."""
    if _schema(connection) != _our_schema():
        raise JournalDamaged(None, "the tables or their guards are not as they were made")


@functools.cache
def _our_schema() -> frozenset[object]:
    connection = apsw.Connection(":memory:")
    try:
        connection.execute(resource_text("kassaapp.journal", "schema.sql"))
        return _schema(connection)
    finally:
        connection.close()


def _schema(connection: apsw.Connection) -> frozenset[object]:
    return frozenset(connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema"))


class File:
    """An open journal file: one connection, used by one thread at a time, and not again after the disk has failed."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._failed = False

    @contextmanager
    def used(self) -> Iterator[apsw.Connection]:
        """The connection, for one thread. Raises DiskFull, DiskFailed, JournalDamaged; after the last two never again:
        what is in memory may not be what is on the disk."""
        with self._lock:
            if self._failed:
                raise DiskFailed("the disk failed earlier")
            try:
                with translated_errors():
                    yield self._connection
            except (DiskFailed, JournalDamaged):
                self._failed = True
                raise

    @contextmanager
    def transaction(self) -> Iterator[apsw.Connection]:
        """The connection within a transaction: durable when it ends, or as if it had not been. Raises as `used`."""
        with self.used() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                with suppress(apsw.Error):  # SQLite may have rolled back already.
                    connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Let go of it. After a failure nothing is copied from the log any more: the next start does that, in a new
        process. Raises DiskFailed."""
        with self._lock, translated_errors():
            if self._failed:
                self._connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
            self._connection.close()


@contextmanager
def translated_errors() -> Iterator[None]:
    """Turn SQLite's errors of the environment into Trouble. Anything else is a bug and passes."""
    try:
        yield
    except apsw.BusyError:
        raise JournalInUse from None
    except apsw.FullError:
        raise DiskFull from None
    except apsw.IOError as error:
        if getattr(error, "extendedresult", None) == apsw.SQLITE_IOERR_DATA:  # A page is not as it was written.
            raise JournalDamaged(None, "page checksum") from None
        raise DiskFailed(type(error).__name__) from None
    except (apsw.CantOpenError, apsw.ReadOnlyError) as error:
        raise DiskFailed(type(error).__name__) from None
    except apsw.CorruptError as error:
        raise JournalDamaged(None, type(error).__name__) from None
    except apsw.NotADBError as error:
        raise JournalUnreadable(type(error).__name__) from None


def _checkpoint(connection: apsw.Connection, name: str, pages: int) -> int:
    """Copy the log into the file now and then, as SQLite would, but say so when that fails: SQLite's own passes over
    it and tries again later, when a sync that failed once is reported as done."""
    if pages >= _CHECKPOINT_PAGES:
        try:
            connection.wal_checkpoint(name, apsw.SQLITE_CHECKPOINT_PASSIVE)
        except apsw.FullError:
            log.warning("no room to copy the log into the journal: it stays in the log")
    return apsw.SQLITE_OK


def _empty_log(connection: apsw.Connection) -> None:
    """Copy what a run before left in the log into the file, and sync it, before anything follows: a sync that failed
    then is reported as done now, and only what is written anew is sure to be there (fsyncgate)."""
    try:
        connection.wal_checkpoint("main", apsw.SQLITE_CHECKPOINT_TRUNCATE)
    except apsw.FullError:
        log.warning("no room to copy the log into the journal: it stays in the log")


def _connect(path: Path, flags: int) -> apsw.Connection:
    assert _sqlite_version() >= _OLDEST_SQLITE, "this SQLite can lose a committed transaction"
    if VFS not in apsw.vfs_names():
        with apsw.Connection(":memory:") as registering:
            apsw.sqlite_extra.load(registering, "cksumvfs")
    connection = apsw.Connection(str(path), flags=flags, vfs=VFS)
    connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
    connection.set_busy_timeout(0)
    connection.set_wal_hook(_checkpoint)
    return connection


def _sqlite_version() -> tuple[int, ...]:
    return tuple(int(number) for number in apsw.sqlite_lib_version().split("."))


def _reserve_checksums(connection: apsw.Connection) -> None:
    reserve = ctypes.c_int(_CHECKSUM_BYTES)
    connection.file_control("main", apsw.SQLITE_FCNTL_RESERVE_BYTES, ctypes.addressof(reserve))


def _set(connection: apsw.Connection) -> None:
    """Set every pragma and read it back: a setting that did not take is a till that must not sell."""
    for name, value, _ in _PRAGMAS:
        connection.execute(f"PRAGMA {name}={value}").fetchall()
    for name, _, wanted in _PRAGMAS:
        got = connection.execute(f"PRAGMA {name}").get
        assert got == wanted, f"pragma {name} is {got}"


def _check_format(connection: apsw.Connection) -> None:
    application = connection.execute("PRAGMA application_id").get
    version = connection.execute("PRAGMA user_version").get
    if application != APPLICATION_ID:
        raise JournalUnreadable("not a journal")
    if version > FORMAT:
        raise JournalNewer(f"format {version}")
    if version != FORMAT:
        raise JournalUnreadable(f"format {version}")
