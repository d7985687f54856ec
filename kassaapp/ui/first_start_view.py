"""The glass of `screens/first_start.py`: a field, the rows as they come, and one button."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from kassaapp.i18n import _
from kassaapp.screens.first_start import FirstStartScreen, Row, Stage
from kassaapp.ui import icons, theme
from kassaapp.ui.widgets.button import CommitButton
from kassaapp.ui.widgets.double_press import DoublePress
from kassaapp.ui.widgets.dress import add_all, card, column, label, row, set_text
from kassaapp.ui.widgets.field import LabelledField
from kassaapp.ui.widgets.message import Message
from kassaapp.ui.widgets.scroll import Scroll

_SIGN_PX = 20
_COLOURS = {"ok": "ok", "warn": "warn", "error": "err"}


class FirstStartView(QWidget):
    """The whole window of a till that is not one yet."""

    def __init__(self, screen: FirstStartScreen, guard: DoublePress) -> None:
        super().__init__()
        self._screen = screen
        self.heading, self.step, self.text = label(kind="title"), label(kind="muted"), label(wrap=True)
        self.field = LabelledField(_("Registrerings&kod"))
        self.scan = LabelledField(_("&Skannad kod"))
        self.error, self.button = Message(urgent=True), CommitButton(guard, key="Enter", primary=True)
        self.button.committed.connect(self._go_on)
        for field in (self.field, self.scan):
            field.edit.entered.connect(lambda _text: self.button.click())
        self.rows = QWidget()
        self._grid = QGridLayout(self.rows)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.current().px(12))
        self._grid.setVerticalSpacing(theme.current().px(8))
        self._grid.setColumnStretch(2, 1)
        self._shown = 0
        surface, bottom = card(), row()
        add_all(bottom, None, self.button)
        content = column(surface, margins=(24, 16), spacing=12)
        add_all(content, self.heading, self.step, self.text, self.field, self.scan, self.error, self.rows, bottom)
        inside = QWidget()
        add_all(column(inside), surface, None)
        column(self, margins=(24, 16)).addWidget(Scroll(inside))
        self.field.edit.set_text(screen.code)
        self.draw()

    def draw(self) -> None:
        """Set everything, and put the keyboard where something is to be done."""
        view = self._screen.view
        set_text(self.heading, view.heading)
        set_text(self.step, view.step)
        set_text(self.text, view.text)
        self.field.setHidden(view.stage is not Stage.CODE)
        self.scan.setHidden(view.stage is not Stage.SCANNER)
        self.error.show_text(view.error, "error")
        self.button.setHidden(not view.next)
        self.button.set_text(view.next)
        self._draw_rows(view.rows)
        self.focus()

    def focus(self) -> None:
        """To the field, or the button where there is none."""
        match self._screen.view.stage:
            case Stage.CODE:
                self.field.edit.take_focus()
            case Stage.SCANNER:
                self.scan.edit.take_focus()
            case Stage.DONE:
                self.button.setFocus()
            case Stage.WORKING:
                self.setFocus()

    def _draw_rows(self, rows: tuple[Row, ...]) -> None:
        if len(rows) < self._shown:
            for number in range(self._grid.count() - 1, -1, -1):
                item = self._grid.takeAt(number)
                widget = None if item is None else item.widget()
                if widget is not None:
                    widget.hide()
                    widget.deleteLater()
            self._shown = 0
        for line in range(self._shown, len(rows)):
            self._add(line, rows[line])
        self._shown = len(rows)

    def _add(self, line: int, tried: Row) -> None:
        dress = theme.current()
        name, sign, text = label(tried.name, "strong"), QLabel(), label(tried.text, wrap=True)
        colour = dress.colours[_COLOURS.get(tried.tone.value, "muted")]
        sign.setPixmap(icons.pixmap(tried.tone.value, colour, dress.px(_SIGN_PX), self.devicePixelRatioF()))
        text.setAccessibleName(f"{tried.name}: {tried.text}")
        for place, widget in enumerate((name, sign, text)):
            self._grid.addWidget(widget, line, place, Qt.AlignmentFlag.AlignTop)

    def _go_on(self) -> None:
        typed = self.scan if self._screen.view.stage is Stage.SCANNER else self.field
        self._screen.go_on(typed.edit.text())
        self.scan.edit.clear()
        self.draw()
