"""The documents keep up with the code: the record format names all that can be stored, the glossary every noun.

That each path a document names exists is looked after in `test_house.py`; here are the links.
"""

import dataclasses
import enum
import re
import typing
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from kassaapp.domain.events import KINDS
from kassaapp.domain.patient_id import PatientId

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]

WORD = re.compile(r"`([^`\n]+)`")


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def rows(table_text: str) -> dict[str, set[str]]:
    """The rows of Markdown tables whose first cell is one word in backticks: that word → all such words of the row.

    A word that may be left out, marked with a question mark, is there with and without it."""
    found: dict[str, set[str]] = {}
    for first, rest in re.findall(r"^\| *`([^`|]+)` *\|(.*)$", table_text, re.MULTILINE):
        words = found.setdefault(first, set())
        words.update(WORD.findall(rest))
        words.update(f"{word}?" for word in re.findall(r"`([^`\n]+)`\?", rest))
    return found


# ── JOURNAL.md, section 8 ────────────────────────────────────────────────────────────────────────


def _events_section() -> dict[str, set[str]]:
    section = re.search(r"^## \d+ Events$(.*?)^## ", text_of("docs/JOURNAL.md"), re.MULTILINE | re.DOTALL)
    assert section is not None
    return rows(section[1])


def _types_within(hint: Any) -> Iterator[type]:
    """The classes of our own that a field's type is made of."""
    arguments = typing.get_args(hint)
    if arguments:
        for argument in arguments:
            yield from _types_within(argument)
    elif isinstance(hint, type):
        yield hint


def _stored_types() -> tuple[list[type], list[type[enum.Enum]]]:
    """The objects and the words that events are made of, all the way down, by name."""
    objects: set[type] = set()
    words: set[type[enum.Enum]] = set()
    waiting: list[type] = list(KINDS.values())
    while waiting:
        for hint in typing.get_type_hints(waiting.pop()).values():
            for inner in _types_within(hint):
                if issubclass(inner, enum.Enum):
                    words.add(inner)
                elif dataclasses.is_dataclass(inner) and inner not in objects:
                    objects.add(inner)
                    waiting.append(inner)
    return sorted(objects, key=_name), sorted(words, key=_name)


def _name(stored: type) -> str:
    return stored.__name__


OBJECTS, WORDS = _stored_types()


def _fields(stored: type) -> set[str]:
    if stored is PatientId:  # Written by `payload.py` as itself, not field by field.
        return {"kind", "value", "oid"}
    assert dataclasses.is_dataclass(stored)
    return {field.name for field in dataclasses.fields(stored)}


@pytest.mark.parametrize("kind", KINDS)
def test_the_record_format_names_every_kind_with_all_its_fields(kind: str) -> None:
    row = _events_section().get(kind, set())

    assert KINDS[kind].__name__ in row
    assert _fields(KINDS[kind]) - row == set()


@pytest.mark.parametrize("stored", OBJECTS, ids=_name)
def test_the_record_format_names_every_object_with_all_its_fields(stored: type) -> None:
    row = _events_section().get(stored.__name__, set())

    assert _fields(stored) - row == set()


@pytest.mark.parametrize("stored", [*KINDS.values(), *OBJECTS], ids=_name)
def test_the_record_format_marks_exactly_the_fields_that_may_be_left_out(stored: type) -> None:
    kinds = {event.__name__: kind for kind, event in KINDS.items()}
    row = _events_section()[kinds.get(stored.__name__, stored.__name__)]

    assert {word for word in row if word.endswith("?")} == {f"{name}?" for name in _defaulted(stored)}


def _defaulted(stored: type) -> set[str]:
    assert dataclasses.is_dataclass(stored)
    missing = dataclasses.MISSING
    fields = dataclasses.fields(stored)
    return {field.name for field in fields if field.default is not missing or field.default_factory is not missing}


@pytest.mark.parametrize("words", WORDS, ids=_name)
def test_the_record_format_names_every_word(words: type[enum.Enum]) -> None:
    row = _events_section().get(words.__name__, set())

    assert {word.value for word in words} - row == set()


def test_the_record_format_names_no_kind_that_is_not_there() -> None:
    section = text_of("docs/JOURNAL.md").partition("### Kinds")[2].partition("### Objects")[0]

    assert set(rows(section)) == set(KINDS)


# ── GLOSSARY.md ──────────────────────────────────────────────────────────────────────────────────


def _domain_nouns() -> Iterator[tuple[str, str]]:
    """(module, class) for each public class of the rules; refusals have their words in `wording`."""
    for path in sorted((ROOT / "kassaapp" / "domain").glob("*.py")):
        module = import_module(f"kassaapp.domain.{path.stem}") if path.stem != "__init__" else None
        for name, value in vars(module).items() if module else ():
            own = isinstance(value, type) and value.__module__ == module.__name__  # type: ignore[union-attr]
            if own and not name.startswith("_") and not issubclass(value, Exception):
                yield path.stem, name


@pytest.mark.parametrize(("module", "noun"), list(_domain_nouns()))
def test_the_glossary_has_every_noun_of_the_rules(module: str, noun: str) -> None:
    assert noun in WORD.findall(text_of("docs/GLOSSARY.md")), f"{noun} of domain/{module}.py"


# ── Links and commands ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_to_a_file(document: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s:]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8"))

    missing = [target for target in targets if not (document.parent / target).exists()]

    assert missing == []


def test_the_operators_page_tells_every_exit_code_of_enrol() -> None:
    from kassaapp.__main__ import EXIT_CODES

    told = rows(text_of("docs/OPERATING.md"))

    assert {name: str(code) for name, code in EXIT_CODES.items() if name not in told.get(str(code), set())} == {}


def test_the_operators_page_tells_every_field_of_the_clinic_file() -> None:
    from kassaapp.clinic import FIELDS

    assert FIELDS - set(rows(text_of("docs/OPERATING.md"))) == set()
