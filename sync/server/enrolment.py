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

from sync.server import storage
from sync.server.errors import Refused
from sync.server.region import Region
from sync.server.storage import Chain, Code, CodeTill
from sync.wire import config, entry, messages
from sync.wire.entry import Enrolment
from sync.wire.errors import BadSignature, Malformed
from sync.wire.messages import Enrolled, EnrolRequest
from sync.wire.record import CHAIN_BYTES

CODE_CHARACTERS = 20
CODE_VALID_MS = 24 * 3600 * 1000
WRONG_TRIES = 5
_SELECTOR = 8
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans("OIL", "011", "- ")
_CODE_DOMAIN = b"kassa/code/v1\0"


def order(region: Region, clinic: str, register: str, tills: Sequence[str], parents: Sequence[bytes] = ()) -> str:
    """Make a one-time code for a register. It is shown once and not kept.

    `parents` are the chains that the tills succeed, at most one for each till. Raises Refused for one that cannot be,
    and Malformed for a name that no certificate may hold.
    """
    entry.check_clinic(clinic)
    entry.check_register(register)
    for till in tills:
        entry.check_till(till)
    code = "".join(secrets.choice(_CROCKFORD) for _ in range(CODE_CHARACTERS))
    row = Code(
        selector=code[:_SELECTOR],
        hash=_hash(code),
        clinic=clinic,
        register=register,
        expires_ms=region.clock() + CODE_VALID_MS,
        tries_left=WRONG_TRIES,
    )
    with storage.writing(region.engine) as db:
        storage.add_code(db, row, _succeeded(db, tills, parents))
    return code


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
    with storage.reading(region.engine) as db:
        trust = storage.config_frames(db, config.TRUST_KIND, 0, messages.MAX_CONFIG_FRAMES, [config.KEYS_PART])
    proved = region.ledger.prove(made.leaf, 0)
    return Enrolled(proved.entry, proved.index, proved.inclusion, proved.head.note, tuple(trust))


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
    code = storage.find_code(db, text[:_SELECTOR])
    if code is None:
        return Refused(403, "code")
    if code.tries_left <= 0:
        return Refused(403, "code-locked")
    if not hmac.compare_digest(code.hash, _hash(text)):
        storage.use_try(db, code.selector)
        return Refused(403, "code")
    use = storage.find_code_till(db, code.selector, request.till)
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


def _bear(region: Region, db: Connection, code: Code, use: CodeTill, request: EnrolRequest) -> Chain:
    chain = secrets.token_bytes(CHAIN_BYTES)
    parent = None if use.parent is None else storage.find_chain(db, use.parent)

    def certificate(at_ms: int) -> Enrolment:
        head = None if parent is None else parent.head
        return Enrolment(at_ms, chain, code.clinic, code.register, request.till, request.public_key, head)

    try:
        leaf, at_ms = region.ledger.append(db, lambda at_ms: [_readable(certificate(at_ms))])
    except Malformed:  # A code from before the rule for names; nothing is written.
        raise Refused(403, "code") from None
    born = certificate(at_ms).hash
    row = Chain(chain, code.clinic, code.register, request.till, request.public_key, born, leaf, 0, born, 0, at_ms)
    storage.add_chain(db, row)
    storage.use_code(db, code.selector, request.till, chain)
    return row


def _readable(certificate: Enrolment) -> bytes:
    """The leaf, read back before it is appended: the ledger forgets nothing. Raises Malformed."""
    leaf = certificate.encode()
    if entry.read_enrolment(leaf) != certificate:
        raise Malformed("the certificate does not read back")
    return leaf


def _succeeded(db: Connection, tills: Sequence[str], parents: Sequence[bytes]) -> dict[str, bytes | None]:
    succeeded: dict[str, bytes | None] = dict.fromkeys(tills)
    for parent in parents:
        chain = storage.find_chain(db, parent)
        if chain is None or chain.till not in succeeded:
            raise Refused(404, "unknown-chain")
        succeeded[chain.till] = parent
    return succeeded


def _hash(code: str) -> bytes:
    return hashlib.sha256(_CODE_DOMAIN + code.encode()).digest()
