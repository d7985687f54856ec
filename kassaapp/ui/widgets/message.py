"""A sentence with a sign, in the colour of its tone, and a button when there is something to do."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy

from kassaapp.ui import icons, theme
from kassaapp.ui.widgets.announce import announce
from kassaapp.ui.widgets.button import Button
from kassaapp.ui.widgets.dress import breakable, label, row, set_property

_SIGN_PX = 20


class Message(QFrame):
    """A box for a sentence. In the layout it pushes what is below, and never covers it; empty it takes no room."""

    acted = Signal()

    def __init__(self, *, small: bool = False, urgent: bool = False) -> None:
        super().__init__()
        self._urgent = urgent
        self.setProperty("kind", "box")
        self._sign = QLabel()
        self.text = label(kind="small" if small else "", wrap=not small)
        self.button = Button()
        self.button.clicked.connect(self.acted)
        layout = row(self, margins=(12, 4 if small else 8), spacing=8)
        layout.addWidget(self._sign)
        layout.addWidget(self.text, 1)
        layout.addWidget(self.button)
        if small:
            self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
        self.hide()

    def show_text(self, text: str, tone: str, action: str = "", *, key: str = "") -> None:
        """Say `text`, or nothing; with an `action` there is a button, and `key` beside its word."""
        if text and text != self.text.accessibleName() and self._urgent:
            announce(self, text, urgent=tone == "error")
        self.text.setText(breakable(text))
        self.text.setAccessibleName(text)
        set_property(self, "state", tone)
        self._draw_sign(tone)
        self.button.set_key(key)
        self.button.set_text(action)
        self.button.setVisible(bool(action))
        self.setVisible(bool(text))

    def _draw_sign(self, tone: str) -> None:
        dress = theme.current()
        colours = {"quiet": "muted", "sending": "off", "offline": "off", "warn": "warn", "error": "err", "ok": "ok"}
        colour = dress.colours[colours.get(tone, "info")]
        self._sign.setPixmap(icons.pixmap(tone, colour, dress.px(_SIGN_PX), self.devicePixelRatioF()))
