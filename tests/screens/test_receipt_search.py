"""Looking for receipts: by number, amount, patient, day and code, by filter, and no further than one may (UX 2.11)."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from kassaapp.domain.events import Look
from kassaapp.printout.qr import Kind, digits
from kassaapp.screens.receipts import Spot
from tests.desks import SWEDISH_WINTER, an_open_till
from tests.screens.looking_back import ADULT, HIDDEN, OTHER, LookingBack

TUESDAY = datetime(2026, 11, 24, 8, 0, tzinfo=SWEDISH_WINTER)


@pytest.fixture
def back(tmp_path: Path) -> Iterator[LookingBack]:
    with an_open_till(tmp_path) as desk:
        yield LookingBack(desk)


def next_day(back: LookingBack) -> None:
    """The till is closed, and opened again on Tuesday."""
    register = back.desk.register("H")
    counted = register.expected_cash_ore()
    back.ask("close_session", till="H", counted_ore=counted, pin="123456")
    back.desk.clock.set(TUESDAY)
    back.ask("open_session", till="H", counted_ore=counted)


@pytest.mark.parametrize("text", ["2", "R0417H-2", "h-2", "400", "400,00", "197010632391", "701063-2391"])
def test_one_receipt_is_opened_however_it_is_asked_for(back: LookingBack, text: str) -> None:
    back.sell()
    back.sell(5, patient=OTHER)
    back.sell(1)
    back.screen.begin()

    back.screen.enter(text)

    detail = back.screen.view.detail
    assert detail is not None
    assert detail.heading == "Kvitto R0417H-2 · 400,00\u202fkr · 07:42"


def test_the_code_on_a_receipt_opens_it(back: LookingBack) -> None:
    back.sell()
    back.sell(patient=OTHER)
    code = digits(Kind.RECEIPT, back.desk.history("H").receipt(1).env)
    back.screen.begin()

    back.screen.enter(code)

    detail = back.screen.view.detail
    assert detail is not None
    assert detail.receipt == 1


def test_a_number_that_is_an_amount_too_finds_both(back: LookingBack) -> None:
    for _ in range(3):
        back.sell(2, patient=OTHER, pay=[])
    back.ask("deposit", till="H", patient=ADULT, amount_ore=300, pay=[{"by": "card"}])
    back.screen.begin()

    back.screen.enter("3")

    assert back.numbers == [4, 3]
    assert (back.screen.view.detail, back.screen.spot) == (None, Spot.LIST)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("läkare", "Sök på kvittots nummer, ett belopp, hela personnumret"),
        ("6101182804", "Kontrollsiffran stämmer inte."),
        ("R9999H-2", "Kvittot är från en annan kassa."),
        ("R0417E-2", "Kvittot är från en annan kassa."),
        ("1" * 80, "Koden hör inte till något kvitto i den här kassan."),
        ("2026-13-01", "Skriv datumet med år, månad och dag"),
        ("2026-11-20", "Du ser dagens kvitton."),
    ],
)
def test_what_cannot_be_looked_for_is_told_and_kept(back: LookingBack, text: str, says: str) -> None:
    back.sell()
    back.screen.begin()

    back.screen.enter(text)

    view = back.screen.view
    assert view.search.error.startswith(says)
    assert (view.search.text, view.rows, back.screen.spot) == (text, (), Spot.SEARCH)


def test_looking_for_a_patient_is_on_record_once(back: LookingBack) -> None:
    back.sell()
    back.sell()
    back.screen.begin()

    back.screen.enter("6101182803")
    back.screen.refresh()

    assert back.numbers == [2, 1]
    assert back.looks == [(Look.HISTORY, "610118-••••")]


def test_a_protected_patient_is_found_by_the_whole_number_and_not_by_an_amount(back: LookingBack) -> None:
    back.sell(5, patient=HIDDEN, acknowledged=True)
    back.sell(1)
    back.screen.begin()

    back.screen.enter("400")
    by_amount = back.numbers
    back.screen.enter("195009072553")

    assert (by_amount, back.numbers) == ([], [1])


def test_a_cashier_sees_today_but_opens_an_old_receipt_by_its_number(back: LookingBack) -> None:
    back.sell()
    next_day(back)
    back.sell(patient=OTHER)
    back.screen.begin()
    today = (back.numbers, back.screen.view.search.scopes, back.screen.view.search.note)

    back.screen.enter("6101182803")
    by_patient = back.numbers
    back.screen.enter("R0417H-1")

    assert today == (
        [2],
        ("I dag", "Den här sessionen"),
        "Du ser dagens kvitton. Ett äldre kvitto öppnas med sitt nummer.",
    )
    assert by_patient == []
    assert back.numbers == [1]
    assert back.screen.view.rows[0].time == "2026-11-23 07:42"


def test_a_supervisor_chooses_days(back: LookingBack) -> None:
    back.sell()
    next_day(back)
    back.sell()
    back.desk.sign_in("erilu", "234567")
    back.screen.begin()
    search = back.screen.search

    search.choose_scope(2)
    chosen = (search.view.first, search.view.last, len(search.rows))
    search.enter_days("2026-11-23", "2026-11-23")
    monday = [row.receipt for row in search.rows]
    search.enter_days("", "")
    every = [row.receipt for row in search.rows]
    search.enter_days("i går", "")

    assert chosen == ("2026-11-24", "2026-11-24", 1)
    assert (monday, every) == ([1], [1, 2])
    assert (search.rows, search.view.days_error[:16]) == ([], "Skriv datumet me")


def test_filters_are_asked_for_together(back: LookingBack) -> None:
    back.sell()
    back.sell()
    back.ask("void", till="H", receipt=1, reason="Dubbelt")
    back.desk.sign_in("erilu", "234567")
    back.sell(patient=OTHER)
    back.screen.begin()
    search = back.screen.search

    search.choose_cashier(2)
    by_erik = [row.receipt for row in search.rows]
    search.choose_cashier(0)
    search.choose_kind(1)
    undone = [row.receipt for row in search.rows]
    search.enter_session("2")
    other_session = search.rows
    search.enter_session("två")

    assert search.view.cashiers == ("Alla", "Anna Berg", "Erik Lund")
    assert (by_erik, undone, other_session) == ([4], [3], [])
    assert search.view.session_error == "Skriv sessionens nummer med siffror."
