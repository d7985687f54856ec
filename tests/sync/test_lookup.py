"""Another desk's receipt comes with everything that proves it, for the same clinic only, and who asked is on record."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import select

from sync.client import lookup
from sync.client.errors import Rejected
from sync.client.lookup import KnownReceipt
from sync.server import enrolment, storage
from sync.server import tables as t
from sync.server.region import Region
from sync.wire import record as rec
from sync.wire.canonical import Json
from sync.wire.errors import Malformed, WireError
from sync.wire.frame import Frame
from sync.wire.lookup import Found, Included, ReceiptName, read_name
from sync.wire.record import Header
from sync.wire.signature import Signer
from tests.sync.builders import Clock, Till, enrol, knock, part

NAME = ReceiptName("ekbacken", "R0417", "H", 7)


def write(till: Till, kind: str, **fields: Json) -> Frame:
    """One more record in the till's journal, not yet sent."""
    journal = till.journal
    parts = (part("a", fields), part("p", {"patient": {"name": "Test"}}))
    before = journal.records[-1].record.hash if journal.records else journal.enrolment.hash
    named = {one.name: one.commitment for one in parts}
    made = Frame(rec.seal(Header(journal.enrolment.chain, journal.count(), before, kind, named), journal.key), parts)
    journal.records.append(made)
    return made


def sell(till: Till, receipts: int) -> dict[int, Frame]:
    """So many sales from receipt 1 on, each with a few records between that name receipts and are none."""
    made = {}
    for number in range(1, receipts + 1):
        made[number] = write(till, "sale", receipt=number)
        for _ in range(number % 4):
            write(till, "print", receipt=number, copy=False)
    return made


@pytest.fixture
def desk(region: Region, clock: Clock) -> Till:
    """The desk whose receipts are asked for."""
    return enrol(region, clock)


@pytest.fixture
def asker(region: Region, clock: Clock) -> Till:
    """Another desk of the same clinic."""
    code = enrolment.shown(enrolment.order(region, "ekbacken", "R0418", ("H",)))
    return enrol(region, clock, code=code)


def ask(asker: Till, name: ReceiptName = NAME) -> KnownReceipt:
    return lookup.ask(asker.transport, asker.sender, asker.paper.trust, name)


# ── What is found ────────────────────────────────────────────────────────────────────────────────


def test_every_receipt_of_another_desk_is_found_and_no_other(desk: Till, asker: Till) -> None:
    made = sell(desk, 150)
    while desk.sync().unsent:
        pass

    for number in (1, 2, 7, 64, 75, 149, 150):
        assert ask(asker, replace(NAME, number=number)).receipt == made[number]
    with pytest.raises(Rejected, match="no-receipt"):
        ask(asker, replace(NAME, number=151))


def test_numbers_may_begin_where_another_chain_left_off(desk: Till, asker: Till) -> None:
    write(desk, "open", next_receipt=500)
    made = [write(desk, kind, receipt=number) for number, kind in ((500, "sale"), (501, "deposit"), (502, "sale"))]
    desk.sync()

    found = [ask(asker, replace(NAME, number=number)).receipt for number in (500, 501, 502)]

    assert found == made
    with pytest.raises(Rejected, match="no-receipt"):
        ask(asker, replace(NAME, number=499))


def test_what_was_given_back_comes_with_the_receipt(desk: Till, asker: Till) -> None:
    made = sell(desk, 9)
    returned = [write(desk, "refund", receipt=10, sale_receipt=7), write(desk, "void", receipt=12, sale_receipt=7)]
    write(desk, "refund", receipt=13, sale_receipt=8)
    desk.sync()

    known = ask(asker)

    assert (known.receipt, list(known.returns), known.more) == (made[7], returned, False)
    assert known.certificate == desk.journal.enrolment


def test_more_returns_than_an_answer_holds_are_not_passed_over_in_silence(desk: Till, asker: Till) -> None:
    sell(desk, 7)
    for number in range(8, 40):
        write(desk, "refund", receipt=number, sale_receipt=7, reason="x" * 2000)
    desk.sync()

    known = ask(asker)

    assert known.more
    assert 0 < len(known.returns) < 32


# ── Who may ask ──────────────────────────────────────────────────────────────────────────────────


def test_a_register_of_another_clinic_is_refused(region: Region, clock: Clock, desk: Till) -> None:
    sell(desk, 9)
    desk.sync()
    code = enrolment.shown(enrolment.order(region, "tallbacken", "R0900", ("H",)))
    stranger = enrol(region, clock, code=code)

    with pytest.raises(Rejected, match="other-clinic"):
        ask(stranger)
    with pytest.raises(Rejected, match="no-receipt"):
        ask(stranger, replace(NAME, clinic="tallbacken"))


def test_who_asked_is_on_record_also_when_there_is_nothing(region: Region, asker: Till) -> None:
    with pytest.raises(Rejected):
        ask(asker)

    with storage.reading(region.engine) as db:
        rows = db.execute(select(t.access.c.chain, t.access.c.what, t.access.c.about, t.access.c.at_ms)).all()
    assert [tuple(row) for row in rows] == [(asker.sender.chain, "receipt", "R0417/H/7", region.clock())]


def test_a_request_that_nobody_signed_is_refused(region: Region) -> None:
    assert knock(region).get(NAME.path).status_code == 401


@pytest.mark.parametrize(
    "query",
    [
        "",
        "register=R0417&till=H",
        "register=R0417&till=H&number=0",
        "register=R0417&till=H&number=-1",
        "register=R0417&till=H&number=1e3",
        "register=R0417&till=H&number=٣",
        "register=R0417&till=H&number=9999999999999999",
        "register=R0417&till=X&number=1",
        "register=r0417&till=H&number=1",
        "register=R0417&till=H&number=1&number=2",
        "register=R0417&till=H&number=1&patient=2",
    ],
)
def test_a_question_that_is_none_is_malformed(query: str) -> None:
    with pytest.raises(Malformed):
        read_name("ekbacken", query)


# ── What proves nothing ──────────────────────────────────────────────────────────────────────────


@pytest.fixture
def answer(desk: Till, asker: Till) -> Found:
    """A true answer: receipt 7 with one refund."""
    sell(desk, 9)
    write(desk, "refund", receipt=10, sale_receipt=7)
    desk.sync()
    return asker.transport.receipt(asker.sender, NAME)


def resealed(answer: Found, place: int, key: Signer) -> Sequence[tuple[Frame, Included]]:
    """The records, one of them signed with another key."""
    records = list(answer.records)
    one, proof = records[place]
    records[place] = (Frame(rec.seal(one.record.header, key), one.parts), proof)
    return records


def test_a_true_answer_survives_its_bytes(answer: Found, asker: Till) -> None:
    assert Found.read(answer.encode()) == answer
    assert lookup.checked(answer, asker.paper.trust, NAME).receipt == answer.records[0][0]


@pytest.mark.parametrize("number", [6, 8, 10])
def test_another_receipt_than_the_one_asked_for_is_refused(number: int, answer: Found, asker: Till) -> None:
    with pytest.raises(WireError):
        lookup.checked(answer, asker.paper.trust, replace(NAME, number=number))


def test_each_lie_about_a_receipt_is_refused(answer: Found, asker: Till, desk: Till, region: Region) -> None:
    (receipt, proof), (refund, refund_proof) = answer.records
    other = part("a", {"receipt": 7, "total_ore": 1})
    own = asker.transport.certificate(asker.sender)
    lies = {
        "another note": replace(answer, note=answer.note.replace("\n", "\n1", 1)),
        "another key": replace(answer, records=tuple(resealed(answer, 0, Signer(bytes(32))))),
        "a changed part": replace(answer, records=((Frame(receipt.record, (other, receipt.parts[1])), proof),)),
        "a withheld part": replace(answer, records=((Frame(receipt.record, receipt.parts[:1]), proof),)),
        "another place": replace(answer, records=((receipt, replace(proof, index=proof.index + 1)),)),
        "another's proof": replace(answer, records=((receipt, refund_proof),)),
        "a refund for the sale": replace(answer, records=((refund, refund_proof),)),
        "a sale for the refund": replace(answer, records=((receipt, proof), (receipt, proof))),
        "a refund twice": replace(answer, records=(*answer.records, answer.records[1])),
        "another's certificate": replace(answer, certificate=Included(own.leaf, own.index, own.inclusion)),
        "no certificate": replace(answer, certificate=proof),
    }
    believed = []

    for lie, told in lies.items():
        try:
            lookup.checked(told, asker.paper.trust, NAME)
        except WireError:
            continue
        believed.append(lie)

    assert believed == []
