"""The payment row: one button a tender, in an order that never changes. While the row has the focus, digits open them,
so that the whole sale can be made on the numeric keypad (UX 2.0)."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from kassaapp.domain.visit import Tender
from kassaapp.screens.tender_buttons import TenderButton
from kassaapp.ui import theme
from kassaapp.ui.widgets.button import Button
from kassaapp.ui.widgets.dress import row

_LEAST = 84
"""A button is no narrower."""
_WITH_KEYS = 720
"""From this width the key stands beside each word."""


class TenderRow(QWidget):
    """`pay` is called with the tender that was picked."""

    def __init__(self, tenders: Sequence[TenderButton], pay: Callable[[Tender], None]) -> None:
        super().__init__()
        self._tenders = tuple(tenders)
        self._buttons: list[Button] = []
        self._narrow = False
        layout = row(self)
        for shown in self._tenders:
            button = Button(shown.text, key=shown.key, kind="pay", primary=shown.primary)
            button.clicked.connect(lambda _=False, tender=shown.tender: pay(tender))
            button.setMinimumWidth(theme.current().px(_LEAST))
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            layout.addWidget(button, 1)
            self._buttons.append(button)

    @property
    def buttons(self) -> tuple[Button, ...]:
        """The buttons, in their order."""
        return tuple(self._buttons)

    def button(self, by: Tender) -> Button:
        """The button of a tender."""
        return next(button for shown, button in self._pairs() if shown.tender is by)

    def show_tenders(self, tenders: Sequence[TenderButton]) -> None:
        """Mark the one that is likely, when there is something to pay; one that is off says why."""
        self._tenders = tuple(tenders)
        for shown, button in self._pairs():
            button.set_text(shown.text)
            button.setEnabled(shown.enabled)
            button.set_primary(shown.primary)
        self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is no room for them, the keys are not shown beside the words."""
        super().resizeEvent(event)
        narrow = event.size().width() < theme.current().px(_WITH_KEYS)
        if narrow != self._narrow:
            self._narrow = narrow
            for shown, button in self._pairs():
                button.set_key("" if narrow else shown.key)
        self._make_room()

    def _make_room(self) -> None:
        """As high as the button that has most to say, and no lower than a finger wants it."""
        high = max([theme.current().px(theme.PAY), *(button.least_height() for button in self._buttons)])
        if high != self._buttons[0].minimumHeight():
            for button in self._buttons:
                button.setMinimumHeight(high)

    def take_focus(self) -> None:
        """To the marked tender."""
        marked = [button for shown, button in self._pairs() if shown.primary] or self._buttons
        marked[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits open, arrows go along the row."""
        by_digit = {shown.digit: button for shown, button in self._pairs()}
        if event.text() in by_digit and not event.isAutoRepeat():
            by_digit[event.text()].click()
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._step(1 if event.key() == Qt.Key.Key_Right else -1)
        else:
            super().keyPressEvent(event)

    def _pairs(self) -> Sequence[tuple[TenderButton, Button]]:
        return list(zip(self._tenders, self._buttons, strict=True))

    def _step(self, by: int) -> None:
        usable = [button for button in self._buttons if button.isEnabled()]
        here = next((index for index, button in enumerate(usable) if button.hasFocus()), None)
        if here is not None and 0 <= here + by < len(usable):
            usable[here + by].setFocus(Qt.FocusReason.OtherFocusReason)
