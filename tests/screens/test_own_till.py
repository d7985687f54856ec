"""The till of the clinic's own money has nothing to do with frikort, and says nothing of it (U7, R24)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from kassaapp.app import Desk
from kassaapp.domain.catalogue import Catalogue
from kassaapp.screens.patient_history import PatientHistoryScreen
from kassaapp.screens.undo_refund import Refund
from tests.desks import an_open_till, asking
from tests.screens.counters import ADULT, DOCTOR
from tests.screens.sales import VACCINATION, equipped

WITH_ADDRESS = {"id": ADULT, "name": "Test Testsson", "address": "Ekvägen 2, 123 45 Demostad"}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with an_open_till(tmp_path) as opened:
        opened.register("E").open_session(50_000)
        yield opened


def test_neither_the_patient_nor_a_row_says_whether_a_frikort_was_looked_for(desk: Desk) -> None:
    register = desk.register("E")
    was = register.configuration
    counting = Catalogue(tuple(replace(one, counts_to_frikort=True) for one in was.catalogue.articles))
    register.take_configuration(replace(was, catalogue=counting))
    (own, _), (region, _) = equipped(desk, "E"), equipped(desk)
    own.visit(VACCINATION)
    own.screen.enter_address(WITH_ADDRESS["address"])
    region.visit(DOCTOR)

    told = [(sale.screen.view.patient.detail, sale.screen.view.rows[0].reason) for sale in (own, region)]

    assert told == [("", ""), ("Frikort ej kontrollerat. Fråga efter kortet.", "Frikort ej kontrollerat")]


def test_a_card_cannot_be_entered_and_one_that_came_along_stays_with_the_patient(desk: Desk) -> None:
    (own, _), (region, _) = equipped(desk, "E"), equipped(desk)
    region.visit()
    shown = region.screen.hand_over()
    assert shown is not None

    own.screen.receive(replace(shown, frikort_until=date(2027, 2, 11)), ())
    own.screen.open_frikort()

    view = own.screen.view.patient
    back = own.screen.hand_over()
    assert (view.detail, view.has_frikort, own.screen.patient.frikort) == ("", False, None)
    assert back is not None
    assert back.frikort_until == date(2027, 2, 11)


def test_neither_the_history_nor_the_reasons_to_give_money_back_speak_of_it(desk: Desk) -> None:
    ask = asking(desk)
    for till, article in (("H", 1), ("E", 103)):
        assert ask("sell", till=till, patient=WITH_ADDRESS, lines=[{"article": article}], pay=[{"by": "card"}])["ok"]
    told = {}

    for till in desk.tills:
        register, history = desk.register(till), desk.history(till)
        sale, _ = equipped(desk, till)
        sale.visit()
        patient = sale.screen.hand_over()
        assert patient is not None
        beside = PatientHistoryScreen(
            register,
            history,
            lambda: desk.sync_status("H"),
            open_receipt=print,
            refund=print,
            to_account=print,
            left=print,
        )
        beside.begin(patient)
        undo = Refund(register, 1, done=print, left=print)
        told[till] = (beside.view.about, [words for _digit, words in undo.view.reason.choices])

    assert told["H"] == ("Frikort ej kontrollerat", ["Fel avgift", "Har frikort", "Besöket blev inte av", "Annat"])
    assert told["E"] == ("", ["Fel avgift", "Besöket blev inte av", "Annat"])
