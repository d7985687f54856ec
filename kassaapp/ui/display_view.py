"""The glass of `screens/display.py`."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from kassaapp.i18n import _
from kassaapp.screens.display import DisplayScreen
from kassaapp.ui import theme
from kassaapp.ui.room import Settled
from kassaapp.ui.widgets.button import Button, CommitButton
from kassaapp.ui.widgets.double_press import DoublePress
from kassaapp.ui.widgets.dress import add_all, card, column, label, set_text
from kassaapp.ui.widgets.flow import Flow, Page
from kassaapp.ui.widgets.message import Message
from kassaapp.ui.widgets.options import Options
from kassaapp.ui.widgets.scroll import Scroll
from kassaapp.ui.widgets.shortcut import on_key


class DisplayWindow(QWidget):
    """A group of choices for each setting, and the button that puts them in force. `about` leads to the page about the
    till; without it there is no button for it."""

    def __init__(self, screen: DisplayScreen, guard: DoublePress, back: Settled, about: Settled | None = None) -> None:
        super().__init__()
        self._screen = screen
        self._guard = guard
        self.heading, self.note, self.done = label(kind="title"), Message(), Message(urgent=True)
        self.groups = [self._group(number) for number in range(len(screen.view.choices))]
        self.use = CommitButton(guard, key="Enter")
        self.use.committed.connect(self._use)
        self.about, self.back = Button(_("&Om kassan och diagnostik")), Button(_("&Tillbaka"), key="Esc")
        self.back.clicked.connect(back)
        if about is None:
            self.about.hide()  # To show it here, where it lies in nothing yet, would make a window of it.
        else:
            self.about.clicked.connect(about)
        on_key(self, "Esc", back)
        self._lay_out()

    def enter(self) -> None:
        """What is in force is marked."""
        self._guard.begin()
        self._screen.begin()
        self.draw()
        self.focus()

    def focus(self) -> None:
        """To the first setting."""
        self.groups[0].take_focus()

    def draw(self) -> None:
        """Set everything."""
        view = self._screen.view
        set_text(self.heading, view.heading)
        self.note.show_text(view.note, "info")
        for group, choice in zip(self.groups, view.choices, strict=True):
            group.show_options(choice.words, choice.chosen)
        self.use.set_text(view.button)
        self.done.show_text(view.done, "ok" if view.kept else "warn")

    def _lay_out(self) -> None:
        surface = card()
        surface.setMaximumWidth(theme.current().px(960))
        content = column(surface, margins=(24, 16), spacing=12)
        bottom = Flow(self.use, self.about, None, self.back)
        add_all(content, self.heading, self.note, *self.groups, self.done, bottom)
        inside = Page()
        add_all(column(inside), surface, None)
        column(self).addWidget(Scroll(inside))

    def _group(self, number: int) -> Options:
        made = Options(self._screen.view.choices[number].title, columns=4)
        made.picked.connect(lambda chosen: self._choose(number, chosen))
        made.entered.connect(self._onward(number))
        return made

    def _choose(self, setting: int, chosen: int) -> None:
        self._screen.choose(setting, chosen)
        self.draw()

    def _onward(self, number: int) -> Callable[[], None]:
        """Enter goes to the next setting, and from the last to the button."""

        def go() -> None:
            if number + 1 < len(self.groups):
                self.groups[number + 1].take_focus()
            else:
                self.use.setFocus()

        return go

    def _use(self) -> None:
        self._screen.use()
        self.draw()
