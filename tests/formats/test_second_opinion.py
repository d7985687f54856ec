"""T1, T2: the frozen vectors and the tree, read by a second implementation, in two languages.

`second.py` needs nothing but Python; `second.mjs` needs node, and a machine without it says so with a skip each.
"""

import base64
import hashlib
import importlib.util
import json
import shutil
import subprocess
from pathlib import Path
from random import Random
from typing import Any

import pytest

from sync.wire import canonical, tree
from tests.formats import second
from tests.formats.second import Wrong, demand
from tests.formats.trees import LEAVES, every_claim, every_proof, grow, hash_of_every_proof
from tests.formats.values import MALFORMED, a_value, bit_edits

VECTORS = Path(__file__).parents[1] / "vectors"
PROGRAM = Path(__file__).with_name("second.mjs")
NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="no node on this machine: the opinion in JavaScript is missing")
OPENSSL = importlib.util.find_spec("cryptography") is not None
needs_openssl = pytest.mark.skipif(not OPENSSL, reason="no cryptography here: no second library for Ed25519")
REQUEST = {
    "@method": "POST",
    "@authority": "kassa.region.example",
    "@path": "/v1/chains/AAECAwQFBgcICQoLDA0ODw/records",
    "@query": "?",
    "content-digest": "",
    "kassa-start": "501",
    "kassa-known": "1203344",
    "@signature-params": "",
}


def verify(key: bytes, signature: bytes, message: bytes) -> None:
    """Ed25519 by a second library, where there is one."""
    (second.verify_by_cryptography if OPENSSL else second.unjudged)(key, signature, message)


def vector(name: str) -> Any:
    return json.loads((VECTORS / name).read_text(encoding="utf-8"))


def node(*arguments: str, given: str = "") -> str:
    """What the second implementation in JavaScript says. It ends with an error when it disagrees."""
    assert NODE is not None
    done = subprocess.run([NODE, str(PROGRAM), *arguments], input=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


# ── In Python ────────────────────────────────────────────────────────────────────────────────────


def test_a_second_python_reads_the_signed_record() -> None:
    kept = vector("record-v1.json")
    key, env = bytes.fromhex(kept["public_key"]), bytes.fromhex(kept["env"])
    header = second.record(env, key, verify)
    (carried,) = second.frames(bytes.fromhex(kept["frame"]), key, verify)

    assert env[64:].decode() == kept["header"]
    assert header["hash"].hex() == kept["hash"]
    assert carried["parts"] == {name: second.b64(bytes.fromhex(h)) for name, h in kept["commitments"].items()}
    assert carried["carried"]["a"]["total_ore"] == 20000


@needs_openssl
def test_a_second_library_for_ed25519_refuses_every_flipped_bit_of_the_record() -> None:
    kept = vector("record-v1.json")
    key, env = bytes.fromhex(kept["public_key"]), bytes.fromhex(kept["env"])
    second.verify_by_cryptography(key, env[:64], second.RECORD + env[64:])

    for edited in bit_edits(env):
        with pytest.raises(Wrong):
            second.verify_by_cryptography(key, edited[:64], second.RECORD + edited[64:])


def test_a_second_python_reads_the_ledger() -> None:
    kept, key = vector("ledger-v1.json"), bytes.fromhex(vector("record-v1.json")["public_key"])
    leaves = [text.encode() for text in kept["leaves"]]
    text, _, lines = kept["note"].partition("\n\n")
    origin, size, head = text.split("\n")
    blob = base64.b64decode(lines.removeprefix(f"— {origin} ").rstrip("\n"), validate=True)
    verify(key, blob[4:], f"{text}\n".encode())
    inclusion = [bytes.fromhex(digest) for digest in kept["inclusion_of_1"]]
    consistency = [bytes.fromhex(digest) for digest in kept["consistency_1_2"]]

    assert second.sha(second.ENTRY, leaves[0]).hex() == kept["enrolment_hash"]
    assert second.canonical(leaves[0])["pub"] == second.b64(key)
    assert second.canonical(leaves[1])["h"] == second.b64(bytes.fromhex(vector("record-v1.json")["hash"]))
    assert second.sha(f"{text}\n".encode()).hex() == kept["note_hash"]
    assert blob[:4] == second.sha(origin.encode(), b"\n\x01", key)[:4]
    assert (int(size), base64.b64decode(head)) == (2, second.root(leaves))
    assert second.includes(leaves[1], 1, 2, inclusion, second.root(leaves))
    assert second.continues(1, 2, consistency, second.root(leaves[:1]), second.root(leaves))


def test_a_second_python_reads_the_trust_and_configuration_chains() -> None:
    kept, key = vector("config-v1.json"), bytes.fromhex(vector("record-v1.json")["public_key"])
    (trust,) = second.frames(bytes.fromhex(kept["trust"]), key, verify)
    first, then = second.frames(bytes.fromhex(kept["config"]), key, verify)

    assert [one["hash"].hex() for one in (trust, first, then)] == kept["hashes"]
    assert trust["prev"] == first["prev"] == second.b64(bytes(32))
    assert (then["prev"], then["seq"]) == (second.b64(first["hash"]), 1)
    assert trust["carried"]["keys"]["config_key"] == second.b64(key)


def test_a_second_python_reads_the_signed_request() -> None:
    kept, key = vector("request-v1.json"), bytes.fromhex(vector("record-v1.json")["public_key"])
    headers = kept["headers"]
    stated = REQUEST | {
        "content-digest": headers["content-digest"],
        "@signature-params": headers["signature-input"].removeprefix("kassa="),
    }
    base = "\n".join(f'"{name}": {value}' for name, value in stated.items())
    asked = second.canonical(kept["enrol"].encode())
    signature = base64.urlsafe_b64decode(asked.pop("sig") + "==")
    verify(key, base64.b64decode(headers["signature"][7:-1]), base.encode())
    verify(base64.urlsafe_b64decode(asked["pub"] + "="), signature, second.ENROL + canonical.encode(asked))

    assert headers["content-digest"] == f"sha-256=:{base64.b64encode(hashlib.sha256(b'records').digest()).decode()}:"


def test_a_second_python_reads_how_a_chain_ends_and_another_goes_on() -> None:
    kept, own = vector("succession-v1.json"), vector("record-v1.json")
    ended, born, asked = (second.canonical(kept[name].encode()) for name in ("close", "certificate", "request"))
    signature = base64.urlsafe_b64decode(asked.pop("sig") + "==")
    wish = canonical.encode(asked | {"chain": ended["chain"]})
    verify(base64.urlsafe_b64decode(asked["pub"] + "="), signature, second.SUCCESSOR + wish)

    assert second.sha(second.ENTRY, kept["certificate"].encode()).hex() == kept["certificate_hash"]
    assert ended["head"] == born["parent"] == second.b64(bytes.fromhex(own["hash"]))
    assert (ended["next"], ended["why"], born["pub"]) == (502, asked["why"], asked["pub"])


def test_a_second_python_reads_a_clinics_own_list() -> None:
    kept = vector("own-v1.json")
    listed = second.canonical(kept["content"].encode())
    signature = base64.urlsafe_b64decode(listed.pop("sig") + "==")
    verify(bytes.fromhex(kept["public_key"]), signature, b"kassa/own/v1\0" + canonical.encode(listed))
    whose = {name: kept["account"][name] for name in ("clinic", "till", "kind", "value")}

    assert (listed["clinic"], listed["number"]) == (kept["clinic"], kept["number"])
    assert second.sha(b"kassa/account/v1\0", canonical.encode(whose)).hex() == kept["account"]["hash"]


def test_a_second_python_reads_the_second_medium() -> None:
    kept, own = vector("succession-v1.json"), vector("record-v1.json")
    raw, key = bytes.fromhex(kept["shadow"]), bytes.fromhex(own["public_key"])
    chain, (one,) = second.second_medium(raw, key, verify)

    assert (second.b64(chain), one["hash"].hex()) == (one["chain"], own["hash"])
    assert set(one["carried"]) == {"a", "p"}
    for length in range(len(second.SHADOW) + 17, len(raw)):
        with pytest.raises(Wrong):
            second.second_medium(raw[:length], key, verify)


def test_a_second_python_reads_every_event() -> None:
    events = vector("events-v1.json")
    parts = [event[name] for event in events for name in ("a", "p") if name in event]

    for part in parts:
        demand(isinstance(second.canonical(part.encode()), dict), "an object")
    assert len(parts) > len(events) > 25


def test_no_vector_is_without_a_second_reader() -> None:
    """`identity.json` is about numbers of persons, not about bytes; tests/domain reads it. `own` has the second Python
    for a reader, and not yet JavaScript."""
    names = ("config", "events", "ledger", "own", "record", "request", "succession")

    there = {path.name for path in VECTORS.iterdir()}

    assert there == {f"{name}-v1.json" for name in names} | {"identity.json"}, "let both second readers read it too"


# ── In JavaScript ────────────────────────────────────────────────────────────────────────────────


@needs_node
def test_javascript_reads_every_vector_and_refuses_every_flipped_bit() -> None:
    events = vector("events-v1.json")
    bits = len(vector("record-v1.json")["env"]) * 4

    said = json.loads(node("vectors", str(VECTORS)))

    parts = sum(name in event for event in events for name in ("a", "p"))
    assert said == {"refused": bits, "bits": bits, "configurations": 2, "parts": parts, "events": len(events)}


@needs_node
def test_javascript_writes_the_same_canonical_bytes() -> None:
    random = Random("JavaScript")
    values = [a_value(random) for _ in range(3_000)]

    said = node("canonical", given="".join(json.dumps(value) + "\n" for value in values))

    assert said.encode() == b"".join(canonical.encode(value) + b"\n" for value in values)


@needs_node
def test_javascript_holds_no_malformed_bytes_for_canonical() -> None:
    """But for depth and length, which it does not count."""
    texts = {
        name: raw.decode()
        for name, raw in MALFORMED.items()
        if _is_a_line(raw) and "deeper" not in name and "too long" not in name
    }

    said = node("canonical", given="\n".join(texts.values()) + "\n").split("\n")

    assert [name for (name, text), one in zip(texts.items(), said, strict=False) if one == text] == []
    assert len(texts) > 70
    assert said.count("refused") > 50


def _is_a_line(raw: bytes) -> bool:
    try:
        return "\n" not in raw.decode() and "\r" not in raw.decode() and raw != b""
    except UnicodeDecodeError:
        return False


@needs_node
def test_javascript_makes_the_same_proofs_of_every_tree() -> None:
    assert node("proofs", str(LEAVES)).strip() == hash_of_every_proof(LEAVES)


@needs_node
def test_a_changed_vector_is_not_passed_over(tmp_path: Path) -> None:
    """The second implementation says no when it should: each vector with one digit changed."""
    changes = {
        "record-v1.json": ('"hash": "4', '"hash": "5'),
        "ledger-v1.json": ('"note_hash": "0', '"note_hash": "1'),
        "config-v1.json": ('"f979', '"f978'),
        "request-v1.json": ("nonce-1", "nonce-2"),
        "succession-v1.json": ('"certificate_hash": "9', '"certificate_hash": "8'),
        "events-v1.json": ('{\\"at\\":', '{ \\"at\\":'),
    }
    for name, (good, bad) in changes.items():
        folder = tmp_path / name
        shutil.copytree(VECTORS, folder)
        text = (folder / name).read_text(encoding="utf-8")
        assert good in text
        (folder / name).write_text(text.replace(good, bad, 1), encoding="utf-8")

        with pytest.raises(AssertionError):
            node("vectors", str(folder))


# ── The tree, by both Pythons ────────────────────────────────────────────────────────────────────


def test_the_second_python_has_the_same_root_of_every_tree() -> None:
    nodes = grow(LEAVES)

    for size in range(LEAVES + 1):
        expected = second.root([f"leaf {index}".encode() for index in range(size)])
        assert tree.root(size, nodes.__getitem__) == expected


@pytest.mark.slow
def test_both_pythons_hold_every_proof_good_and_every_changed_one_bad() -> None:
    judged = every_proof(LEAVES)

    assert judged.good == LEAVES * (LEAVES + 1) // 2 + LEAVES * (LEAVES + 3) // 2
    assert judged.changed > 15 * judged.good
    assert judged.wrongly_held == []


def test_both_pythons_judge_every_wrong_claim_of_a_proof_alike() -> None:
    """A proof holds where it was made; elsewhere it may, when the other tree has the same shape beside the leaf, and
    then both say so: what a checkpoint binds, the size to the root, is not the proof's to show."""
    assert every_claim(14) > 14 * 15
