"""Every panel of the sale can be named, hit, reached with Alt and read, also where the window is small (UX part 5)."""

from collections import Counter as Count
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QAccessible, QFontMetricsF
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QLineEdit, QTableView, QWidget
from pytestqt.qtbot import QtBot

from kassaapp.domain.tender import Offer
from kassaapp.domain.visit import Tender
from kassaapp.screens.invoice_payment import InvoicePayment
from kassaapp.screens.payment import CashPayment
from kassaapp.screens.sale import SaleScreen
from kassaapp.ui import theme
from kassaapp.ui.widgets.protected_banner import ProtectedBanner
from kassaapp.ui.widgets.shrinking_label import ShrinkingLabel
from tests.ui.sale_counter import SaleCounter, a_sale_counter
from tests.ui.test_access import is_cut, said

ADULT = "6101182803"


def with_a_row(screen: SaleScreen) -> None:
    screen.enter_patient(ADULT)
    screen.enter_name("Test Testsson")
    screen.enter_article("1")


def first_visit(screen: SaleScreen) -> None:
    screen.enter_patient(ADULT)


def cash(screen: SaleScreen) -> None:
    with_a_row(screen)
    screen.pay(Tender.CASH)
    assert isinstance(screen.payment, CashPayment)
    screen.payment.type("150")
    screen.payment.register()


def parts(screen: SaleScreen) -> None:
    cash(screen)
    assert isinstance(screen.payment, CashPayment)
    screen.payment.divide()


def invoice(screen: SaleScreen) -> None:
    with_a_row(screen)
    screen.pay(Tender.INVOICE)
    assert isinstance(screen.payment, InvoicePayment)
    screen.payment.could_not_pay(could_not=True)
    screen.payment.register()


def account(screen: SaleScreen) -> None:
    with_a_row(screen)
    patient = screen.draft.patient
    assert patient is not None
    screen._register.deposit(patient, 15_000, [Offer(Tender.CARD)])
    screen.pay(Tender.ON_ACCOUNT)


def parked(screen: SaleScreen) -> None:
    with_a_row(screen)
    screen.park()
    screen.show_parked()


def protected(screen: SaleScreen) -> None:
    screen.enter_patient(ADULT)
    screen.protect()
    screen.enter_article("5")


def asked(screen: SaleScreen) -> None:
    with_a_row(screen)
    screen.scan("610118+2803")


def elsewhere(screen: SaleScreen) -> None:
    with_a_row(screen)
    screen.enter_article("103")


STATES = [first_visit, with_a_row, cash, parts, invoice, account, parked, protected, asked, elsewhere]


@pytest.fixture(params=STATES)
def counter(request: pytest.FixtureRequest, tmp_path: Path, qtbot: QtBot) -> Iterator[SaleCounter]:
    with a_sale_counter(tmp_path, qtbot) as made:
        reach: Callable[[SaleScreen], None] = request.param
        reach(made.screen)
        settle(made)
        yield made


def settle(counter: SaleCounter) -> None:
    for _ in range(3):
        counter.sale.draw()
        counter.sale.focus()
        QApplication.processEvents()


def shown(counter: SaleCounter, *kinds: type[QWidget]) -> list[QWidget]:
    return [one for one in counter.sale.findChildren(QWidget) if isinstance(one, kinds) and one.isVisible()]


def test_every_control_is_named_labelled_and_large_enough(counter: SaleCounter) -> None:
    controls = shown(counter, QAbstractButton, QLineEdit, QComboBox, QTableView)
    fields = [one for one in controls if isinstance(one, QLineEdit | QComboBox)]
    buddies = {text.buddy() for text in shown(counter, QLabel) if isinstance(text, QLabel) and text.text()}

    unnamed = [one for one in controls if not said(one)]
    unlabelled = [field.accessibleName() for field in fields if field not in buddies]
    small = [said(one) for one in controls if min(one.width(), one.height()) < theme.TARGET]

    assert controls
    assert (unnamed, unlabelled, small) == ([], [], [])


def test_alt_and_a_letter_is_one_thing(counter: SaleCounter) -> None:
    texts = [one.text() for one in shown(counter, QAbstractButton) if isinstance(one, QAbstractButton)]
    texts += [one.text() for one in shown(counter, QLabel) if isinstance(one, QLabel) and one.buddy() is not None]

    letters = Count(text[text.index("&") + 1].casefold() for text in texts if "&" in text)

    assert [letter for letter, times in letters.items() if times > 1] == []


@pytest.mark.parametrize("size", [(1280, 600), (1024, 640), (928, 440)])
def test_nothing_is_cut(counter: SaleCounter, size: tuple[int, int]) -> None:
    window = counter.sale.window()

    window.resize(*size)
    settle(counter)

    cut = [text.text() for text in shown(counter, QLabel) if isinstance(text, QLabel) and lacks_room(text)]
    assert cut == []
    assert (window.width(), window.height()) == size


def lacks_room(text: QLabel) -> bool:
    if isinstance(text, ShrinkingLabel):
        return QFontMetricsF(text.shown_font()).horizontalAdvance(text.text()) > text.width() + 1
    return is_cut(text)


def test_what_has_the_keyboard_is_seen_in_a_low_window(counter: SaleCounter) -> None:
    counter.sale.window().resize(928, 440)
    settle(counter)

    focus = QApplication.focusWidget()

    assert focus is not None
    assert focus.visibleRegion().boundingRect().height() >= focus.height() - 2


def test_a_protected_patients_number_is_in_no_text_that_is_read(tmp_path: Path, qtbot: QtBot) -> None:
    with a_sale_counter(tmp_path, qtbot) as counter:
        protected(counter.screen)
        settle(counter)

        read = [said(one) for one in shown(counter, QWidget)]
        banner = next(one for one in shown(counter, ProtectedBanner))

        texts = " ".join(text for text in read if text)
        assert "610118" not in texts
        assert any(
            QAccessible.queryAccessibleInterface(child).text(QAccessible.Text.Name) == "Skyddad patient"
            for child in banner.findChildren(QLabel)
        )
