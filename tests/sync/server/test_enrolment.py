"""A code becomes one register for each of its tills, and nothing else."""

import pytest

from sync.client import enrol as first_meeting
from sync.client.enrol import NewRegister
from sync.client.errors import Rejected
from sync.server.app import make_app
from sync.server.audit import audit
from sync.server.enrolment import CODE_VALID_MS, order
from sync.server.errors import Refused
from sync.server.region import Region
from sync.server.status import registers
from sync.wire import entry
from sync.wire.messages import EnrolRequest
from sync.wire.record import CHAIN_BYTES
from sync.wire.signature import Signer
from tests.sync.builders import Clock, enrol, knock, new_code, publish, refusal, signer, tamper, till_of, transport_to


def test_a_code_makes_one_register_for_each_of_its_tills(region: Region) -> None:
    code = new_code(region, "H", "E")

    care, own = _enrol(region, code, "H"), _enrol(region, code, "E")

    assert [(one.clinic, one.register, one.till) for one in registers(region)] == [
        ("ekbacken", "R0417", "E"),
        ("ekbacken", "R0417", "H"),
    ]
    assert care.enrolment.chain != own.enrolment.chain
    assert (care.enrolment.at_ms, care.enrolment.parent) == (region.clock(), None)


def test_a_new_register_gets_the_configuration_of_its_own_clinic(region: Region) -> None:
    publish(region)

    paper = _enrol(region, new_code(region), "H")

    assert [part.name for part in paper.configuration[0].parts] == ["clinic/ekbacken", "region", "users/ekbacken"]


def test_a_code_may_be_typed_as_people_read_it(region: Region) -> None:
    code = new_code(region).lower().replace("0", "o").replace("1", "l").replace("-", " ")

    assert _enrol(region, code, "H").enrolment.register == "R0417"


def test_a_used_code_is_used(region: Region) -> None:
    code = new_code(region)
    _enrol(region, code, "H")

    assert _refused(region, code, "H") == (403, "code-used")


def test_a_register_whose_answer_was_lost_asks_again_and_gets_the_same_certificate(
    region: Region, clock: Clock
) -> None:
    code, key = new_code(region), signer()
    first = _enrol(region, code, "H", key)
    clock.pass_s(CODE_VALID_MS / 1000 + 1)

    second = _enrol(region, code, "H", key)

    assert second.enrolment == first.enrolment
    assert len(registers(region)) == 1


def test_a_code_is_good_for_a_day(region: Region, clock: Clock) -> None:
    code, other = new_code(region), new_code(region)
    clock.pass_s(CODE_VALID_MS / 1000)
    in_time = _enrol(region, code, "H")
    clock.pass_s(1)

    assert in_time.enrolment.till == "H"
    assert _refused(region, other, "H") == (403, "code-expired")


def test_five_wrong_tries_lock_a_code(region: Region) -> None:
    code = new_code(region)
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")

    tries = [_refused(region, wrong, "H") for _ in range(5)]

    assert tries == [(403, "code")] * 5
    assert _refused(region, code, "H") == (403, "code-locked")


def test_four_wrong_tries_do_not_lock_a_code(region: Region) -> None:
    code = new_code(region)
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    for _ in range(4):
        _refused(region, wrong, "H")

    assert _enrol(region, code, "H").enrolment.till == "H"


def test_a_code_that_nobody_made_says_no_more_than_a_wrong_one(sqlite_region: Region) -> None:
    assert _refused(sqlite_region, "0000-0000-0000-0000-0000", "H") == (403, "code")


def test_a_code_is_not_good_for_another_till(sqlite_region: Region) -> None:
    assert _refused(sqlite_region, new_code(sqlite_region, "H"), "E") == (403, "till")


def test_a_code_is_not_kept_where_it_could_be_read(sqlite_region: Region) -> None:
    code = new_code(sqlite_region).replace("-", "")

    stored = (sqlite_region.settings.folder / "region.db").read_bytes()

    assert code[:8].encode() in stored
    assert code[8:].encode() not in stored


def test_a_successor_names_the_newest_record_of_the_chain_before_it(region: Region, clock: Clock) -> None:
    lost = enrol(region, clock)
    records = lost.journal.sell(3)
    lost.sync()

    paper = _enrol(region, new_code(region, "H", "E", parents=[lost.sender.chain]), "H")

    assert paper.enrolment.parent == records[-1].record.hash


def test_a_register_cannot_succeed_a_chain_that_is_not_there_or_is_another_till(
    sqlite_region: Region, clock: Clock
) -> None:
    till = enrol(sqlite_region, clock, till="H")

    for parent in (bytes(CHAIN_BYTES), till.sender.chain):
        with pytest.raises(Refused):
            order(sqlite_region, "ekbacken", "R0417", ["E"], [parent])


def test_a_request_signed_with_another_key_than_it_brings_is_refused(sqlite_region: Region) -> None:
    code = new_code(sqlite_region)
    made = EnrolRequest.made(code, "H", signer())
    stolen = EnrolRequest(code, "H", signer().public_key, made.signature)

    answer = knock(sqlite_region).post("/v1/enrol", content=stolen.encode())

    assert refusal(answer) == (403, "signature", -1)


def test_a_key_of_small_order_is_refused(sqlite_region: Region) -> None:
    request = EnrolRequest(new_code(sqlite_region), "H", bytes([1]) + bytes(31), bytes(64))

    answer = knock(sqlite_region).post("/v1/enrol", content=request.encode())

    assert refusal(answer) == (403, "signature", -1)


def test_what_is_no_request_is_refused(sqlite_region: Region) -> None:
    assert refusal(knock(sqlite_region).post("/v1/enrol", content=b"{}")) == (400, "malformed", -1)


def test_a_code_from_before_the_rule_for_names_makes_no_certificate(region: Region) -> None:
    good, old = new_code(region), new_code(region)
    tamper(region, "code", "UPDATE code SET register = :name WHERE selector = :s", name="", s=old.replace("-", "")[:8])

    assert _refused(region, old, "H") == (403, "code")
    assert _enrol(region, good, "H").enrolment.register == "R0417"
    assert audit(region.settings.folder).findings == []
    assert len(registers(region)) == 1


def test_the_first_record_follows_the_certificate(region: Region, clock: Clock) -> None:
    key = signer()
    paper = _enrol(region, new_code(region), "H", key)
    till = till_of(paper, key, transport_to(make_app(region)), clock)
    (first,) = till.journal.sell(1)

    assert first.record.header.prev == entry.read_enrolment(paper.proof.leaf).hash
    assert till.sync().unsent == 0


def _enrol(region: Region, code: str, till: str, key: Signer | None = None) -> NewRegister:
    line = transport_to(make_app(region))
    return first_meeting.enrol(code, till, key or signer(), region.settings.root_key, line)


def _refused(region: Region, code: str, till: str) -> tuple[int, str]:
    with pytest.raises(Rejected) as refused:
        _enrol(region, code, till)
    return refused.value.status, refused.value.why
