"""A field for an amount, and one for a number of pieces. A key that cannot be part of it is refused with a sound and
words, not swallowed in silence (UX 2.4)."""

import re

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent

from kassaapp.ui import sound
from kassaapp.ui.widgets.field import Field

_AMOUNT = re.compile(r"[0-9 \u00a0\u202f]*(,[0-9]{0,2})?")
_PIECES = re.compile(r"[0-9]{0,4}")
_NOT_WRITTEN = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


class _Strict(Field):
    """Takes only what its shape allows. `refused` tells of a key that it did not take."""

    refused = Signal()
    shape = re.compile(r".*")

    def __init__(self, name: str) -> None:
        super().__init__(name, kind="number")
        self.setAlignment(Qt.AlignmentFlag.AlignRight)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the key, if what would stand then is possible."""
        text = self.cleaned(event.text())
        if not text or not text.isprintable() or event.modifiers() & _NOT_WRITTEN:
            super().keyPressEvent(event)
            return
        start = self.selectionStart() if self.hasSelectedText() else self.cursorPosition()
        end = start + len(self.selectedText())
        if self.shape.fullmatch(self.text()[:start] + text + self.text()[end:]) is None:
            sound.beep()
            self.refused.emit()
            return
        self.insert(text)
        self.typed.emit(self.text())

    def cleaned(self, text: str) -> str:
        """The key as it is written in the field."""
        return text


class AmountEdit(_Strict):
    """Digits, one comma and at most two decimals; a full stop is a comma."""

    shape = _AMOUNT

    def cleaned(self, text: str) -> str:
        """A full stop, as some keypads have, is a decimal comma."""
        return "," if text == "." else text


class PiecesEdit(_Strict):
    """A number of coins or notes."""

    shape = _PIECES
