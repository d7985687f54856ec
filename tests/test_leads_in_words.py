"""Every lead has a sentence of its own, whole and without a hole, and without a person."""

import pytest

from kassaapp.domain.lead import Cause, Lead, Mark
from kassaapp.domain.visit import Tender
from kassaapp.wording import lead
from tests.builders import AT, LATER


def told(cause: Cause, *receipts: int, ore: int = -18_000, pieces: int = 2) -> str:
    """The sentence of a lead that has every fact."""
    marks = tuple(Mark(receipt, LATER) for receipt in receipts or (12,))
    found = Lead(cause, Tender.CASH, ore, Tender.CARD, marks, AT, (2_000, 24_000), pieces)
    return lead(found, lambda receipt: f"H1-{receipt}")


@pytest.mark.parametrize("cause", list(Cause), ids=lambda cause: cause.name)
def test_every_cause_has_a_whole_sentence_of_its_own(cause: Cause) -> None:
    words = told(cause)
    others = {told(other) for other in Cause if other is not cause}

    assert words[0].isupper() or words[0].isdigit()
    assert words[-1] in ".?"
    assert "{" not in words
    assert words not in others


def test_few_receipts_are_named_with_their_time_and_many_counted() -> None:
    one, two, many = told(Cause.NOT_PAID, 7), told(Cause.NOT_PAID, 7, 5), told(Cause.NOT_PAID, 9, 8, 7, 6, 5)

    assert one.startswith("Kvitto H1-7 (09:30) är registrerat kontant")
    assert two.startswith("Kvitto H1-7 (09:30) eller H1-5 (09:30) är")
    assert many.startswith("Något av kvitto H1-9 (09:30), H1-8 (09:30), H1-7 (09:30) och 2 till är")


def test_a_swapped_number_of_notes_says_what_it_should_be() -> None:
    words = told(Cause.PIECES_SWAPPED, pieces=21)

    assert words == "21 st 20\u202fkr kan vara 12 st: två siffror har bytt plats. Räkna raden igen."


def test_cash_moved_without_a_record_is_asked_about_in_the_right_direction() -> None:
    missing, more = told(Cause.EVEN, ore=-50_000), told(Cause.EVEN, ore=50_000)

    assert ("till banken" in missing, "till banken" in more) == (True, False)
