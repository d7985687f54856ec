"""Fields with a visible label above and room for what is wrong below, linked for screen readers (UX A02, A20, A31)."""

from weakref import WeakSet

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QWidget
from shiboken6 import isValid

from kassaapp.i18n import _
from kassaapp.ui import theme
from kassaapp.ui.widgets.announce import announce
from kassaapp.ui.widgets.button import ENTER
from kassaapp.ui.widgets.dress import add_all, column, label, row, set_property, set_text


class Field(QLineEdit):
    """A field for a line. `entered` is Enter, once however long it is held; `typed` is what a person changes."""

    entered = Signal(str)
    typed = Signal(str)
    up = Signal()
    down = Signal()

    def __init__(self, name: str, kind: str = "") -> None:
        super().__init__()
        self.setProperty("kind", kind)
        self.setAccessibleName(name)
        self.textEdited.connect(self.typed)

    def event(self, event: QEvent) -> bool:
        """An empty field has nothing to undo, so that Ctrl+Z is the screen's."""
        if (
            event.type() is QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._nothing_to_undo(event)
        ):
            event.ignore()
            return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter, and the arrows that a line has no use for."""
        if event.key() in ENTER:
            if not event.isAutoRepeat():
                self.entered.emit(self.text())
        elif event.modifiers() == Qt.KeyboardModifier.AltModifier and event.text():
            event.ignore()  # For what has that letter underlined. Where nothing has, nothing is written.
        elif event.key() == Qt.Key.Key_Down:
            self.down.emit()
        elif event.key() == Qt.Key.Key_Up:
            self.up.emit()
        else:
            super().keyPressEvent(event)

    def _nothing_to_undo(self, event: QKeyEvent) -> bool:
        return not self.text() and event.matches(QKeySequence.StandardKey.Undo)

    def set_text(self, text: str) -> None:
        """Show `text`; what stands there already keeps its caret."""
        if self.text() != text:
            self.setText(text)

    def set_error(self, error: str) -> None:
        """Look wrong, and say why."""
        set_property(self, "state", "error" if error else "")
        self.setAccessibleDescription(_("Fel: {error}").format(error=error) if error else "")

    def take_focus(self, marked: int | None = None) -> None:
        """Be ready to be typed over: all of it, or the last `marked` characters; with 0 be ready to write on."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        if marked is None:
            self.selectAll()
        else:
            length = len(self.text())
            self.setSelection(max(0, length - marked), marked) if marked else self.setCursorPosition(length)

    def setEchoMode(self, mode: QLineEdit.EchoMode) -> None:
        """Show what is written, or not; what once hid it is known to `forget_secrets`."""
        super().setEchoMode(mode)
        if mode is QLineEdit.EchoMode.Password:
            _secret.add(self)


_secret: WeakSet[Field] = WeakSet()
"""Every field that has hidden what is written: to look for them in a room takes a millisecond."""


def forget_secrets(room: QWidget) -> None:
    """Empty the fields of a room that hide what is written."""
    for field in tuple(_secret):
        hides = isValid(field) and field.echoMode() is QLineEdit.EchoMode.Password
        if hides and field.text() and room.isAncestorOf(field):
            field.clear()
            field.typed.emit("")


class LabelledField(QWidget):
    """A field with its label above it, or `beside` it at left, and its error below."""

    def __init__(self, title: str, field: Field | None = None, *, name: str = "", beside: bool = False) -> None:
        super().__init__()
        self.title: QLabel = label(title, "caption")
        self.edit = field or Field(name or title.replace("&", ""))
        self.title.setBuddy(self.edit)
        self._error = label(kind="error", wrap=True)
        both = row(spacing=8) if beside else column(spacing=4)
        add_all(both, self.title, self.edit)
        add_all(column(self, spacing=4), both, self._error, None)
        self.set_error("")

    def set_title(self, title: str) -> None:
        """What the field is for, where that changes."""
        self.title.setText(title)
        self.edit.setAccessibleName(title.replace("&", ""))

    def set_error(self, error: str) -> None:
        """What is wrong; nothing takes no room. New words are said aloud."""
        if error and error != self._error.text():
            announce(self.edit, _("Fel: {error}").format(error=error))
        set_text(self._error, error)
        self.edit.set_error(error)


def level_with_fields(button: QWidget) -> QWidget:
    """A button that stands beside fields, as high up as they are below their labels, whatever is wrong with them."""
    level, above = QWidget(), label("M", "caption")
    above.ensurePolished()
    layout = column(level, spacing=4)
    layout.addSpacing(above.sizeHint().height() + layout.spacing())
    add_all(layout, button, None)
    return level


class Choice(QComboBox):
    """A list to choose from. Enter goes on to the next field. In a `numbered` one a digit picks, and the number stands
    before each but the first, which only invites."""

    picked = Signal(int)

    def __init__(self, name: str, *, numbered: bool = False) -> None:
        super().__init__()
        self._numbered = numbered
        self.setAccessibleName(name)
        self.activated.connect(self.picked)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on, a digit picks; everything else is the list's."""
        if event.key() in ENTER:
            if not event.isAutoRepeat():
                self.focusNextChild()
            return
        before, digit = self.currentIndex(), event.text()
        if self._numbered and digit.isdigit():
            self.setCurrentIndex(int(digit) if 1 <= int(digit) < self.count() else before)
        else:
            super().keyPressEvent(event)
        if self.currentIndex() != before:
            self.picked.emit(self.currentIndex())

    def paintEvent(self, event: QPaintEvent) -> None:
        """The list's field, with an arrow that says it is one."""
        super().paintEvent(event)
        px = theme.current().px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.current().colour("muted"), px(2)))
        left, middle = self.width() - px(24), self.height() / 2
        corners = ((left, -px(3)), (left + px(5), px(3)), (left + px(10), -px(3)))
        painter.drawPolyline([QPointF(x, middle + y) for x, y in corners])
        painter.end()

    def set_choices(self, choices: tuple[str, ...], chosen: int) -> None:
        """Show the list; unchanged, it is left alone."""
        if self._numbered:
            choices = tuple(f"{number}  {words}" if number else words for number, words in enumerate(choices))
        if tuple(self.itemText(index) for index in range(self.count())) != choices:
            self.clear()
            self.addItems(choices)
        if self.currentIndex() != chosen:
            self.setCurrentIndex(chosen)
