"""A register is born: a one-time code and a new key become a certificate, which is a leaf of the ledger.

A code is 20 characters of Crockford base32 (100 random bits), for one register of one clinic, and good once for each
till that it names, for 24 hours and five wrong tries. The first eight characters find it; only a hash of the whole is
stored. Whoever repeats a request with the same key, because the answer was lost, gets the same certificate.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence

from sqlalchemy import Connection

from sync.server import certificate, codes, storage, succession
from sync.server.codes import Code, CodeTill
from sync.server.errors import Refused
from sync.server.region import Region
from sync.server.storage import Chain
from sync.wire import entry
from sync.wire.errors import BadSignature, Malformed
from sync.wire.messages import Enrolled, EnrolRequest

CODE_CHARACTERS = 20
CODE_VALID_MS = 24 * 3600 * 1000
WRONG_TRIES = 5
_SELECTOR = 8
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans("OIL", "011", "- ")
_CODE_DOMAIN = b"kassa/code/v1\0"


def order(
    region: Region,
    clinic: str | None,
    register: str | None,
    tills: Sequence[str],
    parents: Sequence[bytes] = (),
    *,
    unheld: bool = False,
) -> str:
    """Make a one-time code for a register. It is shown once and not kept.

    `parents` are the chains that the tills succeed, at most one for each till; from them come the clinic, the tills and
    the name by the next letter, where these are left out. With `unheld` no till may have had that name, and codes for
    it that are unused end here: two tills would give out the same receipt numbers. Raises Refused for a chain that
    cannot be succeeded so or a name that is held, and Malformed for a name that no certificate may hold.
    """
    code = "".join(secrets.choice(_CROCKFORD) for _ in range(CODE_CHARACTERS))
    with storage.writing(region.engine) as db:
        before = [_known(db, parent) for parent in parents]
        clinic = entry.check_clinic(clinic or (before[0].clinic if before else None))
        register = entry.check_register(register if register or not before else _next(region, db, before))
        wanted = _succeeded(clinic, tills or [chain.till for chain in before], before)
        if unheld and storage.tills_of(db, clinic, register) & wanted.keys():
            raise Refused(409, "name-taken")
        if unheld:
            codes.retire(db, clinic, register, wanted.keys())
        expires_ms = region.clock() + CODE_VALID_MS
        row = Code(code[:_SELECTOR], _hash(code), clinic, register, expires_ms, WRONG_TRIES)
        codes.add_code(db, row, wanted)
    return code


def ordered(region: Region, code: str) -> Code:
    """What a code that was made here is for."""
    with storage.reading(region.engine) as db:
        found = codes.find_code(db, code[:_SELECTOR])
    assert found is not None
    return found


def shown(code: str) -> str:
    """A code as people read and type it: groups of four."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def enrol(region: Region, raw: bytes) -> Enrolled:
    """Answer a request to enrol. Raises Refused."""
    request = _read(raw)
    with storage.writing(region.engine) as db:
        made = _judge(region, db, request)
    if isinstance(made, Refused):
        raise made  # After the commit: a wrong try stays counted.
    return certificate.shown(region, made)


def _read(raw: bytes) -> EnrolRequest:
    try:
        request = EnrolRequest.read(raw)
        request.check()
    except Malformed:
        raise Refused(400, "malformed") from None
    except BadSignature:
        raise Refused(403, "signature") from None
    return request


def _judge(region: Region, db: Connection, request: EnrolRequest) -> Chain | Refused:
    text = request.code.upper().translate(_READ_AS)
    code = codes.find_code(db, text[:_SELECTOR], lock=True)
    if code is None:
        return Refused(403, "code")
    if code.tries_left <= 0:
        return Refused(403, "code-locked")
    if not hmac.compare_digest(code.hash, _hash(text)):
        codes.use_try(db, code.selector)
        return Refused(403, "code")
    use = codes.find_code_till(db, code.selector, request.till)
    if use is None:
        return Refused(403, "till")
    if use.chain is not None:
        return _again(db, use.chain, request)
    if region.clock() > code.expires_ms:
        return Refused(403, "code-expired")
    return _bear(region, db, code, use, request)


def _again(db: Connection, chain: bytes, request: EnrolRequest) -> Chain | Refused:
    made = storage.find_chain(db, chain)
    assert made is not None
    return made if made.public_key == request.public_key else Refused(403, "code-used")


def _bear(region: Region, db: Connection, code: Code, use: CodeTill, request: EnrolRequest) -> Chain | Refused:
    parent = None if use.parent is None else _that_sent(db, use.parent)
    try:
        row = certificate.bear(region, db, code.clinic, code.register, request.till, request.public_key, parent)
    except Malformed:  # A code from before the rule for names; nothing is written.
        return Refused(403, "code")
    codes.use_code(db, code.selector, request.till, row.chain)
    return row


def _that_sent(db: Connection, chain_id: bytes) -> Chain:
    """The chain whose numbers and sums a new machine goes on with, locked: that one, or when nothing came of it the
    nearest before it of which something did. What it took over itself its own first record would have said."""
    found = storage.find_chain(db, chain_id)
    while found is not None and found.next_seq == 0 and found.parent is not None:
        found = storage.find_chain(db, found.parent)
    assert found is not None
    locked = storage.find_chain(db, found.chain, lock=True)
    assert locked is not None
    return locked


def _known(db: Connection, parent: bytes) -> Chain:
    chain = storage.find_chain(db, parent)
    if chain is None:
        raise Refused(404, "unknown-chain")
    return chain


def _next(region: Region, db: Connection, before: Sequence[Chain]) -> str:
    """One name for the desk that goes on after these: the newest of theirs, with the next letter."""
    newest = max((chain.register for chain in before), key=lambda name: (len(name), name))
    return succession.next_register(region, db, before[0].clinic, newest)


def _succeeded(clinic: str, tills: Sequence[str], before: Sequence[Chain]) -> dict[str, bytes | None]:
    """Which chain each till succeeds. No other clinic's: its records are shown to who succeeds it."""
    succeeded: dict[str, bytes | None] = dict.fromkeys(map(entry.check_till, tills))
    for chain in before:
        if chain.clinic != clinic or chain.till not in succeeded or succeeded[chain.till] is not None:
            raise Refused(404, "unknown-chain")
        succeeded[chain.till] = chain.chain
    return succeeded


def _hash(code: str) -> bytes:
    return hashlib.sha256(_CODE_DOMAIN + code.encode()).digest()
