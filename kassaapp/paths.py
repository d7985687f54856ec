"""Where things are: the till's folder, and the files that belong to the program, from source or frozen."""

from importlib import resources
from pathlib import Path

import platformdirs

ROOT = Path(__file__).resolve().parent.parent
"""The folder that holds kassaapp and resources."""


def data_folder() -> Path:
    """The till's folder when none is named: per machine user, never roaming."""
    return Path(platformdirs.user_data_dir("Kassa", appauthor=False, roaming=False))


def resource(name: str) -> Path:
    """A file under resources/, such as "demo/demo.toml"."""
    return ROOT / "resources" / name


def resource_text(package: str, name: str) -> str:
    """The text of a file that lies inside a package, such as a schema."""
    return resources.files(package).joinpath(name).read_text(encoding="utf-8")
