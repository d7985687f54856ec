"""A sealed part opens with the till's own key or with the region's, and with no other; no changed bit of it opens."""

import secrets

import pytest
from nacl.public import PrivateKey

from sync.wire import sealing
from sync.wire.errors import BadSeal
from sync.wire.record import Part

OWN, REGION = bytes(range(32)), PrivateKey(bytes(range(1, 33)))
PART = Part("p", b"\xbb" * 32, b'{"name":"Patient 1"}')


def test_both_keys_open_what_was_sealed() -> None:
    sealed = sealing.seal(PART, OWN, bytes(REGION.public_key), secrets.token_bytes)

    assert sealing.unseal("p", sealed, OWN) == PART
    assert sealing.unseal_for_region("p", sealed, REGION) == PART
    assert b"Patient" not in sealed


def test_no_other_key_opens_it() -> None:
    sealed = sealing.seal(PART, OWN, bytes(REGION.public_key), secrets.token_bytes)

    with pytest.raises(BadSeal):
        sealing.unseal("p", sealed, bytes(32))
    with pytest.raises(BadSeal):
        sealing.unseal_for_region("p", sealed, PrivateKey.generate())


def test_no_changed_or_cut_seal_opens() -> None:
    sealed = sealing.seal(PART, OWN, bytes(REGION.public_key), secrets.token_bytes)
    own, region = range(73), range(73, 153)

    for at in range(len(sealed)):
        changed = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
        if at not in region:
            with pytest.raises(BadSeal):
                sealing.unseal("p", changed, OWN)
        if at == 0 or at not in own:
            with pytest.raises(BadSeal):
                sealing.unseal_for_region("p", changed, REGION)
        with pytest.raises(BadSeal):
            sealing.unseal("p", sealed[:at], OWN)


@pytest.mark.parametrize(("name", "sealed"), [("p", True), ("users/ekbacken", True), ("a", False), ("region", False)])
def test_persons_lie_sealed_and_nothing_else(name: str, sealed: bool) -> None:
    assert sealing.is_sealed(name) is sealed
