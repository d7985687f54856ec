"""The articles as buttons: one stop for Tab, arrows between them, one or two columns as the width allows (UX 2.0)."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QSizePolicy, QWidget

from kassaapp.screens.articles import Tile
from kassaapp.ui import theme
from kassaapp.ui.widgets.button import Button

_WIDE = 400
"""From this width there is room for two columns."""


class Tiles(QScrollArea):
    """`picked` carries the article's number; `left` is Up from the first row."""

    picked = Signal(int)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[Tile, ...] = ()
        self._buttons: list[Button] = []
        self._columns = 1
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        self._grid = QGridLayout(inside)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(theme.current().px(8))
        self._grid.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.setWidget(inside)

    def show_tiles(self, tiles: Sequence[Tile]) -> bool:
        """Show these articles; whether they are others than before, and so have new buttons."""
        if tuple(tiles) == self._shown:
            return False
        self._shown = tuple(tiles)
        for button in self._buttons:
            self._grid.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons = [self._button(tile) for tile in self._shown]
        self._place()
        return True

    @property
    def buttons(self) -> tuple[Button, ...]:
        """The buttons as shown, in their order for Tab."""
        return tuple(self._buttons)

    def take_focus(self) -> None:
        """To the first article."""
        self._go(0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One or two columns."""
        super().resizeEvent(event)
        columns = 2 if event.size().width() >= theme.current().px(_WIDE) else 1
        if columns != self._columns:
            self._columns = columns
            self._place()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go between the articles."""
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -self._columns,
            Qt.Key.Key_Down: self._columns,
        }
        here = next((index for index, button in enumerate(self._buttons) if button.hasFocus()), None)
        step = steps.get(Qt.Key(event.key()))
        if here is None or step is None:
            super().keyPressEvent(event)
        elif here + step < 0:
            self.left.emit()
        else:
            self._go(here + step)

    def _button(self, tile: Tile) -> Button:
        button = Button(f"{tile.article}  {tile.text}\n{tile.price}", kind="tile")
        button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        if tile.key:
            button.setAccessibleDescription(tile.key)
        button.clicked.connect(lambda _=False, article=tile.article: self.picked.emit(article))
        return button

    def _place(self) -> None:
        for index, button in enumerate(self._buttons):
            self._grid.addWidget(button, index // self._columns, index % self._columns)
            policy = Qt.FocusPolicy.StrongFocus if index == 0 else Qt.FocusPolicy.ClickFocus
            button.setFocusPolicy(policy)
        for place in range(2):
            self._grid.setColumnStretch(place, 1 if place < self._columns else 0)

    def _go(self, index: int) -> None:
        if 0 <= index < len(self._buttons):
            for place, button in enumerate(self._buttons):
                button.setFocusPolicy(Qt.FocusPolicy.StrongFocus if place == index else Qt.FocusPolicy.ClickFocus)
            self._buttons[index].setFocus(Qt.FocusReason.OtherFocusReason)
            self.ensureWidgetVisible(self._buttons[index])
