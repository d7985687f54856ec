"""What is entered of high-cost protection is possible, and changes nothing else of the patient (R24-R26)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kassaapp.screens.frikort import FrikortEntry
from kassaapp.screens.sale import Panel
from tests.desks import an_open_till
from tests.screens.counters import DOCTOR, Selling
from tests.screens.sales import equipped


@pytest.fixture
def sale(tmp_path: Path) -> Iterator[Selling]:
    with an_open_till(tmp_path) as desk:
        made = equipped(desk)[0]
        made.visit(DOCTOR)
        made.screen.open_frikort()
        yield made


def entry_of(sale: Selling) -> FrikortEntry:
    entry = sale.screen.patient.frikort
    assert entry is not None
    return entry


def test_more_than_anybody_pays_in_a_period_is_not_taken_for_a_frikort(sale: Selling) -> None:
    ceiling_ore = sale.desk.register("H").configuration.fees.frikort_ceiling_ore
    entry = entry_of(sale)
    entry.type("", str(ceiling_ore // 100 + 1), "")

    sale.screen.save_frikort()

    assert entry.view.paid_error.startswith("Ingen betalar mer än ")
    assert (sale.screen.view.panel, sale.screen.view.free) == (Panel.FRIKORT, "")


def test_all_that_anybody_pays_in_a_period_makes_the_visit_free(sale: Selling) -> None:
    ceiling_ore = sale.desk.register("H").configuration.fees.frikort_ceiling_ore
    entry_of(sale).type("", str(ceiling_ore // 100), "")

    sale.screen.save_frikort()

    assert sale.screen.view.free == "Registrera utan betalning"


def test_a_category_that_is_chosen_while_the_frikort_is_entered_stays(sale: Selling) -> None:
    sale.screen.patient.choose_category(1)
    entry_of(sale).type("", "", "")

    sale.screen.save_frikort()

    assert sale.screen.view.total == "50,00\u202fkr"
