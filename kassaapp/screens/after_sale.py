"""What the till says when a visit has been registered: the result stays until the next patient (UX 2.9).

The patient is gone from it at once: what is left is an amount, a receipt number and a time.
"""

import enum
from dataclasses import dataclass, replace
from datetime import datetime

from kassaapp.domain.events import SaleRegistered
from kassaapp.domain.visit import Tender
from kassaapp.i18n import _
from kassaapp.wording import amount, amount_spoken, clock, krona


class Paper(enum.Enum):
    """What has become of a paper: on its way, out of a printer, a file, waiting for a printer that stands still, out or
    not as far as anybody knows, not to be made, or not asked for."""

    UNDER_WAY = enum.auto()
    PRINTED = enum.auto()
    SAVED = enum.auto()
    WAITING = enum.auto()
    UNSURE = enum.auto()
    FAILED = enum.auto()
    KEPT = enum.auto()


@dataclass(frozen=True, slots=True)
class ResultView:
    """All that is shown. `aloud` is said by a screen reader. The buttons, empty where they are not there: `retry` makes
    an original, `copy` the one copy, which after that says when it was made and cannot be pressed (E52b), `void` begins
    to undo the receipt, and `proceed` goes to what waits at the other till (E21)."""

    headline: str
    change: str
    change_spoken: str
    note: str
    paper: str
    retry: str
    copy: str
    can_copy: bool
    void: str
    aloud: str
    proceed: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """A registered visit, without its patient. `copied` is the time when its copy was made."""

    event: SaleRegistered
    mark: str
    paper: Paper = Paper.UNDER_WAY
    copied: str = ""

    def with_paper(self, paper: Paper) -> "Result":
        """The same, with news of the receipt."""
        return replace(self, paper=paper)

    def with_copy(self, at: datetime) -> "Result":
        """The same, with its copy made."""
        return replace(self, copied=clock(at))

    @property
    def is_out(self) -> bool:
        """Whether the original is: what could be made after that is a copy."""
        return self.paper in (Paper.PRINTED, Paper.SAVED)

    @property
    def view(self) -> ResultView:
        """What is shown."""
        cash = any(payment.by is Tender.CASH for payment in self.event.payments)
        return ResultView(
            headline=self._headline(),
            change=krona(self.event.change_ore) if cash else "",
            change_spoken=amount_spoken(self.event.change_ore) if cash else "",
            note=_("Patienten har nått högkostnadsskyddet och ska få frikort.") if self.event.frikort_reached else "",
            paper=_paper(self.paper),
            retry=_retry(self.paper),
            copy=self._copy() if self.is_out else "",
            can_copy=not self.copied,
            void=_("&Makulera kvittot"),
            aloud=self._aloud(cash),
        )

    def _copy(self) -> str:
        return _("Kopian är utskriven {when}").format(when=self.copied) if self.copied else _("Kvittokopia")

    def _headline(self) -> str:
        if not self.event.payments:
            words = _("Registrerat utan betalning · kvitto {receipt} · {time}")
            return words.format(receipt=self.mark, time=clock(self.event.at))
        tenders = {payment.by for payment in self.event.payments}
        return _paid(tenders).format(amount=amount(self.event.to_pay_ore), receipt=self.mark, time=clock(self.event.at))

    def _aloud(self, cash: bool) -> str:
        if not self.event.payments:
            return _("Registrerat utan betalning.")
        if any(payment.by is Tender.INVOICE for payment in self.event.payments):
            return _("Skickat till faktura, {amount}.").format(amount=amount_spoken(self.event.to_pay_ore))
        if cash and self.event.change_ore:
            return _("Betalt. Växel tillbaka {amount}.").format(amount=amount_spoken(self.event.change_ore))
        return _("Betalt {amount}.").format(amount=amount_spoken(self.event.to_pay_ore))


def _paid(tenders: set[Tender]) -> str:
    if tenders == {Tender.CASH}:
        return _("Betalt {amount} kontant · kvitto {receipt} · {time}")
    if tenders == {Tender.CARD}:
        return _("Betalt {amount} med kort · kvitto {receipt} · {time}")
    if tenders == {Tender.SWISH}:
        return _("Betalt {amount} med Swish · kvitto {receipt} · {time}")
    if tenders == {Tender.INVOICE}:
        return _("Skickat {amount} till faktura · kvitto {receipt} · {time}")
    if tenders == {Tender.ON_ACCOUNT}:
        return _("Draget {amount} från a conto · kvitto {receipt} · {time}")
    return _("Betalt {amount} · kvitto {receipt} · {time}")


def _paper(paper: Paper) -> str:
    match paper:
        case Paper.UNDER_WAY:
            return _("Kvittot skrivs ut …")
        case Paper.PRINTED:
            return _("Kvittot är utskrivet.")
        case Paper.SAVED:
            return _("Kvittot är sparat som fil.")
        case Paper.WAITING:
            return _("Kvittot är inte utskrivet. Det väntar på skrivaren.")
        case Paper.UNSURE:
            return _("Titta i skrivaren om kvittot kom ut.")
        case Paper.FAILED:
            return _("Kvittot har inte kommit ut. Betalningen är registrerad.")
        case Paper.KEPT:
            return _("Kvittot finns i kassan och skrivs inte ut.")


def _retry(paper: Paper) -> str:
    match paper:
        case Paper.FAILED:
            return _("Gör kvittot igen")
        case Paper.KEPT:
            return _("Skriv ut utan namn")
        case _:
            return ""
