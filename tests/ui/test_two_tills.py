"""The other till of the desk, and practice: F11 and menu 9."""

from PySide6.QtWidgets import QApplication

from kassaapp.screens.frame import Place
from kassaapp.ui.widgets.message import Message
from tests.ui.conftest import Counter


def badge(counter: Counter) -> str:
    """What stands at the upper left."""
    return counter.window.around.till.text()


def frikort_of(counter: Counter) -> tuple[str, bool, bool, bool]:
    """Which till it is, and which of the patient's words and buttons are shown."""
    block = counter.sale.patient
    return badge(counter)[0], block.detail.isVisible(), block.frikort.isVisible(), block.history.isVisible()


def told(counter: Counter) -> list[str]:
    """What the strips say."""
    return [one.text.text() for one in counter.window.around.strips.findChildren(Message) if one.text.text()]


def test_f11_shows_the_other_till_of_the_desk_and_comes_back(at_sale: Counter) -> None:
    at_sale.keys.press("F11")
    there = (badge(at_sale), at_sale.window.frame.view.place)
    at_sale.keys.press("F11")

    assert there == ("E  EGENFÖRVALTAD KASSA 1", Place.OPEN)
    assert (badge(at_sale)[0], at_sale.window.frame.view.place) == ("H", Place.SALE)


def test_a_sale_with_rows_keeps_its_till(at_sale: Counter) -> None:
    at_sale.known()
    at_sale.keys.type("6101182803")
    at_sale.keys.press("Enter")
    at_sale.keys.type("1")
    at_sale.keys.press("Enter")

    at_sale.keys.press("F11")

    assert badge(at_sale)[0] == "H"
    assert told(at_sale) == [
        "En försäljning pågår. Slutför den, lägg den åt sidan (Ctrl+D) eller ta bort raderna, och försök igen."
    ]


def test_the_till_of_the_clinics_own_money_shows_nothing_of_frikort(at_sale: Counter) -> None:
    at_sale.known()
    at_sale.desk.register("E").open_session(50_000)
    at_sale.keys.type("6101182803")
    at_sale.keys.press("Enter")
    here = frikort_of(at_sale)

    at_sale.keys.press("F11")

    assert [here, frikort_of(at_sale)] == [("H", True, True, True), ("E", False, False, True)]


def test_locking_at_one_till_locks_the_other(at_sale: Counter) -> None:
    at_sale.keys.press("F11", "Ctrl+L")
    there = at_sale.window.frame.view.place
    at_sale.sign_in()
    QApplication.processEvents()

    assert there is Place.LOGIN
    assert (badge(at_sale)[0], at_sale.window.frame.view.place) == ("E", Place.OPEN)


def test_what_is_practised_never_touches_the_till(at_sale: Counter) -> None:
    before = at_sale.receipts

    at_sale.keys.press("F10", "9")
    practising = at_sale.window.around.training.isVisible()
    at_sale.known()
    practised = at_sale.window.now.screens.register.state.next_receipt - 1
    at_sale.keys.press("F10", "9")

    assert (practising, practised) == (True, 1)
    assert at_sale.receipts == before
    assert not at_sale.window.around.training.isVisible()
    assert at_sale.window.frame.view.place is Place.SALE
    assert not at_sale.desk.register("H").state.training


def test_practice_says_so_on_the_window_and_offers_its_end(at_sale: Counter) -> None:
    at_sale.keys.press("F10", "9")
    strip = at_sale.window.around.strips.findChildren(Message)[0]
    said = strip.text.text()
    strip.button.click()

    assert said == "Övningsläge. Inget av det du gör räknas."
    assert at_sale.window.now.screens.register is at_sale.desk.register("H")


def test_practice_goes_on_after_the_program_was_ended(at_sale: Counter) -> None:
    at_sale.keys.press("F10", "9")
    at_sale.window._resume_practice()  # As at a start.
    at_sale.window.settle()

    assert at_sale.window.now.screens.is_practice
    at_sale.known()
    assert at_sale.receipts == 0


def test_locked_practice_is_unlocked_into_practice(at_sale: Counter) -> None:
    at_sale.keys.press("F10", "9", "Ctrl+L")
    at_sale.sign_in()
    QApplication.processEvents()

    assert at_sale.window.now.screens.is_practice
    assert at_sale.window.frame.view.place is Place.SALE
