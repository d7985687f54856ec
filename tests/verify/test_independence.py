"""Who checks shares only formats, and the rules that add events up, with who writes."""

import ast
from pathlib import Path

from kassaapp import verify

FOLDER = Path(verify.__file__).parent
FORMATS = ("sync.wire", "kassaapp.journal.payload", "kassaapp.printout.qr")
RULES = ("kassaapp.domain", "kassaapp.configuration", "kassaapp.trouble", "kassaapp.verify")
PLAIN = {"collections", "contextlib", "dataclasses", "datetime", "enum", "hashlib", "json", "pathlib", "shutil",
         "sqlite3", "struct", "sys", "tempfile", "tomllib", "typing"}  # fmt: skip


def imported(source: str) -> set[str]:
    """Every module that a source imports, with the names it takes of packages."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def is_shared(name: str) -> bool:
    return any(name == shared or name.startswith(f"{shared}.") for shared in (*FORMATS, *RULES))


def test_nothing_else_is_imported() -> None:
    strangers = {
        f"{path.name}: {name}"
        for path in FOLDER.glob("*.py")
        for name in imported(path.read_text(encoding="utf-8"))
        if not is_shared(name) and name.split(".")[0] not in PLAIN
    }

    assert strangers == set()


def test_a_module_that_writes_would_be_seen() -> None:
    taken = imported("from kassaapp.journal import rows\nimport kassaapp.recovery")

    assert [is_shared(name) for name in sorted(taken)] == [False, False]
