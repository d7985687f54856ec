"""The X report on the screen: what has happened so far, without telling what should lie in the drawer (UX 2.16)."""

from dataclasses import dataclass

from kassaapp.domain.errors import Refused
from kassaapp.domain.figures import Figures
from kassaapp.domain.visit import Tender
from kassaapp.i18n import _, ngettext
from kassaapp.register import Register
from kassaapp.wording import amount, clock, explain, tender


@dataclass(frozen=True, slots=True)
class ReportView:
    """A heading, a line about what it covers, and rows of label and figure."""

    heading: str
    about: str
    rows: tuple[tuple[str, str], ...]
    error: str


class XReportScreen:
    """Shows the figures as they were when it was opened; that they were read is on record."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._figures: Figures | None = None
        self._error = ""

    @property
    def view(self) -> ReportView:
        """What is shown."""
        heading = _("X-rapport (avläsning, nollställer inte)")
        if self._figures is None:
            return ReportView(heading, "", (), self._error)
        return ReportView(heading, self._about(), _rows(self._figures), "")

    def begin(self) -> None:
        """Read the figures."""
        self._figures, self._error = None, ""
        try:
            self._figures = self._register.x_report()
        except Refused as refused:
            self._error = explain(refused)

    def _about(self) -> str:
        session = self._register.state.session
        if session is None:
            return ""
        return _("{till} · session {number} · {opened}–{now}").format(
            till=self._register.till.name,
            number=session.number,
            opened=clock(session.opened_at),
            now=clock(self._register.now()),
        )


def _rows(figures: Figures) -> tuple[tuple[str, str], ...]:
    zeros = sum(figures.zero_registrations.values())
    tenders = [(tender(Tender(by)), amount(ore)) for by, ore in figures.by_tender.items()]
    return (
        (_("Kvitton"), _pieces(figures.receipts)),
        (_("Försäljning"), amount(figures.sales_ore)),
        *tenders,
        (_("Öresavrundning"), amount(figures.rounding_ore)),
        (_("Registrerat utan betalning"), _pieces(zeros)),
        (_("Ingående växelkassa"), amount(figures.opening_ore)),
        (_("Total försäljning sedan kassan registrerades"), amount(figures.grand.sales_ore)),
    )


def _pieces(count: int) -> str:
    return ngettext("{count} st", "{count} st", count).format(count=count)
