"""Where things are: the till's folder, and the files that belong to the program, from source or frozen."""

import sys
from importlib import resources
from pathlib import Path

import platformdirs

ROOT = Path(__file__).resolve().parent.parent
"""The folder that holds kassaapp and resources."""


def machine_folder() -> Path:
    """Where a desk lies that several accounts of the computer share. The installer makes it."""
    if sys.platform == "win32":
        return Path(platformdirs.site_data_dir("Kassa", appauthor=False))
    return Path("/var/lib/kassa")


def data_folder(shared: Path | None = None) -> Path:
    """The till's folder when none is named: the machine's, once a desk is enrolled there, else the account's own, which
    never roams."""
    place = shared or machine_folder()
    try:
        if (place / "clinic.toml").exists():
            return place
    except PermissionError:
        return place  # A desk that this account may not use: it is to be told so.
    return Path(platformdirs.user_data_dir("Kassa", appauthor=False, roaming=False))


def resource(name: str) -> Path:
    """A file under resources/, such as "demo/demo.toml"."""
    return ROOT / "resources" / name


def resource_text(package: str, name: str) -> str:
    """The text of a file that lies inside a package, such as a schema."""
    return resources.files(package).joinpath(name).read_text(encoding="utf-8")
