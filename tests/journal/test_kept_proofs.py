"""Which proofs of a damaged journal are believed: on a till's own journal, with what rots beside a proof put in by
hand."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from kassaapp import enrolment, first_start
from kassaapp.app import Desk
from kassaapp.domain.fees import Wish
from kassaapp.domain.tender import Offer
from kassaapp.domain.visit import Tender
from kassaapp.journal import kept_proofs, rows, salvage
from kassaapp.journal.salvage import Salvage
from sync.wire import config, record
from sync.wire.demo_keys import demo_keys
from sync.wire.entry import Enrolment, read_enrolment
from sync.wire.frame import Frame
from tests.builders import a_patient
from tests.desks import a_clock
from tests.regions import PluggedRegion

CHAIN, NEXT = 0, 1


@pytest.fixture
def found(tmp_path: Path) -> Salvage:
    """The journal of a till that has been at the region four times, the first to be enrolled."""
    region = PluggedRegion(tmp_path / "region")
    clinic_file = region.clinic_file(tmp_path)
    with region.plugged_in():
        first_start.enrol(tmp_path / "till", clinic_file, a_clock())
        with Desk.open(tmp_path / "till", a_clock()) as desk:
            desk.sign_in("anber", "123456")
            desk.register("H").open_session(100_000)
            for _ in range(3):
                desk.register("H").sell(a_patient(), [Wish(1)], [Offer(Tender.CASH, 20_000)])
                desk.sync_now("H")
    region.region.close()
    return salvage.read(enrolment.journal_path(tmp_path / "till", "H"))


def believed(found: Salvage) -> list[tuple[int, int]]:
    """The chain and the number that each believed proof was kept under."""
    trust = [
        Frame(record.read(one.env), tuple(map(rows.plain, one.parts)))
        for one in found.region[config.TRUST_KIND].values()
    ]
    run = kept_proofs.newest_run(found, chains(found), config.read_trust(trust, demo_keys().root.public_key))
    return [(n, proof.next) for n, proof in run]


def chains(found: Salvage) -> Sequence[Enrolment]:
    return [read_enrolment(found.certificates[1])]


def rot(found: Salvage, number: int, column: int, bit: int) -> None:
    """One bit of a proof's column is another."""
    columns = list(found.proofs[number])
    columns[column] ^= bit
    found.proofs[number] = tuple(columns)


def test_all_are_believed_when_nothing_is_damaged(found: Salvage) -> None:
    kept = [(1, proof[NEXT]) for _, proof in sorted(found.proofs.items())]

    assert len(kept) >= 4
    assert believed(found) == kept


@pytest.mark.parametrize(("column", "bit"), [(CHAIN, 1), (CHAIN, 2), (NEXT, 1), (NEXT, 4), (NEXT, 64)])
@pytest.mark.parametrize("which", [0, 1, -2])
def test_one_that_stands_where_it_cannot_is_not_believed_and_the_later_ones_are(
    found: Salvage, which: int, column: int, bit: int
) -> None:
    kept, number = believed(found), sorted(found.proofs)[which]
    rot(found, number, column, bit)

    assert believed(found) == kept[which:][1:]


@pytest.mark.parametrize(("column", "bit"), [(CHAIN, 1), (NEXT, 1), (NEXT, 64)])
def test_where_the_newest_cannot_stand_those_before_it_are_believed(found: Salvage, column: int, bit: int) -> None:
    kept = believed(found)
    rot(found, max(found.proofs), column, bit)

    assert believed(found) == kept[:-1]


def test_one_whose_record_cannot_be_read_goes_not_before_an_earlier_one(found: Salvage) -> None:
    kept, first = believed(found), sorted(found.proofs)[1]
    del found.records[kept[1][1]]  # The last one proved: rows begin at 1.
    rot(found, first, NEXT, 64)

    assert believed(found) == kept[2:]
