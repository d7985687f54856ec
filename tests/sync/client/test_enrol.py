"""The first meeting believes only the region whose root key it was given, and only a certificate of its own."""

from dataclasses import replace

import pytest

from sync.client.enrol import enrol
from sync.client.transport import Transport
from sync.server.app import make_app
from sync.server.region import Region
from sync.wire import checkpoint, entry, tree
from sync.wire.demo_keys import demo_keys, is_demo_root
from sync.wire.errors import BadProof, BadSignature, WireError
from sync.wire.messages import Enrolled, EnrolRequest
from tests.sync.builders import new_code, publish, signer, transport_to


class Twisted(Transport):
    """A line on which the answer to an enrolment is changed."""

    def __init__(self, region: Region, **changes: object) -> None:
        self._line = transport_to(make_app(region))
        super().__init__(self._line._client)
        self._changes = changes

    def enrol(self, request: EnrolRequest) -> Enrolled:
        return replace(super().enrol(request), **self._changes)  # type: ignore[arg-type]


def test_a_first_meeting_gives_a_certificate_with_its_proof(sqlite_region: Region) -> None:
    publish(sqlite_region)
    key = signer()

    paper = enrol(new_code(sqlite_region), "H", key, demo_keys().root.public_key, transport_to(make_app(sqlite_region)))

    assert (paper.enrolment.public_key, paper.enrolment.till) == (key.public_key, "H")
    assert (paper.proof.next, paper.proof.leaf) == (0, paper.enrolment.encode())
    assert paper.trust.region == "Demoregionen"
    assert len(paper.configuration) == 1


def test_a_region_with_another_root_key_is_not_believed(sqlite_region: Region) -> None:
    with pytest.raises(BadSignature):
        enrol(new_code(sqlite_region), "H", signer(), signer().public_key, transport_to(make_app(sqlite_region)))


def test_a_certificate_that_the_ledger_does_not_hold_is_not_believed(sqlite_region: Region) -> None:
    publish(sqlite_region)
    line = Twisted(sqlite_region, inclusion=(bytes(32),))

    with pytest.raises(BadProof):
        enrol(new_code(sqlite_region), "H", signer(), demo_keys().root.public_key, line)


@pytest.mark.parametrize(("own_key", "till"), [(False, "H"), (True, "E")])
def test_a_certificate_for_another_key_or_till_is_not_taken(sqlite_region: Region, own_key: bool, till: str) -> None:
    key = signer()
    certified = key.public_key if own_key else signer().public_key
    made = entry.Enrolment(0, bytes(16), "ekbacken", "R0417", till, certified).encode()
    head = checkpoint.sign(sqlite_region.settings.origin, 1, tree.leaf_hash(made), demo_keys().ledger)
    line = Twisted(sqlite_region, leaf=made, index=0, inclusion=(), note=head.note)

    with pytest.raises(BadProof, match="another register's"):
        enrol(new_code(sqlite_region), "H", key, demo_keys().root.public_key, line)


def test_a_head_that_the_ledger_did_not_sign_is_not_believed(sqlite_region: Region) -> None:
    forged = checkpoint.sign(sqlite_region.settings.origin, 1, bytes(32), signer())
    line = Twisted(sqlite_region, note=forged.note)

    with pytest.raises(BadSignature):
        enrol(new_code(sqlite_region), "H", signer(), demo_keys().root.public_key, line)


def test_a_region_without_a_trust_chain_is_not_believed(sqlite_region: Region) -> None:
    with pytest.raises(WireError):
        enrol(new_code(sqlite_region), "H", signer(), demo_keys().root.public_key, Twisted(sqlite_region, trust=()))


def test_the_demo_root_is_known_for_what_it_is() -> None:
    assert is_demo_root(demo_keys().root.public_key)
    assert not is_demo_root(signer().public_key)
