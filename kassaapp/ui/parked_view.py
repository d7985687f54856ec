"""The glass of `screens/parked.py`, in place of the articles."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from kassaapp.screens.parked import ParkedView
from kassaapp.ui import theme
from kassaapp.ui.widgets.button import Button
from kassaapp.ui.widgets.dress import add_all, column, label, set_text
from kassaapp.ui.widgets.message import Message
from kassaapp.ui.widgets.panel_bottom import PanelBottom

_MOST = 3


class ParkedPanel(QWidget):
    """A button for each; its digit picks it while the list has the focus."""

    def __init__(self, recall: Callable[[int], None], back: Callable[[], None]) -> None:
        super().__init__()
        self._recall = recall
        self._view: ParkedView | None = None
        self.heading, self.empty = label(kind="heading", wrap=True), label(kind="muted", wrap=True)
        self.buttons = [Button(key=str(place + 1), kind="tile") for place in range(_MOST)]
        for place, button in enumerate(self.buttons):
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            button.clicked.connect(lambda _=False, place=place: self._pick(place))
        self.error = Message(urgent=True)
        self._bottom = PanelBottom(back)
        layout = column(self, spacing=10)
        add_all(layout, self.heading, self.empty, *self.buttons, self.error, None, self._bottom)

    def show_parked(self, view: ParkedView) -> None:
        """Show these."""
        self._view = view
        set_text(self.heading, view.heading)
        set_text(self.empty, view.empty)
        for place, button in enumerate(self.buttons):
            shown = view.rows[place] if place < len(view.rows) else None
            button.setVisible(shown is not None)
            if shown is not None:
                button.set_text(shown.text)
                self._make_room(button)
        self.error.show_text(view.error, "warn")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Narrower words take more lines."""
        super().resizeEvent(event)
        for button in self.buttons:
            self._make_room(button)

    def _make_room(self, button: Button) -> None:
        button.setMinimumHeight(max(theme.current().px(theme.PAY), button.least_height()))

    def take_focus(self) -> None:
        """To the oldest; with none, to the way back."""
        view = self._view
        has_rows = view is not None and bool(view.rows)
        (self.buttons[0] if has_rows else self._bottom.back).setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits pick, arrows go up and down."""
        digits = {str(place + 1): place for place in range(_MOST)}
        if event.text() in digits and not event.isAutoRepeat():
            self._pick(digits[event.text()])
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._step(1 if event.key() == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)

    def _step(self, by: int) -> None:
        usable = [button for button in self.buttons if button.isVisible()]
        here = next((index for index, button in enumerate(usable) if button.hasFocus()), None)
        if here is not None and 0 <= here + by < len(usable):
            usable[here + by].setFocus(Qt.FocusReason.OtherFocusReason)

    def _pick(self, place: int) -> None:
        if self._view is not None and place < len(self._view.rows):
            self._recall(self._view.rows[place].number)
