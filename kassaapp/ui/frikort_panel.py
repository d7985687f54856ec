"""The glass of `screens/frikort.py`, in place of the articles."""

from collections.abc import Callable
from itertools import pairwise

from PySide6.QtWidgets import QWidget

from kassaapp.i18n import _
from kassaapp.screens.frikort import FrikortEntry
from kassaapp.ui.widgets.amount_edit import AmountEdit
from kassaapp.ui.widgets.button import Button
from kassaapp.ui.widgets.dress import add_all, column, label, row, set_text
from kassaapp.ui.widgets.field import LabelledField


class FrikortPanel(QWidget):
    """Three fields that may be left empty."""

    def __init__(self, save: Callable[[], None], back: Callable[[], None]) -> None:
        super().__init__()
        self._entry: FrikortEntry | None = None
        self.heading = label(kind="heading")
        self.until = LabelledField(_("Kortet gäller till och med (år-månad-dag)"))
        self.paid = LabelledField(_("Eller: betalt hittills i perioden, kr"), AmountEdit(_("Betalt hittills, kr")))
        self.since = LabelledField(_("Perioden började (år-månad-dag)"))
        fields = (self.until, self.paid, self.since)
        for field, following in pairwise(fields):
            field.edit.entered.connect(lambda _, following=following: following.edit.take_focus())
        self.since.edit.entered.connect(lambda _: save())
        for field in fields:
            field.edit.typed.connect(self._type)
        self.button = Button(_("&Spara"), primary=True, kind="pay")
        self.button.clicked.connect(save)
        self.back = Button(_("&Tillbaka"), key="Esc")
        self.back.clicked.connect(back)
        bottom = row()
        add_all(bottom, None, self.back)
        add_all(column(self, spacing=10), self.heading, *fields, None, self.button, bottom)

    def show_entry(self, entry: FrikortEntry) -> None:
        """Show this entry."""
        self._entry = entry
        view = entry.view
        set_text(self.heading, view.heading)
        for field, text, error in (
            (self.until, view.until, view.until_error),
            (self.paid, view.paid, view.paid_error),
            (self.since, view.since, view.since_error),
        ):
            field.edit.set_text(text)
            field.set_error(error)

    def take_focus(self) -> None:
        """To the first field."""
        self.until.edit.take_focus()

    def _type(self) -> None:
        assert self._entry is not None
        self._entry.type(self.until.edit.text(), self.paid.edit.text(), self.since.edit.text())
