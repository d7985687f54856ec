"""The page of guarantees names tests, and every one of them is there: a guarantee that no test shows is a wish."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "GUARANTEES.md"
WORD = re.compile(r"`([^`\n]+)`")


def named() -> list[tuple[str, str]]:
    """(file, test) for each test on the page, which stands after its file."""
    found: list[tuple[str, str]] = []
    file = ""
    for word in WORD.findall(PAGE.read_text(encoding="utf-8")):
        if word.startswith("tests/"):
            file = word
        elif re.fullmatch(r"test_\w+|Test\w+", word):
            found.append((file, word))
    return found


@cache
def defined_in(file: str) -> frozenset[str]:
    """The functions and the machines of a test file."""
    body = ast.parse((ROOT / file).read_text(encoding="utf-8")).body
    functions = {node.name for node in body if isinstance(node, ast.FunctionDef)}
    targets = [target for node in body if isinstance(node, ast.Assign) for target in node.targets]
    return frozenset(functions | {target.id for target in targets if isinstance(target, ast.Name)})


def test_every_test_that_the_page_names_is_there() -> None:
    missing = [f"{file}: {name}" for file, name in named() if name not in defined_in(file)]

    assert missing == []
    assert len(named()) > 40


def test_every_row_of_the_table_names_a_test() -> None:
    table = PAGE.read_text(encoding="utf-8").partition("## What these rest on")[0]
    rows = re.findall(r"^\| (\d+) \|.*$", table, re.MULTILINE)
    silent = [line[:40] for line in table.splitlines() if re.match(r"\| \d+ \|", line) and "tests/" not in line]

    assert rows == [str(number) for number in (*range(1, 13), 31)]
    assert silent == []
