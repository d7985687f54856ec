"""What is on the auditor's bench? Tells one kind of evidence from another, and has each audited by who knows it.

Journals that are given together are also held against each other: two tills with one key, or one chain in two files,
are seen by nobody who looks at one of them.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from kassaapp.verify import answer, desk, lone, slip
from kassaapp.verify.audit import Audited, audited, name_strangers
from kassaapp.verify.content import NotAJournal
from kassaapp.verify.fault import Fault
from kassaapp.verify.given import Given
from kassaapp.verify.records import Checked
from kassaapp.verify.report import Report
from sync.wire import shadow
from sync.wire.errors import Malformed, WireError

STANDARD_INPUT = Path("-")
_MAX_TEXT = 100_000
_MARK = b"\xef\xbb\xbf"
_DIGITS = b"0123456789 \t\r\n"
_NOTHING = "här finns ingen kassajournal"


def examine(path: Path, given: Given) -> list[Report]:
    """Audit what lies at `path`: one report for each piece of evidence, and never none."""
    if path == STANDARD_INPUT:
        return [_examine_text(path, sys.stdin.buffer.read(_MAX_TEXT), given)]
    if path.is_dir():
        journals = desk.journals(path)
        media = [] if journals else desk.second_media(path)
        return _examine_journals(journals, given) or [_examine_medium(one, given) for one in media] or _none(path)
    if not path.is_file():
        return _none(path)
    with path.open("rb") as file:
        start = file.read(_MAX_TEXT)
    if start.startswith(shadow.MAGIC):
        return [_examine_medium(path, given)]
    if _is_text(start):
        return [_examine_text(path, start, given)]
    return _examine_journals([path, *_beside(given)], given)


def _beside(given: Given) -> list[Path]:
    """The journal that the auditor wants another journal held against."""
    return [] if given.journal is None else [given.journal]


def _is_text(start: bytes) -> bool:
    """Whether it is digits, or JSON: a slip or an answer."""
    text = start.removeprefix(_MARK).strip()
    return text[:1] == b"{" or (text != b"" and len(start) < _MAX_TEXT and not text.translate(None, _DIGITS))


def _none(path: Path) -> list[Report]:
    return [Report(path, unreadable=_NOTHING)]


# ── journals ─────────────────────────────────────────────────────────────────────────────────────


def _examine_journals(paths: Sequence[Path], given: Given) -> list[Report]:
    found = [_examine_journal(path, given) for path in paths]
    whole = [one for one in found if isinstance(one, Audited)]
    for place, one in enumerate(whole):
        name_strangers(one, [chain for other in whole for chain in other.chains])
        for other in whole[:place]:
            _hold_against(one, other)
    return [one.report if isinstance(one, Audited) else one for one in found]


def _examine_journal(path: Path, given: Given) -> Audited | Report:
    if not path.is_file():
        report = Report(path)
        report.add(Fault.MISSING, 0, "hela kassajournalen saknas")
        return report
    try:
        return audited(path, given)
    except NotAJournal as reason:
        return Report(path, unreadable=str(reason))


def _hold_against(one: Audited, other: Audited) -> None:
    for chain in one.chains:
        for known in other.chains:
            if chain.signed.id == known.signed.id:
                _compare_copies(chain, known, one.report, other.report)
            elif chain.signed.key == known.signed.key:
                _tell_both(chain, known, one.report, other.report)


def _tell_both(chain: Checked, known: Checked, one: Report, other: Report) -> None:
    for own, report, theirs in ((chain, one, other), (known, other, one)):
        text = f"kassan har samma nyckel som {theirs.register} ({theirs.path})"
        report.add(Fault.SHARED_KEY, None, text, chain=own.signed.n)


def _compare_copies(chain: Checked, known: Checked, one: Report, other: Report) -> None:
    """One chain in two files: copies, as far as both go, or two histories."""
    common = sorted(chain.hashes.keys() & known.hashes.keys())
    differs = next((seq for seq in common if chain.hashes[seq] != known.hashes[seq]), None)
    for own, report, theirs in ((chain, one, other), (known, other, one)):
        if differs is None:
            report.warn(Fault.UNCHECKED, None, f"samma kedja ligger också i {theirs.path}", chain=own.signed.n)
        else:
            text = f"kassan har signerat en annan post med det numret i {theirs.path}"
            report.add(Fault.FORK, differs, text, chain=own.signed.n)


# ── the rest ─────────────────────────────────────────────────────────────────────────────────────


def _examine_medium(path: Path, given: Given) -> Report:
    try:
        return lone.audit(path, given)
    except Malformed:
        return Report(path, unreadable="filen är inget andra medium")


def _examine_text(path: Path, raw: bytes, given: Given) -> Report:
    """The digits of a slip, or the JSON of an answer."""
    try:
        journal = None if given.journal is None else audited(given.journal, given)
    except (NotAJournal, OSError):
        return Report(path, unreadable="det som --journal pekar på är ingen kassajournal")
    text = raw.removeprefix(_MARK).strip()
    try:
        if text[:1] == b"{":
            return answer.audit(path, answer.read(text), given, journal)
        return slip.audit(path, text.decode("ascii"), given, journal)
    except (WireError, UnicodeDecodeError):
        return Report(path, unreadable="texten är varken koden på ett papper eller ett svar från en region")
