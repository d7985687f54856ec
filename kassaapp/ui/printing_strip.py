"""The strip that says how a printer stands, with what can be done about it (UX E50–E52). Empty it takes no room."""

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout

from kassaapp.screens.printing import Wish
from kassaapp.ui import theme
from kassaapp.ui.papers import Papers
from kassaapp.ui.widgets.button import Button
from kassaapp.ui.widgets.double_press import DoublePress
from kassaapp.ui.widgets.message import Message

_WORDS_PX = 320
"""The least width that the words are read in, at scale 1."""


class PrintingStrip(Message):
    """Draws itself anew whenever the papers say something else."""

    def __init__(self, papers: Papers, guard: DoublePress) -> None:
        super().__init__(urgent=True)
        self._papers = papers
        self._guard = guard
        self.second = Button()
        self.second.clicked.connect(lambda: self._do(1))
        self.acted.connect(lambda: self._do(0))
        self._line().addWidget(self.second)
        papers.changed.connect(self.draw)
        self.draw()

    def draw(self) -> None:
        """Say what there is to say."""
        view = self._papers.view
        first, second = (*(action.text for action in view.actions), "", "")[:2]
        self.show_text(view.text, view.tone.value, first, key=view.actions[0].key if view.actions else "")
        self.second.set_text(second)
        self.second.setVisible(bool(second))

    def press_key(self) -> bool:
        """Ctrl+P was pressed: print again what waits; whether there was anything that the key is for."""
        if any(action.wish is Wish.AGAIN for action in self._papers.view.actions):
            self._do(0)
            return True
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """With large letters on a narrow screen the buttons stand under the words."""
        super().resizeEvent(event)
        buttons = sum(button.sizeHint().width() for button in (self.button, self.second) if not button.isHidden())
        narrow = self.width() - buttons < theme.current().px(_WORDS_PX)
        way = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        if self._line().direction() is not way:
            self._line().setDirection(way)

    def _line(self) -> QBoxLayout:
        layout = self.layout()
        assert isinstance(layout, QBoxLayout)
        return layout

    def _do(self, number: int) -> None:
        actions = self._papers.view.actions
        if number < len(actions) and self._guard.passes():
            self._papers.do(actions[number].wish)
            self.draw()
