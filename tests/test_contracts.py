"""The import contracts of pyproject.toml bite: a forbidden import, planted in a small copy of the tree, is found."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# A tree with one module on each storey, and nothing forbidden in it.
SOUND = {
    "kassaapp/__init__.py": "",
    "kassaapp/__main__.py": "import kassaapp.ui",
    "kassaapp/ui/__init__.py": "import PySide6.QtWidgets, kassaapp.screens",
    "kassaapp/app.py": "import kassaapp.register, sync.client",
    "kassaapp/screens/__init__.py": "import kassaapp.register",
    "kassaapp/register.py": "import kassaapp.journal.journal",
    "kassaapp/verify/__init__.py": "",
    "kassaapp/verify/reader.py": "import sqlite3, kassaapp.journal.payload",
    "kassaapp/printout/__init__.py": "",
    "kassaapp/journal/__init__.py": "",
    "kassaapp/journal/journal.py": "import apsw, kassaapp.domain, sync.wire",
    "kassaapp/journal/payload.py": "import kassaapp.domain",
    "kassaapp/journal/signing_key.py": "import keyring",
    "kassaapp/domain/__init__.py": "import dataclasses",
    "sync/__init__.py": "",
    "sync/wire/__init__.py": "import hashlib, nacl",
    "sync/client/__init__.py": "import httpx2, sync.wire",
    "sync/server/__init__.py": "import sqlalchemy, starlette, sync.wire",
    "sync/server/ledger.py": "",
    "sync/server/ingest.py": "",
    "sync/server/storage.py": "import sqlalchemy",
    "sync/server/audit.py": "import sync.wire",
}


def broken_contracts(tree: Path, planted: Mapping[str, str]) -> set[str]:
    """The names of the contracts that import-linter finds broken in the sound tree with `planted` put over it."""
    shutil.copy(ROOT / "pyproject.toml", tree)
    for name, source in {**SOUND, **planted}.items():
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source + "\n", encoding="utf-8")
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, env={"COLUMNS": "200"}, check=False)
    assert "Contracts:" in done.stdout, done.stdout + done.stderr
    return set(re.findall(r"^(.+) BROKEN\b", done.stdout, re.MULTILINE))


def test_a_sound_tree_breaks_no_contract(tmp_path: Path) -> None:
    assert broken_contracts(tmp_path, {}) == set()


@pytest.mark.parametrize(
    ("module", "source", "contract"),
    [
        ("kassaapp/helpers.py", "", "The storeys of kassaapp"),
        ("kassaapp/register.py", "import kassaapp.screens", "The storeys of kassaapp"),
        ("sync/wire/__init__.py", "import sync.client", "The storeys of sync"),
        ("sync/client/__init__.py", "import kassaapp.domain", "sync knows nothing of the register program"),
        ("kassaapp/app.py", "import sync.server", "A register never contains the server"),
        ("kassaapp/domain/__init__.py", "import time", "The rules are pure"),
        (
            "sync/wire/__init__.py",
            "import os",
            "What three programs agree on needs neither disk, network, clock nor window",
        ),
        ("kassaapp/printout/__init__.py", "import PySide6.QtGui", "Qt lives in kassaapp.ui only"),
        ("sync/client/__init__.py", "import sqlalchemy", "Web server and SQLAlchemy live in sync.server only"),
        (
            "kassaapp/printout/__init__.py",
            "import sqlite3",
            "SQLite lives in kassaapp.journal, and in the auditor's reader",
        ),
        (
            "kassaapp/ui/__init__.py",
            "import kassaapp.journal.journal",
            "Views and screens go through Register and History",
        ),
        (
            "kassaapp/verify/reader.py",
            "import kassaapp.journal.journal",
            "Those who check share the format with those who write, and nothing else",
        ),
        (
            "sync/server/audit.py",
            "import sync.server.ledger",
            "Those who check share the format with those who write, and nothing else",
        ),
    ],
)
def test_a_planted_import_breaks_its_contract(tmp_path: Path, module: str, source: str, contract: str) -> None:
    assert contract in broken_contracts(tmp_path, {module: source})
