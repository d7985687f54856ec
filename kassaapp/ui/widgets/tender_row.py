"""The payment row: one button a tender, in an order that never changes. While the row has the focus, digits open them,
so that the whole sale can be made on the numeric keypad (UX 2.0)."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from kassaapp.domain.visit import Tender
from kassaapp.screens.paying import TenderButton
from kassaapp.ui.widgets.button import Button
from kassaapp.ui.widgets.dress import row


class TenderRow(QWidget):
    """`pay` is called with the tender that was picked."""

    def __init__(self, tenders: Sequence[TenderButton], pay: Callable[[Tender], None]) -> None:
        super().__init__()
        self._tenders = tuple(tenders)
        self._buttons: list[Button] = []
        layout = row(self)
        for shown in self._tenders:
            button = Button(shown.text, key=shown.key, kind="pay", primary=shown.primary)
            button.clicked.connect(lambda _=False, tender=shown.tender: pay(tender))
            layout.addWidget(button, 1)
            self._buttons.append(button)

    @property
    def buttons(self) -> tuple[Button, ...]:
        """The buttons, in their order."""
        return tuple(self._buttons)

    def show_tenders(self, tenders: Sequence[TenderButton]) -> None:
        """Mark the one that is likely, when there is something to pay."""
        self._tenders = tuple(tenders)
        for shown, button in zip(self._tenders, self._buttons, strict=True):
            button.set_primary(shown.primary)

    def take_focus(self) -> None:
        """To the marked tender."""
        marked = [index for index, shown in enumerate(self._tenders) if shown.primary] or [0]
        self._buttons[marked[0]].setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits open, arrows go along the row."""
        by_digit = {shown.digit: button for shown, button in zip(self._tenders, self._buttons, strict=True)}
        if event.text() in by_digit and not event.isAutoRepeat():
            by_digit[event.text()].click()
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._step(1 if event.key() == Qt.Key.Key_Right else -1)
        else:
            super().keyPressEvent(event)

    def _step(self, by: int) -> None:
        here = next((index for index, button in enumerate(self._buttons) if button.hasFocus()), None)
        if here is not None and 0 <= here + by < len(self._buttons):
            self._buttons[here + by].setFocus(Qt.FocusReason.OtherFocusReason)
