"""The glass of `screens/period.py`: a list of stretches, and two days that are typed where one chooses them."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from kassaapp.i18n import _
from kassaapp.screens.period import PeriodView
from kassaapp.ui import theme
from kassaapp.ui.widgets.announce import announce
from kassaapp.ui.widgets.dress import add_all, column, label, set_text
from kassaapp.ui.widgets.field import Choice, LabelledField


class PeriodFields:
    """`choice`, `first`, `last` and, under them, `error`, to be laid out by whoever has them. `chosen` and `entered`
    are told what a person chose and typed."""

    def __init__(self, chosen: Callable[[int], None], entered: Callable[[str, str], None]) -> None:
        self._entered = entered
        self.choice, self.labelled = labelled_choice(_("P&eriod"), chosen)
        self.first, self.last = LabelledField(_("Frå&n och med")), LabelledField(_("Ti&ll och med"))
        self.first.edit.entered.connect(lambda _text: self.last.edit.take_focus())
        self.last.edit.entered.connect(lambda _text: self._enter())
        self.error = label(kind="error", wrap=True)
        for field in (self.first, self.last):
            field.setFixedWidth(theme.current().px(170))
            field.hide()

    def show_period(self, view: PeriodView) -> None:
        """Show what is chosen."""
        self.choice.set_choices(view.spans, view.chosen)
        for field, text in ((self.first, view.first), (self.last, view.last)):
            field.setVisible(view.asks_days)
            field.edit.set_text(text)
            field.edit.set_error(view.error)
        if view.error and view.error != self.error.text():
            announce(self.first.edit, _("Fel: {error}").format(error=view.error))
        set_text(self.error, view.error)

    def _enter(self) -> None:
        self._entered(self.first.edit.text(), self.last.edit.text())


def labelled_choice(title: str, picked: Callable[[int], None]) -> tuple[Choice, QWidget]:
    """A list with its label above it."""
    choice = Choice(title.replace("&", ""))
    choice.picked.connect(picked)
    choice.setMinimumWidth(theme.current().px(220))
    above = label(title, "caption")
    above.setBuddy(choice)
    both = QWidget()
    add_all(column(both, spacing=4), above, choice, None)
    return choice, both
