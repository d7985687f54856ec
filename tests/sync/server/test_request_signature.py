"""The one profile of RFC 9421, against a signature base written out by hand and known bytes."""

import base64

import pytest
from nacl.signing import SigningKey, VerifyKey

from sync.wire import request_signature
from sync.wire.errors import BadSignature, Malformed
from sync.wire.request_signature import Request
from sync.wire.signature import Signer

# Test key of RFC 9421 appendix B.1.4 (test-key-ed25519): its private seed and public key.
SEED = base64.urlsafe_b64decode("n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU=")
PUBLIC = base64.urlsafe_b64decode("JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs=")
CHAIN = bytes(range(16))
NONCE = "AAABi89wBgDfUOoIfUe0uFdGwLOpXSa6"
REQUEST = Request(
    method="POST",
    authority="region.example:8417",
    path="/v1/chains/AAECAwQFBgcICQoLDA0ODw/records",
    query="?",
    headers={"kassa-start": "501", "kassa-known": "1203344"},
    body=b"hello",
)
BASE = """\
"@method": POST
"@authority": region.example:8417
"@path": /v1/chains/AAECAwQFBgcICQoLDA0ODw/records
"@query": ?
"content-digest": sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=:
"kassa-start": 501
"kassa-known": 1203344
"@signature-params": ("@method" "@authority" "@path" "@query" "content-digest" "kassa-start" "kassa-known")\
;keyid="AAECAwQFBgcICQoLDA0ODw";nonce="AAABi89wBgDfUOoIfUe0uFdGwLOpXSa6\""""
KNOWN = "kassa=:QouXninyPBdXV0JRYJo4nfwSM/jsULxvfCbP5nqhVBI5yqIL6q9TGFA2YpET9odjpLuQkt//QBGs2qQbJQLDBw==:"


def test_the_test_key_is_the_one_of_the_rfc() -> None:
    assert Signer(SEED).public_key == PUBLIC


def test_a_signed_request_has_the_bytes_that_were_written_out_by_hand() -> None:
    headers = request_signature.sign(REQUEST, CHAIN, NONCE, Signer(SEED))

    by_hand = base64.b64encode(SigningKey(SEED).sign(BASE.encode()).signature).decode()
    assert headers == {
        "content-digest": "sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=:",
        "signature-input": "kassa=" + BASE.partition('"@signature-params": ')[2],
        "signature": f"kassa=:{by_hand}:",
    }


def test_the_known_signature_never_changes() -> None:
    headers = request_signature.sign(REQUEST, CHAIN, NONCE, Signer(SEED))

    signature = base64.b64decode(headers["signature"][7:-1])
    VerifyKey(PUBLIC).verify(BASE.encode(), signature)
    assert headers["signature"] == KNOWN


def test_a_signed_request_reads_back_as_its_sender() -> None:
    signed = _signed(REQUEST)

    claim = request_signature.read(signed)

    claim.check(PUBLIC)
    assert (claim.chain, claim.nonce) == (CHAIN, NONCE)


@pytest.mark.parametrize(
    "header",
    [
        'kassa=("@method" "@authority" "@path");keyid="AAECAwQFBgcICQoLDA0ODw";nonce="n"',
        'other=("@method");keyid="AAECAwQFBgcICQoLDA0ODw";nonce="n"',
        "",
    ],
)
def test_another_profile_is_not_read(header: str) -> None:
    signed = _signed(REQUEST)
    changed = _with_headers(signed, {**signed.headers, "signature-input": header})

    with pytest.raises(Malformed):
        request_signature.read(changed)


def test_a_line_break_cannot_be_smuggled_into_what_is_signed() -> None:
    with pytest.raises(Malformed):
        request_signature.sign(_with_headers(REQUEST, {"kassa-start": "1\n2"}), CHAIN, NONCE, Signer(SEED))


def test_a_header_that_was_not_sent_is_covered_as_empty() -> None:
    signed = _signed(_with_headers(REQUEST, {}))
    added = _with_headers(signed, {**signed.headers, "kassa-start": "1"})

    with pytest.raises(BadSignature):
        request_signature.read(added).check(PUBLIC)


def _signed(request: Request) -> Request:
    added = request_signature.sign(request, CHAIN, NONCE, Signer(SEED))
    return _with_headers(request, {**request.headers, **added})


def _with_headers(request: Request, headers: dict[str, str]) -> Request:
    return Request(request.method, request.authority, request.path, request.query, headers, request.body)
