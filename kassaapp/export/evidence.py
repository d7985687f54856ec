"""The signed bytes of a journal as lines of text, so that anybody can check them with a few lines of any language.

Canonical JSON has no tab and no line feed, so what was signed stands between tabs exactly as it was signed. Every
header is there, from the till's birth: it holds no amount and no person. The contents are those of the period; the
personal part is there only where somebody who is signed in has asked for it, and never of who is protected. The lines
are specified in docs/EXPORT.md, and read by `resources/control_visit/kontrollera.py`, which shares nothing with this.
"""

from collections.abc import Iterable, Iterator

from sync.wire import canonical
from sync.wire.entry import Enrolment
from sync.wire.frame import Frame
from sync.wire.record import Part
from sync.wire.signature import SIGNATURE_BYTES

FIRST_LINE = "kassa bevis 1"


def chain(certificate: Enrolment) -> str:
    """The line that begins a chain: its certificate."""
    return f"kedja\t{certificate.encode().decode()}\n"


def record(what: str, frame: Frame, parts: Iterable[Part]) -> str:
    """A record: signature and header, and of each of these parts name, salt and content."""
    env = frame.record.env
    fields = [what, canonical.to_text(env[:SIGNATURE_BYTES]), env[SIGNATURE_BYTES:].decode()]
    for part in parts:
        fields += [part.name, canonical.to_text(part.salt), part.data.decode()]
    return "\t".join(fields) + "\n"


def public_parts(frame: Frame) -> Iterator[Part]:
    """The parts of a trust or configuration record that everybody may see: not who the users are, nor their PINs'
    verifiers."""
    return (part for part in frame.parts if not part.name.startswith("users/"))


def proof(n: int, following: int, index: int, leaf: bytes, inclusion: bytes, consistency: bytes, note: str) -> str:
    """A proof from the region, of chain number `n`."""
    fields = ["bevis", str(n), str(following), str(index), leaf.decode()]
    return "\t".join([*fields, *(canonical.to_text(one) for one in (inclusion, consistency, note.encode()))]) + "\n"
