"""The glass of `screens/login.py`."""

from PySide6.QtWidgets import QLineEdit, QWidget

from kassaapp.i18n import _
from kassaapp.screens.login import LoginScreen, Spot
from kassaapp.ui import theme
from kassaapp.ui.room import Settled
from kassaapp.ui.widgets.button import CommitButton
from kassaapp.ui.widgets.double_press import DoublePress
from kassaapp.ui.widgets.dress import add_all, card, column, label, row, set_text
from kassaapp.ui.widgets.field import LabelledField
from kassaapp.ui.widgets.message import Message
from kassaapp.ui.widgets.scroll import Scroll
from kassaapp.ui.widgets.tick_box import TickBox


class LoginView(QWidget):
    """User, PIN, and the button."""

    def __init__(self, screen: LoginScreen, guard: DoublePress, settled: Settled) -> None:
        super().__init__()
        self._screen = screen
        self._guard = guard
        self._settled = settled
        self._build()

    def enter(self) -> None:
        """Whoever was here last is filled in; the PIN never is."""
        self.user.edit.set_text(self._screen.view.user)
        self.pin.edit.clear()
        self.show_pin.setChecked(False)
        self.draw()
        self.focus()

    def draw(self) -> None:
        """Set everything."""
        self._draw()

    def _build(self) -> None:
        self.heading, self.place = label(kind="title"), label(kind="muted", wrap=True)
        self.locked = label(kind="strong", wrap=True)
        self.user = LabelledField(_("&Användare"))
        self.pin = LabelledField(_("&Pinkod"))
        self.pin.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.show_pin = TickBox(_("&Visa pinkod"))
        self.show_pin.toggled.connect(self._show_pin)
        self.button = CommitButton(self._guard, _("&Logga in"), key="Enter")
        self.note, self.ended = Message(), Message()
        self.user.edit.entered.connect(lambda _: self.pin.edit.take_focus())
        self.pin.edit.entered.connect(lambda _: self.button.click())
        self.button.committed.connect(self._sign_in)
        surface = card()
        surface.setMaximumWidth(theme.current().px(480))
        form = column(surface, margins=(24, 24), spacing=12)
        add_all(form, self.heading, self.place, self.locked, self.user, self.pin, self.show_pin)
        add_all(form, self.button, self.note, self.ended)
        inside, middle = QWidget(), row()
        middle.addStretch(1)
        middle.addWidget(surface, 100)  # As wide as it may be.
        middle.addStretch(1)
        add_all(column(inside), None, middle, None)
        column(self).addWidget(Scroll(inside))

    def _draw(self) -> None:
        view = self._screen.view
        set_text(self.heading, view.heading)
        set_text(self.place, view.place)
        set_text(self.locked, view.locked)
        self.user.set_error(view.user_error)
        self.pin.set_error(view.error)
        self.note.show_text(view.note, "offline")
        self.ended.show_text(view.ended, "warn")

    def _sign_in(self) -> None:
        self._screen.sign_in(self.user.edit.text(), self.pin.edit.text())
        self._draw()
        self.focus()
        self._settled()

    def focus(self) -> None:
        """Put the keyboard where the screen says."""
        spot = self._screen.view.spot
        (self.user if spot is Spot.USER else self.pin).edit.take_focus()

    def _show_pin(self, shown: bool) -> None:
        self.pin.edit.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
