"""What a register asks about another desk's receipt, and the answer that proves itself.

    GET /v1/clinics/{clinic}/receipts?register=R0417&till=H&number=12    signed, by the same clinic → Found

    Found   {"cert":P,"found":[{"frame":F,"proof":P}…],"more":false,"note":"…"}
    P       {"entry":E,"idx":I,"incl":[H…]}          an entry of the ledger, and its inclusion in `note`

The first of `found` is the receipt's record, the others are the refunds and voids of it so far, in order. `more`: there
are further ones that did not fit. `cert` is the certificate of the chain they stand in.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from sync.wire import canonical, frame
from sync.wire.canonical import from_text, to_text
from sync.wire.entry import check_clinic, check_register, check_till
from sync.wire.errors import Malformed
from sync.wire.frame import Frame
from sync.wire.messages import MAX_PROOF_HASHES
from sync.wire.record import HASH_BYTES

RECEIPTS = ("sale", "refund", "void", "deposit", "repayment")
"""Kinds of record that share the series of receipts (docs/JOURNAL.md, section 8)."""
RETURNS = ("refund", "void")
MAX_RECEIPT = 2**53 - 1


@dataclass(frozen=True, slots=True)
class ReceiptName:
    """Which receipt: the number on the paper, and whose it is."""

    clinic: str
    register: str
    till: str
    number: int

    @property
    def path(self) -> str:
        """Path and query that ask for it."""
        query = urlencode({"register": self.register, "till": self.till, "number": self.number})
        return f"/v1/clinics/{self.clinic}/receipts?{query}"


def read_name(clinic: str, query: str) -> ReceiptName:
    """The receipt that a path and its query (without the question mark) ask for. Raises Malformed."""
    asked = parse_qsl(query, keep_blank_values=True)
    value = dict(asked)
    if len(asked) != len(value) or set(value) != {"register", "till", "number"}:
        raise Malformed("which receipt")
    number = value["number"]
    if not (number.isascii() and number.isdigit() and len(number) < 16 and 0 < int(number) <= MAX_RECEIPT):
        raise Malformed("number of a receipt")
    return ReceiptName(check_clinic(clinic), check_register(value["register"]), check_till(value["till"]), int(number))


@dataclass(frozen=True, slots=True)
class Included:
    """An entry of the ledger, its place, and the proof that a head includes it."""

    leaf: bytes
    index: int
    inclusion: tuple[bytes, ...]

    def value(self) -> dict[str, Any]:
        """As it stands in a message."""
        return {"entry": to_text(self.leaf), "idx": self.index, "incl": [to_text(one) for one in self.inclusion]}


@dataclass(frozen=True, slots=True)
class Found:
    """The answer. Nothing of it is checked but its form."""

    certificate: Included
    records: tuple[tuple[Frame, Included], ...]
    more: bool
    note: str

    def encode(self) -> bytes:
        return canonical.encode(
            {
                "cert": self.certificate.value(),
                "found": [{"frame": to_text(frame.encode(one)), "proof": proof.value()} for one, proof in self.records],
                "more": self.more,
                "note": self.note,
            }
        )

    @classmethod
    def read(cls, raw: bytes) -> "Found":
        value = _fields(canonical.decode_object(raw), {"cert", "found", "more", "note"})
        if not isinstance(value["found"], list) or not value["found"] or not isinstance(value["more"], bool):
            raise Malformed("what was found")
        if not isinstance(value["note"], str):
            raise Malformed("note")
        records = tuple(_record(one) for one in value["found"])
        return cls(_included(value["cert"]), records, value["more"], value["note"])


def _record(value: Any) -> tuple[Frame, Included]:
    fields = _fields(value, {"frame", "proof"})
    (one,) = frame.decode_all(from_text(fields["frame"]), at_most=1) or (None,)
    if one is None:
        raise Malformed("no frame")
    return one, _included(fields["proof"])


def _included(value: Any) -> Included:
    fields = _fields(value, {"entry", "idx", "incl"})
    index, inclusion = fields["idx"], fields["incl"]
    if type(index) is not int or index < 0:
        raise Malformed("place of an entry")
    if not isinstance(inclusion, list) or len(inclusion) > MAX_PROOF_HASHES:
        raise Malformed("proof in a message")
    return Included(from_text(fields["entry"]), index, tuple(from_text(one, HASH_BYTES) for one in inclusion))


def _fields(value: Any, names: set[str]) -> dict[str, Any]:
    if not isinstance(value, dict) or set(value) != names:
        raise Malformed("fields of a message")
    return value
