"""What stands on a return receipt: all that a receipt has, what it takes back, and lines to sign for cash."""

from dataclasses import replace

from kassaapp.domain.events import SaleRefunded, SaleVoided
from kassaapp.domain.fees import Wish
from kassaapp.domain.refund import GiveBack
from kassaapp.domain.tender import Offer
from kassaapp.domain.visit import Tender
from kassaapp.printout.returns import return_receipt
from kassaapp.printout.slip import Signature, Slip, lines
from tests.builders import (
    ADDRESS,
    CARD,
    CASH,
    INVOICE,
    PROTECTED,
    a_configuration,
    a_patient,
    a_record,
    a_refund,
    a_sale,
    a_void,
)
from tests.printout import golden


def printed(event: SaleRefunded | SaleVoided, till: str = "H") -> Slip:
    settings = a_configuration()
    return return_receipt(event, settings, settings.till(till), a_record("refund").env)


def text_of(slip: Slip) -> str:
    return "\n".join(lines(slip))


def to_sign(slip: Slip) -> list[str]:
    return [row.caption for row in slip.rows if isinstance(row, Signature)]


def test_part_of_a_visit_given_back_in_cash() -> None:
    golden.check(printed(a_refund(wishes=[GiveBack(1, 15000)], approved_by=None)), "return_cash")


def test_a_whole_receipt_undone_goes_back_on_the_card_it_came_from() -> None:
    sold = a_sale(offers=[replace(CARD, reference="1234")])

    golden.check(printed(a_void(sold, approved_by=None)), "return_void_card")


def test_a_refund_at_the_own_till_is_a_credit_invoice() -> None:
    sold = a_sale(wishes=[Wish(102), Wish(104, 2), Wish(103)], offers=[CASH], till="E")
    given_back = [GiveBack(1, 68800), GiveBack(2, 4995), GiveBack(3, 33050)]

    golden.check(printed(a_refund(sold, given_back, till="E", reason="Fel intyg"), "E"), "credit_invoice")


def test_a_void_at_the_own_till_credits_the_whole_invoice() -> None:
    golden.check(printed(a_void(a_sale(wishes=[Wish(105)], till="E"), till="E"), "E"), "credit_invoice_void")


def test_it_tells_the_receipt_and_the_session_that_it_takes_back_from() -> None:
    earlier = replace(a_refund(), receipt=42, sale_receipt=17, session=9, sale_session=7)

    text = text_of(printed(earlier))

    assert "Kvittonr R0417H-42 " in text
    assert "Gäller kvitto R0417H-17        i session 7\n" in text
    assert "Session 9 " in text


def test_two_tenders_are_told_apart_and_only_cash_is_signed_for() -> None:
    half = [Offer(Tender.CARD, 10000), Offer(Tender.CASH, 10000)]

    both, card = printed(a_refund(offers=half)), printed(a_refund(offers=[CARD]))

    assert "Kort, återbetalt                    100,00\nKontant, utbetalt                   100,00\n" in text_of(both)
    assert to_sign(both) == ["Patientens underskrift, kontanter mottagna", "Kassörens underskrift"]
    assert to_sign(card) == []


def test_an_invoice_that_was_never_paid_is_credited_and_not_paid_back() -> None:
    invoiced = a_void(a_sale(offers=[INVOICE]))

    text = text_of(printed(invoiced))

    assert "Krediteras                       250,00 kr\nFaktura, krediteras                 250,00\n" in text
    assert "tillbaka" not in text


def test_rounding_goes_back_with_its_sign_changed() -> None:
    sold = a_sale(wishes=[Wish(104)], till="E")

    text = text_of(printed(a_refund(sold, till="E"), "E"))

    assert sold.rounding_ore == 5
    assert "Summa                               -49,95\nÖresavrundning                       -0,05\n" in text
    assert "Att få tillbaka                   50,00 kr\n" in text


def test_a_protected_patient_signs_nothing_and_no_reason_is_told() -> None:
    sold = a_sale(a_patient(PROTECTED, "Hemlig Testsson", protected=True))
    slip = printed(a_refund(sold, reason="Bor på annan ort"))

    text = text_of(slip)

    assert to_sign(slip) == ["Kassörens underskrift"]
    for word in ("Patient", "Testsson", "500907", "annan ort", "kydda"):
        assert word not in text


def test_a_credit_invoice_to_a_protected_patient_goes_by_the_forwarding_address() -> None:
    sold = a_sale(a_patient(PROTECTED, "Hemlig Testsson", protected=True), [Wish(105)], till="E")

    text = text_of(printed(a_refund(sold, till="E"), "E"))

    assert "Box 2820" in text
    assert "Patient" not in text
    assert ADDRESS.split(",")[0] not in text
