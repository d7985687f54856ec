"""What a scanner sends is told apart by its content, and registers nothing (UX 2.0, E08, E18, E36)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kassaapp.domain.visit import Tender
from kassaapp.printout import qr
from kassaapp.screens.sale import Panel
from kassaapp.screens.scanned import Scan, kind_of
from kassaapp.screens.spot import Spot
from tests.desks import an_open_till
from tests.screens.counters import ADULT, DOCTOR, Selling
from tests.screens.sales import Asked, equipped

PAPER = qr.digits(qr.Kind.RECEIPT, bytes(range(200)))


@pytest.fixture
def both(tmp_path: Path) -> Iterator[tuple[Selling, Asked]]:
    with an_open_till(tmp_path) as desk:
        yield equipped(desk)


@pytest.fixture
def sale(both: tuple[Selling, Asked]) -> Selling:
    return both[0]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("196101182803", Scan.PATIENT),
        ("610118-2803", Scan.PATIENT),
        ("610118+2803", Scan.PATIENT),
        ("19610118-2803", Scan.PATIENT),
        ("19810829DA1B", Scan.PATIENT),
        ("7310865004703", Scan.ARTICLE),
        ("73108650", Scan.ARTICLE),
        ("ABC-abc-1234", Scan.ARTICLE),
        (PAPER, Scan.PAPER),
    ],
)
def test_content_decides_what_a_scan_is(text: str, kind: Scan) -> None:
    assert kind_of(text) is kind


def test_a_scanned_patient_is_looked_up_from_wherever_the_keyboard_was(sale: Selling) -> None:
    sale.visit("2")
    sale.screen.register_free()
    sale.screen.open_frikort()

    sale.screen.scan("196101182803")

    assert sale.screen.view.patient.line == "19610118-2803  ·  Test Testsson  ·  65 år"
    assert (sale.screen.view.panel, sale.screen.spot) == (Panel.ARTICLES, Spot.ARTICLE)


def test_a_plus_that_was_scanned_is_asked_about_and_enter_reads_it_as_a_dash(sale: Selling) -> None:
    sale.screen.scan("610118+2803")
    question = sale.screen.view.question

    sale.screen.answer(0)

    assert question is not None
    assert question.text == "Skannern skickade +, som betyder att patienten är över 100 år. Stämmer det?"
    assert question.answers == ("Nej, läs som −", "&Ja, över 100 år")
    assert sale.screen.view.patient.line.startswith("19610118-2803")
    assert sale.screen.view.patient.warning.startswith("Skannern är inställd på ett annat tangentbord (− läses som +).")


def test_a_plus_that_is_right_makes_the_patient_old(sale: Selling) -> None:
    sale.screen.scan("000104+2399")

    sale.screen.answer(1)

    assert sale.screen.view.patient.line.startswith("19000104-2399")
    assert sale.screen.view.patient.warning == ""


def test_a_plus_that_was_typed_is_not_asked_about(sale: Selling) -> None:
    sale.screen.enter_patient("000104+2399")

    assert sale.screen.view.question is None
    assert sale.screen.view.patient.line.startswith("19000104-2399")


def test_a_plus_in_all_twelve_digits_only_tells_of_the_scanner(sale: Selling) -> None:
    sale.screen.scan("19610118+2803")

    assert sale.screen.view.question is None
    assert sale.screen.view.patient.line.startswith("19610118-2803")
    assert sale.screen.view.patient.warning.startswith("Skannern är inställd på ett annat tangentbord")


def test_leaving_the_question_about_a_plus_chooses_nobody(sale: Selling) -> None:
    sale.screen.scan("610118+2803")

    sale.screen.back()

    assert sale.screen.view.question is None
    assert not sale.screen.view.patient.present


def test_another_patient_with_rows_is_asked_about_when_scanned(sale: Selling) -> None:
    sale.visit(DOCTOR)

    sale.screen.scan("195009072553")

    assert sale.screen.spot is Spot.QUESTION
    assert sale.screen.view.patient.line.startswith("19610118-2803")


def test_nothing_is_scanned_into_a_payment_that_is_being_taken(sale: Selling) -> None:
    sale.visit(DOCTOR)
    sale.screen.pay(Tender.CARD)

    sale.screen.scan("195009072553")

    assert sale.screen.view.notice == "En betalning pågår. Avsluta den först, och skanna sedan igen."
    assert (sale.screen.view.panel, sale.screen.view.question) == (Panel.CARD, None)
    assert sale.desk.register("H").open_payment is not None


def test_an_unknown_code_is_told_by_its_beginning(sale: Selling) -> None:
    sale.visit()

    sale.screen.scan("7310865004703")

    assert sale.screen.view.article_error == "Koden 73108650… finns inte i kassan. Sök på namn eller nummer."
    assert (sale.screen.spot, sale.screen.view.rows) == (Spot.ARTICLE, ())


def test_the_number_of_an_article_is_added(sale: Selling) -> None:
    sale.visit()

    sale.screen.scan("1")

    assert [row.text for row in sale.screen.view.rows] == ["Läkarbesök"]


def test_a_slip_goes_to_whoever_finds_it(both: tuple[Selling, Asked]) -> None:
    sale, asked = both
    sale.visit(DOCTOR)

    sale.screen.scan(PAPER)

    assert asked.papers == [PAPER]
    assert len(sale.screen.view.rows) == 1


def test_words_that_are_nearly_an_article_name_it_and_leave_its_tile(sale: Selling) -> None:
    sale.visit()

    sale.screen.enter_article("psykl")

    assert sale.screen.view.article_error == "Ingen artikel heter «psykl». Närmast: 4 Psykolog. Välj med ↓ och Enter."
    assert [tile.text for tile in sale.screen.view.tiles] == ["Psykolog"]


def test_an_article_without_a_price_for_the_patient_says_whom_to_call(sale: Selling) -> None:
    sale.screen.enter_patient(ADULT)
    sale.screen.enter_name("Test Testsson")
    sale.screen.patient.choose_category(4)

    sale.screen.enter_article(DOCTOR)

    assert sale.screen.view.article_error.startswith("«Läkarbesök» saknar pris i prislistan för den här patienten.")
    assert "lägg besöket åt sidan och ring" in sale.screen.view.article_error
