"""The ledger's signed head: a C2SP tlog-checkpoint in a C2SP signed note.

    origin
    size
    base64(root hash)
    (empty line)
    — origin base64(key id ‖ signature)

`origin` names the ledger ("kassa.demoregionen/ledger/1"); the key id is the first four bytes of
SHA-256(origin ‖ "\\n" ‖ 0x01 ‖ public key). Further signature lines, such as a witness's, are kept and not read.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass

from sync.wire import signature
from sync.wire.errors import BadSignature, Malformed
from sync.wire.record import HASH_BYTES

MAX_NOTE_BYTES = 8192


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The ledger `origin` held `size` entries with this root. `note` is the signed text as received."""

    origin: str
    size: int
    root: bytes
    note: str

    @property
    def hash(self) -> bytes:
        """SHA-256 of the signed text without its signature lines: what records hold as `ack` (a cosignature that is
        added later does not change it)."""
        return hashlib.sha256(_text(self.origin, self.size, self.root).encode()).digest()


def sign(origin: str, size: int, root: bytes, signer: signature.Signer) -> Checkpoint:
    """Sign the head of the ledger `origin`."""
    text = _text(origin, size, root)
    signed = _key_id(origin, signer.public_key) + signer.sign(text.encode())
    return Checkpoint(origin, size, root, f"{text}\n— {origin} {base64.b64encode(signed).decode()}\n")


def read(note: str, origin: str, public_key: bytes) -> Checkpoint:
    """Read a note and check that the ledger's key signed it. Raises Malformed or BadSignature."""
    if len(note) > MAX_NOTE_BYTES:
        raise Malformed("note too long")
    text, separator, signatures = note.partition("\n\n")
    if not separator or not signatures.endswith("\n"):
        raise Malformed("not a signed note")
    text += "\n"
    signature.verify(public_key, _own_signature(signatures, origin, public_key), text.encode())
    size, root = _read_text(text, origin)
    return Checkpoint(origin, size, root, note)


def _text(origin: str, size: int, root: bytes) -> str:
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"


def _read_text(text: str, origin: str) -> tuple[int, bytes]:
    lines = text.split("\n")
    if len(lines) != 4 or lines[0] != origin or not (lines[1].isascii() and lines[1].isdigit()):
        raise Malformed("not a checkpoint of this ledger")
    size, root = int(lines[1][:20]), _from_base64(lines[2])
    if len(root) != HASH_BYTES or _text(origin, size, root) != text:
        raise Malformed("not a checkpoint of this ledger")
    return size, root


def _own_signature(signatures: str, origin: str, public_key: bytes) -> bytes:
    start = f"— {origin} "
    for line in signatures.splitlines():
        if line.startswith(start):
            blob = _from_base64(line.removeprefix(start))
            if blob[:4] == _key_id(origin, public_key):
                return blob[4:]
    raise BadSignature("the ledger's key did not sign the checkpoint")


def _key_id(origin: str, public_key: bytes) -> bytes:
    return hashlib.sha256(origin.encode() + b"\n\x01" + public_key).digest()[:4]


def _from_base64(text: str) -> bytes:
    """Only the one spelling that `sign` writes: no unused bits set, no padding but the needed."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Malformed("not base64") from None
    if base64.b64encode(data).decode() != text:
        raise Malformed("not base64 as it is written")
    return data
