"""A choice between a few things that are all in sight: each has a digit of its own, which picks it wherever among them
the keyboard is. Enter goes on and never picks, so that Enter alone decides nothing (UX 2.12).
"""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QRadioButton, QWidget

from kassaapp.i18n import _
from kassaapp.ui import theme
from kassaapp.ui.widgets.announce import announce
from kassaapp.ui.widgets.button import ENTER
from kassaapp.ui.widgets.dress import column, label, set_text
from kassaapp.ui.widgets.even_columns import even_columns

_BACK = (Qt.Key.Key_Up, Qt.Key.Key_Left)
_ON = (Qt.Key.Key_Down, Qt.Key.Key_Right)


class NumberedChoices(QWidget):
    """Choices with their digits, in rows of at most `columns`. `picked` carries the place of the one that was picked,
    from 0, and `entered` is Enter."""

    picked = Signal(int)
    entered = Signal()

    def __init__(self, *, columns: int = 3) -> None:
        super().__init__()
        self._most = self._columns = columns
        self._shown: tuple[tuple[str, str], ...] = ()
        self.options: tuple[QRadioButton, ...] = ()
        self._title, self._error = label(kind="caption"), label(kind="error", wrap=True)
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.current().px(12))
        self._grid.setVerticalSpacing(0)
        layout = column(self, spacing=2)
        layout.addWidget(self._title)
        layout.addLayout(self._grid)
        layout.addWidget(self._error)

    def show_choices(self, title: str, choices: Sequence[tuple[str, str]], chosen: int | None, error: str = "") -> None:
        """Show these, each a digit and its words; mark one, or none."""
        set_text(self._title, title)
        if tuple(choices) != self._shown:
            self._shown = tuple(choices)
            self._rebuild()
        for place, option in enumerate(self.options):
            option.setAutoExclusive(chosen is not None)
            option.setChecked(place == chosen)
            is_stop = place == (chosen or 0)
            option.setFocusPolicy(Qt.FocusPolicy.StrongFocus if is_stop else Qt.FocusPolicy.ClickFocus)
            option.setAccessibleDescription(_said(title, self._shown[place][0], error))
        if error and error != self._error.text():
            announce(self, _("Fel: {error}").format(error=error))
        set_text(self._error, error)
        self.setVisible(bool(choices))

    def take_focus(self) -> None:
        """To the marked one, or the first."""
        marked = [option for option in self.options if option.isChecked()] or list(self.options)
        if marked:
            marked[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def minimumSizeHint(self) -> QSize:
        """As narrow as one column."""
        widest = max(self._title.minimumSizeHint().width(), *self._widths())
        return QSize(widest, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many columns as there is room for."""
        super().resizeEvent(event)
        if self._fitting(event.size().width()) != self._columns:
            self._place()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A digit picks, and an arrow the one beside; Enter goes on."""
        digits = [digit for digit, _words in self._shown]
        here = next((place for place, option in enumerate(self.options) if option.hasFocus()), None)
        if event.key() in ENTER:
            if not event.isAutoRepeat():
                self.entered.emit()
        elif event.text() in digits and not event.isAutoRepeat():
            self._pick(digits.index(event.text()))
        elif here is not None and event.key() in (*_BACK, *_ON):
            self._pick(here + (1 if event.key() in _ON else -1))
        else:
            super().keyPressEvent(event)

    def _pick(self, place: int) -> None:
        if 0 <= place < len(self.options):
            self.options[place].setFocus(Qt.FocusReason.OtherFocusReason)
            self.picked.emit(place)

    def _rebuild(self) -> None:
        for option in self.options:
            self._grid.removeWidget(option)
            option.hide()
            option.deleteLater()
        self.options = tuple(self._made(place) for place in range(len(self._shown)))
        self._place()

    def _widths(self) -> list[int]:
        return [option.sizeHint().width() for option in self.options] or [0]

    def _fitting(self, width: int) -> int:
        return even_columns(self._widths(), gap=self._grid.horizontalSpacing(), room=width, most=self._most)

    def _place(self) -> None:
        self._columns = self._fitting(self.width())
        for place, option in enumerate(self.options):
            self._grid.addWidget(option, place // self._columns, place % self._columns)
            option.show()  # At once, not when the layout gets to it: the keyboard is to be here.
        self._error.raise_()  # Read aloud after what it is about, where it stands (A03).
        for place in range(self._most + 1):
            self._grid.setColumnStretch(place, 1 if place == self._columns else 0)
        self.updateGeometry()

    def _made(self, place: int) -> QRadioButton:
        digit, words = self._shown[place]
        option = _Radio(f"{digit}  {words}")
        option.setProperty("kind", "option")
        option.clicked.connect(lambda _=False: self.picked.emit(place))
        return option


def _said(title: str, digit: str, error: str) -> str:
    words = [_("Fel: {error}").format(error=error)] if error else []
    return ". ".join([*words, title, _("Siffra {digit}").format(digit=digit)])


class _Radio(QRadioButton):
    """Leaves Enter, digits and arrows to what it lies in; Space and a click pick it."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space."""
        if event.key() in (*ENTER, *_BACK, *_ON) or event.text().isdigit():
            event.ignore()
        else:
            super().keyPressEvent(event)
