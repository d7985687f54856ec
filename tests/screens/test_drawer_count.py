"""Counting a drawer: by denomination or as a sum, and what it comes to."""

import pytest

from kassaapp.screens.drawer_count import DrawerCount
from kassaapp.screens.reason import Reason

NOTES = (10_000, 100_000, 100)


def test_pieces_are_summed_while_they_are_typed_and_the_largest_comes_first() -> None:
    count = DrawerCount(NOTES)

    count.type_pieces(10_000, "4")
    count.type_pieces(100, "10")

    view = count.view
    assert [row.label for row in view.rows] == ["1\u202f000\u202fkr", "100\u202fkr", "1\u202fkr"]
    assert [row.sum for row in view.rows] == ["", "400\u202fkr", "10\u202fkr"]
    assert (view.counted, view.total_open, view.rows_open) == ("410,00\u202fkr", False, True)
    assert count.denominations() == {10_000: 4, 100: 10}


def test_a_sum_closes_the_rows() -> None:
    count = DrawerCount(NOTES)

    count.type_total("1 000")

    assert (count.check(), count.view.rows_open, count.view.total_open) == (100_000, False, True)


@pytest.mark.parametrize("text", ["x", "-1", "1,5", "99999", "¹"])
def test_pieces_that_are_no_number_are_refused_in_words(text: str) -> None:
    count = DrawerCount(NOTES)
    count.type_pieces(100, text)

    assert count.check() is None
    assert (count.view.error, count.view.counted) == ("Skriv antalet med siffror, till exempel 12.", "–")


def test_nothing_counted_is_nothing() -> None:
    assert DrawerCount(NOTES).check() == 0


@pytest.mark.parametrize(
    ("chosen", "note", "text"),
    [
        (0, "", None),
        (0, "tappad i golvet", "tappad i golvet"),
        (1, "", "Fel växel"),
        (1, "i går", "Fel växel: i går"),
        (5, "", None),
        (5, "rån", "rån"),
    ],
)
def test_a_reason_is_a_choice_or_words_and_the_last_choice_wants_words(
    chosen: int, note: str, text: str | None
) -> None:
    reason = Reason()
    reason.choose(chosen)
    reason.write(note)

    assert reason.text() == text


def test_ore_that_no_coin_is_worth_are_refused_in_words() -> None:
    count = DrawerCount(NOTES)

    count.type_total("1 000,50")

    assert count.check() is None
    assert count.view.error == "Kontanter räknas i hela kronor. Skriv beloppet utan ören."
