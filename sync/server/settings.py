"""What one region server is: its name, its ledger, where its data lies. `init` writes it once, to DIR/settings.toml."""

import os
import re
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

from sync.wire import canonical
from sync.wire.errors import Malformed
from sync.wire.signature import KEY_BYTES

DATABASE_FILE = "region.db"
HEAD_FILE = "signed-head.json"
_FILE = "settings.toml"
_NAMES = ("region", "origin", "root_key", "database", "signer")
_PLAIN = str.maketrans("åäöéü", "aaoeu")


@dataclass(frozen=True, slots=True)
class Settings:
    """A region server's settings. `root_key` is the public half; `database` an SQLAlchemy URL; `signer` the socket
    of a signer in a process of its own, None when this process signs."""

    folder: Path
    region: str
    origin: str
    root_key: bytes
    database: str
    signer: Path | None = None

    @property
    def keys(self) -> Path:
        """Folder of the private keys."""
        return self.folder / "keys"

    @property
    def signed_head(self) -> Path:
        """The last (size, root) that was signed: outside the database, so that a restored database is found out."""
        return self.folder / HEAD_FILE

    def save(self) -> None:
        """Write the file, readable by its owner only: the URL of a database may hold a password."""
        write_private(self._file, self._text())

    def save_again(self) -> None:
        """Replace the file at once and whole, and leave it to whom it belonged."""
        new, before = self._file.with_suffix(".new"), self._file.stat()
        new.unlink(missing_ok=True)
        write_private(new, self._text())
        if sys.platform != "win32":
            os.chown(new, before.st_uid, before.st_gid)
        os.replace(new, self._file)
        sync_folder(self.folder)

    @property
    def _file(self) -> Path:
        return self.folder / _FILE

    def _text(self) -> bytes:
        lines = {
            "region": self.region,
            "origin": self.origin,
            "root_key": canonical.to_text(self.root_key),
            "database": "" if self.database == default_database(self.folder) else self.database,
            "signer": str(self.signer or ""),
        }
        return toml(lines)


def origin_of(region: str) -> str:
    """The name of a region's first ledger: "Demoregionen" gives "kassa.demoregionen/ledger/1"."""
    plain = re.sub(r"[^a-z0-9]+", "-", region.lower().translate(_PLAIN)).strip("-")
    return f"kassa.{plain or 'region'}/ledger/1"


def default_database(folder: Path) -> str:
    """The URL of the embedded database in `folder`."""
    return f"sqlite:///{(folder / DATABASE_FILE).absolute()}"


def load(folder: Path, database: str | None = None) -> Settings:
    """Read DIR/settings.toml; `database` overrides the URL in it.

    Raises FileNotFoundError when there was no `init`, Malformed when the file is not as `init` writes it.
    """
    value = _read(folder / _FILE)
    return Settings(
        folder=folder,
        region=value["region"],
        origin=value["origin"],
        root_key=canonical.from_text(value["root_key"], KEY_BYTES),
        database=database or value["database"] or default_database(folder),
        signer=Path(value["signer"]) if value["signer"] else None,
    )


def _read(file: Path) -> dict[str, str]:
    """The texts of the file by name. Tells no text of it: a database's URL may hold a password."""
    try:
        value = {"signer": "", **tomllib.loads(file.read_bytes().decode())}
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError):
        raise Malformed(f"{file} is not TOML") from None
    for name in _NAMES:
        if not isinstance(value.get(name), str):
            raise Malformed(f"{file} has no text called {name}")
    return value


def write_private(path: Path, data: bytes) -> None:
    """Make a file that only its owner can read. Raises FileExistsError rather than replace one."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make what was created, renamed or removed in a folder last."""
    if sys.platform == "win32":
        return  # NTFS journals the rename itself, and a folder cannot be opened.
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def toml(lines: dict[str, str]) -> bytes:
    """A file of plain texts by name. Raises Malformed for a text of more than one line, or with signs nobody sees."""
    for name, text in lines.items():
        if not text.isprintable():
            raise Malformed(f"{name} must be printable, and on one line")
    return "".join(f"{name} = {_quoted(value)}\n" for name, value in lines.items()).encode()


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
