"""The X report on the screen: what has happened so far, without telling what should lie in the drawer (UX 2.16)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from kassaapp.domain.errors import Refused
from kassaapp.domain.figures import Figures, Tally
from kassaapp.domain.state import Session
from kassaapp.domain.visit import Tender
from kassaapp.i18n import _, ngettext
from kassaapp.register import Register
from kassaapp.screens.after_sale import Paper
from kassaapp.screens.paper_line import NO_PAPER, PaperLine, paper_line
from kassaapp.wording import amount, clock, explain, tender

Print = Callable[[Session, datetime, str], None]
"""Prints the X of a session as it stood then, taken by that user."""


@dataclass(frozen=True, slots=True)
class ReportView:
    """A heading, a line about what it covers, and rows of label and figure. `print` is the word of the button that
    prints it, empty when there is nothing to print; `paper` what became of that."""

    heading: str
    about: str
    rows: tuple[tuple[str, str], ...]
    error: str
    print: str = ""
    paper: PaperLine = NO_PAPER


class XReportScreen:
    """Shows the figures as they were when it was opened; that they were read is on record. `print_x` is given those
    very figures; without it nothing is printed."""

    def __init__(self, register: Register, *, print_x: Print | None = None) -> None:
        self._register = register
        self._print_x = print_x
        self._figures: Figures | None = None
        self._taken: tuple[Session, datetime, str] | None = None
        self._error = self._about = ""
        self._paper = NO_PAPER

    @property
    def view(self) -> ReportView:
        """What is shown."""
        heading = _("X-rapport (avläsning, nollställer inte)")
        if self._figures is None:
            return ReportView(heading, "", (), self._error)
        can_print = _("Skriv ut X-rapport") if self._print_x is not None else ""
        return ReportView(heading, self._about, _rows(self._figures), "", can_print, self._paper)

    def begin(self) -> None:
        """Read the figures."""
        self._figures, self._taken, self._error, self._about = None, None, "", ""
        self._paper = NO_PAPER
        try:
            self._figures = self._register.x_report()
        except Refused as refused:
            self._error = explain(refused)
        else:
            self._take()

    def print(self) -> None:
        """Print what is shown; nothing shown prints nothing."""
        if self._print_x is not None and self._taken is not None:
            self._print_x(*self._taken)

    def paper_news(self, paper: Paper) -> None:
        """What has become of the paper."""
        self._paper = paper_line(paper)

    def _take(self) -> None:
        """The paper, and the line that says what is covered, of the moment when the figures were read."""
        register = self._register
        session, user, now = register.state.session, register.user, register.now()
        assert session is not None, "x_report gives figures of an open session only"
        assert user is not None, "x_report gives figures to somebody who is signed in only"
        self._taken = session, now, user.id
        self._about = _("{till} · session {number} · {opened}–{now}").format(
            till=register.till.name, number=session.number, opened=clock(session.opened_at), now=clock(now)
        )


def _rows(figures: Figures) -> tuple[tuple[str, str], ...]:
    zeros = sum(figures.zero_registrations.values())
    tenders = [(tender(Tender(by)), amount(ore)) for by, ore in figures.by_tender.items()]
    return (
        (_("Kvitton"), _pieces(figures.receipts)),
        (_("Försäljning"), amount(figures.sales_ore)),
        *tenders,
        (_("Makulerat"), _taken_back(figures.voids)),
        (_("Återbetalt"), _taken_back(figures.refunds)),
        (_("Öresavrundning"), amount(figures.rounding_ore)),
        (_("Registrerat utan betalning"), _pieces(zeros)),
        (_("Ingående växelkassa"), amount(figures.opening_ore)),
        (_("Total försäljning sedan kassan registrerades"), amount(figures.grand.sales_ore)),
    )


def _taken_back(tally: Tally) -> str:
    """How many, and what they took from the sales."""
    return _("{pieces} · {amount}").format(pieces=_pieces(tally.count), amount=amount(-tally.ore))


def _pieces(count: int) -> str:
    return ngettext("{count} st", "{count} st", count).format(count=count)
