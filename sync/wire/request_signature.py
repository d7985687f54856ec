"""A register signs its requests with its own key: RFC 9421, one fixed profile.

Covered components, always these and in this order:
    "@method" "@authority" "@path" "@query" "content-digest" "kassa-start" "kassa-known"
with the parameters `keyid` (the chain's id) and `nonce` (handed out by the region, RECORDS 2.7: clinic clocks are
wrong, so freshness is the region's to judge). A header not sent is covered as the empty string. The label is `kassa`.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from sync.wire import signature
from sync.wire.canonical import to_text
from sync.wire.errors import BadSignature, Malformed
from sync.wire.messages import KNOWN_HEADER, START_HEADER, read_chain

_COMPONENTS = '("@method" "@authority" "@path" "@query" "content-digest" "kassa-start" "kassa-known")'
_INPUT = re.compile(r'kassa=(\([^)]*\));keyid="([A-Za-z0-9_-]{22})";nonce="([A-Za-z0-9_.-]{1,128})"')
_SIGNATURE = re.compile(r"kassa=:([A-Za-z0-9+/]{86}==):")


@dataclass(frozen=True, slots=True)
class Request:
    """What is covered of a request. `authority` is host[:port] in lower case; `query` includes its "?" ("?" if none).
    `headers` have lower-case names."""

    method: str
    authority: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Claim:
    """Who says they sent a request, to be checked against that chain's key."""

    chain: bytes
    nonce: str
    base: bytes
    signature: bytes

    def check(self, public_key: bytes) -> None:
        """Raise BadSignature unless the chain's key signed the request."""
        signature.verify(public_key, self.signature, self.base)


def content_digest(body: bytes) -> str:
    """The Content-Digest header of a body (RFC 9530)."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def sign(request: Request, chain: bytes, nonce: str, signer: signature.Signer) -> dict[str, str]:
    """The headers to add to `request`: its digest, what is signed, and the signature."""
    digest = content_digest(request.body)
    parameters = f'{_COMPONENTS};keyid="{to_text(chain)}";nonce="{nonce}"'
    signed = signer.sign(_base(request, digest, parameters))
    return {
        "content-digest": digest,
        "signature-input": f"kassa={parameters}",
        "signature": f"kassa=:{base64.b64encode(signed).decode()}:",
    }


def read(request: Request) -> Claim:
    """Read the claim a request makes. Raises Malformed for another profile, BadSignature for another body."""
    claim = read_head(request)
    check_body(request.headers, request.body)
    return claim


def read_head(request: Request) -> Claim:
    """The same before the body is there: which body it must be is part of what was signed. Raises Malformed."""
    stated = _INPUT.fullmatch(request.headers.get("signature-input", ""))
    signed = _SIGNATURE.fullmatch(request.headers.get("signature", ""))
    if not stated or not signed or stated[1] != _COMPONENTS:
        raise Malformed("the request is not signed in the profile")
    try:
        raw = base64.b64decode(signed[1], validate=True)
    except binascii.Error:
        raise Malformed("signature") from None
    parameters = stated[0].removeprefix("kassa=")
    digest = request.headers.get("content-digest", "")
    return Claim(read_chain(stated[2]), stated[3], _base(request, digest, parameters), raw)


def check_body(headers: Mapping[str, str], body: bytes) -> None:
    """Raise BadSignature unless `body` is the one that the headers state."""
    if headers.get("content-digest") != content_digest(body):
        raise BadSignature("the body is not the one that was signed")


def _base(request: Request, digest: str, parameters: str) -> bytes:
    lines = [
        f'"@method": {request.method}',
        f'"@authority": {request.authority}',
        f'"@path": {request.path}',
        f'"@query": {request.query}',
        f'"content-digest": {digest}',
        f'"kassa-start": {request.headers.get(START_HEADER, "")}',
        f'"kassa-known": {request.headers.get(KNOWN_HEADER, "")}',
        f'"@signature-params": {parameters}',
    ]
    if any("\n" in line for line in lines):
        raise Malformed("line break in a signed header")
    return "\n".join(lines).encode()
