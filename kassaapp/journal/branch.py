"""Which of the records that prove themselves make up the chain: those that hang together, with the journal's own first.

A key may have signed two histories: machines are copied and put back, and second media exchanged. A record says only
which one it follows. Where that one is lost, it belongs to the branch of which the nearest known record before it is.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from kassaapp.journal.shadow import StoredRecord
from sync.wire.frame import Frame

Place = StoredRecord | bytes | None
"""What stands in one place of a chain: the record; or, where no copy holds it, its hash, if that is known."""
Candidate = tuple[Frame, StoredRecord]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Records that prove themselves, by number; in the order in which their sources are believed. `own` are the hashes
    of those that stood in the journal itself."""

    by_number: dict[int, list[Candidate]] = field(default_factory=dict)
    own: set[bytes] = field(default_factory=set)

    def add(self, frame: Frame, on_disk: StoredRecord, *, is_own: bool) -> None:
        """One more."""
        self.by_number.setdefault(frame.record.header.seq, []).append((frame, on_disk))
        if is_own:
            self.own.add(frame.record.hash)

    def at(self, seq: int) -> Sequence[Candidate]:
        """Those of that number."""
        return self.by_number.get(seq, ())

    def has(self, digest: bytes | None) -> bool:
        """Whether the record with this hash is among them."""
        return any(frame.record.hash == digest for some in self.by_number.values() for frame, _ in some)

    @property
    def end(self) -> int:
        """The number after the highest."""
        return max(self.by_number, default=-1) + 1

    def besides(self, made: Sequence[Place], known: set[bytes]) -> list[StoredRecord]:
        """Those that are not in a chain, nor have the header of something known."""
        placed = {place.env for place in made if isinstance(place, StoredRecord)} | known
        left = {one.env: one for some in self.by_number.values() for _, one in some if one.env not in placed}
        return list(left.values())


Known = tuple[int, bytes]
"""Number and hash of a record that something outside the journal names."""


def chain_of(good: Candidates, first: bytes, end: int, proved: Known | None, mark: Known | None = None) -> list[Place]:
    """The chain that the candidates make after the hash `first`, with its holes; at least `end` places were filled.

    What leads to the record that the region has `proved` goes before what the journal's own records say, and these
    before what leads to the `mark` that the keyring remembers. A record of another branch is no part of the chain and
    says nothing of how long it was.
    """
    line = _line(good, proved)
    line |= _marked(good, mark, line)
    choice = _Choice(good, line)
    made: list[Place] = []
    prev: bytes | None = first
    for seq in range(max(end, good.end)):
        ours = choice.at(seq, prev)
        if ours is not None:
            prev = ours[0].record.hash
            made.append(ours[1])
        else:
            prev = line.get(seq) or choice.named_after(seq)
            made.append(prev)
    while len(made) > end and not isinstance(made[-1], StoredRecord):
        made.pop()
    return made


def first_hole(made: Sequence[Place], known: Container[int] = ()) -> int | None:
    """The first place of which there is no record, and which is not `known` to be lost."""
    holes = (seq for seq, one in enumerate(made) if not isinstance(one, StoredRecord))
    return next((seq for seq in holes if seq not in known), None)


@dataclass(slots=True)
class _Choice:
    """Place by place, which candidate is ours. `strangers` are the others; `astray`: since our newest record, a
    branch of strangers has ended that may go on behind a lost record."""

    good: Candidates
    line: Mapping[int, bytes]
    strangers: set[bytes] = field(default_factory=set)
    astray: bool = False

    def at(self, seq: int, prev: bytes | None) -> Candidate | None:
        """Ours after the record `prev`, or after one of which nothing is known."""
        ours: Candidate | None = None
        for one in self.good.at(seq):
            before, digest = one[0].record.header.prev, one[0].record.hash
            fits = prev == before if prev is not None else self._may_follow(one)
            if ours is None and fits and before not in self.strangers and self.line.get(seq, digest) == digest:
                ours = one
            elif ours is None or ours[0].record.hash != digest:
                self.strangers.add(digest)
        self.astray = ours is None and (self.astray or any(self._ends(one) for one in self.good.at(seq)))
        return ours

    def _ends(self, stranger: Candidate) -> bool:
        """Whether nothing known follows it. Where something does, what hangs on nothing is not its branch's."""
        record = stranger[0].record
        return all(after.record.header.prev != record.hash for after, _ in self.good.at(record.header.seq + 1))

    def named_after(self, seq: int) -> bytes | None:
        """The hash of record `seq`, which is lost, from one of ours that follows it."""
        after = (one[0].record.header.prev for one in self.good.at(seq + 1) if self._may_follow(one))
        return next((before for before in after if before not in self.strangers), None)

    def _may_follow(self, one: Candidate) -> bool:
        """Whether a record whose predecessor is lost can be ours."""
        return not self.astray or one[0].record.hash in self.good.own


def _line(good: Candidates, proved: Known | None) -> dict[int, bytes]:
    """Which record stands in a place, known from what follows: on the way back from the proved one as far as it can be
    followed, and then from each of the journal's own whose way back does not contradict that."""
    line = dict(_way_back(good, proved))
    contradicted = set[bytes]()
    for own in _own(good):
        way: list[Known] = []
        for place, digest in _way_back(good, own):
            if place in line or digest in contradicted:
                break
            way.append((place, digest))
        if digest in contradicted or line.get(place, digest) != digest:
            contradicted |= {own[1], *(one for _, one in way)}
        else:
            line |= dict(way[1:])  # That it is ours itself says nothing yet of which of ours stands there.
    return line


def _own(good: Candidates) -> Iterator[Known]:
    for seq in sorted(good.by_number):
        yield from ((seq, frame.record.hash) for frame, _ in good.at(seq) if frame.record.hash in good.own)


def _marked(good: Candidates, mark: Known | None, line: Mapping[int, bytes]) -> dict[int, bytes]:
    """Which records lead to the marked one, if it or one that follows it is there, and the journal's own records do not
    say otherwise: of a branch that lies on the second medium alone, the keyring knows that it is ours."""
    if mark is None or not _is_witnessed(good, mark):
        return {}
    back = dict(_way_back(good, mark))
    own = [(seq, frame.record.hash) for seq in back for frame, _ in good.at(seq) if frame.record.hash in good.own]
    said = [*own, *((seq, digest) for seq, digest in line.items() if seq in back)]
    return back if all(back[seq] == digest for seq, digest in said) else {}


def _is_witnessed(good: Candidates, mark: Known) -> bool:
    seq, digest = mark
    return any(frame.record.hash == digest for frame, _ in good.at(seq)) or any(
        frame.record.header.prev == digest for frame, _ in good.at(seq + 1)
    )


def _way_back(good: Candidates, known: Known | None) -> Iterator[Known]:
    while known is not None:
        seq, digest = known
        yield known
        before = [frame.record.header.prev for frame, _ in good.at(seq) if frame.record.hash == digest]
        known = (seq - 1, before[0]) if before and seq else None
