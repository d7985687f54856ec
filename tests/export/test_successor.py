"""A till that goes on in a chain of its own after a fork is exported whole: both chains, one series of receipts."""

import shutil
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree

from kassaapp import __main__, first_start
from kassaapp.app import Desk
from kassaapp.domain.fees import Wish
from kassaapp.domain.session import Count
from kassaapp.domain.tender import Offer
from kassaapp.domain.visit import Tender
from tests.builders import a_patient
from tests.desks import a_clock
from tests.export.sie_reader import read
from tests.regions import PluggedRegion

DAY = "2026-11-23"


def sell(folder: Path, visits: int) -> None:
    with Desk.open(folder, a_clock()) as desk:
        desk.sign_in("anber", "123456")
        if desk.register("H").state.session is None:
            desk.register("H").open_session(100_000)
        for _ in range(visits):
            desk.register("H").sell(a_patient(), [Wish(1)], [Offer(Tender.CARD)])
        desk.sync_now("H")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copied disk: both sold, the other was first at the region, and this one goes on as R0417B, with a Z."""
    region = PluggedRegion(tmp_path / "region")
    till, clone = tmp_path / "till", tmp_path / "clone"
    with region.plugged_in():
        first_start.enrol(till, region.clinic_file(tmp_path), a_clock())
        sell(till, 1)
    shutil.copytree(till, clone)
    sell(till, 2)
    sell(clone, 3)
    with region.plugged_in():
        sell(till, 0)
        sell(clone, 1)
        with Desk.open(clone, a_clock()) as desk:
            desk.sign_in("anber", "123456")
            desk.register("H").close_session(Count(100_000), "123456")
    region.region.close()
    return clone


def exported(folder: Path, tmp_path: Path, wanted: str) -> Path:
    out = tmp_path / f"dagen.{wanted}"
    asked = ["export", wanted, "--data", str(folder), "--from", DAY, "--to", DAY, "--out", str(out)]
    assert __main__.main(asked) == 0
    return out


def test_the_xml_has_both_chains_and_every_receipt_once(folder: Path, tmp_path: Path) -> None:
    tree = etree.parse(exported(folder, tmp_path, "xml"))

    receipts = [
        (one.findtext("{*}Kassabeteckning"), one.findtext("{*}LopnummerForKassakvitto"))
        for one in tree.iter("{*}Kassakvitto")
    ]
    assert [one.findtext("{*}Kassabeteckning") for one in tree.iter("{*}Kassaregistersystemet")] == [
        "R0417H",
        "R0417BH",
    ]
    assert receipts == [*[("R0417H", str(number)) for number in (1, 2, 3, 4)], ("R0417BH", "5")]
    assert {one.text for one in tree.iter("{*}LopnummerForZDagrapportPaKvitto")} == {"1"}


def test_the_session_that_went_over_both_is_one_voucher(folder: Path, tmp_path: Path) -> None:
    (voucher,) = read(exported(folder, tmp_path, "sie").read_bytes()).vouchers

    assert voucher.sum == 0
    assert voucher.rows[0] == ("1686", Decimal("1000.00"), "Kort")
