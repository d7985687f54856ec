"""The map of the rules keeps up with the code: every row, rule, act and test is there, and none is left out."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import pytest

from kassaapp.acts import ACTS

ROOT = Path(__file__).resolve().parent.parent
NUMBERS = [f"R{number:02}" for number in (*range(1, 62), 68, 69)]
"""The rows that are a contract of the counter; R62–R67 are the region's and the exports'."""

WORD = re.compile(r"`([^`]+)`")


class Row(NamedTuple):
    """One row of the map."""

    number: str
    rules: list[str]
    acts: list[str]
    tests: list[str]


def _rows() -> Iterator[Row]:
    for line in (ROOT / "docs" / "RULES.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if re.fullmatch(r"R\d\d", cells[0]):
            assert len(cells) == 6, f"{cells[0]} has {len(cells)} cells"
            yield Row(cells[0], *(WORD.findall(cell) for cell in cells[2:5]))


ROWS = list(_rows())


def names_in_tree() -> list[str]:
    """The names of all tests below tests/rules."""
    sources = (path.read_text(encoding="utf-8") for path in sorted((ROOT / "tests" / "rules").glob("test_*.py")))
    return [name for source in sources for name in re.findall(r"^def (test_\w+)", source, re.MULTILINE)]


def test_every_row_is_there_once_and_in_order() -> None:
    assert [row.number for row in ROWS] == NUMBERS


@pytest.mark.parametrize("row", ROWS, ids=[row.number for row in ROWS])
def test_a_row_names_a_rule_an_act_and_tests_of_its_own(row: Row) -> None:
    assert row.rules
    assert row.acts
    assert row.tests
    assert [name for name in row.tests if not name.startswith(f"test_{row.number.lower()}_")] == []


@pytest.mark.parametrize("row", ROWS, ids=[row.number for row in ROWS])
def test_every_rule_and_act_that_is_named_exists(row: Row) -> None:
    assert [rule for rule in row.rules if not _exists(rule)] == []
    assert [act for act in row.acts if act not in ACTS] == []


def _exists(rule: str) -> bool:
    """Whether `kassaapp.` + rule is a module's function, class, value, or a method of a class."""
    parts = ["kassaapp", *rule.split(".")]
    for length in range(len(parts) - 1, 0, -1):
        try:
            found: object = import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for name in parts[length:]:
            if not hasattr(found, name):
                return False
            found = getattr(found, name)
        return True
    return False


def test_the_map_names_every_test_of_the_rules_once_and_no_other() -> None:
    named = [name for row in ROWS for name in row.tests]

    assert sorted(named) == sorted(names_in_tree())


def test_a_rule_that_is_not_there_is_noticed() -> None:
    assert not _exists("domain.fees.no_such_rule")
    assert not _exists("domain.no_such_module.quote")
    assert not _exists("no_such_module")
