"""The Merkle tree against the published vectors of RFC 6962, and every proof of every small tree."""

import hashlib

import pytest

from sync.wire import tree
from sync.wire.errors import BadProof

# The eight leaves and the roots of the certificate-transparency test data for RFC 6962.
LEAVES = [bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243")] + [
    bytes.fromhex("5051525354555657"),
    bytes.fromhex("606162636465666768696a6b6c6d6e6f"),
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
MOST = 65
NONE: tree.Nodes = dict[tree.Place, bytes]().__getitem__


@pytest.fixture(scope="module")
def nodes() -> dict[tree.Place, bytes]:
    kept: dict[tree.Place, bytes] = {}
    for size in range(MOST):
        kept.update(tree.append(size, [tree.leaf_hash(leaf(size))], kept.__getitem__))
    return kept


def leaf(index: int) -> bytes:
    return f"leaf {index}".encode()


def test_the_roots_are_those_of_rfc_6962() -> None:
    kept = tree.append(0, [tree.leaf_hash(data) for data in LEAVES], NONE)

    assert [tree.root(size, kept.__getitem__).hex() for size in range(1, 9)] == ROOTS
    assert tree.root(0, kept.__getitem__) == hashlib.sha256(b"").digest()


def test_one_append_of_many_is_many_of_one(nodes: dict[tree.Place, bytes]) -> None:
    together = tree.append(0, [tree.leaf_hash(leaf(index)) for index in range(MOST)], NONE)

    assert together == nodes


def test_every_inclusion_proof_holds_and_no_changed_one(nodes: dict[tree.Place, bytes]) -> None:
    for size in range(1, MOST + 1):
        root = tree.root(size, nodes.__getitem__)
        for index in range(size):
            proof = tree.inclusion(index, size, nodes.__getitem__)
            tree.verify_inclusion(leaf(index), index, size, proof, root)
            with pytest.raises(BadProof):
                tree.verify_inclusion(leaf(index + 1), index, size, proof, root)
            with pytest.raises(BadProof):
                tree.verify_inclusion(leaf(index), index, size, [*proof, root], root)
            for place in range(len(proof)):
                changed = [*proof[:place], bytes(32), *proof[place + 1 :]]
                with pytest.raises(BadProof):
                    tree.verify_inclusion(leaf(index), index, size, changed, root)


def test_every_consistency_proof_holds_and_no_changed_one(nodes: dict[tree.Place, bytes]) -> None:
    for size in range(1, MOST + 1):
        root = tree.root(size, nodes.__getitem__)
        for old_size in range(size + 1):
            old_root = tree.root(old_size, nodes.__getitem__)
            proof = tree.consistency(old_size, size, nodes.__getitem__)
            tree.verify_consistency(old_size, size, proof, old_root, root)
            for changed in ([*proof, root], *([*proof[:at], bytes(32), *proof[at + 1 :]] for at in range(len(proof)))):
                with pytest.raises(BadProof):
                    tree.verify_consistency(old_size, size, changed, old_root, root)
            if old_size:
                with pytest.raises(BadProof):
                    tree.verify_consistency(old_size, size, proof, bytes(32), root)


def test_a_tree_that_shrank_is_refused(nodes: dict[tree.Place, bytes]) -> None:
    with pytest.raises(BadProof):
        tree.verify_consistency(5, 4, [], tree.root(5, nodes.__getitem__), tree.root(4, nodes.__getitem__))


def test_the_places_a_proof_needs_are_enough(nodes: dict[tree.Place, bytes]) -> None:
    def work(get: tree.Nodes) -> list[bytes]:
        return tree.inclusion(13, 37, get) + tree.consistency(21, 37, get)

    fetched = {place: nodes[place] for place in tree.places(work)}

    assert work(fetched.__getitem__) == work(nodes.__getitem__)
