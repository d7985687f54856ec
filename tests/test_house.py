"""The house looks at itself: what we agreed on and no other tool sees.

A convention that matters stands here as a test; one that does not is left to taste.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TEST_NUMBERS = ROOT / "tests/resources/test_numbers.txt"
PROGRAM = ("kassaapp", "sync")
PYTHON = (*PROGRAM, "installer", "tests")
NOT_OURS = {".git", ".venv", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis",
            ".import_linter_cache", "build", "dist", "work", "htmlcov", ".demo"}  # fmt: skip


# ── What is looked at ────────────────────────────────────────────────────────────────────────────


@cache
def files() -> tuple[Path, ...]:
    """Every file of the tree that is ours, sorted; git is not asked, for a bare machine has none."""

    def below(folder: Path) -> Iterator[Path]:
        for path in sorted(folder.iterdir()):
            if path.name in NOT_OURS or path.name == "uv.lock":
                continue
            if path.is_dir():
                yield from below(path)
            else:
                yield path

    return tuple(below(ROOT))


def text_files() -> list[Path]:
    """Those that are UTF-8 text, the locks with their hashes left out."""
    return [path for path in files() if path.suffix != ".lock" and _is_text(path)]


def python_files(*folders: str) -> list[Path]:
    """The Python files below these top folders."""
    return [path for path in files() if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in folders]


def _is_text(path: Path) -> bool:
    try:
        path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


# ── Modules ──────────────────────────────────────────────────────────────────────────────────────


def test_every_module_opens_with_a_sentence() -> None:
    silent = [_name(path) for path in python_files(*PYTHON) if not _opens_with_a_sentence(path)]

    assert silent == []


def _opens_with_a_sentence(path: Path) -> bool:
    source = path.read_text(encoding="utf-8")
    if path.name == "__init__.py" and not source and path.relative_to(ROOT).parts[0] == "tests":
        return True
    first_paragraph = (ast.get_docstring(ast.parse(source)) or "").split("\n\n")[0].rstrip()
    return not first_paragraph[:1].islower() and first_paragraph.endswith((".", ":", "?", "!", ")", "`"))


def test_no_class_is_named_for_nothing() -> None:
    vague = re.compile(r"(Manager|Helper|Handler|Utils?|Factory|Service|Impl)$|^(Base|Abstract)[A-Z]")

    named = [
        f"{_name(path)}: {name}" for path in python_files(*PROGRAM) for name in _classes(path) if vague.search(name)
    ]

    assert named == []


def _classes(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]


def test_no_function_is_longer_than_a_page() -> None:
    long = [f"{_name(path)}: {text}" for path in python_files(*PYTHON) for text in _long_functions(path)]

    assert long == []


def _long_functions(path: Path) -> list[str]:
    functions = [
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    lengths = [(node.name, (node.end_lineno or node.lineno) - node.lineno + 1) for node in functions]
    return [f"{name}, {length} lines" for name, length in lengths if length > 60]


# ── Contracts ────────────────────────────────────────────────────────────────────────────────────


def _contracts() -> list[dict[str, object]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    assert isinstance(contracts, list)
    return contracts


def _contract_patterns() -> list[str]:
    """The module names with a star in our contracts, which import-linter takes silently when nothing fits."""
    lists = [contract.get(key, []) for contract in _contracts() for key in ("source_modules", "forbidden_modules")]
    return sorted({str(name) for names in lists if isinstance(names, list) for name in names if "*" in str(name)})


@pytest.mark.parametrize("pattern", _contract_patterns())
def test_every_star_in_a_contract_means_some_module(pattern: str) -> None:
    paths = [path.relative_to(ROOT).with_suffix("") for path in python_files(*PROGRAM)]
    modules = {".".join(path.parts).removesuffix(".__init__") for path in paths}

    meant = [module for module in modules if fnmatchcase(module, pattern) and module.count(".") == pattern.count(".")]

    assert meant


# ── Documents ────────────────────────────────────────────────────────────────────────────────────


def _paths_in_documents() -> list[tuple[str, str]]:
    """(document, path) for all that stands in backticks in README.md and docs, and looks like a path of ours."""
    documents = [path for path in files() if path.suffix == ".md" and (path.parent == ROOT or "docs" in path.parts)]
    return [
        (_name(document), word)
        for document in documents
        for quoted in re.findall(r"`([^`\n]+)`", document.read_text(encoding="utf-8"))
        for word in quoted.split()
        if _looks_like_a_path(word)
    ]


def _looks_like_a_path(word: str) -> bool:
    tops = {path.relative_to(ROOT).parts[0] for path in files()} | set(PYTHON) | {"docs", "resources"}
    whole = re.fullmatch(r"[\w.*-]+(/[\w.*-]+)*/?", word) is not None
    return whole and (
        ("/" in word and word.split("/")[0] in tops) or re.search(r"\w\.(py|md|sql|toml)$", word) is not None
    )


def _exists(word: str) -> bool:
    """Whether the path is there: from the root, or with its last parts alone, as `wording.py` or `domain/fees.py`."""
    wanted = word.rstrip("/")
    names = {_name(path) for path in files()} | {_name(path.parent) for path in files()}
    return any(fnmatchcase(name, wanted) or fnmatchcase(name, f"*/{wanted}") for name in names)


def test_every_path_that_a_document_names_exists() -> None:
    missing = [f"{document}: {word}" for document, word in _paths_in_documents() if not _exists(word)]

    assert missing == []


# ── What must not be in the tree ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock", "requirements-build.lock"])
def test_a_lock_names_versions_and_hashes_and_no_place(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")

    assert "://" not in text
    assert re.findall(r"^\s*-.*(?:index|find-links|trusted-host).*$", text, re.MULTILINE) == []


def test_the_test_lock_holds_the_very_versions_of_the_program() -> None:
    runtime, dev = (_pins(ROOT / lock) for lock in ("requirements.lock", "requirements-dev.lock"))

    assert runtime <= dev


def test_the_build_lock_holds_no_other_version_of_what_the_program_runs_on() -> None:
    runtime, build = (_pins(ROOT / lock) for lock in ("requirements.lock", "requirements-build.lock"))
    names = {pin.partition("==")[0] for pin in runtime}

    assert {pin for pin in build if pin.partition("==")[0] in names} <= runtime


def _pins(lock: Path) -> set[str]:
    return set(re.findall(r"^([a-z0-9-]+==\S+)", lock.read_text(encoding="utf-8"), re.MULTILINE))


def test_no_file_names_a_package_registry() -> None:
    host = re.compile(r"(?:pypi|pythonhosted|npmjs|debian|ubuntu)\.(?:org|com|net)", re.IGNORECASE)

    naming = [_name(path) for path in text_files() if host.search(path.read_text(encoding="utf-8"))]

    assert naming == []


IDENTITY = re.compile(r"(?<![0-9A-Za-z])(?:(18|19|20)([0-9]{6})[-+]?|([0-9]{6})[-+])([0-9]{4})(?![0-9A-Za-z])")


def identity_numbers(text: str) -> set[str]:
    """What could be a person: 12 digits, or 6+4 with a sign; a possible day, or day + 60; the check digit right."""
    found = {"".join(part or "" for part in match.groups()) for match in IDENTITY.finditer(text)}
    return {number for number in found if _possible_day(number[-10:]) and _luhn(number[-10:])}


def _possible_day(ten: str) -> bool:
    month, day = int(ten[2:4]), int(ten[4:6])
    return 1 <= month <= 12 and (1 <= day <= 31 or 61 <= day <= 91)


def _luhn(ten: str) -> bool:
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(ten)]
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("191212121212", {"191212121212"}),
        ("seen 121212-1212 and 121212+1212", {"1212121212"}),
        ("19121212-1212", {"191212121212"}),
        ("191212121213 20261122061100 a191212121212", set()),
    ],
)
def test_an_identity_number_is_seen_in_all_its_shapes(text: str, numbers: set[str]) -> None:
    assert identity_numbers(text) == numbers


def test_only_published_test_numbers_stand_in_the_tree() -> None:
    published = {line[-10:] for line in TEST_NUMBERS.read_text(encoding="utf-8").splitlines() if line.isdigit()}

    strangers = {
        _name(path): unknown
        for path in text_files()
        if (unknown := {n for n in identity_numbers(path.read_text(encoding="utf-8")) if n[-10:] not in published})
    }

    assert strangers == {}
