"""What stands where a visit was just registered: the truth about its paper, its one copy, and the way to undo it."""

import pytest
from pytestqt.qtbot import QtBot

from kassaapp.screens.after_sale import Paper
from kassaapp.screens.frame import Place
from kassaapp.ui.receipts_view import ReceiptsWindow
from tests.ui.conftest import Counter


@pytest.fixture
def sold(at_sale: Counter, qtbot: QtBot) -> Counter:
    """A visit is registered, and its paper is a file."""
    at_sale.known()
    qtbot.waitUntil(lambda: at_sale.sale.result.paper.text() == "Kvittot är sparat som fil.")
    return at_sale


@pytest.mark.parametrize(
    ("paper", "words"),
    [
        (Paper.UNDER_WAY, "Kvittot skrivs ut …"),
        (Paper.PRINTED, "Kvittot är utskrivet."),
        (Paper.SAVED, "Kvittot är sparat som fil."),
        (Paper.WAITING, "Kvittot är inte utskrivet. Det väntar på skrivaren."),
        (Paper.UNSURE, "Titta i skrivaren om kvittot kom ut."),
        (Paper.FAILED, "Kvittot har inte kommit ut. Betalningen är registrerad."),
        (Paper.KEPT, "Kvittot finns i kassan och skrivs inte ut."),
    ],
)
def test_the_words_for_the_paper_are_true(sold: Counter, paper: Paper, words: str) -> None:
    sold.window.sale.receipt_news(1, paper)
    sold.sale.draw()

    result = sold.sale.result
    assert result.paper.text() == words
    assert result.copy.isVisible() is (paper in (Paper.PRINTED, Paper.SAVED))
    assert result.retry.isVisible() is (paper in (Paper.FAILED, Paper.KEPT))


def test_e52b_the_copy_is_one_key_and_one_only(sold: Counter, qtbot: QtBot) -> None:
    sold.keys.press("Ctrl+P")
    sold.keys.press("Ctrl+P")

    result = sold.sale.result
    assert (result.copy.text(), result.copy.isEnabled()) == ("Kopian är utskriven 07:42", False)
    assert sold.desk.register("H").receipts.sale(1).copied
    qtbot.waitUntil(lambda: len(list(sold.desk.folder.glob("kvitton/*kopia*.pdf"))) == 1)


def test_the_sale_just_shown_is_voided_from_where_it_is_shown(sold: Counter) -> None:
    sold.keys.press("Alt+M")
    room = sold.window.rooms[Place.RECEIPTS]
    assert isinstance(room, ReceiptsWindow)
    assert room._screen.undo is not None

    sold.keys.type("1")
    sold.keys.press("Enter", "Enter")

    assert sold.desk.register("H").receipts.sale(1).voided_by is not None
    sold.keys.press("Esc", "Esc")
    assert sold.window.frame.view.place is Place.SALE
    assert not sold.sale.result.isVisible()


def test_the_list_of_receipts_is_drawn_when_it_is_gone_to_and_not_while_a_visit_is_paid(sold: Counter) -> None:
    room = sold.window.rooms[Place.RECEIPTS]
    assert isinstance(room, ReceiptsWindow)
    rows_while_paid = room.table.model().rowCount()

    sold.keys.press("F9")

    assert rows_while_paid == 0
    assert room.table.model().rowCount() == 1


def test_a_protected_patients_receipt_is_printed_when_it_is_asked_for(at_sale: Counter, qtbot: QtBot) -> None:
    keys = at_sale.keys
    keys.type("6101182803")
    keys.press("Enter", "Alt+S")
    keys.type("2")
    keys.press("Enter", "Enter")
    result = at_sale.sale.result
    assert (result.paper.text(), result.retry.text().replace("&", "")) == (
        "Kvittot finns i kassan och skrivs inte ut.",
        "Skriv ut utan namn",
    )

    keys.press("Ctrl+P")

    qtbot.waitUntil(lambda: result.paper.text() == "Kvittot är sparat som fil.")
