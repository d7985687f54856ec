"""One of a few, all in sight: arrows and digits mark one, Enter goes on to what comes next (UX 2.12–2.14)."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QRadioButton, QWidget

from kassaapp.i18n import _
from kassaapp.ui import theme
from kassaapp.ui.widgets.button import ENTER
from kassaapp.ui.widgets.dress import column, label

_BACK = (Qt.Key.Key_Up, Qt.Key.Key_Left)
_ON = (Qt.Key.Key_Down, Qt.Key.Key_Right)


class Options(QWidget):
    """A title, and a radio button for each choice with its digit beside it, in at most so many columns; in fewer
    where the width is not enough. `picked` carries the number of the one that a person marks, from 0; `entered` is
    Enter, once however long it is held."""

    picked = Signal(int)
    entered = Signal()

    def __init__(self, title: str, *, columns: int = 1) -> None:
        super().__init__()
        self._most = self._columns = columns
        self._words: tuple[str, ...] = ()
        self._buttons: list[QRadioButton] = []
        self._hints: list[QLabel] = []
        self.title = label(title, "caption")
        self.setAccessibleName(title.replace("&", ""))
        self._inside = QWidget()
        self._grid = QGridLayout(self._inside)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.current().px(4))
        self._grid.setVerticalSpacing(0)
        layout = column(self, spacing=2)
        layout.addWidget(self.title)
        layout.addWidget(self._inside)

    @property
    def buttons(self) -> tuple[QRadioButton, ...]:
        """The radio buttons, in their order."""
        return tuple(self._buttons)

    def show_options(self, words: Sequence[str], chosen: int) -> None:
        """Show these choices; `chosen` is the marked one, −1 when none is."""
        if tuple(words) != self._words:
            self._rebuild(tuple(words))
        for number, button in enumerate(self._buttons):
            button.setAutoExclusive(chosen >= 0)
            button.setChecked(number == chosen)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus if number == max(chosen, 0) else Qt.FocusPolicy.ClickFocus)

    def take_focus(self) -> None:
        """To the marked one, or to the first."""
        if self._buttons:
            marked = next((button for button in self._buttons if button.isChecked()), self._buttons[0])
            marked.setFocus(Qt.FocusReason.OtherFocusReason)

    def minimumSizeHint(self) -> QSize:
        """As narrow as one column; a word is never cut."""
        size = super().minimumSizeHint()
        size.setWidth(max(self.title.minimumSizeHint().width(), self._cell()))
        return size

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many columns as there is room for."""
        super().resizeEvent(event)
        columns = min(self._most, max(1, event.size().width() // max(1, self._cell())))
        if columns != self._columns:
            self._columns = columns
            self._place()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A digit marks, arrows mark the next."""
        digit, here = event.text(), self._here()
        if digit.isdigit() and 1 <= int(digit) <= len(self._buttons) and not event.isAutoRepeat():
            self._mark(int(digit) - 1)
        elif here is not None and event.key() in (*_BACK, *_ON):
            self._mark(here + (1 if event.key() in _ON else -1))
        else:
            super().keyPressEvent(event)

    def _here(self) -> int | None:
        return next((number for number, button in enumerate(self._buttons) if button.hasFocus()), None)

    def _mark(self, number: int) -> None:
        if 0 <= number < len(self._buttons):
            self._buttons[number].setFocus(Qt.FocusReason.OtherFocusReason)
            self.picked.emit(number)

    def _rebuild(self, words: tuple[str, ...]) -> None:
        for old in (*self._buttons, *self._hints):
            self._grid.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._words, self._buttons, self._hints = words, [], []
        for number, word in enumerate(words):
            self._add(number, word)
        self._place()

    def _cell(self) -> int:
        """The width of one column: the longest word with its digit."""
        px, pairs = theme.current().px, zip(self._buttons, self._hints, strict=True)
        words = max((button.sizeHint().width() + hint.sizeHint().width() for button, hint in pairs), default=0)
        return words + 2 * px(4) + px(24)

    def _place(self) -> None:
        """Each in its place; columns that are not used any more take no room."""
        for number, (button, hint) in enumerate(zip(self._buttons, self._hints, strict=True)):
            line, place = divmod(number, self._columns)
            self._grid.addWidget(button, line, place * 3)
            self._grid.addWidget(hint, line, place * 3 + 1)
        for place in range(self._most):
            self._grid.setColumnMinimumWidth(place * 3 + 2, theme.current().px(16) if place < self._columns - 1 else 0)
        for place in range(self._most * 3 + 1):
            self._grid.setColumnStretch(place, 1 if place == self._columns * 3 else 0)
        self.updateGeometry()

    def _add(self, number: int, word: str) -> None:
        button, hint = _Radio(word), label(str(number + 1), "keys")
        button.setAccessibleName(word)
        button.setAccessibleDescription(_("Siffra {digit}").format(digit=number + 1))
        button.entered.connect(self.entered)
        button.clicked.connect(lambda _=False: self.picked.emit(number))
        for widget in (button, hint):
            widget.setParent(self._inside)
        button.show()  # At once, not when the layout gets to it: the keyboard is to be here.
        hint.show()
        self._buttons.append(button)
        self._hints.append(hint)


class _Radio(QRadioButton):
    """Leaves arrows and digits to what it lies in; Space and a click mark it."""

    entered = Signal()

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.setProperty("kind", "option")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on."""
        if event.key() in ENTER:
            if not event.isAutoRepeat():
                self.entered.emit()
        elif event.key() in (*_BACK, *_ON) or event.text().isdigit():
            event.ignore()
        else:
            super().keyPressEvent(event)
