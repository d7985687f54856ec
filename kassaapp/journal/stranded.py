"""What other chains of ours left on a second medium reaches the region, also when this journal has never known of it.

A machine that is put back to before its chain got a successor goes on in the chain that has ended. What it sold in the
successor and had not sent lies on the second medium alone. Beside that stands which chains there have been, and where
the keyring still has the successor's key, what it signed is sent in its own chain (docs/JOURNAL.md, section 11). The
other way round, a second medium of a chain that has ended may turn up again with what nobody else has.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from kassaapp.journal import durable
from kassaapp.journal.journal import Journal
from kassaapp.journal.second_medium import files_in
from kassaapp.journal.shadow import StoredRecord
from kassaapp.journal.signing_key import Custody
from kassaapp.journal.till_secrets import Secrets, fetched
from kassaapp.trouble import JournalDamaged, KeyMissing
from sync.client import recover
from sync.client.engine import Proof
from sync.client.errors import Offline, Rejected
from sync.client.link import Link
from sync.client.round import Round
from sync.client.transport import Sender
from sync.wire import record, shadow
from sync.wire.entry import Enrolment, read_enrolment
from sync.wire.errors import WireError
from sync.wire.frame import Frame

SUFFIX = ".chains"
log = logging.getLogger(__name__)


def note(journal: Journal) -> None:
    """Have it said beside the second medium which chains there are, once there is more than one. What another state of
    this machine has said there stays."""
    path = _chains_path(journal)
    if path is None or len(journal.chains) == 1:
        return
    try:
        known = _read(path) if path.exists() else []
        new = [one for one in journal.chains if one not in known]
        if new:
            durable.write_text(path, "".join(one.encode().decode() + "\n" for one in [*known, *new]))
    except OSError as error:  # What cannot be read is not written over.
        log.error("second medium lost: %s", type(error).__name__)


def deliver(journal: Journal, custody: Custody, link: Link, clock: Callable[[], datetime], folder: Path) -> None:
    """Send what other chains of ours left on second media and this journal has not, where the keyring has their key,
    until the region has it; once. `folder` is the journal's. What the region does not take is tried again at the next
    start. Raises Offline."""
    for born, left in _left(journal, folder):
        try:
            with suppress(KeyMissing):
                _deliver_one(journal, born, fetched(custody, born), left, link, clock)
        except (Rejected, WireError) as error:
            log.error("%s was not taken: %s", left.name, type(error).__name__)


def keyless(journal: Journal, custody: Custody, folder: Path) -> tuple[str, ...]:
    """Names of second media that `deliver` cannot send, since the keyring has lost their key as well: the region can
    read them, and somebody has to bring them there."""
    names: list[str] = []
    for born, left in _left(journal, folder):
        try:
            fetched(custody, born)
        except KeyMissing:
            if born not in journal.chains or _lacking(journal, born, left):
                names.append(left.name)
    return tuple(names)


def _left(journal: Journal, folder: Path) -> Iterator[tuple[Enrolment, Path]]:
    """Second media, also those put aside, of chains of ours that have ended, and of successors that this journal knows
    nothing of: each with the chain that its first line names."""
    path, own = _chains_path(journal), journal.second_medium_path
    born = [] if path is None else [one for one in listed(path) if _is_ours(one, journal.enrolment)]
    known = {one.chain: one for one in [*born, *journal.chains] if one != journal.enrolment}
    places = {folder} if own is None else {folder, own.parent}
    for medium in sorted(file for place in places for file in files_in(place, "*.kj", "*.aside")):
        chain = _chain_of(medium)
        if chain in known and medium != own:
            yield known[chain], medium


def _chain_of(medium: Path) -> bytes | None:
    """The chain that the file's first line names, if it is a second medium."""
    try:
        with medium.open("rb") as file:
            start = file.read(shadow.START)
    except OSError:
        return None
    return start[len(shadow.MAGIC) :] if start.startswith(shadow.MAGIC) else None


def _lacking(journal: Journal, born: Enrolment, left: Path) -> list[Frame]:
    """What a medium has of an ended chain and the journal has not."""
    found: list[StoredRecord] = []
    for one in _records(left):
        with suppress(WireError):
            if not journal.has(record.read(one.env).hash):
                found.append(one)
    return list(_whole(journal, born, found))


def _deliver_one(
    journal: Journal, born: Enrolment, own: Secrets, left: Path, link: Link, clock: Callable[[], datetime]
) -> None:
    known = journal.proof()
    if known is None:
        return
    sender = Sender(born.chain, own.signer, born.clinic)
    if born in journal.chains:
        rest = _lacking(journal, born, left)
        if not rest:
            return
        records = _Left(born, rest, [known])
    else:
        found = list(_whole(journal, born, _records(left)))
        records = _Left(born, list(_in_line(born, found)), [replace(known, next=0)])
        _send(records, Round(records, journal.configurations, journal.trust, link, own.signer, clock=clock))
        rest = [one for one in found if not records.proves(one)]
    recover.deliver(([one] for one in rest), records, sender, link)
    log.warning("a second medium of another chain of ours was sent: %s", left.name)
    durable.call_delivered(left)


def _send(records: "_Left", contact: Round) -> None:
    """Raises Offline when the region does not answer as one does; what it has another of is not sent here."""
    before = -1
    while before < records.proof().next < records.count():
        before = records.proof().next
        if not contact().reachable:
            raise Offline


def _chains_path(journal: Journal) -> Path | None:
    """Named after the first chain, which every state of this machine knows."""
    first = journal.second_medium_of(journal.chains[0].register)
    return None if first is None else first.with_suffix(SUFFIX)


def listed(path: Path) -> list[Enrolment]:
    """The certificates that stand in such a file; none when it cannot be read."""
    with suppress(OSError):
        return _read(path)
    return []


def _read(path: Path) -> list[Enrolment]:
    """Raises OSError."""
    found: list[Enrolment] = []
    for line in path.read_bytes().splitlines():
        with suppress(WireError):
            found.append(read_enrolment(line))
    return found


def _is_ours(born: Enrolment, own: Enrolment) -> bool:
    return born.parent is not None and (born.clinic, born.till) == (own.clinic, own.till)


def _records(left: Path) -> Iterator[StoredRecord]:
    """Every whole record on it, in order; none when it cannot be read."""
    with suppress(OSError):
        yield from shadow.every_record(left.read_bytes())


def _whole(journal: Journal, born: Enrolment, found: Iterable[StoredRecord]) -> Iterator[Frame]:
    """Those that are whole, of that chain, and signed with its key."""
    for one in found:
        try:
            frame = journal.opened(one)  # A successor seals with the same key.
            record.check_signature(frame.record, born.public_key)
            record.check_parts(frame.record, frame.parts)
        except (JournalDamaged, WireError):
            continue
        if frame.record.header.chain == born.chain:
            yield frame


def _in_line(born: Enrolment, found: Iterable[Frame]) -> Iterator[Frame]:
    """Those that follow one another from the certificate on."""
    seq, prev = 0, born.hash
    for one in found:
        if (one.record.header.seq, one.record.header.prev) == (seq, prev):
            yield one
            seq, prev = seq + 1, one.record.hash


@dataclass(frozen=True, slots=True)
class _Left:
    """A chain as a second medium has it. Fits `engine.Records`; what is proved of it is kept in memory only."""

    enrolment: Enrolment
    whole: Sequence[Frame]
    proofs: list[Proof]

    def count(self) -> int:
        return len(self.whole)

    def hash_of(self, seq: int) -> bytes:
        return self.whole[seq].record.hash

    def frames(self, first: int, at_most: int) -> Sequence[Frame]:
        return self.whole[first : first + at_most]

    def proof(self) -> Proof:
        return self.proofs[-1]

    def keep(self, proof: Proof) -> None:
        self.proofs.append(proof)

    def proves(self, one: Frame) -> bool:
        """Whether the region has proved that it holds this record."""
        seq = one.record.header.seq
        return seq < self.proof().next and self.hash_of(seq) == one.record.hash
