"""Invoice, a conto and a sum in parts (UX 2.7, 2.8)."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kassaapp.domain.catalogue import Catalogue
from kassaapp.domain.tender import Offer
from kassaapp.domain.visit import FeeReason, Tender
from kassaapp.screens.account_payment import AccountPayment
from kassaapp.screens.invoice_payment import InvoicePayment
from kassaapp.screens.payment import CardPayment, CashPayment, SwishPayment
from kassaapp.screens.sale import Panel
from kassaapp.screens.split import SplitPayment
from kassaapp.screens.tender_buttons import TenderButton
from tests.desks import a_desk, an_open_till
from tests.screens.counters import ADULT, CHILD, DOCTOR, Selling
from tests.screens.sales import MISSED, VACCINATION, equipped


@pytest.fixture
def sale(tmp_path: Path) -> Iterator[Selling]:
    with an_open_till(tmp_path) as desk:
        selling, _ = equipped(desk)
        yield selling


def invoice(sale: Selling) -> InvoicePayment:
    sale.screen.pay(Tender.INVOICE)
    assert isinstance(sale.screen.payment, InvoicePayment)
    return sale.screen.payment


def account(sale: Selling) -> AccountPayment:
    sale.screen.pay(Tender.ON_ACCOUNT)
    assert isinstance(sale.screen.payment, AccountPayment)
    return sale.screen.payment


def split(sale: Selling) -> SplitPayment:
    sale.screen.pay(Tender.CASH)
    cash = sale.screen.payment
    assert isinstance(cash, CashPayment)
    cash.divide()
    parts = sale.screen.payment
    assert isinstance(parts, SplitPayment)
    return parts


def button(sale: Selling, by: Tender) -> TenderButton:
    return next(one for one in sale.screen.view.tenders if one.tender is by)


def deposit(sale: Selling, amount_ore: int) -> None:
    patient = sale.screen.draft.patient
    assert patient is not None
    sale.desk.register("H").deposit(patient, amount_ore, [Offer(Tender.CARD)])


def paid(sale: Selling) -> list[tuple[Tender, int]]:
    return [(payment.by, payment.amount_ore) for payment in sale.sold[-1].event.payments]


# ── invoice ──────────────────────────────────────────────────────────────────────────────────────


def test_an_invoice_has_the_fee_and_says_when_it_comes(sale: Selling) -> None:
    sale.visit(DOCTOR)
    panel = invoice(sale)
    view = panel.view

    panel.register()

    assert (view.visit, view.fee, view.total) == ("200,00\u202fkr", "50,00\u202fkr", "250,00\u202fkr")
    assert view.button == "Skicka 250,00\u202fkr till faktura"
    assert view.tell.startswith("Säg till patienten: faktura kommer i början av nästa månad")
    assert paid(sale) == [(Tender.INVOICE, 25_000)]
    assert sale.sold[-1].event.counts_ore == 20_000
    result = sale.screen.view.result
    assert result is not None
    assert result.headline.startswith("Skickat 250,00\u202fkr till faktura · kvitto R0417H-1")
    assert result.aloud == "Skickat till faktura, 250 kronor."


def test_when_the_clinic_could_not_take_payment_there_is_no_fee_but_a_reason(sale: Selling) -> None:
    sale.visit(DOCTOR)
    panel = invoice(sale)
    panel.could_not_pay(could_not=True)
    panel.register()
    asked = (panel.view.why_error, panel.view.total, sale.receipts)

    panel.choose_why(0)
    panel.register()

    assert asked == ("Välj varför.", "200,00\u202fkr", 0)
    assert paid(sale) == [(Tender.INVOICE, 20_000)]
    assert sale.sold[-1].event.payments[0].reference == "Kortterminalen fungerar inte"


def test_taking_back_that_it_could_not_brings_the_fee_back(sale: Selling) -> None:
    sale.visit(DOCTOR)
    panel = invoice(sale)
    panel.could_not_pay(could_not=True)
    panel.choose_why(1)

    panel.could_not_pay(could_not=False)

    assert (panel.view.total, panel.view.why) == ("250,00\u202fkr", None)


def test_a_missed_visit_is_invoiced_first_of_all_and_without_a_fee(sale: Selling) -> None:
    sale.visit(MISSED)
    marked = [one.tender for one in sale.screen.view.tenders if one.primary]

    panel = invoice(sale)

    assert marked == [Tender.INVOICE]
    assert (panel.view.fee, panel.view.total) == ("0,00\u202fkr", "400,00\u202fkr")


@pytest.fixture
def child(sale: Selling) -> Selling:
    """A child who pays: the demo clinic's care is free for children, so here it is not."""
    register = sale.desk.register("H")
    paying = tuple(replace(article, age_exempt=False) for article in register.configuration.catalogue.articles)
    register.take_configuration(replace(register.configuration, number=9, catalogue=Catalogue(paying)))
    sale.visit(DOCTOR, number=CHILD, name="Bo Barn")
    return sale


def test_a_child_is_invoiced_to_somebody_of_age(child: Selling) -> None:
    panel = invoice(child)
    asked = (panel.view.payer_asked, panel.view.total)
    panel.register()
    unnamed = (panel.view.payer_number_error, panel.view.payer_name_error, child.receipts)
    panel.type_payer(CHILD, "Bo Barn")
    panel.register()
    himself = panel.view.payer_number_error

    panel.type_payer(ADULT, "Test Testsson")
    panel.register()

    assert asked == (True, "250,00\u202fkr")
    assert unnamed == ("Ange personnummer eller reservnummer.", "Skriv förmyndarens namn.", 0)
    assert himself.startswith("Patienten är under 18 år, så fakturan går till en förmyndare.")
    payer = child.sold[-1].event.patient.payer
    assert payer is not None
    assert (payer.id.reveal(), payer.name) == ("196101182803", "Test Testsson")


def test_what_may_not_be_invoiced_says_so_on_its_button(tmp_path: Path) -> None:
    with an_open_till(tmp_path) as desk:
        desk.register("E").open_session(50_000)
        sale, _ = equipped(desk, "E")
        sale.visit()
        sale.screen.enter_address("Ekvägen 2, 123 45 Demostad")
        sale.screen.enter_article(VACCINATION)

        shown = button(sale, Tender.INVOICE)
        sale.screen.pay(Tender.INVOICE)

        assert (shown.text, shown.enabled) == ("Faktura – inte i den här kassan", False)
        assert sale.screen.view.notice == "Den här kassan skickar inga fakturor. Välj ett annat betalsätt."
        assert sale.screen.view.panel is Panel.ARTICLES


def test_a_protected_patient_with_a_personnummer_is_invoiced_by_forwarding(sale: Selling) -> None:
    sale.screen.enter_patient(ADULT)
    sale.screen.protect()
    sale.screen.enter_article(DOCTOR)

    panel = invoice(sale)

    assert panel.view.note == "Fakturan går via Skatteverkets förmedling. Skriv ingen adress."


def test_a_protected_patient_with_a_reservnummer_is_not_invoiced(sale: Selling) -> None:
    sale.screen.enter_patient("19810829DA1B")
    sale.screen.protect()
    sale.screen.enter_article(DOCTOR)

    shown = button(sale, Tender.INVOICE)
    sale.screen.pay(Tender.INVOICE)

    assert not shown.enabled
    assert sale.screen.view.notice.startswith(
        "Faktura går inte att skicka: patienten har skyddade personuppgifter och reservnummer."
    )


# ── a conto ──────────────────────────────────────────────────────────────────────────────────────


def test_what_stands_a_conto_pays_and_what_is_left_is_told(sale: Selling) -> None:
    sale.visit(DOCTOR)
    deposit(sale, 45_000)
    panel = account(sale)
    view = panel.view

    panel.register()

    assert (view.balance, view.due, view.left) == ("450,00\u202fkr", "200,00\u202fkr", "250,00\u202fkr")
    assert view.button == "Dra 200,00\u202fkr från a conto"
    assert paid(sale) == [(Tender.ON_ACCOUNT, 20_000)]
    result = sale.screen.view.result
    assert result is not None
    assert result.headline.startswith("Draget 200,00\u202fkr från a conto")


def test_nothing_a_conto_is_said_and_registers_nothing(sale: Selling) -> None:
    sale.visit(DOCTOR)
    panel = account(sale)

    panel.register()

    assert panel.view.error.startswith("Patienten har inget innestående a conto")
    assert (panel.view.button, sale.receipts) == ("", 0)


@pytest.mark.parametrize(
    ("given", "words", "button"),
    [
        (20_000, "", "Dra 200,00\u202fkr från a conto"),
        (0, "Regionen kunde inte ge så mycket.", ""),
    ],
)
def test_money_that_another_till_holds_is_asked_for(tmp_path: Path, given: int, words: str, button: str) -> None:
    with an_open_till(tmp_path) as desk:
        sale, _ = equipped(desk, has_region=True)
        sale.visit(DOCTOR)
        panel = account(sale)
        offered = panel.view.ask
        panel.ask()
        waiting = panel.view
        (request,) = desk.register("H").state.open_requests

        desk.register("H").take_answer(request, given, 0)

        assert offered == "&Fråga regionen om 200,00\u202fkr"
        assert (waiting.ask, waiting.button) == ("", "")
        assert waiting.note.startswith("Regionen är tillfrågad. Svaret kommer när kassan har kontakt.")
        assert panel.view.note.startswith(words)
        assert panel.view.button == button


def test_without_a_region_nobody_is_asked(sale: Selling) -> None:
    sale.visit(DOCTOR)

    assert account(sale).view.ask == ""


def test_a_part_a_conto_leads_to_how_the_rest_is_paid(sale: Selling) -> None:
    sale.visit(DOCTOR)
    deposit(sale, 15_000)
    panel = account(sale)
    button_text = panel.view.button
    panel.register()
    rest = sale.screen.payment
    assert isinstance(rest, SplitPayment)
    view = rest.view

    rest.pay_rest(Tender.CASH)
    cash = sale.screen.payment
    assert isinstance(cash, CashPayment)
    cash.type("100")
    cash.register()

    assert button_text == "Dra 150,00\u202fkr och betala resten …"
    assert (view.account, view.rest) == ("150", "50,00\u202fkr")
    assert [one.text for one in view.buttons] == [
        "Resten 50,00\u202fkr med kort",
        "Resten 50,00\u202fkr med Swish",
        "Resten 50,00\u202fkr kontant",
    ]
    assert paid(sale) == [(Tender.ON_ACCOUNT, 15_000), (Tender.CASH, 5_000)]
    assert sale.sold[-1].event.change_ore == 5_000


# ── in parts ─────────────────────────────────────────────────────────────────────────────────────


def test_too_little_cash_leads_to_parts_with_what_was_handed_over(sale: Selling) -> None:
    sale.visit(DOCTOR)
    sale.screen.pay(Tender.CASH)
    cash = sale.screen.payment
    assert isinstance(cash, CashPayment)
    cash.type("150")
    cash.register()
    error = cash.view.error

    cash.divide()

    assert error == "150\u202fkr räcker inte, det saknas 50\u202fkr. Ändra beloppet eller dela betalningen."
    parts = sale.screen.payment
    assert isinstance(parts, SplitPayment)
    assert (parts.view.cash, parts.view.rest) == ("150", "50,00\u202fkr")


def test_the_card_is_asked_for_its_part_first_and_cash_is_taken_last(sale: Selling) -> None:
    sale.visit(DOCTOR)
    parts = split(sale)
    parts.type("", "150")
    parts.pay_rest(Tender.CARD)
    begun = sale.desk.register("H").open_payment
    card = sale.screen.payment
    assert isinstance(card, CardPayment)
    card.approve()
    after_card = sale.receipts
    cash = sale.screen.payment
    assert isinstance(cash, CashPayment)
    due = cash.view.to_pay

    cash.type("200")
    cash.register()

    assert begun is not None
    assert (begun.amount_ore, after_card, due) == (5_000, 0, "150,00\u202fkr")
    assert paid(sale) == [(Tender.CARD, 5_000), (Tender.CASH, 15_000)]
    assert sale.sold[-1].event.change_ore == 5_000
    assert sale.desk.register("H").open_payment is None


def test_a_card_that_is_refused_takes_no_cash(sale: Selling) -> None:
    sale.visit(DOCTOR)
    parts = split(sale)
    parts.type("", "150")
    parts.pay_rest(Tender.CARD)
    card = sale.screen.payment
    assert isinstance(card, CardPayment)

    card.decline()

    assert (sale.receipts, sale.screen.payment) == (0, None)
    assert sale.desk.register("H").open_payment is None
    assert len(sale.screen.view.rows) == 1


def test_swish_and_a_conto_are_parts_too(sale: Selling) -> None:
    sale.visit(DOCTOR)
    deposit(sale, 5_000)
    parts = split(sale)
    parts.type("50", "20")
    parts.pay_rest(Tender.SWISH)
    swish = sale.screen.payment
    assert isinstance(swish, SwishPayment)
    assert "130,00" in swish.view.code
    swish.arrive()
    cash = sale.screen.payment
    assert isinstance(cash, CashPayment)

    cash.register()

    assert paid(sale) == [(Tender.SWISH, 13_000), (Tender.ON_ACCOUNT, 5_000), (Tender.CASH, 2_000)]


@pytest.mark.parametrize(
    ("account", "cash", "error"),
    [
        ("60", "", "Innestående är 50,00\u202fkr. Mer än så kan inte dras."),
        ("", "10,50", "Kontant räknas i hela kronor. Skriv beloppet utan ören."),
        ("", "250", "Delarna är 50,00\u202fkr mer än det som ska betalas. Ändra beloppen."),
        ("1,,", "", "Skriv beloppet med siffror och högst ett kommatecken, till exempel 312,50."),
    ],
)
def test_parts_that_cannot_be_are_explained_and_ask_nobody(sale: Selling, account: str, cash: str, error: str) -> None:
    sale.visit(DOCTOR)
    deposit(sale, 5_000)
    parts = split(sale)
    parts.type(account, cash)

    parts.pay_rest(Tender.CARD)

    view = parts.view
    assert error in (view.account_error, view.cash_error, view.error)
    assert sale.desk.register("H").open_payment is None


def test_parts_that_are_all_of_it_leave_no_rest_to_choose(sale: Selling) -> None:
    sale.visit(DOCTOR)
    deposit(sale, 5_000)
    parts = split(sale)
    parts.type("50", "150")
    buttons = [one.text for one in parts.view.buttons]

    parts.enter()

    assert buttons == ["Ta betalt 200,00\u202fkr"]
    cash = sale.screen.payment
    assert isinstance(cash, CashPayment)
    assert cash.view.to_pay == "150,00\u202fkr"


def test_a_part_that_has_come_is_not_forgotten_when_the_rest_is_left(sale: Selling) -> None:
    sale.visit(DOCTOR)
    parts = split(sale)
    parts.type("", "150")
    parts.pay_rest(Tender.CARD)
    card = sale.screen.payment
    assert isinstance(card, CardPayment)
    card.approve()
    sale.screen.pay(Tender.CARD)
    sale.screen.park()
    kept = (sale.screen.view.panel, sale.screen.view.notice)

    sale.screen.back()

    assert kept == (Panel.CASH, "En del är betald. Ta emot resten först.")
    assert sale.desk.register("H").open_payment is not None
    assert sale.screen.view.left_open is not None
    assert sale.receipts == 0


def test_after_a_crash_in_the_middle_the_rest_is_taken_and_all_is_one_sale(sale: Selling, tmp_path: Path) -> None:
    sale.visit(DOCTOR)
    deposit(sale, 5_000)
    parts = split(sale)
    parts.type("", "150")
    parts.pay_rest(Tender.CARD)
    sale.desk.close()
    with a_desk(tmp_path) as desk:
        desk.sign_in("anber", "123456")
        again, _ = equipped(desk)
        again.screen.arrive()

        again.screen.answer_left_open(1)
        rest = again.screen.payment
        assert isinstance(rest, SplitPayment)
        rest.type("50", "")
        rest.pay_rest(Tender.CASH)
        cash = again.screen.payment
        assert isinstance(cash, CashPayment)
        cash.register()

        assert rest.view.due == "150,00\u202fkr"
        assert paid(again) == [(Tender.CARD, 5_000), (Tender.ON_ACCOUNT, 5_000), (Tender.CASH, 10_000)]
        assert desk.register("H").open_payment is None
        assert again.screen.view.rows == ()


def test_the_fee_for_invoicing_is_a_row_of_the_receipt(sale: Selling) -> None:
    sale.visit(DOCTOR)

    invoice(sale).register()

    assert [line.reason for line in sale.sold[-1].event.lines] == [None, FeeReason.INVOICE_FEE]
