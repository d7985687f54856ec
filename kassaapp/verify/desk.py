"""What lies around a journal, if it was copied along: its desk's clinic file, its second medium, the keyring's mark.

Everything here is looked at and nothing is relied on: a root key that the auditor brings goes before the one that lies
beside the evidence. It is read before the journal is, since a till that is selling writes the journal first.
"""

import hashlib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sync.wire import canonical
from sync.wire.errors import Malformed, WireError
from sync.wire.record import CHAIN_BYTES, HASH_BYTES
from sync.wire.signature import KEY_BYTES

JOURNAL_NAME = "journal.db"
SHADOW_NAME = "shadow.kj"
CLINIC_NAME = "clinic.toml"
CERTIFICATE_NAME = "certificate.json"
_LETTERS = ("H", "E")


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a till had come at its last close or contact: the newest record there was."""

    chain: bytes
    seq: int
    hash: bytes


def journals(path: Path) -> list[Path]:
    """The journals in a folder: of a desk, those its clinic file names, also one that is not there; of a folder of
    desks, all of theirs."""
    if (path / JOURNAL_NAME).is_file():
        return [path / JOURNAL_NAME]
    there = {found.parent.name for found in path.glob(f"*/{JOURNAL_NAME}")}
    own = [path / till / JOURNAL_NAME for till in sorted(there | _tills(path / CLINIC_NAME))]
    if own:
        return own
    return [journal for desk in sorted(path.iterdir()) if desk.is_dir() for journal in _of_desk(desk)]


def _of_desk(desk: Path) -> Iterator[Path]:
    there = {found.parent.name for found in desk.glob(f"*/{JOURNAL_NAME}")}
    yield from (desk / till / JOURNAL_NAME for till in sorted(there | _tills(desk / CLINIC_NAME)))


def second_media(path: Path) -> list[Path]:
    """The second media in a folder: a stick."""
    return sorted(path.glob("*.kj"))


def root_key(journal: Path) -> bytes | None:
    """The root key in the clinic file of the desk that the journal belongs to, if it is there."""
    try:
        return canonical.from_text(_clinic(journal).get("root_key"), KEY_BYTES)
    except Malformed:
        return None


def has_own_medium(journal: Path) -> bool:
    """Whether the second medium lies beside the journal, and so can be no other till's."""
    return journal.with_name(SHADOW_NAME).exists()


def media_of(journal: Path) -> list[Path]:
    """The second medium beside the journal, or all that lie where the clinic file says that it is, if that is there."""
    if has_own_medium(journal):
        return [journal.with_name(SHADOW_NAME)]
    folder = _clinic(journal).get("second_medium")
    return second_media(Path(folder)) if isinstance(folder, str) and folder.isprintable() else []


def certificate(journal: Path) -> bytes:
    """The certificate that lies beside the journal, of the chain that was written to last; empty when none does."""
    try:
        return journal.with_name(CERTIFICATE_NAME).read_bytes()
    except OSError:
        return b""


def marks(journal: Path) -> list[Mark]:
    """The marks that custody "machine" keeps beside the journal."""
    return [mark for path in sorted(journal.parent.glob("*.mark")) if (mark := _mark(path)) is not None]


def _mark(path: Path) -> Mark | None:
    try:
        said, _, checksum = path.read_text(encoding="ascii").strip().rpartition(".")
        if checksum != hashlib.sha256(said.encode()).hexdigest()[:8]:
            return None
        chain, seq, digest = said.split(".")
        return Mark(canonical.from_text(chain, CHAIN_BYTES), int(seq), canonical.from_text(digest, HASH_BYTES))
    except (OSError, ValueError, WireError):
        return None


def _clinic(journal: Path) -> dict[str, Any]:
    return _read_clinic(journal.parent.parent / CLINIC_NAME)


def _tills(clinic_file: Path) -> set[str]:
    named = _read_clinic(clinic_file).get("tills", ["H"]) if clinic_file.is_file() else []
    return {till for till in named if till in _LETTERS} if isinstance(named, list) else set()


def _read_clinic(clinic_file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(clinic_file.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return {}
