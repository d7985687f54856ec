"""Put right without erasing: the wrong tender, the wrong patient; both halves are recorded or neither (R13)."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from kassaapp.domain.events import SaleRefunded, SaleRegistered
from tests.rules.counter import ADULT, CASH, INVOICE, OTHER, Counter, Edit, article, at_counter


def test_r13_a_wrong_tender_is_a_return_and_a_new_receipt(counter: Counter) -> None:
    counter.sell(pay=CASH)
    before = counter.x()

    corrected = counter.ok("correct_tender", till="H", receipt=1, by="card", reason="Tog fel knapp")

    assert corrected["receipts"] == [2, 3]
    _, returned, sold = counter.numbered()
    assert isinstance(returned, SaleRefunded)
    assert isinstance(sold, SaleRegistered)
    first = counter.desk.history("H").sale(1).event
    assert (sold.patient, sold.lines, sold.visit_date, sold.replaces) == (
        first.patient,
        first.lines,
        first.visit_date,
        1,
    )
    after = counter.x()
    assert after["w"] == before["w"] == 20_000
    assert after["f"] - after["q"]["ore"] == before["f"]
    assert counter.expected() == 100_000
    assert counter.close(card_ore=20_000)["figures"]["difference_ore"] == {"card": 0, "cash": 0}


def test_r13_the_wrong_patient_is_a_void_and_a_new_receipt_in_one(counter: Counter) -> None:
    counter.sell(pay=CASH)

    assert counter.ok("correct_patient", till="H", receipt=1, patient=OTHER, reason="Fel person")["receipts"] == [2, 3]

    sold = counter.desk.history("H").sale(3).event
    assert (sold.patient.name, sold.total_ore, sold.payments[0].by) == ("Sara Samordning", 20_000, "cash")
    assert counter.expected() == 120_000


def test_r13_another_fee_for_the_right_patient_changes_nothing_at_all(counter: Counter) -> None:
    counter.sell(pay=CASH)
    holder = {**OTHER, "frikort_until": "2027-01-01"}

    answer = counter.refused("correct_patient", till="H", receipt=1, patient=holder, reason="Fel person")

    assert answer == "PaymentDoesNotAddUp"
    assert counter.register().receipts.sale(1).voided_by is None


def test_r13_an_invoice_without_a_fee_moves_to_the_right_patient_without_one(counter: Counter) -> None:
    counter.sell(pay={**INVOICE, "could_not_pay": True})

    counter.ok("correct_patient", till="H", receipt=1, patient=OTHER, reason="Fel person")

    assert counter.desk.history("H").sale(3).event.total_ore == 20_000


def test_r13_a_wrong_tender_is_corrected_also_after_the_price_list_has_changed(tmp_path: Path) -> None:
    with at_counter(tmp_path / "desk") as counter:
        counter.sell(pay=CASH)
        register = counter.register()
        dearer = tuple(replace(one, price_ore=one.price_ore + 100) for one in register.configuration.catalogue.articles)
        catalogue = replace(register.configuration.catalogue, articles=dearer)
        register.take_configuration(replace(register.configuration, number=1, catalogue=catalogue))
        assert counter.sell()["total_ore"] == 20_100

        counter.ok("correct_tender", till="H", receipt=1, by="card", reason="Tog fel knapp")

        assert counter.desk.history("H").sale(4).event.total_ore == 20_000


def test_r13_minimum_and_quantity_survive_a_correction(counter_with: Callable[[Edit], Counter]) -> None:
    counter = counter_with(lambda made: article(made, 102).update(minimum_ore=70_000))
    counter.sell(lines=[{"article": 102}, {"article": 104, "quantity": 3}], till="E", pay=[CASH])

    counter.ok("correct_tender", till="E", receipt=1, by="card", reason="Tog fel knapp")

    old, new = (counter.desk.history("E").sale(number).event for number in (1, 3))
    assert (new.lines, new.total_ore, new.vat) == (old.lines, old.total_ore, old.vat)
    assert (old.rounding_ore, new.rounding_ore) == (15, 0)


def refusals_of_corrections() -> list[tuple[str, dict[str, Any], str]]:
    """Corrections that cannot be, and what they are refused for."""
    return [
        ("correct_tender", {"by": "card", "reason": ""}, "ReasonMissing"),
        ("correct_tender", {"by": "on_account", "reason": "Fel"}, "BalanceTooLow"),
        ("correct_patient", {"patient": {"name": "Utan Nummer"}, "reason": "Fel"}, "NoPatient"),
        ("correct_patient", {"patient": {**ADULT, "name": " "}, "reason": "Fel"}, "NoName"),
        ("correct_patient", {"patient": OTHER, "reason": " "}, "ReasonMissing"),
    ]


def test_r13_a_correction_is_whole_or_not_at_all(counter: Counter) -> None:
    counter.sell(pay=CASH)

    for act, arguments, name in refusals_of_corrections():
        assert counter.refused(act, till="H", receipt=1, **arguments) == name
