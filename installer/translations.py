"""The window's other languages keep up with its sentences: each is in the `.po`, or this says what lacks.

    python -m installer.translations            brings every .po up to date, says what lacks, writes every .mo
    python -m installer.translations --check    changes nothing, says what lacks

A sentence of the program is its own name: change a letter of the Swedish, and its translation is gone and asked for
anew. No guess is made from one that looks like it, because a guess about money that nobody read is worse than Swedish.
Git keeps what was. The `.mo` lies beside its `.po` and is kept too: the till reads it, and has no Babel.
"""

import argparse
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "kassaapp"
CATALOGUES = ROOT / "resources" / "locale"
DOMAIN = "kassaapp"
LACKING = 1

_CALLS: dict[str, tuple[int, ...] | None] = {"_": None, "ngettext": (1, 2)}
_HEADER = """\
# The window of Kassa in another language. The Swedish is the source, in kassaapp; paper is Swedish always.
# Written by hand between the quotation marks after msgstr, then: python -m installer.translations
#"""
_PLACEHOLDER = re.compile(r"\{[^{}]*\}")
_ACCESS_KEY = re.compile(r"&(\w)")


def main(arguments: list[str] | None = None) -> int:
    """Bring every language up to date. Returns 0, or 1 when something lacks."""
    parser = argparse.ArgumentParser(prog="python -m installer.translations", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing")
    only_check: bool = parser.parse_args(arguments).check
    source, code = sentences(), 0
    for po in sorted(CATALOGUES.glob(f"*/LC_MESSAGES/{DOMAIN}.po")):
        translated = up_to_date(read(po), source)
        found = [fault for message in written(translated) for fault in faults(message)]
        if not only_check:
            write(translated, po)
        elif not is_compiled(translated, po.with_suffix(".mo")):
            found.append(f"{DOMAIN}.mo is not what {DOMAIN}.po compiles to")
        for fault in found:
            print(f"{translated.locale_identifier}: {fault}")
        print(f"{translated.locale_identifier}: {len(written(translated))} sentences, {len(found)} to see to")
        code = LACKING if found else code
    return code


# ── The sentences, and a language's file of them ─────────────────────────────────────────────────


def sentences(folder: Path = SOURCE) -> Catalog:
    """Every sentence that the program looks up, in the order of the files it is looked up in."""
    found = Catalog(domain=DOMAIN, fuzzy=False)
    for name, line, message, _comments, _context in extract_from_dir(folder, [("**.py", "python")], keywords=_CALLS):
        found.add(message, locations=[(f"{folder.name}/{name}", line)])
    return found


def read(po: Path) -> Catalog:
    """A language as its `.po` has it. The folder that it lies in names the language."""
    with po.open("rb") as file:
        return read_po(file, locale=po.parent.parent.name, domain=DOMAIN)


def up_to_date(language: Catalog, source: Catalog) -> Catalog:
    """`language` itself, now with the sentences of `source`, no more and no fewer; a new one is empty."""
    before = _strings(language)
    language.update(source, no_fuzzy_matching=True, update_creation_date=False)
    language.obsolete.clear()
    language.header_comment = _HEADER
    if _strings(language) != before:
        language.revision_date = datetime.now(UTC)
    return language


def write(language: Catalog, po: Path) -> None:
    """Write the `.po`, a sentence a line, and the `.mo` beside it."""
    text = io.BytesIO()
    write_po(text, language, width=0, sort_by_file=True, ignore_obsolete=True, include_lineno=False)
    po.write_bytes(text.getvalue())
    with po.with_suffix(".mo").open("wb") as file:
        write_mo(file, language)


def is_compiled(language: Catalog, mo: Path) -> bool:
    """Whether the `.mo` says what `language` says."""
    if not mo.exists():
        return False
    with mo.open("rb") as file:
        return _strings(read_mo(file)) == {key: string for key, string in _strings(language).items() if all(string)}


def written(language: Catalog) -> list[Message]:
    """The messages of a language without the one that is the file's header."""
    return [message for message in language if message.id]


def _strings(language: Catalog) -> dict[tuple[str, ...], tuple[str, ...]]:
    return {variants(message.id): variants(message.string) for message in written(language)}


def variants(text: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    """A sentence in its numbers: one, or one and many. One that is not translated is empty."""
    return tuple(text) if isinstance(text, list | tuple) else (text or "",)


# ── What a translation must keep ─────────────────────────────────────────────────────────────────


def faults(message: Message) -> Iterator[str]:
    """What is wrong with one translation, in words that name the sentence."""
    said, meant = variants(message.id), variants(message.string)
    if not all(meant) or len(meant) != len(said):
        yield f"not translated: {said[0]}"
        return
    if message.fuzzy:
        yield f"marked as a guess: {said[0]}"
    for text in meant:
        if _placeholders(text) not in [_placeholders(one) for one in said]:
            yield f"other placeholders: {said[0]} → {text}"
        if len(_ACCESS_KEY.findall(text)) != len(_ACCESS_KEY.findall(said[0])) or text.count("&") > 1:
            yield f"an access key less or more: {said[0]} → {text}"
        if _edges(text) != _edges(said[0]):
            yield f"begins or ends with other spaces: {said[0]} → {text}"


def _placeholders(text: str) -> set[str]:
    return set(_PLACEHOLDER.findall(text))


def access_key(text: str) -> str | None:
    """The letter that Alt takes to what `text` names."""
    found = _ACCESS_KEY.search(text)
    return found[1].upper() if found else None


def _edges(text: str) -> tuple[str, str]:
    inner = text.strip()
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :] if inner else ""


if __name__ == "__main__":
    raise SystemExit(main())
