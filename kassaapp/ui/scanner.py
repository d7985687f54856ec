"""A code reader types like a keyboard; here its typing is told from a person's, and never presses anything (UX 2.0).

What comes faster than anybody types and ends with Enter is a scan: the field that had the focus is as it was before,
the Enter is swallowed, and the text goes to whoever looks for it. A reader that sends a prefix needs no guess at all.
Where letters act, on buttons and lists, a letter waits a moment to see whether more follow; in a field it is shown at
once, so that typing is never felt to be slow.
"""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from shiboken6 import isValid

from kassaapp.ui.widgets.button import ENTER

GAP_MS = 35
"""No finger is faster from one key to the next, for long."""
LEAST = 6
"""So many characters make a scan; fewer may be two keys struck as one."""
_SHOWN = 2
"""So many fast characters are shown in a field before it is clear that they are a scan."""
_WAIT_MS = 60
"""After so long without another character, those that waited are a person's."""
_PREFIXED_MS = 600
"""After a prefix nothing is guessed, but a reader that never ends must not take the keyboard."""
_MODIFIERS = (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_CapsLock)
"""Go down before the letter that they change."""
_HARMLESS = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier


@dataclass(frozen=True, slots=True)
class _Key:
    """A press that waits."""

    key: int
    modifiers: Qt.KeyboardModifier
    text: str

    def again(self, kind: QEvent.Type) -> QKeyEvent:
        return QKeyEvent(kind, self.key, self.modifiers, self.text)


class _FieldBefore:
    """A field as it was before a burst of characters; another widget has nothing to put back."""

    def __init__(self, widget: QWidget | None) -> None:
        self._field = widget if isinstance(widget, QLineEdit) else None
        if self._field is not None:
            self._text, self._caret = self._field.text(), self._field.cursorPosition()
            self._selected = (self._field.selectionStart(), len(self._field.selectedText()))

    @property
    def is_field(self) -> bool:
        """Whether letters are shown there."""
        return self._field is not None

    def put_back(self) -> None:
        """Let it be as it was, and tell whoever listens to it."""
        field = self._field
        if field is None or field.text() == self._text:
            return
        field.setText(self._text)
        field.setCursorPosition(self._caret)
        if self._selected[1]:
            field.setSelection(*self._selected)
        field.textEdited.emit(self._text)


class Scanner(QObject):
    """A filter for the whole application; install it after every other, so that it is asked first.

    `scanned` gets the text of each scan, without its prefix. While a dialog or a menu is open a scan goes nowhere.
    Times are those of the key events, so that keys which waited for a busy program are not taken for a scan.
    """

    def __init__(self, scanned: Callable[[str], None], *, prefix: str = "") -> None:
        super().__init__()
        self._scanned = scanned
        self._prefix = prefix
        self._replaying = self._prefixed = False
        self._last_ms = 0
        self._written = ""
        self._waiting: list[_Key] = []
        self._where: QWidget | None = None
        self._before = _FieldBefore(None)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.give_back)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Whether the key is part of a scan. A key that nobody takes is offered to one widget after the other: it is
        looked at where it comes first."""
        if self._replaying or not isinstance(event, QKeyEvent) or event.key() in _MODIFIERS:
            return False
        if event.type() is QEvent.Type.ShortcutOverride and self._waiting:
            self._before_a_shortcut(event)
        if event.type() is not QEvent.Type.KeyPress or watched is not _receiver():
            return False
        return self._swallows(event)

    def give_back(self) -> None:
        """What waited was typed by a person: let it be typed, where it was. A letter that would act is dropped when the
        keyboard has gone elsewhere: there it would be another act."""
        waiting, self._waiting = self._waiting, []
        where, is_field = self._where, self._before.is_field
        self._forget()
        self._replaying = True
        try:
            for key in waiting:
                for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                    if where is not None and isValid(where) and (is_field or where is _receiver()):
                        QApplication.sendEvent(where, key.again(kind))
        finally:
            self._replaying = False

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _before_a_shortcut(self, event: QKeyEvent) -> None:
        """A key that may be a shortcut never comes as a press: what was typed before it is typed first."""
        if event.key() not in ENTER and not _is_letter(event):
            self.give_back()

    def _swallows(self, event: QKeyEvent) -> bool:
        at_ms, before_ms, self._last_ms = event.timestamp(), self._last_ms, event.timestamp()
        is_fast = 0 < before_ms <= at_ms <= before_ms + GAP_MS
        if event.key() in ENTER and self._is_scan(is_fast=is_fast):
            self._deliver()
            return True
        if not _is_letter(event):
            self.give_back()
            return False
        if self._prefixed or (self._prefix and event.text() == self._prefix):
            return self._take_prefixed(event)
        if not (is_fast and self._written):
            self._begin()
        self._written += event.text()
        if self._before.is_field and len(self._written) <= _SHOWN:
            return False
        self._hold(event, _WAIT_MS)
        return True

    def _take_prefixed(self, event: QKeyEvent) -> bool:
        if self._prefixed:
            self._written += event.text()
        else:
            self._begin()
            self._prefixed = True
        self._hold(event, _PREFIXED_MS)
        return True

    def _begin(self) -> None:
        """A burst may begin here."""
        self.give_back()
        self._where = _receiver()
        self._before = _FieldBefore(self._where)

    def _hold(self, event: QKeyEvent, wait_ms: int) -> None:
        self._waiting.append(_Key(event.key(), event.modifiers(), event.text()))
        self._timer.start(wait_ms)

    def _is_scan(self, *, is_fast: bool) -> bool:
        return bool(self._written) and (self._prefixed or (is_fast and len(self._written) >= LEAST))

    def _deliver(self) -> None:
        text, before = self._written, self._before
        self._waiting = []
        self._forget()
        before.put_back()
        if QApplication.activeModalWidget() is None and QApplication.activePopupWidget() is None:
            self._scanned(text)
        else:
            QApplication.beep()

    def _forget(self) -> None:
        self._timer.stop()
        self._written, self._prefixed = "", False
        self._where, self._before = None, _FieldBefore(None)


def _receiver() -> QWidget | None:
    """Where keys come first."""
    return QApplication.activePopupWidget() or QApplication.focusWidget()


def _is_letter(event: QKeyEvent) -> bool:
    """Whether it writes something, without Ctrl or Alt, and no finger rests on it."""
    text, held = event.text(), event.modifiers() & ~_HARMLESS
    return len(text) == 1 and text.isprintable() and not held and not event.isAutoRepeat()
