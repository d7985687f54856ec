"""What a successor of ours left on the second medium reaches the region, also when this machine knows no successor.

A machine that is put back to before its chain got a successor goes on in the chain that has ended. What it sold in the
successor and had not sent lies on the second medium alone. Beside that stands which chains there have been, and where
the keyring still has the successor's key, what it signed is sent in its own chain (docs/JOURNAL.md, section 11).
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from kassaapp.journal import durable
from kassaapp.journal.journal import Journal
from kassaapp.journal.shadow import StoredRecord
from kassaapp.journal.signing_key import Custody
from kassaapp.journal.till_secrets import Secrets, fetched
from kassaapp.trouble import JournalDamaged, KeyMissing
from sync.client import recover
from sync.client.engine import Proof
from sync.client.errors import Offline
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
    known = listed(path)
    new = [one for one in journal.chains if one not in known]
    if new:
        try:
            durable.write_text(path, "".join(one.encode().decode() + "\n" for one in [*known, *new]))
        except OSError as error:
            log.error("second medium lost: %s", type(error).__name__)


def deliver(journal: Journal, custody: Custody, link: Link, clock: Callable[[], datetime]) -> None:
    """Send what a chain that is not in this journal left on the second medium, if the keyring has its key, until the
    region has proved it; once. Raises Offline, Rejected, WireError."""
    for born, left in _left(journal):
        with suppress(KeyMissing):
            _deliver_one(journal, born, fetched(custody, born), left, link, clock)


def keyless(journal: Journal, custody: Custody) -> tuple[str, ...]:
    """Names of second media that `deliver` cannot send, since the keyring has lost their key as well: the region can
    read them, and somebody has to bring them there."""
    names: list[str] = []
    for born, left in _left(journal):
        try:
            fetched(custody, born)
        except KeyMissing:
            names.append(left.name)
    return tuple(names)


def _left(journal: Journal) -> Iterator[tuple[Enrolment, Path]]:
    """The second media of successors of ours that this journal knows nothing of."""
    path = _chains_path(journal)
    for born in [] if path is None else listed(path):
        left = journal.second_medium_of(born.register)
        if born in journal.chains or not _is_ours(born, journal.enrolment) or left is None or not left.exists():
            continue
        yield born, left


def _deliver_one(
    journal: Journal, born: Enrolment, own: Secrets, left: Path, link: Link, clock: Callable[[], datetime]
) -> None:
    content = _content(left)
    known = journal.proof()
    if content is None or content.chain != born.chain or known is None:
        return
    found = list(_whole(journal, born, shadow.every_record(left.read_bytes())))
    records = _Left(born, list(_in_line(born, found)), [replace(known, next=0)])
    sender = Sender(born.chain, own.signer, born.clinic)
    _send(records, Round(records, journal.configurations, journal.trust, link, own.signer, clock=clock))
    rest = [one for one in found if not records.proves(one)]
    recover.deliver(([one] for one in rest), records, sender, link)
    log.warning("the second medium of a successor was sent: %d records", len(found))
    left.replace(left.with_suffix(".delivered"))


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
    """The certificates that stand in such a file and can be read."""
    found: list[Enrolment] = []
    with suppress(OSError):
        for line in path.read_bytes().splitlines():
            with suppress(WireError):
                found.append(read_enrolment(line))
    return found


def _is_ours(born: Enrolment, own: Enrolment) -> bool:
    return born.parent is not None and (born.clinic, born.till) == (own.clinic, own.till)


def _content(left: Path) -> shadow.ShadowContent | None:
    try:
        return shadow.read(left.read_bytes())
    except (OSError, WireError):
        return None


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
