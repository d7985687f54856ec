"""The glass of `screens/patient.py`: the patient's field, the line that says who it is, and what changes the fee."""

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from kassaapp.i18n import _
from kassaapp.screens.patient import SHOWN_S, PatientPart, PatientView
from kassaapp.ui.widgets.button import Button
from kassaapp.ui.widgets.dress import add_all, column, label, row, set_text
from kassaapp.ui.widgets.field import Choice, LabelledField
from kassaapp.ui.widgets.flow import Beside, Flow
from kassaapp.ui.widgets.protected_banner import ProtectedBanner
from kassaapp.ui.widgets.short_label import ShortLabel

_DETAIL_PX = 260
Wish = Callable[[Callable[[], None]], None]


class PatientBlock(QWidget):
    """Shows the patient's part of a sale. `enter`, `enter_name` and `enter_visit_date` are the sale's own wishes."""

    def __init__(self, part: PatientPart, wish: Wish, *, redraw: Callable[[], None]) -> None:
        super().__init__()
        self._part = part
        self._wish = wish
        self._redraw = redraw
        self._dealt_with = 0
        self._build()

    def draw(self, view: PatientView, *, asked: bool, paying: bool = False) -> None:
        """Set everything; while something is `asked` only what the question is about. Nobody is shown to whoever stands
        there `paying`."""
        if view.dealt_with != self._dealt_with:
            self._dealt_with = view.dealt_with
            self.number.edit.clear()
        self.number.set_error(view.error)
        set_text(self.line, "" if view.protected else view.line)
        self.protected.show_text(view.line if view.protected else "")
        self.show_number.setVisible(view.can_reveal and not asked and not paying)
        set_text(self.warning, view.warning)
        set_text(self.detail, view.detail)
        self.about.setVisible(view.present and not view.name_asked and not asked)
        self.naming.setVisible(view.name_asked)
        self.name.edit.set_text(view.name)
        self.name.set_error(view.name_error)
        self.rename.setVisible(not view.protected)
        self.frikort.setVisible(view.has_frikort)
        self.address.setVisible(view.address_asked and not asked)
        self.address.edit.set_text(view.address)
        self.address.set_error(view.address_error)
        self._draw_fee(view)
        self.fee.setVisible(self.about.isVisibleTo(self) or bool(view.visit_error))

    def take_number(self) -> str:
        """The number as typed; it leaves the screen with the patient."""
        return self.number.edit.text()

    def _build(self) -> None:
        self.number = LabelledField(_("&Patient (F2) – personnummer eller reservnummer"), name=_("Patient"))
        self.number.edit.setAccessibleDescription(_("Personnummer eller reservnummer, 10 eller 12 tecken"))
        self.line, self.warning = label(kind="heading", wrap=True), label(kind="error", wrap=True)
        self.detail = ShortLabel("muted", lines=2, most=_DETAIL_PX)
        self.name = LabelledField(_("&Namn – som på legitimationen"), name=_("Namn"))
        self.name.edit.typed.connect(self._part.type_name)
        self.protect = Button(_("&Skyddade personuppgifter"))
        self.protected, self.show_number = ProtectedBanner(), Button(_("&Visa numret"))
        self.show_number.clicked.connect(self._reveal)
        self.shown_for = QTimer(self)
        self.shown_for.setSingleShot(True)
        self.shown_for.setInterval(SHOWN_S * 1000)
        self.shown_for.timeout.connect(self._mask_again)
        self.address = LabelledField(_("Adr&ess – gata, postnummer och ort"), name=_("Adress"))
        self.address.edit.typed.connect(self._part.type_address)
        self.naming = QWidget()
        beside = row()
        add_all(beside, self.protect, None)
        add_all(column(self.naming, spacing=8), self.name, beside)
        layout = column(self, spacing=4)
        add_all(layout, self.number, self.protected, self.line, self.warning, self.naming, self.address)
        add_all(layout, self._build_about(), self._build_fee())

    def _build_about(self) -> QWidget:
        self.rename, self.frikort = Button(_("Ändra na&mn")), Button(_("Fri&kort"))
        self.history = Button(_("&Historik"))
        self.about = Flow(self.detail, None, self.show_number, self.history, self.rename, self.frikort)
        return self.about

    def _build_fee(self) -> QWidget:
        self.category = Choice(_("Kategori"))
        self.category.picked.connect(self._choose)
        title = label(_("Kategori (Alt+&Y)"), "caption")
        title.setBuddy(self.category)
        self.reference = LabelledField(_("Kortnummer"))
        self.reference.edit.typed.connect(self._part.type_reference)
        self.visit_date = LabelledField(_("Besöksdatum (Alt+&U)"), name=_("Besöksdatum"))
        listed, dated = QWidget(), QWidget()
        add_all(column(listed, spacing=4), title, self.category, None)
        add_all(column(dated, spacing=0), self.visit_date, None)
        whose = Beside(listed, self.reference, least=300, stretch=(1, 1), spacing=12)
        self.fee = Beside(whose, dated, least=440, stretch=(2, 1), spacing=12)
        return self.fee

    def _draw_fee(self, view: PatientView) -> None:
        self.category.set_choices(view.categories, view.category)
        self.reference.setVisible(bool(view.reference_label))
        self.reference.set_title(view.reference_label)
        self.reference.edit.set_text(view.reference)
        self.visit_date.edit.set_text(view.visit_date)
        self.visit_date.set_error(view.visit_error)
        self.visit_date.title.setText(_("Besökt annan dag (&U)") if view.other_day else _("Besöksdatum (Alt+&U)"))

    def _choose(self, index: int) -> None:
        self._part.choose_category(index)
        self._redraw()

    def _reveal(self) -> None:
        self._part.reveal()
        self.shown_for.start()
        self._redraw()

    def _mask_again(self) -> None:
        self._part.mask_again()
        self._redraw()
