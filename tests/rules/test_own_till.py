"""The own till: every sale is a kontantfaktura of its own, and only a kreditfaktura takes it back (R56, R57)."""

from pathlib import Path
from typing import Any

import pytest

from kassaapp.domain.events import SaleRegistered
from kassaapp.domain.vat import VatRate, vat_by_rate
from tests.rules.counter import ADULT, BOSS, CARD, CASH, HIDDEN, SWISH, Counter

SALE: dict[str, Any] = {"till": "E", "lines": [{"article": 101}], "pay": [CARD]}
STREET, TOWN = "Provgatan 1", "123 45 Demostad"


def test_r56_vat_is_found_in_the_price_once_for_each_rate(counter: Counter) -> None:
    assert counter.sell(101, CARD, "E")["vat"] == {"25": 13_760}
    mixed = counter.sell(
        till="E", lines=[{"article": 101}, {"article": 104, "quantity": 3}, {"article": 105}, {"article": 103}]
    )

    assert mixed["vat"] == {"25": 16_757, "6": 679}
    figures = counter.x("E")
    assert figures["h"] == {"25": 30_517, "6": 679, "exempt": 33_050}


def test_r56_rates_are_rounded_half_up_to_the_ore() -> None:
    assert vat_by_rate([(VatRate.TWENTY_FIVE, 3), (VatRate.TWELVE, 14), (VatRate.SIX, 9)]) == {
        VatRate.SIX: 1,
        VatRate.TWELVE: 2,
        VatRate.TWENTY_FIVE: 1,
    }


def test_r56_care_and_vaccination_have_no_vat_rows(counter: Counter) -> None:
    assert counter.sell()["vat"] == {}
    assert counter.sell(103, CARD, "E")["vat"] == {}

    assert "oms" not in counter.paper(1)
    assert "Moms " not in counter.paper(1, "E")


@pytest.mark.parametrize("address", [None, "", "   "])
def test_r57_no_kontantfaktura_without_an_address(counter: Counter, address: str | None) -> None:
    patient = {"id": ADULT["id"], "name": ADULT["name"], **({} if address is None else {"address": address})}

    assert counter.refused("sell", **SALE, patient=patient) == "AddressMissing"


def test_r57_the_hälsovalskassa_asks_for_no_address(counter: Counter) -> None:
    counter.sell(patient={"id": ADULT["id"], "name": ADULT["name"]})


def test_r57_the_invoice_has_name_address_number_days_rows_vat_and_that_it_is_paid(counter: Counter) -> None:
    counter.sell(till="E", lines=[{"article": 101}, {"article": 105}], pay=SWISH, visit_date="2026-11-20")

    text = counter.paper(1, "E")

    for said in (
        "KONTANTFAKTURA",
        "R0417E-1",
        "Ekbacken Vård AB",
        "Org.nr 556016-0680",
        "Ekvägen 1, 123 45 Demostad",
        "2026-11-23",
        "2026-11-20",
        "Test Testsson",
        STREET,
        TOWN,
        "1 st Körkortsintyg",
        "688,00",
        "1 st Egenvårdsbok",
        "120,00",
        "25 %",
        "137,60",
        "6 %",
        "6,79",
        "808,00",
        "Betald",
        "Swish",
        "Session 1",
    ):
        assert said in text, said


def test_r57_invoices_have_a_series_of_their_own_and_each_is_its_own_record(counter: Counter) -> None:
    counter.sell()
    counter.sell()
    seqs = [counter.sell(101, CARD, "E")["seq"] for _ in range(3)]

    invoices = [event for event in counter.events("E") if isinstance(event, SaleRegistered)]

    assert [event.receipt for event in invoices] == [1, 2, 3]
    assert len(set(seqs)) == 3


def test_r57_the_stored_invoice_never_changes(counter: Counter) -> None:
    counter.sell(101, CARD, "E")
    path = counter.save(1, "E")
    assert path is not None
    first = path.read_bytes()

    counter.ok("refund", till="E", receipt=1, lines=[{"line": 1, "amount_ore": 100}], pay=[CARD], reason="Fel")
    again = counter.save(1, "E")

    assert again == path
    assert again.read_bytes() == first


def test_r57_only_a_kreditfaktura_takes_an_invoice_back(counter: Counter) -> None:
    counter.sell(101, CASH, "E")
    original = counter.paper(1, "E")

    counter.ok("refund", till="E", receipt=1, lines=[{"line": 1, "amount_ore": 10_000}], pay=[CASH], reason="Fel")

    credit = counter.paper(2, "E")
    assert "KREDITFAKTURA" in credit
    assert "R0417E-2" in credit
    assert "R0417E-1" in credit
    assert STREET in credit
    assert TOWN in credit
    assert "-20,00" in credit
    assert counter.paper(1, "E") == original


def test_r57_a_voided_invoice_has_a_kreditfaktura_of_all_of_it(counter: Counter) -> None:
    counter.sell(101, CASH, "E")

    counter.ok("void", till="E", receipt=1, reason="Fel intyg", approved_by=BOSS)

    credit = counter.paper(2, "E")
    assert "KREDITFAKTURA" in credit
    assert "688,00" in credit
    assert "137,60" in credit


def test_r57_a_protected_patients_invoice_has_the_forwarding_address(counter: Counter) -> None:
    counter.sell(101, CARD, "E", patient={**HIDDEN, "address": "Hemliga gatan 1"})

    sold = counter.events("E")[-1]

    assert isinstance(sold, SaleRegistered)
    assert sold.patient.address == "Skatteverket, Förmedlingsuppdrag, Box 2820, 403 20 Göteborg"
    text = counter.paper(1, "E")
    assert "Hemliga" not in text
    assert "Ska Inte" not in text


def test_r57_the_pdf_is_made_and_says_what_the_text_says(counter: Counter, tmp_path: Path) -> None:
    import io

    import pypdf

    counter.sell(101, CARD, "E")
    path = counter.save(1, "E")

    assert path is not None
    text = pypdf.PdfReader(io.BytesIO(path.read_bytes())).pages[0].extract_text()
    for said in ("KONTANTFAKTURA", "Test Testsson", "Körkortsintyg", "137,60"):
        assert said in text
