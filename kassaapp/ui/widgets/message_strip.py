"""The strips across the window: only when there is something to do; they push the content down and never cover it."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from kassaapp.screens.frame import Strip
from kassaapp.ui.widgets.dress import column
from kassaapp.ui.widgets.message import Message


class MessageStrip(QWidget):
    """Shows strips one under the other. `act` is called with the strip whose button was pressed."""

    def __init__(self, act: Callable[[Strip], None]) -> None:
        super().__init__()
        self._act = act
        self._shown: tuple[Strip, ...] = ()
        self._messages: list[Message] = []
        self._layout = column(self, spacing=8)
        self.hide()

    def show_strips(self, strips: Sequence[Strip]) -> None:
        """Show these, and no others."""
        self._shown = tuple(strips)
        while len(self._messages) < len(self._shown):
            self._add()
        for index, message in enumerate(self._messages):
            strip = self._shown[index] if index < len(self._shown) else None
            if strip is None:
                message.show_text("", "warn")
            else:
                message.show_text(strip.text, strip.tone.value, strip.action, key=strip.key)
        self.setVisible(bool(self._shown))

    def _add(self) -> None:
        message, index = Message(urgent=True), len(self._messages)
        message.acted.connect(lambda: self._act(self._shown[index]))
        self._messages.append(message)
        self._layout.addWidget(message)
