"""Undoing a receipt: whole, in part, to another tender or patient, and never by Enter alone (UX 2.12, R08–R13)."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from kassaapp.domain.events import SaleRefunded, SaleVoided
from kassaapp.domain.fees import Wish
from kassaapp.domain.visit import Tender
from kassaapp.screens.receipts import Act
from kassaapp.screens.undo import Spot, Undo, Void
from kassaapp.screens.undo_correct import CorrectPatient, CorrectTender
from kassaapp.screens.undo_refund import Refund
from tests.desks import SWEDISH_WINTER, an_open_till
from tests.screens.looking_back import ADULT, HIDDEN, OTHER, LookingBack

TWO = [{"article": 1}, {"article": 4}]


@pytest.fixture
def back(tmp_path: Path) -> Iterator[LookingBack]:
    with an_open_till(tmp_path) as desk:
        yield LookingBack(desk)


def begun(back: LookingBack, act: Act, receipt: int = 1) -> Any:
    """An act on a receipt, begun."""
    back.screen.show(receipt, act)
    back.screen.begin()
    assert back.screen.undo is not None
    return back.screen.undo


def returned(back: LookingBack, receipt: int = 2) -> SaleRefunded | SaleVoided:
    """The return receipt that was made."""
    event = back.desk.register("H").receipts.other(receipt)
    assert isinstance(event, SaleRefunded | SaleVoided)
    return event


def by_reason(undo: Undo, index: int = 0) -> None:
    """Pick a reason and press the button."""
    undo.choose_reason(index)
    undo.go_on()
    undo.confirm()


def with_approval(undo: Undo, user: str = "erilu", pin: str = "234567") -> None:
    """A second person signs, and the button is pressed again."""
    undo.approval.type_user(user)
    undo.approval.type_pin(pin)
    undo.confirm()
    if undo.is_begun:
        undo.confirm()


# ── money that goes back by card or Swish is on record before it goes ───────────────────────────


def test_what_goes_back_by_card_is_begun_before_and_registered_when_somebody_says_so(back: LookingBack) -> None:
    back.sell()
    undo = begun(back, Act.VOID)
    undo.choose_reason(2)
    before = undo.view
    undo.go_on()
    waiting, open_payment = undo.view, back.desk.register("H").open_payment

    undo.confirm()

    assert open_payment is not None
    assert (open_payment.returns, open_payment.amount_ore, before.begun, waiting.begun) == (1, 20_000, False, True)
    assert waiting.money == ("Gör återköpet på 200,00\u202fkr i kortterminalen också.",)
    assert (waiting.confirm, waiting.keep) == ("Pengarna är tillbaka – registrera", "Inget är återbetalt")
    assert (waiting.reason.choices, waiting.lines, waiting.tenders) == ((), (), ())
    assert returned(back).reason == "Dubbelt"
    assert back.desk.register("H").open_payment is None


def test_who_says_that_nothing_was_given_back_is_where_one_was(back: LookingBack) -> None:
    back.sell()
    undo = begun(back, Act.REFUND)
    undo.choose_reason(0)
    undo.go_on()

    back.screen.back()

    assert (undo.view.begun, undo.spot, undo.view.confirm) == (False, Spot.REASON, "Återbetala 200,00\u202fkr")
    assert back.screen.undo is undo
    assert back.desk.register("H").open_payment is None
    back.screen.back()
    assert back.screen.undo is None


def test_what_was_begun_before_a_crash_goes_on_at_the_receipt(back: LookingBack) -> None:
    back.sell()
    back.ask("begin_void", till="H", receipt=1, reason="Dubbelt")
    undo = begun(back, Act.VOID)
    undo.choose_reason(2)

    undo.confirm()
    waiting = undo.view.begun
    undo.confirm()

    assert waiting
    assert back.desk.register("H").state.next_attempt == 2
    assert back.desk.register("H").receipts.sale(1).voided_by == 2


def test_the_second_persons_pin_is_asked_for_before_the_money_goes(back: LookingBack) -> None:
    back.sell(lines=[{"article": 1}, {"article": 3}, {"article": 4}])
    undo = begun(back, Act.VOID)
    undo.choose_reason(2)
    undo.go_on()
    asked = (undo.spot, undo.view.begun)
    undo.approval.type_user("erilu")
    undo.approval.type_pin("234567")

    undo.go_on()
    waiting = undo.view
    undo.confirm()

    assert asked == (Spot.APPROVAL, False)
    assert (waiting.begun, waiting.approval) == (True, None)
    assert returned(back).approved_by == "erilu"


def test_a_large_void_beside_another_open_payment_needs_the_pin_once(back: LookingBack) -> None:
    back.sell(lines=[{"article": 1}, {"article": 3}, {"article": 4}])
    back.ask("begin_payment", till="H", patient=OTHER, lines=[{"article": 1}], by="card")
    undo = begun(back, Act.VOID)
    undo.choose_reason(2)
    undo.confirm()
    undo.approval.type_user("erilu")
    undo.approval.type_pin("234567")
    undo.go_on()

    undo.confirm()

    assert returned(back).approved_by == "erilu"
    assert back.screen.view.money[0].startswith("Gör återköpet")


# ── makulera ─────────────────────────────────────────────────────────────────────────────────────


def test_a_receipt_is_voided_with_a_reason_and_says_what_to_do_with_the_money(back: LookingBack) -> None:
    back.sell()
    undo = begun(back, Act.VOID)
    assert isinstance(undo, Void)
    before = undo.view

    by_reason(undo, 2)

    view = back.screen.view
    assert (before.heading, before.confirm) == ("Makulera kvitto R0417H-1", "Makulera 200,00\u202fkr")
    assert before.money == ("200,00\u202fkr ska tillbaka på kortet. Kassan säger till när.",)
    assert view.result == "Kvitto R0417H-1 är makulerat med returkvitto R0417H-2."
    assert view.money == ()
    assert back.printed == [2]
    assert returned(back).reason == "Dubbelt"
    assert view.detail is None
    back.screen.enter("R0417H-1")
    detail = back.screen.view.detail
    assert detail is not None
    assert detail.status == "Makulerat · Returkvitto R0417H-2"


def test_enter_alone_never_undoes(back: LookingBack) -> None:
    back.sell()
    undo = begun(back, Act.VOID)

    for _ in range(3):
        undo.go_on()
        undo.confirm()

    assert (undo.spot, undo.view.reason.error) == (Spot.REASON, "Välj orsak med en siffra.")
    assert back.desk.register("H").receipts.sale(1).voided_by is None


def test_own_words_want_five_characters_and_nothing_about_health(back: LookingBack) -> None:
    back.sell()
    undo = begun(back, Act.VOID)
    undo.choose_reason(4)
    asked = (undo.spot, undo.view.reason.hint)
    undo.reason.write("nej ")
    undo.confirm()
    short = (undo.spot, undo.view.reason.error)

    undo.reason.write("Fel kö i receptionen")
    undo.confirm()
    undo.confirm()

    assert asked == (Spot.NOTE, "Skriv inget om patientens hälsa.")
    assert short == (Spot.NOTE, "Skriv orsaken med minst 5 tecken.")
    assert returned(back).reason == "Fel kö i receptionen"


def test_a_large_void_is_approved_by_a_second_person(back: LookingBack) -> None:
    back.sell(lines=[{"article": 1}, {"article": 3}, {"article": 4}])
    undo = begun(back, Act.VOID)

    by_reason(undo)
    asked = undo.view.approval
    with_approval(undo, "erilu", "999999")
    wrong = undo.view.approval
    with_approval(undo, "anber", "123456")
    oneself = undo.view.approval
    with_approval(undo)

    assert asked is not None
    assert wrong is not None
    assert oneself is not None
    assert asked.text.startswith("Över 500\u202fkr behövs en andra person. Be kassaansvarig godkänna")
    assert (wrong.pin_error[:24], wrong.has_pin) == ("Pinkoden stämmer inte. 4", False)
    assert oneself.user_error == "Du kan inte själv vara den andra personen. Be en kollega godkänna."
    assert returned(back).approved_by == "erilu"


def test_what_was_pressed_is_pressed_again_after_the_approval(back: LookingBack) -> None:
    back.sell(lines=[{"article": 1}, {"article": 6, "quantity": 2}], by="invoice")
    undo = begun(back, Act.VOID)
    undo.choose_reason(1)
    undo.confirm_anew()
    undo.approval.type_user("erilu")
    undo.approval.type_pin("234567")

    undo.go_on()
    spot = undo.spot
    undo.confirm_anew()

    assert spot is Spot.AGAIN
    ((_, wishes, _),) = back.sales
    assert wishes == (Wish(1), Wish(6, 2))


@pytest.mark.parametrize(("reason", "who"), [(0, None), (1, "19610118-2803")])
def test_the_new_sale_has_the_rows_and_the_patient_unless_that_was_wrong(
    back: LookingBack, reason: int, who: str | None
) -> None:
    back.sell(by="invoice", visit_date="2026-11-20")
    undo = begun(back, Act.VOID)
    undo.choose_reason(reason)

    undo.confirm_anew()

    ((patient, wishes, visit_date),) = back.sales
    assert (None if patient is None else patient.id.formatted_long()) == who
    assert (wishes, visit_date.isoformat()) == ((Wish(1),), "2026-11-20")


def test_nothing_is_begun_over_a_sale_that_is_being_made(back: LookingBack) -> None:
    back.sell()
    back.in_sale = True

    undo = begun(back, Act.VOID)

    assert undo.view.again == ""


def test_a_receipt_of_an_earlier_session_says_so(back: LookingBack) -> None:
    back.sell()
    back.ask("close_session", till="H", counted_ore=100_000, card_ore=20_000, pin="123456")
    back.desk.clock.set(datetime(2026, 11, 24, 8, 0, tzinfo=SWEDISH_WINTER))
    back.ask("open_session", till="H", counted_ore=100_000)

    undo = begun(back, Act.VOID)

    assert undo.view.late == "Kvittot är från 2026-11-23. Det som görs nu bokförs i dag."


def test_a_closed_till_undoes_nothing_and_says_why(back: LookingBack) -> None:
    back.sell()
    back.ask("close_session", till="H", counted_ore=100_000, card_ore=20_000, pin="123456")
    undo = begun(back, Act.VOID)

    by_reason(undo)

    assert undo.view.error.startswith("Kassan är inte öppen.")
    assert back.printed == []


# ── återbetala ───────────────────────────────────────────────────────────────────────────────────


def test_all_that_is_left_goes_back_as_it_was_paid(back: LookingBack) -> None:
    back.sell(lines=TWO, pay=[{"by": "card", "amount_ore": 15_000}, {"by": "cash", "amount_ore": 25_000}])
    undo = begun(back, Act.REFUND)
    assert isinstance(undo, Refund)
    shown = undo.view

    by_reason(undo)

    assert shown.confirm == "Återbetala 400,00\u202fkr"
    assert shown.tenders[0] == ("1", "Kort och Kontant (som betalningen)")
    payments = returned(back).payments
    assert {paid.by: paid.amount_ore for paid in payments} == {Tender.CARD: 15_000, Tender.CASH: 25_000}
    assert back.screen.view.result == "400,00\u202fkr av kvitto R0417H-1 är återbetalt med returkvitto R0417H-2."
    assert back.screen.view.money == ("Lämna tillbaka 250\u202fkr kontant.",)


def test_a_part_goes_back_and_the_rest_later(back: LookingBack) -> None:
    back.sell(lines=TWO)
    undo = begun(back, Act.REFUND)
    undo.choose_line(1, chosen=False)
    undo.type_amount(0, "150")
    by_reason(undo)

    again = begun(back, Act.REFUND)

    assert [(line.text, line.left) for line in again.view.lines] == [
        ("Läkarbesök", "50,00\u202fkr"),
        ("Psykolog", "200,00\u202fkr"),
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [("200,01", "Högst 200,00\u202fkr kan återbetalas här."), ("0", "Högst 200,00"), ("tolv", "Skriv beloppet")],
)
def test_more_than_is_left_is_told_at_the_row(back: LookingBack, text: str, says: str) -> None:
    back.sell(lines=TWO)
    undo = begun(back, Act.REFUND)
    undo.type_amount(0, text)

    by_reason(undo)

    assert undo.spot is Spot.LINES
    assert undo.view.lines[0].error.startswith(says)
    assert back.printed == []


def test_what_has_been_given_back_is_told_with_what_is_left(back: LookingBack) -> None:
    back.sell()
    first = begun(back, Act.REFUND)
    first.type_amount(0, "150")
    by_reason(first)
    undo = begun(back, Act.REFUND)
    undo.type_amount(0, "51")

    by_reason(undo)

    assert undo.view.lines[0].error == ("Högst 50,00\u202fkr kan återbetalas här. 150,00\u202fkr är redan återbetalt.")


def test_no_row_at_all_is_told(back: LookingBack) -> None:
    back.sell()
    undo = begun(back, Act.REFUND)
    undo.choose_line(0, chosen=False)

    by_reason(undo)

    assert undo.view.error == "Välj minst en rad att återbetala."


def test_another_tender_is_approved_by_a_second_person(back: LookingBack) -> None:
    back.sell()
    undo = begun(back, Act.REFUND)
    undo.choose_tender(1)

    by_reason(undo)
    asked = undo.view.approval
    with_approval(undo)

    assert undo.view.tenders == (("1", "Kort (som betalningen)"), ("2", "Kontant"), ("3", "Swish"))
    assert asked is not None
    assert asked.text.startswith("Det här görs av två personer.")
    assert returned(back).payments[0].by is Tender.CASH


def test_too_little_cash_is_told_at_the_tender(back: LookingBack) -> None:
    back.sell(by="cash")
    back.ask("cash_out", till="H", amount_ore=110_000, kind="bank", reference="påse 1", second="Sara Lind")
    undo = begun(back, Act.REFUND)

    by_reason(undo)

    assert undo.spot is Spot.TENDER
    assert undo.view.tender_error.startswith("I lådan finns 100,00\u202fkr enligt kassan.")


# ── rätta ────────────────────────────────────────────────────────────────────────────────────────


def test_the_right_tender_makes_a_return_receipt_and_a_new_one(back: LookingBack) -> None:
    back.sell(by="cash")
    undo = begun(back, Act.TENDER)
    assert isinstance(undo, CorrectTender)
    undo.go_on()
    missing = undo.view.tender_error
    undo.choose_tender(0)

    by_reason(undo)

    assert missing == "Välj betalsätt med en siffra."
    assert undo.view.confirm == "Rätta 200,00\u202fkr till Kort"
    assert back.screen.view.result == (
        "Kvitto R0417H-1 är rättat till Kort med returkvitto R0417H-2 och nytt kvitto R0417H-3."
    )
    assert back.printed == [2, 3]


def test_the_right_patient_is_looked_up_on_record_and_has_the_receipt(back: LookingBack) -> None:
    back.sell()
    undo = begun(back, Act.PATIENT)
    assert isinstance(undo, CorrectPatient)
    undo.enter_number("701063-2391")
    asked = (undo.spot, undo.view.patient)
    undo.go_on()
    nameless = undo.view.patient
    undo.type_name(OTHER["name"])

    by_reason(undo)

    assert asked[0] is Spot.NAME
    assert nameless is not None
    assert nameless.name_error.startswith("Skriv patientens namn")
    assert back.desk.history("H").sale(3).event.patient.name == "Sara Samordning"
    assert back.screen.view.result.startswith("Kvitto R0417H-1 är flyttat till rätt patient")
    assert [masked for _, masked in back.looks].count("701063-••••") == 1


@pytest.mark.parametrize(
    ("number", "says"),
    [("", "Ange personnummer"), ("6101182804", "Kontrollsiffran"), ("196101182803", "Kvittot står redan på")],
)
def test_a_number_that_will_not_do_is_told_at_the_field(back: LookingBack, number: str, says: str) -> None:
    back.sell()
    undo = begun(back, Act.PATIENT)

    undo.type_number(number)
    by_reason(undo)

    assert undo.spot is Spot.NUMBER
    assert undo.view.patient.number_error.startswith(says)


def test_another_fee_for_the_right_patient_is_another_sale(back: LookingBack) -> None:
    back.sell()
    child = {"id": "202312312388", "name": "Bo Barn"}
    back.sell(patient=child, pay=[])
    undo = begun(back, Act.PATIENT)
    undo.enter_number("20231231-2388")

    by_reason(undo)

    assert undo.view.error.startswith("Avgiften blir en annan för den här patienten.")
    assert back.desk.register("H").receipts.sale(1).voided_by is None


def test_an_invoice_that_wants_an_address_is_another_sale(back: LookingBack) -> None:
    desk = back.desk
    desk.register("E").open_session(50_000)
    back.ask("sell", till="E", patient=ADULT, lines=[{"article": 104}], pay=[{"by": "card"}])
    undo = CorrectPatient(desk.register("E"), desk.history("E"), 1, done=lambda _undone: None, left=lambda: None)
    undo.enter_number(OTHER["id"])
    undo.type_name(OTHER["name"])

    by_reason(undo)

    assert undo.view.error == (
        "Kassan skriver kontantfaktura, och den ska ha patientens adress. "
        "Gå tillbaka, makulera kvittot och registrera besöket på nytt."
    )


def test_a_protected_patient_needs_no_name_to_be_the_right_one(back: LookingBack) -> None:
    back.sell(patient=HIDDEN)
    back.sell(patient=ADULT)
    undo = begun(back, Act.PATIENT, 2)

    undo.enter_number(HIDDEN["id"])
    shown = undo.view.patient
    by_reason(undo)

    assert shown.found == "••••••••-••••  ·  Skyddad"
    assert back.desk.history("H").sale(4).event.patient.protected


def test_a_payment_left_open_is_still_open_after_a_void(back: LookingBack) -> None:
    back.sell()
    back.ask("begin_payment", till="H", patient=OTHER, lines=[{"article": 1}], by="card")

    by_reason(begun(back, Act.VOID))

    begun_before = back.desk.register("H").open_payment
    assert begun_before is not None
    assert begun_before.patient.name == "Sara Samordning"
    assert back.desk.register("H").receipts.sale(1).voided_by == 2
