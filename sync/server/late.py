"""A second medium that was found after its machine: brought in by the door that a push takes, as often as you like.

Every record in the file is opened with the region's recovery key and proves itself. What continues the chain is stored,
proved and marked late; what does not, because a record before it is missing or another stands in its place, is kept in
quarantine. Only a chain that has ended takes any: while its machine may still sell, the machine sends its own.
"""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from nacl.public import PrivateKey

from sync.server import ingest, storage
from sync.server.errors import Refused
from sync.server.region import Region
from sync.server.storage import Chain
from sync.server.verify import verify_chain
from sync.wire import config, messages, sealing, shadow
from sync.wire import record as rec
from sync.wire.canonical import from_text, to_text
from sync.wire.errors import BadSeal, Malformed, WireError
from sync.wire.frame import Frame
from sync.wire.record import SALT_BYTES, Part
from sync.wire.shadow import StoredPart, StoredRecord
from sync.wire.signature import KEY_BYTES

_JOURNAL = b"SQLite format 3\0"
"""What a till's journal begins with."""
_log = logging.getLogger("kassa.region")


@dataclass(frozen=True, slots=True)
class BroughtIn:
    """What became of the records in a file. `stored` are new, from `first` on; `held` the region had already; `aside`
    lie in quarantine; `refused` are those that prove nothing, with the reason."""

    chain: Chain
    first: int
    stored: int
    held: int
    aside: int
    refused: tuple[str, ...]


def read_recovery_key(file: Path) -> PrivateKey:
    """The private half of the region's recovery key, from the file that `init` made. Raises OSError, Malformed."""
    try:
        return PrivateKey(from_text(file.read_text(encoding="ascii").strip(), KEY_BYTES))
    except UnicodeDecodeError:
        raise Malformed(f"{file} is not a key") from None


def bring_in(region: Region, raw: bytes, recovery_key: PrivateKey) -> BroughtIn:
    """Bring in the bytes of a second medium.

    Raises Refused (404 unknown-chain, 409 not-closed), and WireError when they are none or the key is not the region's.
    """
    _check_key(region, recovery_key)
    if raw.startswith(_JOURNAL):
        raise Malformed(
            "a till's journal, not a second medium: start its machine with the network and it sends all it has"
        )
    frames, refused = _opened(raw, recovery_key)
    before = _chain(region, frames)
    own = {one.record.hash: one for one in frames if one.record.header.chain == before.chain}
    refused += [f"record {_seq(one)}: another chain's" for one in frames if one.record.hash not in own]
    held = _held(region, before)
    for run in _runs(list(own.values())):
        refused += _push(region, before.chain, run)
    verify_chain(region, before.chain)
    stored = _held(region, before) & set(own) - held
    with storage.reading(region.engine) as db:
        aside = storage.quarantined_hashes(db, before.chain) & set(own) - stored - held
    _log.info("chain %s: %d records brought in late", to_text(before.chain), len(stored))
    return BroughtIn(before, before.next_seq, len(stored), len(held & set(own)), len(aside), tuple(refused))


def _check_key(region: Region, recovery_key: PrivateKey) -> None:
    """Raise BadSeal before anything is stored, unless a till of this region may have sealed to this key."""
    with storage.reading(region.engine) as db:
        trust = storage.config_frames(db, config.TRUST_KIND, 0, messages.MAX_CONFIG_FRAMES, [config.KEYS_PART])
    named = {config.trust_of(part).recovery_key for frame in trust for part in frame.parts}
    if bytes(recovery_key.public_key) not in named:
        raise BadSeal("the key is not this region's recovery key")


def _opened(raw: bytes, recovery_key: PrivateKey) -> tuple[list[Frame], list[str]]:
    """Every record that can be read, and what cannot."""
    frames: list[Frame] = []
    refused: list[str] = []
    for place, stored in enumerate(shadow.every_record(raw)):
        try:
            frames.append(_frame(stored, recovery_key))
        except WireError as mistake:
            refused.append(f"frame {place} of the file: {mistake}")
    return frames, refused


def _frame(stored: StoredRecord, recovery_key: PrivateKey) -> Frame:
    return Frame(rec.read(stored.env), tuple(_part(part, recovery_key) for part in stored.parts))


def _part(stored: StoredPart, recovery_key: PrivateKey) -> Part:
    if stored.sealed:
        return sealing.unseal_for_region(stored.name, stored.body, recovery_key)
    return Part(stored.name, stored.body[:SALT_BYTES], stored.body[SALT_BYTES:])


def _chain(region: Region, frames: Sequence[Frame]) -> Chain:
    """The chain that most of the records say they belong to. A file is one chain's; its head may be damaged."""
    if not frames:
        raise Malformed("not a second medium, or nothing in it is whole")
    ((chain_id, _),) = Counter(one.record.header.chain for one in frames).most_common(1)
    with storage.reading(region.engine) as db:
        chain = storage.find_chain(db, chain_id)
    if chain is None:
        raise Refused(404, "unknown-chain")
    if chain.closed_ms is None:
        raise Refused(409, "not-closed")
    return chain


def _held(region: Region, chain: Chain) -> set[bytes]:
    """The hashes of the chain's records."""
    with storage.reading(region.engine) as db:
        now = storage.find_chain(db, chain.chain)
        assert now is not None
        return set(storage.hashes(db, chain.chain, 0, now.next_seq))


def _runs(frames: Sequence[Frame]) -> Iterator[list[Frame]]:
    """Records in the order of the file, cut where a number is missing and where a push would be too long."""
    run: list[Frame] = []
    for one in frames:
        if run and (_seq(one) != _seq(run[-1]) + 1 or len(run) == messages.MAX_BATCH_RECORDS):
            yield run
            run = []
        run.append(one)
    if run:
        yield run


def _push(region: Region, chain: bytes, run: list[Frame]) -> list[str]:
    """Push records that follow each other by number. What proves nothing is left out, what does not follow begins a new
    push, so that it is kept aside. Returns what was left out, and why."""
    refused: list[str] = []
    while run:
        try:
            ingest.push(region, chain, ingest.Push(_seq(run[0]), tuple(run)), 0)
        except Refused as fault:
            at = fault.index
            if fault.why != ingest.LINK:
                refused.append(f"record {_seq(run[at])}: {fault.why}")
                at += 1
            run = run[at:]
        else:
            break
    return refused


def _seq(one: Frame) -> int:
    return one.record.header.seq
