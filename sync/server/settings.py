"""What one region server is: its name, its ledger, where its data lies. `init` writes it once, to DIR/settings.toml."""

import os
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from sync.wire import canonical
from sync.wire.signature import KEY_BYTES

DATABASE_FILE = "region.db"
_PLAIN = str.maketrans("åäöéü", "aaoeu")


@dataclass(frozen=True, slots=True)
class Settings:
    """A region server's settings. `root_key` is the public half; `database` an SQLAlchemy URL."""

    folder: Path
    region: str
    origin: str
    root_key: bytes
    database: str

    @property
    def keys(self) -> Path:
        """Folder of the private keys."""
        return self.folder / "keys"

    @property
    def signed_head(self) -> Path:
        """The last (size, root) that was signed: outside the database, so that a restored database is found out."""
        return self.folder / "signed-head.json"

    def save(self) -> None:
        """Write the file, readable by its owner only: the URL of a database may hold a password."""
        lines = {
            "region": self.region,
            "origin": self.origin,
            "root_key": canonical.to_text(self.root_key),
            "database": self.database,
        }
        text = "".join(f"{name} = {_quoted(value)}\n" for name, value in lines.items())
        write_private(self.folder / "settings.toml", text.encode())


def origin_of(region: str) -> str:
    """The name of a region's first ledger: "Demoregionen" gives "kassa.demoregionen/ledger/1"."""
    plain = re.sub(r"[^a-z0-9]+", "-", region.lower().translate(_PLAIN)).strip("-")
    return f"kassa.{plain or 'region'}/ledger/1"


def default_database(folder: Path) -> str:
    """The URL of the embedded database in `folder`."""
    return f"sqlite:///{(folder / DATABASE_FILE).absolute()}"


def load(folder: Path, database: str | None = None) -> Settings:
    """Read DIR/settings.toml; `database` overrides the URL in it. Raises FileNotFoundError when there was no `init`."""
    value = tomllib.loads((folder / "settings.toml").read_text())
    return Settings(
        folder=folder,
        region=value["region"],
        origin=value["origin"],
        root_key=canonical.from_text(value["root_key"], KEY_BYTES),
        database=database or value["database"] or default_database(folder),
    )


def write_private(path: Path, data: bytes) -> None:
    """Make a file that only its owner can read. Raises FileExistsError rather than replace one."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
