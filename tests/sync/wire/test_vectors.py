"""Known bytes: what is signed today must read the same for ever. Vectors are added, never edited.

`KASSA_WRITE_VECTORS=1` writes a vector file that is not there yet; it never overwrites one.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from nacl.public import PrivateKey

from sync.wire import (
    canonical,
    checkpoint,
    config,
    entry,
    frame,
    messages,
    record,
    request_signature,
    sealing,
    shadow,
    tree,
)
from sync.wire.config import Trust
from sync.wire.entry import Closing, Enrolment
from sync.wire.errors import WireError
from sync.wire.frame import Frame
from sync.wire.record import Header, Part
from sync.wire.request_signature import Request
from sync.wire.shadow import StoredPart, StoredRecord
from sync.wire.signature import Signer

FOLDER = Path(__file__).parents[2] / "vectors"
SIGNER = Signer(bytes(range(32)))
ORIGIN = "kassa.vectors/ledger/1"
CHAIN = bytes(range(16))
NONE: tree.Nodes = dict[tree.Place, bytes]().__getitem__


def a_record() -> Frame:
    accounting = Part("a", b"\xaa" * 32, canonical.encode({"at": "2026-11-23T08:02:11+01:00", "total_ore": 20000}))
    person = Part("p", b"\xbb" * 32, canonical.encode({"name": "Åsa Öberg"}))
    header = Header(
        chain=CHAIN,
        seq=501,
        prev=b"\x01" * 32,
        kind="sale",
        parts={"a": accounting.commitment, "p": person.commitment},
        ack=b"\x02" * 32,
        cfg=b"\x03" * 32,
    )
    return Frame(record.seal(header, SIGNER), (accounting, person))


def record_vector() -> dict[str, Any]:
    carried = a_record()
    return {
        "seed": SIGNER_SEED.hex(),
        "public_key": SIGNER.public_key.hex(),
        "header": carried.record.header_bytes.decode(),
        "env": carried.record.env.hex(),
        "hash": carried.record.hash.hex(),
        "commitments": {part.name: part.commitment.hex() for part in carried.parts},
        "frame": frame.encode(carried).hex(),
    }


SIGNER_SEED = bytes(range(32))


def ledger_vector() -> dict[str, Any]:
    enrolment = Enrolment(1_763_881_200_000, CHAIN, "ekbacken", "R0417", "H", SIGNER.public_key)
    leaves = [enrolment.encode(), entry.encode_record(1_763_881_201_000, a_record().record.hash)]
    nodes = tree.append(0, [tree.leaf_hash(leaf) for leaf in leaves], NONE)
    head = checkpoint.sign(ORIGIN, 2, tree.root(2, nodes.__getitem__), SIGNER)
    return {
        "leaves": [leaf.decode() for leaf in leaves],
        "enrolment_hash": enrolment.hash.hex(),
        "note": head.note,
        "note_hash": head.hash.hex(),
        "inclusion_of_1": [digest.hex() for digest in tree.inclusion(1, 2, nodes.__getitem__)],
        "consistency_1_2": [digest.hex() for digest in tree.consistency(1, 2, nodes.__getitem__)],
    }


def config_vector() -> dict[str, Any]:
    keys = Part("keys", b"\xcc" * 32, Trust("Vektorregionen", ORIGIN, *([SIGNER.public_key] * 3)).encode())
    trust = config.next_record(config.TRUST_KIND, CHAIN, None, [keys], SIGNER)
    region = Part("region", b"\xdd" * 32, canonical.encode({"articles": []}))
    first = config.next_record(config.CONFIG_KIND, CHAIN, None, [region], SIGNER)
    second = config.next_record(config.CONFIG_KIND, CHAIN, first.record, [region], SIGNER)
    return {
        "trust": frame.encode(trust).hex(),
        "config": frame.encode_all([first, second]).hex(),
        "hashes": [one.record.hash.hex() for one in (trust, first, second)],
    }


def request_vector() -> dict[str, Any]:
    request = Request(
        method="POST",
        authority="kassa.region.example",
        path=messages.push_path(CHAIN),
        query="?",
        headers={"kassa-start": "501", "kassa-known": "1203344"},
        body=b"records",
    )
    headers = request_signature.sign(request, CHAIN, "nonce-1", SIGNER)
    enrol = messages.EnrolRequest.made("ABCDE-FGHJK-MNPQR-STVWX", "H", SIGNER)
    return {"headers": headers, "enrol": enrol.encode().decode()}


SEALED = (
    "010707070707070707070707070707070707070707070707079c8b2b8a20ad7e6a63e7b2e95b73670b13d2e84dcf60173ee7"
    "44007174d5c081ccdba9b6489ac6ded804da2d5ea0c87fd84983f37b6d9b7acd4116cbf59b585ad9a39437d1789e1a5f81ea"
    "4e7bdc9b32c026eb491a6b5f3e40ff349f9c5a5af971d53e5186f116bf5871565548b6d17daf638b75fb3b4fcafbfd005869"
    "70f3a70707070707070707070707070707070707070707070707077f4989628330dd4a4379e70027ab6ae67fed964fc9ff00"
    "0795c12bccde1d338303f2d16ea5525a20afc1fb79b2230ed9481db5e39c25120f5e029aa168747da4b0fcb276da00"
)
"""A sealed person, kept as bytes: a seal to the region's key is never the same twice."""


def succession_vector() -> dict[str, Any]:
    """A chain that ends after its record, the request for the one that goes on, and that one's certificate."""
    new = Signer(bytes(range(1, 33)))
    head = a_record().record.hash
    born = Enrolment(1_763_881_202_000, bytes(range(1, 17)), "ekbacken", "R0417B", "H", new.public_key, head)
    own = Part("p", b"\xbb" * 32, canonical.encode({"name": "Åsa Öberg"}))
    plain = a_record().parts[0]
    sealed = bytes.fromhex(SEALED)
    parts = (StoredPart("a", sealed=False, body=plain.salt + plain.data), StoredPart("p", sealed=True, body=sealed))
    assert sealing.unseal("p", sealed, SIGNER_SEED) == own
    assert sealing.unseal_for_region("p", sealed, PrivateKey(SIGNER_SEED)) == own
    return {
        "close": Closing(1_763_881_202_000, CHAIN, 502, head, "fork").encode().decode(),
        "request": messages.SuccessorRequest.made(CHAIN, "fork", new).encode().decode(),
        "certificate": born.encode().decode(),
        "certificate_hash": born.hash.hex(),
        "shadow": (shadow.begin(CHAIN) + shadow.encode(StoredRecord(a_record().record.env, parts))).hex(),
    }


VECTORS = {
    "succession-v1.json": succession_vector,
    "record-v1.json": record_vector,
    "ledger-v1.json": ledger_vector,
    "config-v1.json": config_vector,
    "request-v1.json": request_vector,
}


@pytest.mark.parametrize("name", VECTORS)
def test_the_bytes_are_those_on_file(name: str) -> None:
    path = FOLDER / name
    made = VECTORS[name]()
    if not path.exists() and os.environ.get("KASSA_WRITE_VECTORS"):
        path.write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    assert made == json.loads(path.read_text(encoding="utf-8"))


def test_a_record_on_file_verifies_and_no_flipped_bit_of_it_does() -> None:
    vector = json.loads((FOLDER / "record-v1.json").read_text(encoding="utf-8"))
    env, key = bytes.fromhex(vector["env"]), bytes.fromhex(vector["public_key"])
    record.check_signature(record.read(env), key)

    for bit in range(len(env) * 8):
        changed = bytearray(env)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(WireError):
            record.check_signature(record.read(bytes(changed)), key)


def test_a_frame_on_file_reads_back_and_no_cut_one_does() -> None:
    vector = json.loads((FOLDER / "record-v1.json").read_text(encoding="utf-8"))
    raw = bytes.fromhex(vector["frame"])
    (carried,) = frame.decode_all(raw, at_most=1)
    record.check_parts(carried.record, carried.parts)

    assert carried == a_record()
    for length in range(1, len(raw)):
        with pytest.raises(WireError):
            frame.decode_all(raw[:length], at_most=1)


def test_a_signed_request_on_file_is_claimed_by_its_chain_and_only_as_it_was() -> None:
    vector = json.loads((FOLDER / "request-v1.json").read_text(encoding="utf-8"))
    headers = {"kassa-start": "501", "kassa-known": "1203344", **vector["headers"]}
    request = Request("POST", "kassa.region.example", messages.push_path(CHAIN), "?", headers, b"records")
    claim = request_signature.read(request)
    claim.check(SIGNER.public_key)

    assert (claim.chain, claim.nonce) == (CHAIN, "nonce-1")
    others = [
        Request("GET", request.authority, request.path, request.query, headers, request.body),
        Request("POST", "other.example", request.path, request.query, headers, request.body),
        Request("POST", request.authority, "/v1/other", request.query, headers, request.body),
        Request("POST", request.authority, request.path, "?a=1", headers, request.body),
        Request("POST", request.authority, request.path, "?", {**headers, "kassa-start": "1"}, request.body),
        Request("POST", request.authority, request.path, "?", {**headers, "kassa-known": ""}, request.body),
        Request("POST", request.authority, request.path, "?", headers, b"other records"),
    ]
    for other in others:
        with pytest.raises(WireError):
            request_signature.read(other).check(SIGNER.public_key)


def test_a_configuration_can_only_be_followed_by_the_next() -> None:
    vector = json.loads((FOLDER / "config-v1.json").read_text(encoding="utf-8"))
    trust = config.read_trust(frame.decode_all(bytes.fromhex(vector["trust"]), at_most=5), SIGNER.public_key)
    first, second = frame.decode_all(bytes.fromhex(vector["config"]), at_most=5)
    config.check_configuration([first, second], trust, after=None)
    config.check_configuration([second], trust, after=first.record)

    for frames, after in (([second], None), ([second, first], None), ([first], second.record), ([first], first.record)):
        with pytest.raises(WireError):
            config.check_configuration(frames, trust, after=after)
    with pytest.raises(WireError):
        config.read_trust(frame.decode_all(bytes.fromhex(vector["trust"]), at_most=5), bytes(32))
