"""Chains that end and go on, for tests of sync: a till that asks for its successor, and its second medium as bytes."""

import secrets
from collections.abc import Iterable

from nacl.public import PrivateKey

from sync.client.enrol import NewRegister, certified
from sync.client.transport import Sender
from sync.server import storage
from sync.server.app import make_app
from sync.server.region import Region
from sync.server.status import RegisterStatus, registers
from sync.wire import entry, sealing, shadow
from sync.wire.canonical import to_text
from sync.wire.demo_keys import demo_seed
from sync.wire.entry import Closing
from sync.wire.errors import WireError
from sync.wire.frame import Frame
from sync.wire.messages import SuccessorRequest
from sync.wire.record import Part
from sync.wire.shadow import StoredPart, StoredRecord
from sync.wire.signature import Signer
from tests.sync.builders import Clock, Till, till_of, transport_to

RECOVERY_KEY = PrivateKey(demo_seed("recovery"))
SEALING_KEY = bytes(range(32))


def succeed(
    region: Region, till: Till, clock: Clock, key: Signer, *, why: str = entry.FORK, sender: Sender | None = None
) -> Till:
    """The till that goes on after this one, with a new key."""
    line = transport_to(make_app(region))
    asking = sender or till.sender
    answer = line.successor(asking, SuccessorRequest.made(asking.chain, why, key))
    born, trust, proof = certified(answer, region.settings.root_key, key)
    return till_of(NewRegister(born, proof, trust, answer.trust, ()), key, line, clock)


def status_of(region: Region, till: Till) -> RegisterStatus:
    """What the region shows of the till."""
    name = to_text(till.sender.chain)
    return next(one for one in registers(region) if one.chain == name)


def closings(region: Region) -> list[Closing]:
    """Every end of a chain that the ledger holds."""
    with storage.reading(region.engine) as db:
        size, _ = storage.ledger_head(db)
        leaves = storage.leaves(db, 0, size)
    found = []
    for leaf in leaves:
        try:
            found.append(entry.read_closing(leaf))
        except WireError:
            continue
    return found


def on_disk(one: Frame, recovery_key: PrivateKey) -> StoredRecord:
    """A record as it lies on a till's disks: its person sealed."""
    return StoredRecord(one.record.env, tuple(_stored(part, bytes(recovery_key.public_key)) for part in one.parts))


def medium(chain: bytes, frames: Iterable[Frame], recovery_key: PrivateKey = RECOVERY_KEY) -> bytes:
    """The bytes of a second medium with these records."""
    return shadow.begin(chain) + b"".join(shadow.encode(on_disk(one, recovery_key)) for one in frames)


def _stored(part: Part, recovery_public: bytes) -> StoredPart:
    if not sealing.is_sealed(part.name):
        return StoredPart(part.name, sealed=False, body=part.salt + part.data)
    body = sealing.seal(part, SEALING_KEY, recovery_public, secrets.token_bytes)
    return StoredPart(part.name, sealed=True, body=body)
