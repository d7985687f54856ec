"""In English the window says all that it says in Swedish: every sentence is translated, with its places and its keys.

When one of these fails after a sentence was changed: `python -m installer.translations`, write the new English in the
`.po`, and run it once more.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TypeGuard

import pytest
from babel.messages.catalog import Catalog, Message

from installer import translations
from installer.translations import access_key, faults, variants, written
from kassaapp import i18n, wording
from kassaapp.domain.visit import Tender

KASSAAPP = translations.SOURCE
MODULES = {".".join(path.relative_to(KASSAAPP.parent).with_suffix("").parts): path for path in KASSAAPP.rglob("*.py")}
FRAME = "kassaapp.ui.main_window"
ROOMS = sorted(name for name in MODULES if re.fullmatch(r"kassaapp\.ui\.\w+_view", name))
LANGUAGES = sorted(path.parent.parent.name for path in translations.CATALOGUES.glob("*/LC_MESSAGES/kassaapp.po"))


@cache
def source() -> Catalog:
    return translations.sentences()


@cache
def language(name: str) -> Catalog:
    return translations.read(po_of(name))


def po_of(name: str) -> Path:
    return translations.CATALOGUES / name / "LC_MESSAGES" / "kassaapp.po"


@pytest.fixture
def _swedish_afterwards() -> Iterator[None]:
    yield
    i18n.use_language("sv")


# ── The sentences of the program ─────────────────────────────────────────────────────────────────


def calls(path: Path) -> list[ast.Call]:
    """Where a module looks up a sentence."""
    return [node for node in ast.walk(tree(path)) if _looks_up(node)]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _looks_up(node: ast.AST) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "ngettext")


def _is_literal(call: ast.Call) -> bool:
    sentences = call.args[:2] if isinstance(call.func, ast.Name) and call.func.id == "ngettext" else call.args
    return all(isinstance(text, ast.Constant) and isinstance(text.value, str) and text.value for text in sentences)


def test_every_sentence_stands_where_it_is_looked_up() -> None:
    hidden = [
        f"{name}:{call.lineno}" for name, path in MODULES.items() for call in calls(path) if not _is_literal(call)
    ]

    assert sum(len(calls(path)) for path in MODULES.values()) > len(written(source()))
    assert hidden == []


def test_no_sentence_is_looked_up_when_its_module_is_loaded() -> None:
    early = [f"{name}:{call.lineno}" for name, path in MODULES.items() for call in _early(path)]

    assert early == []


def _early(path: Path) -> list[ast.Call]:
    """Look-ups outside every function, and in what a function's head says, which is read with the module."""
    waiting: list[ast.AST] = [tree(path)]
    found: list[ast.Call] = []
    while waiting:
        node = waiting.pop()
        if _looks_up(node):
            found.append(node)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            waiting += [*node.args.defaults, *[one for one in node.args.kw_defaults if one], *node.decorator_list]
        elif not isinstance(node, ast.Lambda):
            waiting += ast.iter_child_nodes(node)
    return found


# ── The translations ─────────────────────────────────────────────────────────────────────────────


def test_english_is_there() -> None:
    assert "en" in LANGUAGES


@pytest.mark.parametrize("name", LANGUAGES)
def test_the_catalogue_has_the_sentences_of_the_program_and_no_others(name: str) -> None:
    ours, theirs = ({variants(message.id) for message in written(one)} for one in (source(), language(name)))

    assert (sorted(ours - theirs), sorted(theirs - ours)) == ([], [])


@pytest.mark.parametrize("name", LANGUAGES)
def test_every_sentence_is_translated_and_keeps_its_places_and_its_key(name: str) -> None:
    assert [fault for message in written(language(name)) for fault in faults(message)] == []


@pytest.mark.parametrize("name", LANGUAGES)
def test_what_the_till_reads_is_what_was_written(name: str) -> None:
    assert translations.is_compiled(language(name), po_of(name).with_suffix(".mo"))


def test_english_neither_shouts_nor_begs_nor_blames() -> None:
    unkind = re.compile(r"!|\b(please|sorry|unfortunately|invalid|illegal|oops|failed|error occurred)\b", re.IGNORECASE)

    said = [text for message in written(language("en")) for text in variants(message.string) if unkind.search(text)]

    assert said == []


def test_english_words_have_no_swedish_letters() -> None:
    kept = {"öre", "hälsoval"}

    left = [
        word
        for message in written(language("en"))
        for text in variants(message.string)
        for word in re.findall(r"\w*[åäöÅÄÖ]\w*", text)
        if word not in kept
    ]

    assert left == []


# ── Access keys ──────────────────────────────────────────────────────────────────────────────────


def _imported(path: Path) -> set[str]:
    """The modules of screens and widgets that a module draws with."""
    names: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {name for name in names if name in MODULES and name.split(".")[1] in ("ui", "screens")} - {FRAME}


def drawn_with(room: str) -> set[str]:
    """A room, all that it is made of, and the frame that is round every room."""
    waiting, found = [room], {FRAME}
    while waiting:
        module = waiting.pop()
        if module not in found:
            found.add(module)
            waiting += _imported(MODULES[module])
    return found


def keys_of(room: str, translated: Catalog) -> dict[str, tuple[str, str]]:
    """The sentences of a room that have an access key: in Swedish, and in another language."""
    files = {str(MODULES[module].relative_to(KASSAAPP.parent).as_posix()) for module in drawn_with(room)}
    there = {text for message in written(source()) if files & _files(message) for text in variants(message.id)}
    pairs = {
        said: (access_key(said), access_key(meant))
        for message in written(translated)
        for said, meant in zip(variants(message.id), variants(message.string), strict=True)
        if said in there
    }
    return {said: (theirs, ours) for said, (theirs, ours) in pairs.items() if theirs and ours}


def _files(message: Message) -> set[str]:
    return {file for file, _line in message.locations}


@pytest.mark.parametrize("name", LANGUAGES)
@pytest.mark.parametrize("room", ROOMS)
def test_two_keys_that_are_apart_in_swedish_are_apart_in_every_language(room: str, name: str) -> None:
    keys = keys_of(room, language(name))

    clashes = [
        f"{one} / {other}: {ours}"
        for one, (theirs, ours) in keys.items()
        for other, (others_theirs, others_ours) in keys.items()
        if one < other and theirs != others_theirs and ours == others_ours
    ]

    assert keys
    assert clashes == []


# ── The switch ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("_swedish_afterwards")
def test_the_language_is_switched_while_the_program_runs() -> None:
    said = []
    for name in ("sv", "en", "sv"):
        i18n.use_language(name)
        said.append((wording.tender(Tender.CASH), wording.amount_spoken(100), wording.amount_spoken(30_050)))

    assert said[1] == ("Cash", "1 krona", "300 kronor and 50 öre")
    assert said[0] == said[2] == ("Kontant", "1 krona", "300 kronor och 50 öre")


@pytest.mark.usefixtures("_swedish_afterwards")
def test_amounts_are_written_alike_in_both_languages() -> None:
    swedish = wording.amount(-123_450)

    i18n.use_language("en")

    assert wording.amount(-123_450) == swedish


# ── The tool ─────────────────────────────────────────────────────────────────────────────────────

PROGRAM = """
from kassaapp.i18n import _, ngettext
def say(count):
    return _("Betala {amount}"), _("&Tillbaka"), ngettext("{count} rad", "{count} rader", count)
"""


def program(folder: Path, text: str) -> Catalog:
    folder.mkdir(exist_ok=True)
    (folder / "screen.py").write_text(text, encoding="utf-8")
    return translations.sentences(folder)


def translated(folder: Path, said: Catalog) -> Path:
    """The English of `PROGRAM`, written."""
    english = translations.up_to_date(Catalog(locale="en", fuzzy=False), said)
    words: dict[str, str | tuple[str, ...]] = {
        "Betala {amount}": "Pay {amount}",
        "&Tillbaka": "&Back",
        "{count} rad": ("{count} row", "{count} rows"),
    }
    for message in written(english):
        message.string = words[variants(message.id)[0]]
    po = folder / "en" / "LC_MESSAGES" / "kassaapp.po"
    po.parent.mkdir(parents=True)
    translations.write(english, po)
    return po


def problems(english: Catalog) -> list[str]:
    return [fault for message in written(english) for fault in faults(message)]


def test_a_changed_sentence_is_asked_for_anew_and_never_guessed(tmp_path: Path) -> None:
    po = translated(tmp_path, program(tmp_path / "app", PROGRAM))

    english = translations.up_to_date(
        translations.read(po), program(tmp_path / "app", PROGRAM.replace("Betala {amount}", "Betala {amount} kontant"))
    )

    assert problems(english) == ["not translated: Betala {amount} kontant"]
    assert {variants(message.id)[0] for message in written(english)} == {
        "Betala {amount} kontant",
        "&Tillbaka",
        "{count} rad",
    }


def test_a_file_that_is_up_to_date_stays_as_it_is(tmp_path: Path) -> None:
    said = program(tmp_path / "app", PROGRAM)
    po = translated(tmp_path, said)
    before = po.read_bytes()

    translations.write(translations.up_to_date(translations.read(po), said), po)

    assert po.read_bytes() == before
    assert translations.is_compiled(translations.read(po), po.with_suffix(".mo"))


def test_a_catalogue_that_was_edited_and_not_compiled_is_seen(tmp_path: Path) -> None:
    po = translated(tmp_path, program(tmp_path / "app", PROGRAM))

    po.write_text(po.read_text(encoding="utf-8").replace("Pay {amount}", "Charge {amount}"), encoding="utf-8")

    assert not translations.is_compiled(translations.read(po), po.with_suffix(".mo"))


@pytest.mark.parametrize(
    ("said", "meant", "fault"),
    [
        ("Betala {amount}", "", "not translated"),
        ("Betala {amount}", "Pay", "other placeholders"),
        ("Betala {amount}", "Pay {sum}", "other placeholders"),
        ("&Tillbaka", "Back", "an access key"),
        ("Tillbaka", "&Back", "an access key"),
        ("&Tillbaka", "B&ack & forth", "an access key"),
        (" och ", "and", "begins or ends"),
        (("{count} rad", "{count} rader"), ("{count} row", "rows"), "other placeholders"),
        (("{count} rad", "{count} rader"), ("{count} row", ""), "not translated"),
    ],
)
def test_a_translation_that_lost_something_is_named(
    said: str | tuple[str, str], meant: str | tuple[str, str], fault: str
) -> None:
    found = list(faults(Message(said, meant)))

    assert len(found) == 1
    assert found[0].startswith(fault)


def test_the_command_finds_the_tree_whole(capsys: pytest.CaptureFixture[str]) -> None:
    assert translations.main(["--check"]) == 0
    assert capsys.readouterr().out.endswith(" sentences, 0 to see to\n")
