"""A chain's certificate: the ledger entry that it is born by, and the answer that shows it with a proof."""

import secrets

from sqlalchemy import Connection

from sync.server import storage
from sync.server.region import Region
from sync.server.storage import Chain
from sync.wire import config, entry, messages
from sync.wire.entry import Enrolment
from sync.wire.errors import Malformed
from sync.wire.messages import Enrolled
from sync.wire.record import CHAIN_BYTES


def bear(
    region: Region, db: Connection, clinic: str, register: str, till: str, public_key: bytes, parent: Chain | None
) -> Chain:
    """A new chain, its certificate appended to the ledger. `parent` is the chain it succeeds, as it stands now.

    Raises Malformed for a name that no certificate may hold, and then nothing is written.
    """
    chain = secrets.token_bytes(CHAIN_BYTES)
    head = None if parent is None else parent.head

    def made(at_ms: int) -> Enrolment:
        return Enrolment(at_ms, chain, clinic, register, till, public_key, head)

    leaf, at_ms = region.ledger.append(db, lambda at_ms: [_readable(made(at_ms))])
    born = made(at_ms).hash
    row = Chain(
        chain=chain,
        clinic=clinic,
        register=register,
        till=till,
        public_key=public_key,
        enrolment=born,
        leaf=leaf,
        next_seq=0,
        head=born,
        verified_seq=0,
        contact_ms=at_ms,
        parent=None if parent is None else parent.chain,
    )
    storage.add_chain(db, row)
    return row


def shown(region: Region, chain: Chain) -> Enrolled:
    """The chain's certificate, the proof that the ledger holds it, and the region's keys."""
    with storage.reading(region.engine) as db:
        trust = storage.config_frames(db, config.TRUST_KIND, 0, messages.MAX_CONFIG_FRAMES, [config.KEYS_PART])
    proved = region.ledger.prove(chain.leaf, 0)
    return Enrolled(proved.entry, proved.index, proved.inclusion, proved.head.note, tuple(trust))


def _readable(certificate: Enrolment) -> bytes:
    """The leaf, read back before it is appended: the ledger forgets nothing. Raises Malformed."""
    leaf = certificate.encode()
    if entry.read_enrolment(leaf) != certificate:
        raise Malformed("the certificate does not read back")
    return leaf
