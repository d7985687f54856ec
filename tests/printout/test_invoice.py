"""What stands on a kontantfaktura, word for word: customer, dates, VAT by rate, paid how and when (DOMAIN 1.9, R57)."""

from dataclasses import replace
from datetime import date

from kassaapp.domain.events import SaleRegistered
from kassaapp.domain.fees import Wish
from kassaapp.domain.tender import Offer
from kassaapp.domain.visit import Tender
from kassaapp.printout.invoice import cash_invoice
from kassaapp.printout.slip import Slip, lines
from tests.builders import ADDRESS, CARD, PROTECTED, SWISH, a_configuration, a_patient, a_record, a_sale
from tests.printout import golden


def printed(sale: SaleRegistered) -> Slip:
    settings = a_configuration()
    return cash_invoice(sale, settings, settings.till("E"), a_record().env)


def text_of(slip: Slip) -> str:
    return "\n".join(lines(slip))


def test_two_vat_rates_exempt_care_two_tenders_and_rounding() -> None:
    patient = a_patient(name="Maximilian-Åke von Östergöthland-Älvkvist")
    wishes = [Wish(102), Wish(104, 2), Wish(105), Wish(103)]
    offers = [Offer(Tender.SWISH, 50000, reference="1A2B3C4D5E"), Offer(Tender.CASH, 73840, given_ore=200000)]

    golden.check(printed(a_sale(patient, wishes, offers, till="E")), "invoice")


def test_exempt_care_alone_has_its_paragraph_and_no_vat() -> None:
    sold = a_sale(wishes=[Wish(103)], offers=[CARD], till="E", visit_date=date(2026, 11, 20))

    golden.check(printed(sold), "invoice_exempt")


def test_protected_identity_has_the_forwarding_address_and_nothing_else() -> None:
    sold = a_sale(a_patient(PROTECTED, protected=True), [Wish(101)], [SWISH], till="E")

    golden.check(printed(sold), "invoice_protected")


def test_an_identity_that_was_protected_after_the_sale_hides_the_address_that_was_written_then() -> None:
    sold = a_sale(wishes=[Wish(101)], till="E")

    text = text_of(printed(replace(sold, patient=replace(sold.patient, protected=True))))

    street = ADDRESS.split(",")[0]
    assert street in text_of(printed(sold))
    assert street not in text
    assert "Box 2820\n403 20 Göteborg\n" in text


def test_an_invoice_of_nothing_is_not_said_to_be_paid() -> None:
    sold = a_sale(wishes=[Wish(105)], till="E")
    line = replace(sold.lines[0], amount_ore=0)

    text = text_of(printed(replace(sold, lines=(line,), payments=(), total_ore=0, to_pay_ore=0, vat={"6": 0})))

    assert "Inget att betala" in text
    assert "Betald" not in text
