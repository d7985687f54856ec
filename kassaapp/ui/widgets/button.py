"""Buttons: Enter and Space press them, a held key does so once, and their key is shown beside the word.

The accessible name is the word alone; the key is in the description (UX A25).
"""

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QSizePolicy, QStyle, QStyleOptionButton, QStylePainter

from kassaapp.i18n import _
from kassaapp.ui import sound, theme
from kassaapp.ui.widgets.double_press import DoublePress
from kassaapp.ui.widgets.dress import set_property

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
_TALL = ("pay", "tile")
_LEFT = ("tile",)
_STRAY = 3
"""So many characters typed at a button were meant for a field."""
_NOT_WRITTEN = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


class Button(QPushButton):
    """A button with a word and, when it has one, its key. `primary` is for the one that Enter is meant for."""

    def __init__(self, text: str = "", *, key: str = "", kind: str = "", primary: bool = False) -> None:
        super().__init__()
        self._key = key
        self.setProperty("kind", kind)
        self.setAutoDefault(False)
        self.set_text(text)
        self.set_primary(primary)

    def set_text(self, text: str) -> None:
        """The word; `&` before the letter that Alt picks it with."""
        if self.text() != text:
            self.setText(text)
        self.setAccessibleName(text.replace("&", "").replace("\n", ", "))
        self._describe()

    def set_key(self, key: str) -> None:
        """The key that does the same."""
        self._key = key
        self._describe()
        self.updateGeometry()

    def set_primary(self, primary: bool) -> None:
        """Whether it is the filled button of the screen."""
        set_property(self, "state", "primary" if primary else "")

    def sizeHint(self) -> QSize:
        """Room for the word and the key beside it."""
        size = super().sizeHint()
        size.setWidth(size.width() + self._hint_width())
        return size

    def minimumSizeHint(self) -> QSize:
        """A word is never cut; a large button may have its words on two lines."""
        size = self.sizeHint()
        if self.property("kind") in _TALL:
            size.setWidth(min(size.width(), theme.current().px(140) + self._hint_width()))
        return size

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses, once however long it is held. Arrows are for whatever the button lies in."""
        if event.key() in ENTER:
            if not event.isAutoRepeat():
                self.click()
        elif event.key() in _ARROWS:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The button, its word and its key, and a focus ring outside a filled one."""
        painter = QStylePainter(self)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_words(painter)
        if self.hasFocus() and self.property("state") == "primary":
            self._paint_ring(painter)
        painter.end()

    def _describe(self) -> None:
        self.setAccessibleDescription(_("Kortkommando {key}").format(key=self._key) if self._key else "")

    def _hint_font(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(theme.current().px(theme.CAPTION))
        font.setBold(False)
        return font

    def _hint_width(self) -> int:
        if not self._key:
            return 0
        return QFontMetrics(self._hint_font()).horizontalAdvance(self._key) + theme.current().px(10)

    def words_room(self) -> QRect:
        """Where the word stands: all that the edges and the key leave."""
        px = theme.current().px
        return self.rect().adjusted(px(12), px(3), -px(12) - self._hint_width(), -px(3))

    def least_height(self) -> int:
        """What the words need at this width in their smallest letters."""
        font, px = QFont(self.font()), theme.current().px
        font.setPixelSize(px(theme.CAPTION))
        wanted = QRect(0, 0, self.words_room().width(), 10_000)
        whole = QFontMetrics(font).boundingRect(wanted, int(Qt.TextFlag.TextWordWrap), self.text())
        return whole.height() + 2 * px(3)

    def words_font(self) -> QFont:
        """The font of the word; in a large button smaller, where it would be cut else."""
        font, room = QFont(self.font()), self.words_room()
        while self.property("kind") in _TALL and font.pixelSize() > theme.current().px(theme.CAPTION):
            if _fits(QFontMetrics(font), room, self.text().replace("&", "")):
                break
            font.setPixelSize(font.pixelSize() - 1)
        return font

    def _paint_words(self, painter: QPainter) -> None:
        """The word in the room that the key leaves; on two lines when it is narrow."""
        px, filled = theme.current().px, self.property("state") == "primary"
        room = self.rect().adjusted(px(12), px(3), -px(12), -px(3))
        side = Qt.AlignmentFlag.AlignLeft if self.property("kind") in _LEFT else Qt.AlignmentFlag.AlignHCenter
        flags = side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextShowMnemonic
        painter.setFont(self.words_font())
        painter.setPen(self._colour("on_primary" if filled else "on_sel" if self.isDown() else "text"))
        painter.drawText(self.words_room(), int(flags), self.text())
        if self._key:
            painter.setFont(self._hint_font())
            painter.setPen(self._colour("on_primary" if filled else "muted"))
            painter.drawText(room, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), self._key)

    def _colour(self, token: str) -> QColor:
        return theme.current().colour(token if self.isEnabled() else "disabled")

    def _paint_ring(self, painter: QPainter) -> None:
        """3 px, with the surface showing between ring and fill: their colours are too like each other (UX 4.1)."""
        painter.setPen(QPen(theme.current().colour("focus"), 3))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        radius = theme.current().px(6)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5), radius, radius)


def _fits(letters: QFontMetrics, room: QRect, text: str) -> bool:
    """Whether the text has room, on as many lines as there are, with no word broken."""
    whole = letters.boundingRect(QRect(0, 0, room.width(), 10_000), int(Qt.TextFlag.TextWordWrap), text)
    longest = max((letters.horizontalAdvance(word) for word in text.split()), default=0)
    return whole.height() <= room.height() and longest <= room.width()


class CommitButton(Button):
    """A button that puts something on record: a second press within a moment does nothing, and neither does the Enter
    after a number that was typed here, as the next patient's may be by somebody who looks at a card."""

    committed = Signal()

    def __init__(
        self, guard: DoublePress, text: str = "", *, key: str = "", kind: str = "", primary: bool = True
    ) -> None:
        super().__init__(text, key=key, kind=kind, primary=primary)
        self._guard = guard
        self._stray = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._commit)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """What was typed earlier was typed elsewhere."""
        self._stray = 0
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses, but not when it ends what was typed here."""
        if event.key() in ENTER and not event.isAutoRepeat():
            stray, self._stray = self._stray, 0
            if stray >= _STRAY:
                sound.beep()
                return
        elif event.text().strip().isprintable() and event.text().strip() and not event.modifiers() & _NOT_WRITTEN:
            self._stray += 1
        super().keyPressEvent(event)

    def _commit(self) -> None:
        if self._guard.passes():
            self.committed.emit()
