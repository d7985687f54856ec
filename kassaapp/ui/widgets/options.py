"""One of a few, all in sight: arrows and digits mark one, Enter goes on to what comes next (UX 2.12–2.14)."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QRadioButton, QWidget

from kassaapp.i18n import _
from kassaapp.ui import theme
from kassaapp.ui.widgets.button import ENTER
from kassaapp.ui.widgets.dress import column, label
from kassaapp.ui.widgets.even_columns import even_columns

_BACK = (Qt.Key.Key_Up, Qt.Key.Key_Left)
_ON = (Qt.Key.Key_Down, Qt.Key.Key_Right)


class Options(QWidget):
    """A title, and a radio button for each choice with its digit before it, in at most so many columns; in fewer
    where the width is not enough. `picked` carries the number of the one that a person marks, from 0; `entered` is
    Enter, once however long it is held."""

    picked = Signal(int)
    entered = Signal()

    def __init__(self, title: str, *, columns: int = 1) -> None:
        super().__init__()
        self._most = self._columns = columns
        self._words: tuple[str, ...] = ()
        self._buttons: list[QRadioButton] = []
        self.title = label(title, "caption")
        self.setAccessibleName(title.replace("&", ""))
        self._inside = QWidget()
        self._grid = QGridLayout(self._inside)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.current().px(12))
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
        size.setWidth(max(self.title.minimumSizeHint().width(), *self._widths()))
        return size

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many columns as there is room for."""
        super().resizeEvent(event)
        if self._fitting(event.size().width()) != self._columns:
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
        for old in self._buttons:
            self._grid.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._words = words
        self._buttons = [self._made(number, word) for number, word in enumerate(words)]
        self._place()

    def _widths(self) -> list[int]:
        return [button.sizeHint().width() for button in self._buttons] or [0]

    def _fitting(self, width: int) -> int:
        return even_columns(self._widths(), gap=self._grid.horizontalSpacing(), room=width, most=self._most)

    def _place(self) -> None:
        """Each in its place; columns that are not used any more take no room."""
        self._columns = self._fitting(self.width())
        for number, button in enumerate(self._buttons):
            self._grid.addWidget(button, number // self._columns, number % self._columns)
        for place in range(self._most + 1):
            self._grid.setColumnStretch(place, 1 if place == self._columns else 0)
        self.updateGeometry()

    def _made(self, number: int, word: str) -> QRadioButton:
        button = _Radio(f"{number + 1}  {word}")
        button.setAccessibleName(word)
        button.setAccessibleDescription(_("Siffra {digit}").format(digit=number + 1))
        button.entered.connect(self.entered)
        button.clicked.connect(lambda _=False: self.picked.emit(number))
        button.setParent(self._inside)
        button.show()  # At once, not when the layout gets to it: the keyboard is to be here.
        return button


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
