"""What the auditor brings besides the evidence: a journal to hold it against, a public key, the region's root key.

A key is base64url of 32 bytes, or a file: the certificate (the ledger leaf, as `certificate.json` beside a journal), or
the region's whole answer to an enrolment, which also carries the trust chain.
"""

from dataclasses import dataclass
from pathlib import Path

from kassaapp.verify.desk import JOURNAL_NAME
from sync.wire import canonical, entry, frame
from sync.wire.entry import Enrolment
from sync.wire.errors import WireError
from sync.wire.frame import Frame
from sync.wire.messages import MAX_CONFIG_FRAMES, Enrolled
from sync.wire.signature import KEY_BYTES


class NotAKey(Exception):
    """What was brought is no key, certificate or trust chain. Carries the sentence."""


@dataclass(frozen=True, slots=True)
class Given:
    """What the auditor has brought; nothing of it need be there. `alone`: the journal and no second medium, and what
    has been added up is let go of, so that ten years of records are audited in little memory."""

    journal: Path | None = None
    key: bytes | None = None
    enrolment: Enrolment | None = None
    root_key: bytes | None = None
    trust: tuple[Frame, ...] = ()
    alone: bool = False


def read(journal: Path | None, key: str | None, root_key: str | None, trust: str | None) -> Given:
    """Read what stands on the command line. Raises NotAKey."""
    public_key, enrolment, carried = (None, None, ()) if key is None else _key(key)
    return Given(
        journal=journal / JOURNAL_NAME if journal is not None and journal.is_dir() else journal,
        key=public_key,
        enrolment=enrolment,
        root_key=None if root_key is None else _root_key(root_key),
        trust=carried if trust is None else _trust(Path(trust)),
    )


def _key(text: str) -> tuple[bytes, Enrolment | None, tuple[Frame, ...]]:
    try:
        return canonical.from_text(text, KEY_BYTES), None, ()
    except WireError:
        raw = _bytes(Path(text), "--key är varken en nyckel eller en fil med ett certifikat")
    try:
        answer = Enrolled.read(raw)
        enrolment = entry.read_enrolment(answer.leaf)
        return enrolment.public_key, enrolment, answer.trust
    except WireError:
        pass  # Then it is the certificate alone.
    try:
        enrolment = entry.read_enrolment(raw)
    except WireError:
        raise NotAKey("filen i --key är inget certifikat") from None
    return enrolment.public_key, enrolment, ()


def _root_key(text: str) -> bytes:
    try:
        return canonical.from_text(text, KEY_BYTES)
    except WireError:
        raise NotAKey("--root-key är inte 32 byte i base64url") from None


def _trust(path: Path) -> tuple[Frame, ...]:
    raw = _bytes(path, "--trust går inte att läsa")
    try:
        return Enrolled.read(raw).trust
    except WireError:
        pass  # Then it is frames.
    try:
        return tuple(frame.decode_all(raw, at_most=MAX_CONFIG_FRAMES))
    except WireError:
        raise NotAKey("filen i --trust är ingen kedja av nycklar") from None


def _bytes(path: Path, otherwise: str) -> bytes:
    try:
        return path.read_bytes().strip() if path.suffix == ".json" else path.read_bytes()
    except (OSError, ValueError):
        raise NotAKey(otherwise) from None
