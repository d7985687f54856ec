"""The second medium: read as far as anything in it is whole, and compared with its journal record by record.

It holds one chain. How it is audited when it lies by itself is in `lone.py`.
"""

from dataclasses import dataclass, field

from kassaapp.verify.content import Content, StoredPart, StoredRecord
from kassaapp.verify.fault import Fault
from kassaapp.verify.records import Checked, Gap, signed_by
from kassaapp.verify.report import Report
from sync.wire import record, shadow
from sync.wire.errors import WireError
from sync.wire.record import Record
from sync.wire.shadow import StoredRecord as Copy


@dataclass(slots=True)
class Medium:
    """A second medium as it was read: every record by its own number. `damaged` is the first that is not as written,
    `torn` whether it ends in half a record, `twice` are numbers that come with two different records."""

    chain: bytes
    copies: dict[int, tuple[Record, Copy]] = field(default_factory=dict)
    damaged: int | None = None
    torn: bool = False
    twice: list[int] = field(default_factory=list)
    malformed: list[tuple[int, str]] = field(default_factory=list)


def read(raw: bytes) -> Medium:
    """Read a second medium, also what stands after damage. Raises Malformed when the bytes are none."""
    found = shadow.read(raw)
    medium = Medium(found.chain, damaged=found.damaged, torn=found.torn)
    place = 0
    for copy in shadow.every_record(raw):
        try:
            own = record.read(copy.env)
        except WireError as error:
            medium.malformed.append((place, str(error)))
            place += 1
            continue
        place = own.header.seq + 1
        known = medium.copies.setdefault(own.header.seq, (own, copy))
        if known[0].hash != own.hash:
            medium.twice.append(own.header.seq)
    return medium


def content_of(medium: Medium, n: int) -> Content:
    """Its records and parts as if they were chain `n` of a journal, to be checked as a journal's are."""
    content = Content()
    for seq, (own, copy) in sorted(medium.copies.items()):
        content.records.setdefault(n, []).append(StoredRecord(seq, own.hash, copy.env))
        content.parts[own.hash] = [StoredPart.of(part.name, part.body, sealed=part.sealed) for part in copy.parts]
    return content


def check(medium: Medium, n: int, report: Report) -> None:
    """Note what is wrong with the medium itself, as chain `n`."""
    for place, error in medium.malformed:
        report.add(Fault.MALFORMED, place, f"posten är inte skriven som en post ({error})", chain=n)
    for seq in medium.twice:
        report.add(Fault.FORK, seq, "mediet har två olika poster med samma nummer", chain=n)
    if medium.damaged is not None:
        report.add(Fault.FILE, None, f"mediet är skadat där post {medium.damaged} ska ligga")
    if medium.torn:
        report.warn(Fault.SECOND_MEDIUM, None, "mediet slutar mitt i en post: strömavbrott, eller avkortat")


def compare(
    medium: Medium, chains: list[Checked], content: Content, put_back: list[tuple[int, int]], report: Report
) -> None:
    """Compare a journal with the medium, record by record, as far as both go. `put_back` as in `Book`."""
    chain = next((chain for chain in chains if chain.signed.id == medium.chain), None)
    if chain is None:
        report.add(Fault.SECOND_MEDIUM, None, "det andra mediet hör till en annan kassa")
        return
    if chain is not chains[-1]:
        report.warn(Fault.SECOND_MEDIUM, None, "det andra mediet har en kedja som är avslutad, och inte den nya")
    if medium.damaged is not None and any(isinstance(step, Gap) and step.seq == medium.damaged for step in chain.steps):
        text = f"det andra mediet är skadat vid post {medium.damaged}, som ingen annan kopia heller har"
        report.warn(Fault.SECOND_MEDIUM, None, text)
    elif medium.damaged is not None:
        report.add(Fault.SECOND_MEDIUM, None, f"det andra mediet är skadat vid post {medium.damaged}")
    _Comparison(medium, chain, content, max(put_back, default=(0, 0)), report).check()


class _Comparison:
    """One chain of a journal beside a medium of it. After `put_back`, chain and number of the newest start at which
    records came from another copy, nothing has been sealed anew."""

    def __init__(
        self, medium: Medium, chain: Checked, content: Content, put_back: tuple[int, int], report: Report
    ) -> None:
        self._medium = medium
        self._chain = chain
        self._n = chain.signed.n
        self._records = content.records.get(chain.signed.n, [])
        self._parts = content.parts
        self._put_back = put_back
        self._report = report
        self._bodies = {part.body for _, copy in medium.copies.values() for part in copy.parts}

    def check(self) -> None:
        """Note the first record that differs, what lies only on the medium, and how far it is behind."""
        for stored in self._records:
            known = self._medium.copies.get(stored.seq)
            if known is not None and not self._is_alike(stored, *known):
                break
        self._check_missing()
        self._check_end()

    def _is_alike(self, stored: StoredRecord, own: Record, copy: Copy) -> bool:
        if stored.env == copy.env:
            return self._has_same_parts(stored.seq, own, copy)
        if signed_by(copy.env, self._chain.signed.key):
            if stored.seq not in self._chain.records:
                self._warn(stored.seq, "posten ligger hel på det andra mediet")
                return True
            if own.hash != stored.hash:
                text = "kassan har signerat två poster med det numret: den andra ligger på det andra mediet"
                self._report.add(Fault.FORK, stored.seq, text, chain=self._n)
                return False
        self._report.add(Fault.SECOND_MEDIUM, stored.seq, "det andra mediet har en annan post", chain=self._n)
        return False

    def _has_same_parts(self, seq: int, own: Record, copy: Copy) -> bool:
        here = {part.name: (part.sealed, part.body) for part in self._parts.get(own.hash, [])}
        there = {part.name: (part.sealed, part.body) for part in copy.parts}
        differ = {name for name in here | there if here.get(name) != there.get(name)}
        if not differ:
            return True
        if all(self._may_be_sealed_anew(seq, here.get(name), there.get(name)) for name in differ):
            self._warn(seq, "en persondel är förseglad på nytt efter en återställning; vad som står i den syns inte")
            return True
        text = "innehållet är inte det som ligger på det andra mediet"
        self._report.add(Fault.PART, seq, text, chain=self._n)
        return False

    def _may_be_sealed_anew(self, seq: int, here: tuple[bool, bytes] | None, there: tuple[bool, bytes] | None) -> bool:
        """Whether a part that came back from the region may have been sealed again: then the same content has another
        seal of the same length, and a later start has recorded that records came back."""
        if here is None or there is None or not (here[0] and there[0]):
            return False
        alike = len(here[1]) == len(there[1]) and here[1][:1] == there[1][:1]
        return alike and here[1] not in self._bodies and (self._n, seq) < self._put_back

    def _check_missing(self) -> None:
        here = {stored.seq for stored in self._records}
        for seq in sorted(self._medium.copies.keys() - here):
            if seq < self._chain.chain.records:
                self._warn(seq, "posten som saknas ligger på det andra mediet")

    def _check_end(self) -> None:
        behind = self._chain.chain.records - max(self._medium.copies, default=-1) - 1
        if behind < 0:
            text = f"det andra mediet har {-behind} poster till"
            self._report.add(Fault.CUT, self._chain.chain.records, text, chain=self._n)
        elif behind > 0 and self._medium.damaged is None:
            self._warn(None, f"det andra mediet ligger {behind} poster efter")

    def _warn(self, seq: int | None, text: str) -> None:
        self._report.warn(Fault.SECOND_MEDIUM, seq, text, chain=self._n)
