"""Judges the signatures that were not judged before a push was answered, and flags those that do not verify.

The newest record of each push was checked before it was stored and vouches for the others through `prev`, so a bad
signature among them is damage or a faulty register, never a stranger. The chain is marked; nothing is thrown away.
Runs after the answer, and at start for what an earlier process left.
"""

import logging

from sync.server import storage
from sync.server.region import Region
from sync.wire import record as rec
from sync.wire.canonical import to_text
from sync.wire.errors import BadSignature

SIGNATURE = "signature"
_CHUNK = 500
_log = logging.getLogger("kassa.region")


def verify_chain(region: Region, chain_id: bytes) -> None:
    """Judge every signature of a chain that has not been judged."""
    while True:
        with storage.reading(region.engine) as db:
            chain = storage.find_chain(db, chain_id)
            assert chain is not None
            end = min(chain.verified_seq + _CHUNK, chain.next_seq)
            envs = storage.envs(db, chain_id, chain.verified_seq, end)
        if not envs:
            return
        bad = _unsigned(envs, chain.public_key)
        with storage.writing(region.engine) as db:
            for seq in bad:
                _log.error("chain %s: signature of record %d does not verify", to_text(chain_id), seq)
                storage.add_flag(db, chain_id, seq, SIGNATURE, region.clock())
            storage.move_verified(db, chain_id, end)


def verify_waiting(region: Region) -> None:
    """Judge what an earlier process left when it ended."""
    with storage.reading(region.engine) as db:
        waiting = storage.unverified_chains(db)
    for chain in waiting:
        verify_chain(region, chain)


def _unsigned(envs: list[bytes], public_key: bytes) -> list[int]:
    bad = []
    for env in envs:
        record = rec.read(env)
        try:
            rec.check_signature(record, public_key)
        except BadSignature:
            bad.append(record.header.seq)
    return bad
