"""What is read of a damaged journal, one bit of it being another: a till's own, with three sales."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from kassaapp import enrolment, first_start
from kassaapp.app import Desk
from kassaapp.domain.fees import Wish
from kassaapp.domain.tender import Offer
from kassaapp.domain.visit import Tender
from kassaapp.journal import salvage
from kassaapp.journal.database import PAGE_BYTES
from tests.builders import a_patient
from tests.desks import a_clock
from tests.regions import PluggedRegion

BITS = 8


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("salvage")
    region = PluggedRegion(folder / "region")
    clinic_file = region.clinic_file(folder)
    with region.plugged_in():
        first_start.enrol(folder / "till", clinic_file, a_clock())
        with Desk.open(folder / "till", a_clock()) as desk:
            desk.sign_in("anber", "123456")
            desk.register("H").open_session(100_000)
            for _ in range(3):
                desk.register("H").sell(a_patient(), [Wish(1)], [Offer(Tender.CASH, 20_000)])
    region.region.close()
    return enrolment.journal_path(folder / "till", "H")


def cells(journal: Path, tree: str) -> Iterator[tuple[int, int]]:
    """Where each row of a tree begins in the file, and the first byte of the content of the pages it lies on."""
    with closing(apsw.Connection(str(journal), flags=apsw.SQLITE_OPEN_READONLY, vfs="unix")) as connection:
        pages = [at for (at,) in connection.execute("SELECT pageno FROM dbstat WHERE name = ?", (tree,))]
    raw = journal.read_bytes()
    for page in pages:
        start = (page - 1) * PAGE_BYTES
        if raw[start] in (0x0A, 0x0D):  # Leaves of an index, and of a table (SQLite file format, 1.6).
            for n in range(int.from_bytes(raw[start + 3 : start + 5])):
                at = start + 8 + 2 * n
                yield page, start + int.from_bytes(raw[at : at + 2])


@pytest.mark.parametrize(("tree", "length"), [("record", 12), ("sqlite_autoindex_record_2", 8)])
def test_no_flipped_bit_beside_a_record_shows_one_that_never_was(
    journal: Path, tmp_path: Path, tree: str, length: int
) -> None:
    whole, raw = salvage.read(journal), journal.read_bytes()
    beyond = []
    for _, at in cells(journal, tree):
        for bit in range(length * BITS):
            flipped = bytearray(raw)
            flipped[at + bit // BITS] ^= 1 << bit % BITS
            copy = tmp_path / journal.name
            copy.write_bytes(flipped)
            found = salvage.read(copy)
            if any(end > whole.ends.get(n, end) for n, end in found.ends.items()):
                beyond.append((at, bit, found.ends))

    assert whole.ends == {1: len(whole.records)}
    assert beyond == []
