"""Puts a damaged or missing journal together again, from every copy there is of each record.

Sources are the old file as far as it can be read, the second medium, and the region. Which record belongs in a place is
decided by the chain itself: signed with our key, committed to its parts, following the one before. The new file is
made whole beside the old one and takes its name in one step; the old one is kept as `.aside` (RECORDS 2.2).
"""

import logging
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from kassaapp.journal import asides, database, durable, kept_proofs, rows, salvage, stranded
from kassaapp.journal.branch import Candidates, Place, chain_of, first_hole
from kassaapp.journal.salvage import Salvage
from kassaapp.journal.sealing import Sealer
from kassaapp.journal.second_medium import files_in
from kassaapp.journal.shadow import StoredRecord
from kassaapp.journal.signing_key import Custody
from kassaapp.journal.till_secrets import Secrets, custody_name, fetched, read_certificates
from kassaapp.trouble import DiskFailed, JournalDamaged, JournalMissing, KeyMissing, NeedsRegion
from sync.client import recover
from sync.client.engine import Proof
from sync.client.errors import Offline, Rejected
from sync.client.link import Link
from sync.client.transport import Sender
from sync.wire import config, record, shadow
from sync.wire.config import Trust
from sync.wire.entry import Enrolment, read_enrolment
from sync.wire.errors import WireError
from sync.wire.frame import Frame

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Sources:
    """What a journal is put together from. `witnessed`: as far as the second medium shows what was ever written."""

    path: Path
    found: Salvage
    chains: Sequence[Enrolment]
    custody: Custody
    link: Link | None
    witnessed: int

    def may_have_lost_its_end(self, known: int) -> bool:
        """Whether there was a journal of which the last records cannot be seen, and no second medium that shows them,
        since there is none or it was out when some of the `known` ones were made: then nobody can say that none
        followed those, and it is told so."""
        return self.found.exists and not self.found.end_seen and self.witnessed < known

    def mark(self, n: int) -> tuple[int, bytes] | None:
        """The record of chain `n` that the keyring remembers."""
        enrolment = self.chains[n - 1]
        mark = self.custody.mark(custody_name(enrolment.public_key))
        return None if mark is None or mark.chain != enrolment.chain else (mark.seq, mark.hash)

    def seen(self, n: int) -> int:
        """At least how many places of chain `n` the journal itself shows to have been filled."""
        return self.found.ends.get(n, 0) if len(self.chains) == len(self.found.certificates) else 0

    def shows_end(self, n: int, good: Candidates) -> bool:
        """Whether the journal shows the end of chain `n`, or the record is there that the next certificate names: the
        newest that the region held when the chain ended."""
        if n == len(self.chains) or self.seen(n):
            return True
        end = self.chains[n].parent
        return end == self.chains[n - 1].hash or good.has(end)

    def has_key(self, n: int) -> bool:
        """Whether the keyring has the key of chain `n`, without which the region gives nothing of it."""
        try:
            fetched(self.custody, self.chains[n - 1])
        except KeyMissing:
            return False
        return True

    def sender(self, n: int) -> Sender:
        enrolment = self.chains[n - 1]
        return Sender(enrolment.chain, fetched(self.custody, enrolment).signer, enrolment.clinic)


def rebuild(
    path: Path,
    custody: Custody,
    root_key: bytes,
    *,
    second_medium: Callable[[str], Path],
    link: Link | None,
) -> int:
    """Make the journal at `path` whole; how many of its records came from another copy.

    Raises NeedsRegion when a record, or what it is checked with, is in no copy at hand and the region does not answer;
    JournalMissing when not even the certificate is left; KeyMissing, NoKeyring.
    """
    found = salvage.read(path)
    chains = _certificates(path, found)
    chains = [*_before(chains[0], second_medium, custody), *chains]
    beside = second_medium(chains[-1].register)
    sources = _Sources(path, found, chains, custody, link, _end_on(beside, chains[-1]))
    own = fetched(custody, chains[-1])
    region = _region(sources, root_key, own)
    sealer = Sealer(own.sealing_key, region.trust.recovery_key, secrets.token_bytes)
    held = asides.held(second_medium(one.register) for one in chains)
    places, left = [], list[StoredRecord]()
    for n in range(1, len(chains) + 1):
        proved = [proof.named() for chain, proof in region.proofs if chain == n]
        made, left = _places(sources, n, held, sealer, proved[-1] if proved else None)
        places.append(made)
    asides.keep_branch(path, chains[-1], left)
    asides.keep_branch(path, chains[-1], asides.put_another(beside, places[-1]))
    _write(path, chains, places, region, sealer)
    readable = {one.env for one in found.all()}
    came = [one for chain in places for one in chain if isinstance(one, StoredRecord) and one.env not in readable]
    log.warning("the journal was put together again: %d records from other copies", len(came))
    finish(path)
    return len(came)


def finish(path: Path) -> None:
    """Give a rebuilt journal its name, if one waits for it. May be interrupted anywhere and called again."""
    whole = _whole(path)
    if not whole.exists():
        return
    wal = path.with_name(f"{path.name}-wal")
    if path.exists():
        aside = next(name for name in (path.with_name(f"{path.name}.{k}.aside") for k in count(1)) if not name.exists())
        with suppress(FileNotFoundError):
            shutil.copyfile(wal, aside.with_name(f"{aside.name}-wal"))
        shutil.copyfile(path, aside)
    wal.unlink(missing_ok=True)  # Everything in it is in the new file, which must not read it.
    whole.replace(path)
    durable.sync_folder(path.parent)


# ── what the region has said ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Region:
    trust: Trust
    trust_chain: Sequence[Frame]
    configuration: Sequence[Frame]
    proofs: Sequence[tuple[int, Proof]]


def _region(sources: _Sources, root_key: bytes, own: Secrets) -> _Region:
    """The trust chain, the configuration and the proofs: from the old file when they hold, else from the region."""
    newest = len(sources.chains)
    try:
        trust_chain = [_plain(one) for one in salvage.in_order(sources.found.region.get(config.TRUST_KIND, {}))]
        trust = config.read_trust(trust_chain, root_key)
        sealer = Sealer(own.sealing_key, trust.recovery_key, secrets.token_bytes)
        configuration = [
            rows.opened(one, sealer) for one in salvage.in_order(sources.found.region.get(config.CONFIG_KIND, {}))
        ]
        config.check_configuration(configuration, trust, after=None, clinic=sources.chains[-1].clinic)
        proofs = kept_proofs.newest_run(sources.found, sources.chains, trust)
        if configuration and any(chain == newest for chain, _ in proofs):
            return _Region(trust, trust_chain, configuration, proofs)
    except (WireError, JournalDamaged) as error:
        log.warning("what the region has said is damaged: %s", error)
    if sources.link is None:
        raise NeedsRegion(None)
    try:
        return _region_again(sources, sources.link, root_key)
    except (Offline, Rejected, WireError) as error:
        log.error("no certificate from the region: %s", type(error).__name__)
        raise NeedsRegion(None) from None


def _region_again(sources: _Sources, link: Link, root_key: bytes) -> _Region:
    """Raises NeedsRegion, Offline, Rejected, WireError."""
    newest = len(sources.chains)
    proofs: list[tuple[int, Proof]] = []
    for n in range(1, newest):
        with suppress(KeyMissing, Rejected):  # What is said of an older chain is missed by the auditor alone.
            proofs.append((n, recover.certificate(sources.sender(n), root_key, link).proof))
    again = recover.certificate(sources.sender(newest), root_key, link)
    if not again.configuration:
        raise NeedsRegion(None)  # A till has been sold at: there was one.
    return _Region(again.trust, again.trust_chain, again.configuration, [*proofs, (newest, again.proof)])


# ── which record belongs in which place ──────────────────────────────────────────────────────────────────────────


def _places(
    sources: _Sources,
    n: int,
    held: Iterable[StoredRecord],
    sealer: Sealer,
    proved: tuple[int, bytes] | None,
) -> tuple[list[Place], list[StoredRecord]]:
    """What stands in each place of chain `n`, and what else of the journal is signed for it. The journal's own records
    go before those that the second media `held`, and these before such of its own as are damaged in their sealed
    content."""
    enrolment = sources.chains[n - 1]
    newest = n == len(sources.chains)
    good, mark, end = Candidates(), sources.mark(n), sources.seen(n)
    for on_disk in sources.found.records.values():
        _add(good, on_disk, enrolment, sealer, is_own=True)
    for on_disk in held:
        _add(good, on_disk, enrolment, sealer)
    for on_disk in asides.sealed_anew(sources.found.doubtful, sealer):
        _add(good, on_disk, enrolment, sealer, is_own=True)
    if proved is not None:
        end = max(end, proved[0] + 1)
    known = max(end, good.end, 0 if mark is None else mark[0] + 1)
    if newest and sources.may_have_lost_its_end(known):
        end = max(end, good.end) + 1
    made = chain_of(good, enrolment.hash, end, proved, mark)
    for more in _further(sources, n, made, good, sealer):
        for on_disk in more:
            _add(good, on_disk, enrolment, sealer)
        made[:] = chain_of(good, enrolment.hash, end, proved, mark)
    if proved is not None and (hole := first_hole(made)) is not None and hole <= proved[0]:
        raise NeedsRegion(hole)  # It has proved that it holds this one. That it gives nothing is no proof of a loss.
    if not sources.shows_end(n, good) and sources.has_key(n):
        raise NeedsRegion(good.end)  # Nor that it gives less than it held when the chain ended.
    return made, good.besides(made, {one.env for one in held})


def _further(
    sources: _Sources, n: int, made: Sequence[Place], good: Candidates, sealer: Sealer
) -> Iterator[list[StoredRecord]]:
    """Where else to look, as long as the chain `made` so far has a hole that nobody has told of: in what was put aside,
    also when the journal is gone, then at the region, in the chain and beside it; there also after what is known of a
    chain that has ended, when the journal is gone or does not show its end. What it gives may show that an
    earlier one is not ours, and is then asked once more. Raises NeedsRegion."""
    known = () if n == len(sources.chains) else sources.found.gaps.get(n, ())
    if first_hole(made) is not None or not sources.found.exists:
        yield asides.of_journal(sources.path, sealer)
    is_short = not sources.shows_end(n, good) or (n < len(sources.chains) and not sources.found.exists)
    if is_short and sources.has_key(n):
        after = len(made)
        yield [rows.stored(frame, sealer) for frame in _fetched(sources, n, after)]
        yield [rows.stored(frame, sealer) for frame in _kept_aside(sources, n, after)]
    asked: int | None = None
    while (hole := first_hole(made, known)) is not None and (asked is None or hole < asked):
        asked = hole
        yield [rows.stored(frame, sealer) for frame in _fetched(sources, n, hole)]
        if first_hole(made, known) is not None:  # A twin's record may fill the place that was asked for.
            yield [rows.stored(frame, sealer) for frame in _kept_aside(sources, n, asked)]


def _add(
    good: Candidates, on_disk: StoredRecord, enrolment: Enrolment, sealer: Sealer, *, is_own: bool = False
) -> None:
    """Keep a record that proves itself: of this chain, signed with our key, with all that it committed to."""
    try:
        if record.read(on_disk.env).header.chain != enrolment.chain:
            return
        frame = rows.opened(on_disk, sealer)
        record.check_signature(frame.record, enrolment.public_key)
        record.check_parts(frame.record, frame.parts)
    except (WireError, JournalDamaged):
        return
    good.add(frame, on_disk, is_own=is_own)


def _fetched(sources: _Sources, n: int, first: int) -> Iterator[Frame]:
    """The region's records of a chain from `first`, unchecked, as long as it gives any that were asked for. Raises
    NeedsRegion."""
    if sources.link is None:
        raise NeedsRegion(first)
    sender = sources.sender(n)
    seq = first
    try:
        while (frames := sources.link.records(sender, seq)) and frames[-1].record.header.seq >= seq:
            yield from frames
            seq = frames[-1].record.header.seq + 1
    except (Offline, Rejected, WireError) as error:
        log.error("no records from the region: %s", type(error).__name__)
        raise NeedsRegion(first) from None


def _kept_aside(sources: _Sources, n: int, first: int) -> Sequence[Frame]:
    """Records of a chain from `first` that the region keeps beside it, unchecked: what we lost may have been sent as
    part of a branch. Raises NeedsRegion."""
    assert sources.link is not None
    try:
        return list(recover.all_aside(sources.sender(n), first, sources.link))
    except (Offline, WireError) as error:
        log.error("no records kept aside from the region: %s", type(error).__name__)
        raise NeedsRegion(first) from None


# ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _certificates(path: Path, found: Salvage) -> list[Enrolment]:
    """The certificates of the till's chains; of the last one only, when the others cannot be read. Raises
    JournalMissing."""
    made: list[Enrolment] = []
    with suppress(WireError, TypeError, KeyError):
        made = [read_enrolment(found.certificates[n]) for n in range(1, len(found.certificates) + 1)]
    with suppress(OSError, WireError):
        beside = read_certificates(path)
        if beside[-1] not in made:
            made = beside
    if not made:
        raise JournalMissing
    return made


def _before(first: Enrolment, second_medium: Callable[[str], Path], custody: Custody) -> list[Enrolment]:
    """The chains before the first one that the journal's own disk knows of. It may have forgotten them; beside the
    second medium stands which there have been, and on it the record that the first one's certificate names. A new
    machine's first chain has one before it, too, and its key elsewhere: that one is no part of this journal."""
    for listed in files_in(second_medium(first.register).parent, f"*{stranded.SUFFIX}"):
        for one in stranded.listed(listed):
            is_ours = (one.clinic, one.till) == (first.clinic, first.till)
            if is_ours and _ends_at(one, first.parent, asides.held([second_medium(one.register)])):
                with suppress(KeyMissing):
                    fetched(custody, one)
                    return [*_before(one, second_medium, custody), one]
    return []


def _ends_at(chain: Enrolment, digest: bytes | None, held: Iterable[StoredRecord]) -> bool:
    """Whether a hash is that of the chain's certificate, or of one of its records."""
    if chain.hash == digest:
        return True
    for on_disk in held:
        with suppress(WireError):
            found = record.read(on_disk.env)
            if found.hash == digest and found.header.chain == chain.chain:
                return True
    return False


def _end_on(path: Path, enrolment: Enrolment) -> int:
    """The number after the last record that was ever written to the second medium; -1 when it does not show that."""
    try:
        raw = path.read_bytes()
        content = shadow.read(raw)
        held = [record.read(one.env).header.seq for one in shadow.every_record(raw)]
    except (OSError, WireError):
        return -1
    if content.chain != enrolment.chain or not (content.damaged is None or shadow.shows_its_end(raw)):
        return -1
    return max(held, default=-1) + 1


def _write(
    path: Path, chains: Sequence[Enrolment], places: Sequence[Sequence[Place]], region: _Region, sealer: Sealer
) -> None:
    new = path.with_name(f"{path.name}.new")
    for leftover in path.parent.glob(f"{new.name}*"):
        leftover.unlink()
    connection = database.create(new)
    with database.translated_errors():
        try:
            with connection:
                for n, enrolment in enumerate(chains, 1):
                    rows.insert_chain(connection, n, enrolment)
                    for seq, place in enumerate(places[n - 1]):
                        if isinstance(place, StoredRecord):
                            rows.insert_record(connection, n, rows.opened(place, sealer), place)
                        else:
                            rows.insert_gap(connection, n, seq, place)
                for kind, frames in (
                    (config.TRUST_KIND, region.trust_chain),
                    (config.CONFIG_KIND, region.configuration),
                ):
                    for frame in frames:
                        rows.insert_region(connection, kind, frame, rows.stored(frame, sealer))
                for n, proof in region.proofs:
                    rows.insert_proof(connection, n, proof)
        finally:
            connection.close()
    if new.with_name(f"{new.name}-wal").exists():  # SQLite tells nobody when it cannot close whole.
        raise DiskFailed("the write-ahead log is left")
    new.replace(_whole(path))
    durable.sync_folder(path.parent)


def _whole(path: Path) -> Path:
    """A rebuilt journal that is whole and waits for its name."""
    return path.with_name(f"{path.name}.whole")


def _plain(on_disk: StoredRecord) -> Frame:
    return Frame(record.read(on_disk.env), tuple(rows.plain(part) for part in on_disk.parts))
