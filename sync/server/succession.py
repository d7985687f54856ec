"""A chain ends, and another goes on after it: lost with its machine, forked, or with a record that is in no copy.

A chain's end is an entry of the ledger (`sync.wire.entry.Closing`), once; what it held stays, and what still comes is
stored and marked late. A chain that is not lost asks for its successor itself, signed with its old key, whatever state
it is in: a clone may ask too, and gets one of its own. Such a successor sells at once and is provisional until a
supervisor has confirmed it. The successor of a lost chain is born of a one-time code (`enrolment.py`).
"""

import logging
from dataclasses import replace

from sqlalchemy import Connection

from sync.server import certificate, codes, missing, storage
from sync.server.errors import Refused
from sync.server.region import Region
from sync.server.storage import Chain
from sync.wire import entry
from sync.wire.canonical import to_text
from sync.wire.entry import Closing
from sync.wire.errors import BadSignature, Malformed
from sync.wire.frame import Frame
from sync.wire.messages import MAX_BATCH_RECORDS, Enrolled, SuccessorRequest

MOST_SUCCESSORS = 20
"""Of one chain: each clone of a till may ask for its own, and nobody has so many."""
PROVISIONAL, CONFIRMED = "provisional", "confirmed"
_log = logging.getLogger("kassa.region")


def succeed(region: Region, asked: Chain, raw: bytes) -> Enrolled:
    """Answer a chain that asks for its successor; the same new key gets the same certificate again. Raises Refused."""
    request = _read(asked.chain, raw)
    with storage.writing(region.engine) as db:
        chain = storage.find_chain(db, asked.chain, lock=True)
        assert chain is not None
        made = _made_before(db, chain, request) or _bear(region, db, chain, request)
    return certificate.shown(region, made)


def lose(region: Region, chain_id: bytes) -> Closing:
    """The chain's machine is lost: it ends where the region knows it to be. Raises Refused."""
    with storage.writing(region.engine) as db:
        chain = storage.find_chain(db, chain_id, lock=True)
        if chain is None:
            raise Refused(404, "unknown-chain")
        if chain.closed_ms is not None:
            raise Refused(409, "closed")
        made = _close(region, db, chain, entry.LOST)
    region.ledger.head()
    return made


def confirm(region: Region, chain_id: bytes) -> None:
    """A supervisor knows which machine this successor is. Raises Refused."""
    with storage.writing(region.engine) as db:
        if storage.find_chain(db, chain_id) is None:
            raise Refused(404, "unknown-chain")
        if not storage.remove_flag(db, chain_id, PROVISIONAL):
            raise Refused(409, "not-provisional")
        storage.add_flag(db, chain_id, 0, CONFIRMED, region.clock())


def named(region: Region, register: str, till: str, clinic: str | None) -> bytes:
    """The one chain of that name that has not ended. Raises Refused when there is none, or more than one."""
    with storage.reading(region.engine) as db:
        found = storage.open_chains(db, register, till, clinic)
    if len(found) != 1:
        raise Refused(404, "unknown-chain") if not found else Refused(409, "several-chains")
    return found[0].chain


def next_register(region: Region, db: Connection, clinic: str, name: str) -> str:
    """The name of the register that succeeds `name`, free at the clinic until this transaction ends. Raises Refused."""
    storage.ledger_head(db, lock=True)  # Two who choose a name at once would otherwise choose the same.
    taken = storage.register_names(db, clinic) | codes.register_names(db, clinic, region.clock())
    try:
        return entry.next_register(name, taken)
    except Malformed:
        raise Refused(409, "no-name") from None


def parent_frames(region: Region, chain: Chain, first: int) -> list[Frame]:
    """Records of the chain that this one succeeds, from `first`. Raises Refused when it succeeds none."""
    with storage.reading(region.engine) as db:
        parent = _parent(db, chain)
        return storage.frames(db, parent.chain, first, first + MAX_BATCH_RECORDS)


def parent_certificate(region: Region, chain: Chain) -> Enrolled:
    """The certificate of the chain that this one succeeds. Raises Refused when it succeeds none."""
    with storage.reading(region.engine) as db:
        parent = _parent(db, chain)
    return certificate.shown(region, parent)


def _parent(db: Connection, chain: Chain) -> Chain:
    parent = None if chain.parent is None else storage.find_chain(db, chain.parent)
    if parent is None:
        raise Refused(404, "no-parent")
    return parent


def _read(chain: bytes, raw: bytes) -> SuccessorRequest:
    try:
        request = SuccessorRequest.read(raw)
        request.check(chain)
    except Malformed:
        raise Refused(400, "malformed") from None
    except BadSignature:
        raise Refused(403, "signature") from None
    return request


def _made_before(db: Connection, chain: Chain, request: SuccessorRequest) -> Chain | None:
    """The successor that this key was given before; None when the key is new. Raises Refused for another's key."""
    known = storage.chains_of_key(db, request.public_key)
    if not known:
        return None
    for one in known:
        if one.parent == chain.chain:
            return one
    raise Refused(403, "key-used")


def _bear(region: Region, db: Connection, chain: Chain, request: SuccessorRequest) -> Chain:
    if storage.successor_count(db, chain.chain) >= MOST_SUCCESSORS:
        raise Refused(403, "too-many")
    name = next_register(region, db, chain.clinic, chain.register)
    if chain.closed_ms is None:
        _close(region, db, chain, request.why)
    born = certificate.bear(region, db, chain.clinic, name, chain.till, request.public_key, chain)
    storage.add_flag(db, born.chain, 0, PROVISIONAL, region.clock())
    _log.warning("chain %s: succeeded by %s", to_text(chain.chain), to_text(born.chain))
    return born


def _close(region: Region, db: Connection, chain: Chain, why: str) -> Closing:
    """End a chain whose row is locked: in the ledger, in its row, and for whoever reads the status."""

    def made(at_ms: int) -> Closing:
        return Closing(at_ms, chain.chain, chain.next_seq, chain.head, why)

    _, at_ms = region.ledger.append(db, lambda at_ms: [made(at_ms).encode()])
    storage.close_chain(db, chain.chain, at_ms)
    if why not in {said for _, _, said in missing.flags(db, chain.chain)}:
        storage.add_flag(db, chain.chain, chain.next_seq, why, at_ms)
    missing.mark(db, replace(chain, closed_ms=at_ms), at_ms)
    _log.warning("chain %s: ended before record %d (%s)", to_text(chain.chain), chain.next_seq, why)
    return made(at_ms)
