"""Every start of a till: its journal opened, made whole from its copies if it must be, and set beside the region's.

Recovery is the ordinary path (docs/decisions/0007): a start on a healthy machine goes through the same steps and finds
nothing to do. What was found becomes part of the `start` record.
"""

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from kassaapp.domain.events import CheckResult, Event, ProgramStarted, RecordsLost, RegisterOpened
from kassaapp.domain.state import fold
from kassaapp.journal import asides, birth, durable, rebuild, stranded
from kassaapp.journal.journal import Journal, Written
from kassaapp.journal.second_medium import files_in
from kassaapp.journal.shadow import StoredRecord
from kassaapp.journal.signing_key import Custody
from kassaapp.journal.till_secrets import Secrets, custody_name, write_certificates
from kassaapp.trouble import JournalDamaged, JournalMissing, JournalNewer, JournalUnreadable, KeyMissing, NeedsRegion
from sync.client import recover
from sync.client.enrol import NewRegister, parent_records
from sync.client.errors import Offline, Rejected
from sync.client.link import Link
from sync.client.round import Round
from sync.client.status import Attention
from sync.client.transport import Sender
from sync.wire import canonical, entry, record, shadow
from sync.wire.errors import WireError
from sync.wire.frame import Frame
from sync.wire.messages import MAX_BATCH_RECORDS

PENDING_NAME = "succeeding.json"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Opened:
    """A till's journal with every event of all its chains, and what the start found: `restored` records came from
    another copy; `mark` is the record that the keyring remembers and nobody holds, or -1; `stranded` are names of
    second media that only the region can read."""

    journal: Journal
    past: list[Written[Event]]
    check: CheckResult
    restored: int
    mark: int
    stranded: tuple[str, ...] = ()


def open_till(
    path: Path,
    custody: Custody,
    root_key: bytes,
    *,
    second_medium: Callable[[str], Path],
    link: Link | None,
    now: Callable[[], datetime],
) -> Opened:
    """Open the journal at `path` and settle what is amiss with it. `link` is the way to the region, None without one.

    Raises JournalMissing, JournalInUse, JournalUnreadable, JournalDamaged, NeedsRegion, KeyMissing, NoKeyring,
    DiskFull, DiskFailed.
    """
    rebuild.finish(path)

    def settled(came: int | None) -> Opened:
        journal, past = Journal.open(path, custody, root_key, second_medium=second_medium)
        try:
            return _Start(path, custody, root_key, link, now, journal, past).settled(came)
        except BaseException:
            journal.close()
            raise

    try:
        return settled(None)
    except (JournalDamaged, JournalMissing, JournalUnreadable) as found:
        came = _rebuilt(path, custody, root_key, second_medium, link, found)
    try:
        return settled(came)
    except JournalDamaged as found:  # What was lost has come to the region in the meantime.
        again = _rebuilt(path, custody, root_key, second_medium, link, found)
    return settled(came + again)


def _rebuilt(
    path: Path,
    custody: Custody,
    root_key: bytes,
    second_medium: Callable[[str], Path],
    link: Link | None,
    found: JournalDamaged | JournalMissing | JournalUnreadable,
) -> int:
    """How many records came from elsewhere. Raises what was found when it cannot be mended without a region."""
    if isinstance(found, JournalNewer) or str(found).startswith("format"):
        raise found  # Not damage: another program's, or another file altogether.
    log.error("the journal is not whole: %s", found)
    try:
        return rebuild.rebuild(path, custody, root_key, second_medium=second_medium, link=link)
    except (NeedsRegion, JournalMissing):
        if link is None:
            raise found from None
        raise


@dataclass(slots=True)
class _Start:
    path: Path
    custody: Custody
    root_key: bytes
    link: Link | None
    now: Callable[[], datetime]
    journal: Journal
    past: list[Written[Event]]
    has_answered: bool = False
    """Whether the region has said what it holds of this chain, and all of that is here."""

    def settled(self, came: int | None) -> Opened:
        """Raises JournalDamaged for a lost record that is there again, so that the journal is put together with it."""
        self._look_for_what_was_cut_off()
        self._look_for_lost()
        why = None if self.link is None else self._with_region(self.link)
        if self.journal.gaps and why is None:
            why = entry.GAP
        succeeded = why is not None and self._succeed(why)
        stranded.note(self.journal)
        if self.journal.beyond_mark() is not None:
            self._go_on_from_what_was_put_aside()
        if self.journal.count() == 0:
            self._begin(is_new=succeeded)
            came = came or 0
        succeeded = succeeded or self._is_newborn()
        restored = self.journal.restored + (came or 0)
        beyond = self.journal.beyond_mark()
        if succeeded:
            check = CheckResult.SUCCEEDED
        elif beyond is not None:
            check = CheckResult.TAIL_CUT
            log.error("the keyring remembers record %d, which nobody holds", beyond)
        elif came is not None:
            check = CheckResult.REPAIRED
        else:
            check = CheckResult.RESTORED if restored else CheckResult.INTACT
        left = stranded.keyless(self.journal, self.custody, self.path.parent)
        for name in left:
            log.error("%s is another chain's, whose key is gone: it has to be brought to the region", name)
        return Opened(self.journal, self.past, check, restored, -1 if beyond is None else beyond, left)

    def _is_newborn(self) -> bool:
        """Whether this chain goes on after another, and no start has said so yet."""
        for written in reversed(self.past):
            if isinstance(written.event, ProgramStarted):
                return False
            if isinstance(written.event, RegisterOpened):
                return len(self.journal.chains) > 1
        return False

    def _look_for_what_was_cut_off(self) -> None:
        """A journal with a gap is not written to: what had a place in it when it was put together has one still. Raises
        JournalDamaged when a file that was put aside has more of ours, so that it is put together with that."""
        if not self.journal.gaps:
            return
        known = asides.placeless(self.path, self.journal.second_medium_path)
        for one in self._ours(asides.of_journal(self.path, self.journal.sealer)):
            if one.record.header.seq >= self.journal.count() and one.record.env not in known:
                raise JournalDamaged(self.journal.count(), "what stood here was cut off")

    def _look_for_lost(self) -> None:
        """The chain ends at its first gap, unless the region has that record by now, or another lost one whose hash is
        known. Raises JournalDamaged when it has; NeedsRegion when its answer is no answer: what it may hold is not
        called lost."""
        if self.link is None or not self.journal.gaps:
            return
        first = min(self.journal.gaps)
        for seq, digest in sorted(self.journal.gaps.items()):
            if seq != first and digest is None:
                continue
            try:
                is_there = recover.holds(seq, digest, self.journal, self._sender, self.link)
            except (Offline, Rejected, WireError) as error:
                log.error("whether a lost record is there is not known: %s", type(error).__name__)
                raise NeedsRegion(seq) from None
            if is_there:
                raise JournalDamaged(seq, "a lost record is there again")

    # ── what the region holds ────────────────────────────────────────────────────────────────────────────────────

    @property
    def _sender(self) -> Sender:
        return Sender(self.journal.enrolment.chain, self.journal.signer, self.journal.enrolment.clinic)

    def _contact(self, link: Link) -> Round:
        journal = self.journal
        return Round(journal, journal.configurations, journal.trust, link, journal.signer, clock=self.now)

    def _with_region(self, link: Link) -> str | None:
        """Ask how we stand, and fetch what is missing here. "fork" when our histories differ and ours is delivered."""
        journal = self.journal
        contact = self._contact(link)
        status = contact()
        self.has_answered = status.last_contact is not None
        if not status.reachable:
            return None
        try:
            self._deliver_asides(link, contact)
            stranded.deliver(journal, self.custody, link, self.now, self.path.parent)
            if not self._may_differ(status.attention):
                return None
            compared = recover.compare(journal, self._sender, link)
            if compared.fork is not None:
                log.error("the region holds another record %d: the chain ends", compared.fork)
                recover.deliver(journal.runs(compared.fork, MAX_BATCH_RECORDS), journal, self._sender, link)
                return entry.FORK
        except (Offline, Rejected, WireError) as error:
            log.error("not settled with the region: %s", type(error).__name__)
            return None
        self.past += journal.restore(compared.missing)
        self.has_answered = True
        contact()  # Proves them, so that the next record names a checkpoint as new as theirs.
        return None

    def _may_differ(self, attention: Attention | None) -> bool:
        """Whether to look at what the region holds. That it has another record where we have lost ours cannot be shown
        by sending ours: then its answers seem to prove nothing."""
        if attention is Attention.REGION_LIED:
            return bool(self.journal.gaps)
        return attention in (Attention.REGION_AHEAD, Attention.FORK)

    def _deliver_asides(self, link: Link, contact: Round) -> None:
        """Second media that were put aside may hold what nobody else does: the region gets it, once, and after all that
        is ours: what comes first takes the place."""
        for aside in self._asides():
            found = list(self._records_on(aside))
            self._go_on_from(found)
            differ = [one for one in found if not self.journal.holds(one.record)]
            if differ:
                self._push_all(contact, self.journal.count())
                recover.deliver(([one] for one in differ), self.journal, self._sender, link)
                durable.call_delivered(aside)

    def _asides(self) -> list[Path]:
        """Second media that were put aside, and what rebuilt journals had no place for. Not the journals that were put
        aside: `asides.of_journal` reads those, and searched for frames they would cost every start its time."""
        beside, own = self.journal.second_medium_path, self.path.parent
        found = set(own.glob(f"{Path(asides.BRANCH_NAME).stem}*.aside"))
        found.update(files_in(beside.parent, "*.aside") if beside is not None else ())
        return sorted(found - set(own.glob(f"{self.path.name}.*.aside")))

    def _go_on_from_what_was_put_aside(self) -> None:
        """Our end is missing: damaged files that were put aside may have it, of either medium."""
        before = self.journal.count()
        for aside in self._asides():
            self._go_on_from(list(self._records_on(aside)))
        found = asides.of_journal(self.path, self.journal.sealer)
        self._go_on_from(list(self._ours(found)))
        if self.link is not None and self.journal.count() > before:
            self._contact(self.link)()

    def _go_on_from(self, found: Sequence[Frame]) -> None:
        """Add those of our records that continue the chain where it ends."""
        by_prev = {one.record.header.prev: one for one in found if one.record.header.seq >= self.journal.count()}
        while not self.journal.gaps and (following := by_prev.pop(self.journal.head, None)) is not None:
            self.past += self.journal.restore([following])

    def _records_on(self, aside: Path) -> Iterator[Frame]:
        """The records of this chain on a second medium that was put aside, also those after damage."""
        try:
            yield from self._ours(list(shadow.every_record(aside.read_bytes())))
        except OSError:
            return

    def _ours(self, found: Iterable[StoredRecord]) -> Iterator[Frame]:
        """Those that are whole, of this chain, and signed with its key."""
        for one in found:
            try:
                frame = self.journal.opened(one)
                record.check_signature(frame.record, self.journal.enrolment.public_key)
                record.check_parts(frame.record, frame.parts)
            except (JournalDamaged, WireError):
                continue
            if frame.record.header.chain == self.journal.enrolment.chain:
                yield frame

    # ── a chain that cannot go on ────────────────────────────────────────────────────────────────────────────────

    def _succeed(self, why: str) -> bool:
        """End this chain and go on with another. Raises NeedsRegion when it cannot go on otherwise."""
        first = min(self.journal.gaps, default=None)
        try:
            if self.link is None:
                raise NeedsRegion(first)
            if why == entry.GAP:
                self._deliver_around_gaps(self.link)
            own, register = self._successor(why, self.link)
        except (Offline, Rejected, WireError) as error:
            log.error("no successor: %s", type(error).__name__)
            if self.journal.gaps:
                raise NeedsRegion(first) from None
            return False  # The till sells on in its branch; the next start asks again.
        self.journal.succeed(register, own)
        write_certificates(self.path, self.journal.chains)
        self._pending.unlink(missing_ok=True)
        return True

    def _successor(self, why: str, link: Link) -> tuple[Secrets, NewRegister]:
        """The chain that goes on, with its secrets: one of our own, also when the one we asked for before the machine
        was copied has been taken by the copy. Raises Offline, Rejected, WireError."""
        own = self._successors_secrets()
        try:
            return own, recover.successor(self.journal, self._sender, why, own.signer, self.root_key, link)
        except recover.Taken:
            log.error("a twin sells under the successor's key: another one is asked for")
            self._pending.unlink()
        own = self._successors_secrets()
        return own, recover.successor(self.journal, self._sender, why, own.signer, self.root_key, link)

    @property
    def _pending(self) -> Path:
        """Which key the successor was asked for with, until it is there."""
        return self.path.parent / PENDING_NAME

    def _deliver_around_gaps(self, link: Link) -> None:
        """What stands before the gap goes the ordinary way; what stands after it is kept by the region as found."""
        first, journal = min(self.journal.gaps), self.journal
        contact = self._contact(link)
        if self._push_all(contact, first) < first:
            raise NeedsRegion(first)
        recover.deliver(journal.runs(first + 1, MAX_BATCH_RECORDS), journal, self._sender, link)

    def _push_all(self, contact: Round, end: int) -> int:
        """Contact the region until it has proved all records before `end`, or gets no further; how far it came."""
        before, proved = -1, self._proved_next()
        while before < proved < end:
            contact()
            before, proved = proved, self._proved_next()
        return proved

    def _proved_next(self) -> int:
        proof = self.journal.proof()
        return 0 if proof is None else proof.next

    def _successors_secrets(self) -> Secrets:
        """Those of a request that was interrupted, or new ones; in custody either way."""
        try:
            public_key = canonical.from_text(json.loads(self._pending.read_text(encoding="ascii"))["public_key"])
            if public_key != self.journal.enrolment.public_key:
                return Secrets.of(self.custody.fetch(custody_name(public_key)))
        except (OSError, ValueError, KeyError, WireError, KeyMissing):
            pass  # None was interrupted, or it left nothing that could be used.
        own, kept = self.journal.secrets.succeeding()
        self.custody.keep(custody_name(own.signer.public_key), kept)
        self._pending.write_text(json.dumps({"public_key": canonical.to_text(own.signer.public_key)}), encoding="ascii")
        return own

    def _begin(self, *, is_new: bool) -> None:
        """A chain is begun once: where one that this start has not made holds nothing, its records may be lost here
        only, and the region is asked before it is begun. Raises NeedsRegion."""
        if not is_new and self.link is not None and not self.has_answered:
            raise NeedsRegion(0)
        if len(self.journal.chains) > 1:
            self._be_born()
        else:
            self._be_born_again()

    def _be_born_again(self) -> None:
        """A journal gets its name with its birth in it: one that holds nothing was cut off. What the birth says is
        known, also of the chain before it, from the region. Raises NeedsRegion."""
        journal, before = self.journal, list[Frame]()
        if journal.enrolment.parent is not None:
            try:
                if self.link is None:
                    raise NeedsRegion(0)
                before = parent_records(journal.enrolment, self._sender, self.link)
            except (Offline, Rejected, WireError) as error:
                log.error("nobody says what the chain goes on from: %s", type(error).__name__)
                raise NeedsRegion(0) from None
        newest = journal.configurations.newest()
        assert newest is not None
        journal.configurations.use(newest.header.seq)
        self.past += journal.append_all([birth.after_records(before, journal.enrolment, self.now())])

    def _be_born(self) -> None:
        """The successor's first records: its numbers and totals go on, and what was lost is said."""
        state, at = fold(written.event for written in self.past), self.now()
        if state.configuration >= 0:
            self.journal.configurations.use(state.configuration)
        events: list[Event] = [birth.after(state, self.journal.enrolment, at)]
        for first, count, digest in self.journal.lost_before():
            events.append(RecordsLost(at, first, count, "" if digest is None else canonical.to_text(digest)))
        self.past += self.journal.append_all(events)
