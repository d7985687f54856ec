"""Is every record of a chain there, as it was signed? Number, form, signature, link to the one before, and its parts.

A record that is not breaks the chain there, and the walk goes on: what stands after it may still be whole by itself.
Over a gap, a record that is in no copy, the chain is followed by the hash that was kept of it; that it is missing is
said.
"""

from dataclasses import dataclass, field

from kassaapp.verify.content import Content, StoredPart, StoredRecord
from kassaapp.verify.fault import Fault
from kassaapp.verify.report import Chain, Report
from sync.wire import record
from sync.wire.entry import Enrolment
from sync.wire.errors import WireError
from sync.wire.record import Record
from sync.wire.sealing import is_sealed


@dataclass(frozen=True, slots=True)
class Lost:
    """The till itself has recorded that `count` records from `first` are in no copy; `hash` names the first of them."""

    first: int
    count: int
    hash: bytes | None

    def covers(self, seq: int) -> bool:
        """Whether record `seq` is one of them."""
        return self.first <= seq < self.first + self.count


@dataclass(frozen=True, slots=True)
class Gap:
    """The place of a record that is in no copy."""

    seq: int


Step = Record | Gap


@dataclass(frozen=True, slots=True)
class Signed:
    """Whose records they should be: chain number `n` of the file, its id, the key, and the certificate the first record
    follows. Without a key signatures cannot be checked; without a certificate not what the first record follows."""

    n: int
    id: bytes
    key: bytes | None
    enrolment: Enrolment | None
    lost: tuple[Lost, ...] = ()


@dataclass(slots=True)
class Checked:
    """A chain as it was found. `steps` is the unbroken way from the first record, to the end when `is_unbroken`;
    `records` is every record that was signed for its place, `hashes` its name there, also that of a gap if it is known,
    and `gaps` the places that no copy fills."""

    signed: Signed
    chain: Chain
    steps: list[Step] = field(default_factory=list)
    records: dict[int, Record] = field(default_factory=dict)
    hashes: dict[int, bytes] = field(default_factory=dict)
    gaps: set[int] = field(default_factory=set)
    is_unbroken: bool = True


def check(signed: Signed, content: Content, chain: Chain, report: Report) -> Checked:
    """Walk one chain from its first record to its last."""
    return _Walk(signed, content, chain, report).to_the_end()


def signed_by(env: bytes, key: bytes | None) -> bool:
    """Whether the private half of `key` signed these bytes as a record."""
    try:
        if key is not None:
            record.check_signature(record.read(env), key)
    except WireError:
        return False
    return key is not None


class _Walk:
    """From the first place of a chain to the last. `prev` is the hash that the next record must name, None when nobody
    knows it."""

    def __init__(self, signed: Signed, content: Content, chain: Chain, report: Report) -> None:
        self._signed = signed
        self._content = content
        self._gaps = content.gaps.get(signed.n, {})
        self._report = report
        self._checked = Checked(signed, chain)
        self._expected = 0
        self._prev = None if signed.enrolment is None else signed.enrolment.hash
        self._run: tuple[int, int] | None = None

    def to_the_end(self) -> Checked:
        """The whole way."""
        for stored in self._content.records.get(self._signed.n, []):
            self._go_to(stored.seq)
            self._take(stored)
        self._go_to(max(self._gaps, default=-1) + 1, at_end=True)
        self._end_run()
        self._checked.chain.records = self._expected
        return self._checked

    def _found(self, fault: Fault, seq: int, text: str) -> None:
        self._report.add(fault, seq, text, chain=self._signed.n)

    # ── places without a record ──────────────────────────────────────────────────────────────────────────────────

    def _go_to(self, seq: int, *, at_end: bool = False) -> None:
        while self._expected < seq:
            declared = next((lost for lost in self._signed.lost if lost.covers(self._expected)), None)
            if self._expected in self._gaps or (declared is not None and not at_end):
                self._pass_gap(declared)
            else:
                self._pass_missing(seq)

    def _pass_gap(self, declared: Lost | None) -> None:
        seq = self._expected
        if declared is None:
            self._found(Fault.UNDECLARED, seq, "posten finns i ingen kopia, och kassan har inte antecknat det")
        else:
            self._found(Fault.MISSING, seq, "posten finns i ingen kopia; kassan har själv antecknat förlusten")
        kept = self._gaps.get(seq)
        told = declared.hash if declared is not None and declared.first == seq and declared.count == 1 else None
        if kept is not None and told is not None and kept != told:
            self._found(Fault.LINK, seq, "luckan i filen är inte den som kassan har antecknat")
        self._end_run()
        self._prev = kept or told
        self._checked.gaps.add(seq)
        self._checked.chain.gaps += 1
        if self._prev is not None:
            self._checked.hashes[seq] = self._prev
        if self._checked.is_unbroken:
            self._checked.steps.append(Gap(seq))
        self._expected = seq + 1

    def _pass_missing(self, seq: int) -> None:
        first = self._expected
        self._found(Fault.MISSING, first, f"nästa post i filen är {seq}")
        self._break()
        self._prev = None
        self._expected = min((place for place in self._gaps if first < place < seq), default=seq)

    # ── a record ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _take(self, stored: StoredRecord) -> None:
        if stored.seq < self._expected:
            self._found(Fault.NUMBER, stored.seq, "två poster i filen har samma nummer")
            self._break()
            return
        own = self._read(stored)
        if own is None or not self._follows(own):
            self._break()
        self._expected = stored.seq + 1
        self._prev = None if own is None else own.hash
        if own is None:
            return
        self._checked.records[stored.seq] = own
        self._checked.hashes[stored.seq] = own.hash
        if not self._has_its_parts(own):
            self._break()
            return
        self._run = (stored.seq if self._run is None else self._run[0], stored.seq)
        if self._checked.is_unbroken:
            self._checked.steps.append(own)

    def _read(self, stored: StoredRecord) -> Record | None:
        """The record, if it is one and was signed for this place."""
        try:
            own = record.read(stored.env)
        except WireError as error:
            self._found(Fault.MALFORMED, stored.seq, f"posten är inte skriven som en post ({error})")
            return None
        if self._signed.key is not None and not signed_by(stored.env, self._signed.key):
            self._found(Fault.SIGNATURE, stored.seq, "kassans nyckel har inte signerat posten som den ser ut nu")
            return None
        header = own.header
        if header.chain != self._signed.id:
            self._found(Fault.LINK, stored.seq, "posten hör till en annan kedja")
        elif header.seq != stored.seq:
            self._found(Fault.LINK, stored.seq, f"posten som ligger här är nummer {header.seq}")
        elif own.hash != stored.hash:
            self._found(Fault.CHANGED, stored.seq, "posten ligger under ett annat namn än sitt eget")
        else:
            return own
        return None

    def _follows(self, own: Record) -> bool:
        if self._prev is None or own.header.prev == self._prev:
            return True
        first = own.header.seq == 0
        text = "första posten bygger inte på kassans certifikat" if first else "posten följer inte på den före"
        self._found(Fault.LINK, own.header.seq, text)
        return False

    def _has_its_parts(self, own: Record) -> bool:
        seq, parts = own.header.seq, self._content.parts.get(own.hash, [])
        for part in parts:
            if not _is_committed(part, own.header.parts.get(part.name)):
                self._found(Fault.PART, seq, f"del {part.name} är inte den som signerades")
                return False
            self._report.sealed += part.sealed
        if sorted(part.name for part in parts) != sorted(own.header.parts):
            self._found(Fault.PART, seq, "en del av posten saknas eller är för mycket")
            return False
        return True

    # ── stretches ────────────────────────────────────────────────────────────────────────────────────────────────

    def _break(self) -> None:
        self._end_run()
        self._checked.is_unbroken = False

    def _end_run(self) -> None:
        if self._run is not None:
            self._checked.chain.runs.append(self._run)
            self._run = None


def _is_committed(part: StoredPart, commitment: bytes | None) -> bool:
    """Whether the part can be the one that was signed. One that lies sealed is compared with its digest only."""
    if commitment is None or not part.is_whole or part.sealed != is_sealed(part.name):
        return False
    return part.sealed or part.opened.commitment == commitment
