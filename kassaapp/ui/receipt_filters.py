"""The glass of `screens/receipt_search.py`: the field to search in, which days, and the filters that Alt+F unfolds."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from kassaapp.i18n import _
from kassaapp.screens.receipt_search import ReceiptSearch, SearchView
from kassaapp.ui import theme
from kassaapp.ui.widgets.button import Button
from kassaapp.ui.widgets.dress import add_all, column, label
from kassaapp.ui.widgets.field import Choice, LabelledField, level_with_fields
from kassaapp.ui.widgets.flow import Beside, Flow


class ReceiptFilters(QWidget):
    """`look` is called with what was written when Enter is pressed, `filtered` after every other change."""

    def __init__(self, search: ReceiptSearch, look: Callable[[str], None], filtered: Callable[[], None]) -> None:
        super().__init__()
        self._search = search
        self._filtered = filtered
        self._build(look)

    def show_search(self, view: SearchView) -> None:
        """Show what is asked for. Days and filters are in sight while they say something."""
        self.search.edit.set_text(view.text)
        self.search.set_error(view.error)
        self.scope.set_choices(view.scopes, view.scope)
        self.kind.set_choices(view.kinds, view.kind)
        self.cashier.set_choices(view.cashiers, view.cashier)
        self.session.edit.set_text(view.session)
        self.session.set_error(view.session_error)
        for field, text in ((self.first, view.first), (self.last, view.last)):
            field.setVisible(view.asks_days)
            field.edit.set_text(text)
        self.first.set_error(view.days_error)

    def fold(self) -> None:
        """The filters out of sight."""
        self._folded.hide()

    # ── layout ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _build(self, look: Callable[[str], None]) -> None:
        self.search = LabelledField(_("&Sök – kvittonummer, belopp, personnummer eller datum"), name=_("Sök"))
        self.search.title.setWordWrap(True)
        self.search.edit.typed.connect(self._search.type)
        self.search.edit.entered.connect(look)
        self.scope, scope = _choice(_("Ti&d"), self._choose(self._search.choose_scope))
        self.unfold = Button(_("&Filter"))
        self.unfold.clicked.connect(self._unfold)
        self._build_days()
        beside = Flow(scope, self.first, self.last, level_with_fields(self.unfold))
        upper = Beside(self.search, beside, least=760, stretch=(1, 0), spacing=12)
        add_all(column(self, spacing=8), upper, self._build_folded())

    def _build_days(self) -> None:
        self.first, self.last = LabelledField(_("Frå&n")), LabelledField(_("Till"))
        for field in (self.first, self.last):
            field.setFixedWidth(theme.current().px(150))
            field.edit.entered.connect(lambda _text: self._enter_days())
            field.hide()

    def _build_folded(self) -> QWidget:
        self._folded = QWidget()
        self.kind, kind = _choice(_("V&isa händelser"), self._choose(self._search.choose_kind))
        self.cashier, cashier = _choice(_("&Kassör"), self._choose(self._search.choose_cashier))
        self.session = LabelledField(_("S&ession, nummer"))
        self.session.setFixedWidth(theme.current().px(160))
        self.session.edit.entered.connect(self._enter_session)
        add_all(column(self._folded), Flow(kind, cashier, self.session))
        self._folded.hide()
        return self._folded

    # ── wishes ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _choose(self, choose: Callable[[int], None]) -> Callable[[int], None]:
        def chosen(index: int) -> None:
            choose(index)
            self._filtered()

        return chosen

    def _enter_session(self, text: str) -> None:
        self._search.enter_session(text)
        self._filtered()

    def _enter_days(self) -> None:
        self._search.enter_days(self.first.edit.text(), self.last.edit.text())
        self._filtered()

    def _unfold(self) -> None:
        self._folded.setVisible(not self._folded.isVisible())
        (self.kind if self._folded.isVisible() else self.unfold).setFocus()


def _choice(title: str, picked: Callable[[int], None]) -> tuple[Choice, QWidget]:
    """A list with its label above."""
    choice = Choice(title.replace("&", ""))
    choice.picked.connect(picked)
    choice.setMinimumWidth(theme.current().px(190))
    above = label(title, "caption")
    above.setBuddy(choice)
    both = QWidget()
    add_all(column(both, spacing=4), above, choice, None)
    return choice, both
