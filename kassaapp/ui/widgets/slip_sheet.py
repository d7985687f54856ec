"""A slip on the screen as it is on paper: text in letters of one width that can be read aloud, marked and copied
(UX A48). Where the sheet is narrower than the paper its lines are broken anew; nothing has to be scrolled sideways."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QPlainTextEdit

from kassaapp.printout.slip import WIDTH, Slip, lines
from kassaapp.ui import theme

LEAST = 24
"""Characters; no line of a report can be told in fewer."""


class SlipSheet(QPlainTextEdit):
    """Shows a slip, or nothing. Arrows and Page Down go through it; Tab leaves it."""

    def __init__(self) -> None:
        super().__init__()
        self._slip: Slip | None = None
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByKeyboard | Qt.TextInteractionFlag.TextSelectableByMouse
        )
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(theme.current().px(theme.CAPTION))
        self.setStyleSheet(f"font-family: '{font.family()}'; font-size: {font.pixelSize()}px;")
        self._letter = max(1, QFontMetrics(font).horizontalAdvance("0"))
        self.setMinimumWidth(self._letter * (LEAST + 1) + theme.current().px(48))

    def show_slip(self, slip: Slip | None, name: str) -> None:
        """Show this slip from its top; `name` is what a screen reader calls the sheet."""
        self.setAccessibleName(name)
        if slip is not self._slip:
            self._slip = slip
            self._break_lines()
            self.verticalScrollBar().setValue(0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may break the lines elsewhere."""
        super().resizeEvent(event)
        self._break_lines()

    def _break_lines(self) -> None:
        room = self.viewport().width() - 2 * int(self.document().documentMargin())
        width = min(WIDTH, max(LEAST, room // self._letter))
        text = "\n".join(lines(self._slip, width)) if self._slip is not None else ""
        if text != self.toPlainText():
            self.setPlainText(text)
