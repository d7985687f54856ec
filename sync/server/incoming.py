"""A request as it comes in: its head, who signed it, its body; each is read no further than the one before allows.

Which body it must be is part of what the head's signature covers, so a stranger's body is not read at all. A body is
read up to a limit and for so long, and what is compressed is opened up to a limit. Raises Refused.
"""

import asyncio
import re
import zlib
from dataclasses import dataclass, replace

from starlette.requests import ClientDisconnect, Request

from sync.server import storage
from sync.server.errors import Refused
from sync.server.region import Region
from sync.server.storage import Chain
from sync.wire import messages, request_signature
from sync.wire.errors import BadSignature, Malformed

_NUMBER = re.compile(r"[0-9]{1,15}")


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request. Its body is empty until it has been read."""

    signed: request_signature.Request
    path_chain: str | None
    first: str | None

    def number(self, name: str) -> int:
        """A header that must be a number."""
        return number(self.signed.headers.get(name))


def head_of(request: Request) -> Incoming:
    """A request whose body has not been read."""
    query = request.scope["query_string"].decode("latin-1")
    signed = request_signature.Request(
        method=request.method,
        authority=request.headers.get("host", "").lower(),
        path=request.scope.get("raw_path", request.scope["path"].encode()).decode("latin-1").partition("?")[0],
        query=f"?{query}",
        headers=dict(request.headers.items()),
        body=b"",
    )
    return Incoming(signed, request.path_params.get("chain"), request.query_params.get("from"))


def has_body(request: Request, most_bytes: int) -> bool:
    """Whether a body follows; one that is stated to be longer than `most_bytes` is refused."""
    stated = request.headers.get("content-length", "0")
    if not _NUMBER.fullmatch(stated) or int(stated) > most_bytes:
        raise Refused(413, "too-large")
    return int(stated) > 0 or "transfer-encoding" in request.headers


def authenticated(region: Region, incoming: Incoming) -> Chain:
    """The chain whose register signed the request's head with a fresh nonce."""
    try:
        claim = request_signature.read_head(incoming.signed)
    except Malformed:
        raise Refused(401, "not-signed") from None
    if not region.nonces.fresh(claim.nonce, region.clock()):
        raise Refused(401, "nonce")
    with storage.reading(region.engine) as db:
        chain = storage.find_chain(db, claim.chain)
    if chain is None:
        raise Refused(403, "unknown-chain")
    try:
        claim.check(chain.public_key)
        own = incoming.path_chain is None or messages.read_chain(incoming.path_chain) == claim.chain
    except (BadSignature, Malformed):
        raise Refused(403, "signature") from None
    if not own:
        raise Refused(403, "other-chain")
    return chain


async def with_body(incoming: Incoming, request: Request, most_bytes: int, within_s: float) -> Incoming:
    """The request with its body."""
    body = bytearray()
    try:
        async with asyncio.timeout(within_s):
            async for piece in request.stream():
                body += piece
                if len(body) > most_bytes:
                    raise Refused(413, "too-large")
    except TimeoutError:
        raise Refused(408, "slow") from None
    except ClientDisconnect:
        raise Refused(400, "gone") from None
    return replace(incoming, signed=replace(incoming.signed, body=bytes(body)))


def check_body(incoming: Incoming) -> None:
    """Refuse a body that is not the one that was signed."""
    try:
        request_signature.check_body(incoming.signed.headers, incoming.signed.body)
    except BadSignature:
        raise Refused(403, "digest") from None


def opened(incoming: Incoming) -> bytes:
    """The body as it was before it was compressed; never more than a batch may hold."""
    coding = incoming.signed.headers.get("content-encoding", "identity")
    if coding == "identity":
        return incoming.signed.body
    if coding != "gzip":
        raise Refused(415, "coding")
    unpacker = zlib.decompressobj(wbits=31)
    try:
        body = unpacker.decompress(incoming.signed.body, messages.MAX_BATCH_BYTES + 1)
    except zlib.error:
        raise Refused(400, "gzip") from None
    if len(body) > messages.MAX_BATCH_BYTES:
        raise Refused(413, "too-large")
    if not unpacker.eof or unpacker.unused_data:
        raise Refused(400, "gzip")
    return body


def number(text: str | None) -> int:
    """A number in a header or query."""
    if text is None or not _NUMBER.fullmatch(text):
        raise Refused(400, "number")
    return int(text)
