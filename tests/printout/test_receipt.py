"""What stands on a receipt, word for word, and what never does."""

from dataclasses import replace
from datetime import date

import pytest

from kassaapp.domain.events import SaleRegistered
from kassaapp.domain.fees import Wish
from kassaapp.domain.tender import Offer
from kassaapp.domain.visit import PROTECTED_NAME, Category, FeeReason, Patient, Tender
from kassaapp.printout import qr
from kassaapp.printout.receipt import receipt
from kassaapp.printout.slip import Qr, Slip, lines
from sync.wire import record
from tests.builders import (
    ADDRESS,
    CARD,
    INVOICE,
    OLD,
    PROTECTED,
    SWISH,
    YOUNG,
    a_configuration,
    a_patient,
    a_payer,
    a_record,
    a_sale,
)
from tests.printout import golden

ENV = a_record().env


def printed(sale: SaleRegistered, till: str = "H", *, demo: bool = False) -> Slip:
    settings = a_configuration()
    return receipt(sale, settings, settings.till(till), ENV, demo=demo)


def text_of(slip: Slip) -> str:
    return "\n".join(lines(slip))


def test_cash_with_change() -> None:
    golden.check(printed(a_sale(offers=[Offer(Tender.CASH, given_ore=50000)])), "receipt_cash")


def test_card_with_a_reference() -> None:
    golden.check(printed(a_sale(offers=[replace(CARD, reference="1234")])), "receipt_card")


def test_a_visit_that_costs_nothing() -> None:
    golden.check(printed(a_sale(wishes=[Wish(2)])), "receipt_free_visit")


def test_free_by_age() -> None:
    golden.check(printed(a_sale(a_patient(OLD, "Gammal Testsson"))), "receipt_age")


def test_free_by_frikort() -> None:
    golden.check(printed(a_sale(a_patient(frikort_until=date(2027, 2, 11)))), "receipt_frikort")


def test_the_last_part_before_frikort() -> None:
    patient = a_patient(paid_in_window_ore=137000, window_from=date(2026, 3, 1))

    golden.check(printed(a_sale(patient)), "receipt_ceiling_part")


def test_an_asylum_seeker_who_came_on_another_day() -> None:
    patient = a_patient(category=Category.ASYLUM, category_reference="50-123456")

    golden.check(printed(a_sale(patient, visit_date=date(2026, 11, 20))), "receipt_asylum_other_day")


def test_a_missed_visit() -> None:
    golden.check(printed(a_sale(wishes=[Wish(5)], offers=[SWISH])), "receipt_missed_visit")


def test_two_missed_visits_tell_the_price_of_one() -> None:
    text = text_of(printed(a_sale(wishes=[Wish(5, 2)])))

    assert "  à 400,00\n  Räknas inte mot högkostnadsskyddet\n" in text


def test_nothing_to_pay_when_the_ceiling_was_reached_before() -> None:
    patient = a_patient(paid_in_window_ore=145000, window_from=date(2026, 3, 1))

    assert "  Avgiftsfritt, högkostnadsskyddet är nått\n" in text_of(printed(a_sale(patient)))


def test_a_missed_visit_costs_nothing_for_somebody_young_on_that_day() -> None:
    text = text_of(printed(a_sale(a_patient(YOUNG), [Wish(5)], visit_date=date(2025, 12, 1))))

    assert "  Ingen avgift på grund av ålder\n" in text
    assert "Besöksdatum                     2025-12-01\n" in text


def test_two_vat_rates_two_tenders_and_rounding_for_a_patient_with_a_long_name() -> None:
    settings = a_configuration()
    writes_receipts = replace(settings.till("E"), document="kvitto")
    patient = a_patient(name="Maximilian-Åke von Östergöthland-Älvkvist")
    wishes = [Wish(102), Wish(104, 2), Wish(105), Wish(103)]
    offers = [Offer(Tender.SWISH, 50000, reference="1A2B3C4D5E"), Offer(Tender.CASH, 73840, given_ore=200000)]

    sold = a_sale(patient, wishes, offers, till="E")

    golden.check(receipt(sold, settings, writes_receipts, ENV), "receipt_own_till")


def test_an_invoiced_visit_tells_that_it_is_not_paid_who_pays_and_what_it_stands_in_for() -> None:
    patient = a_patient(YOUNG, "Unga Testsson", payer=a_payer())

    sold = a_sale(patient, offers=[INVOICE], replaces=17)

    golden.check(printed(sold), "receipt_invoiced")


def test_a_patient_who_pays_the_whole_cost_is_told_so() -> None:
    covered = a_sale()
    line = replace(covered.lines[0], amount_ore=235000, reason=FeeReason.FULL_COST, counts_ore=0)
    protected = replace(covered.patient, protected=True)

    known = text_of(printed(replace(covered, lines=(line,))))
    hidden = text_of(printed(replace(covered, lines=(line,), patient=protected)))

    assert "  Hela vårdkostnaden\n" in known
    assert "  Annan avgift\n" in hidden
    assert "vårdkostnad" not in hidden


def test_the_address_of_the_patient_stands_on_no_receipt() -> None:
    assert ADDRESS.split(",")[0] not in text_of(printed(a_sale(a_patient(address=ADDRESS))))


def test_a_demo_says_so_first() -> None:
    slip = printed(a_sale(), demo=True)

    golden.check(slip, "receipt_demo")
    assert "DEMO" not in text_of(printed(a_sale())).splitlines()[0]


# ── Protected identity ───────────────────────────────────────────────────────────────────────────


def a_protected_patient() -> Patient:
    return a_patient(
        PROTECTED,
        "Hemlig Testsson",
        protected=True,
        category=Category.OTHER_REGION,
        category_reference="REF-4711",
        frikort_until=date(2027, 2, 11),
    )


def test_protected_identity() -> None:
    golden.check(printed(a_sale(a_patient(PROTECTED, protected=True))), "receipt_protected")


@pytest.mark.parametrize("protected", [True, False])
def test_a_protected_patients_receipt_points_at_nobody(protected: bool) -> None:
    patient = replace(a_protected_patient(), protected=protected)
    offers = [replace(SWISH, reference="SW-0815")]
    covered, paid = a_sale(patient), a_sale(patient, [Wish(5)], offers)

    text = "\n".join(text_of(printed(sale)) for sale in (covered, paid))

    number = patient.id.reveal()
    pieces = {number[start : start + 4] for start in range(len(number) - 3)} & {"1950", "5009", "0907", "2553"}
    told = {"Patient", "Testsson", "Annan region", "4711", "2027-02-11", "0815", "500907"} | pieces
    found = {word for word in told if word in text}
    assert "Frikort" not in text or not protected
    assert found == set() if protected else found >= {"Patient", "Testsson", "500907", "4711", "0815"}
    assert PROTECTED_NAME not in text
    assert "kydda" not in text


def test_a_protected_patient_who_is_free_by_age_tells_no_age() -> None:
    text = text_of(printed(a_sale(a_patient(OLD, protected=True))))

    assert "  Avgiftsfritt\n" in text
    assert "ålder" not in text


def test_a_protected_patient_who_pays_less_is_told_no_more_than_that() -> None:
    patient = a_patient(PROTECTED, protected=True, category=Category.ASYLUM)

    text = text_of(printed(a_sale(patient)))

    assert "Nedsatt avgift" in text
    assert "asyl" not in text.lower()


def test_the_cashier_stands_with_the_id_and_not_the_name() -> None:
    text = text_of(printed(a_sale()))

    assert "Kassör anber" in text
    assert "Anna" not in text


# ── The QR code ──────────────────────────────────────────────────────────────────────────────────


def test_the_code_carries_the_signed_header() -> None:
    code = next(row for row in printed(a_sale()).rows if isinstance(row, Qr))

    kind, env = qr.read_digits(code.content)

    assert kind is qr.Kind.RECEIPT
    assert record.read(env) == a_record()


def test_a_code_never_begins_with_a_nought_so_that_none_can_be_lost() -> None:
    content = qr.digits(qr.Kind.HEAD, bytes(32))

    assert content[0] != "0"
    assert qr.read_digits(content) == (qr.Kind.HEAD, bytes(32))


@pytest.mark.parametrize("text", ["", "0", "1", "255", "0512", "-512", "5 12", "٥١٢", "abc", "9" * 5000, str(9 << 80)])
def test_what_no_slip_carries_is_not_read(text: str) -> None:
    with pytest.raises(ValueError, match=r"not the code|not a valid Kind"):
        qr.read_digits(text)
