"""A protected patient's number is seen by whoever asks for it, for ten seconds, and that is on record (UX 2.20)."""

from kassaapp.history import Filter
from tests.ui.conftest import Counter


def looks(counter: Counter) -> int:
    """How often somebody has looked at a patient."""
    return len(counter.desk.history("H").find(Filter(kind="seen")))


def test_the_number_is_shown_for_ten_seconds_and_that_is_on_record(at_sale: Counter) -> None:
    at_sale.keys.type("6101182803")
    at_sale.keys.press("Enter", "Alt+S")
    masked, before = at_sale.window.sale.view.patient.line, looks(at_sale)

    at_sale.keys.press("Alt+V")
    shown = at_sale.window.sale.view.patient.line
    timer = at_sale.sale.patient.shown_for
    assert (timer.isActive(), timer.interval()) == (True, 10_000)
    timer.timeout.emit()

    assert masked.startswith("••••••••-••••")
    assert shown.startswith("19610118-2803")
    assert at_sale.window.sale.view.patient.line == masked
    assert looks(at_sale) == before + 1


def test_nobodys_number_is_shown_to_whoever_pays(at_sale: Counter) -> None:
    at_sale.keys.type("6101182803")
    at_sale.keys.press("Enter", "Alt+S")
    at_sale.keys.type("1")
    at_sale.keys.press("Enter", "F6")

    assert not at_sale.sale.patient.show_number.isVisible()


def test_the_number_leaves_with_its_patient(at_sale: Counter) -> None:
    at_sale.keys.type("6101182803")
    at_sale.keys.press("Enter", "Alt+S", "Alt+V", "Esc")

    at_sale.keys.type("6101182803")
    at_sale.keys.press("Enter")

    assert "2803" not in at_sale.window.sale.view.patient.line
