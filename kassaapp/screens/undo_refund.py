"""Giving money back for a sale, whole or row by row, the way it was paid or otherwise (R09–R12, UX 2.12)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kassaapp.domain.errors import NotEnoughCash, RefundOutOfRange, Refused
from kassaapp.domain.events import PaymentBegun
from kassaapp.domain.refund import GiveBack
from kassaapp.domain.tender import Offer, settle
from kassaapp.domain.visit import Tender
from kassaapp.i18n import _
from kassaapp.pins import Signature
from kassaapp.register import Register
from kassaapp.screens.frikort import counts_at
from kassaapp.screens.money_back import money_back, times
from kassaapp.screens.undo import GiveBackLine, Spot, Undo, Undone
from kassaapp.screens.undo_reason import FOR_OWN_REFUND, FOR_REFUND
from kassaapp.wording import BadAmountText, amount, amount_plain, explain, read_amount, tender

OTHERS = (Tender.CASH, Tender.CARD, Tender.SWISH)
"""What money can be given back with, when not as it was paid."""


@dataclass(slots=True)
class _Part:
    """A row of the receipt (from 1), how much of it is left and has been given back, and what is wished of it."""

    line: int
    text: str
    left_ore: int
    returned_ore: int
    chosen: bool
    amount: str
    error: str = ""


class Refund(Undo):
    """All that is left is chosen to begin with."""

    def __init__(
        self, register: Register, receipt: int, *, done: Callable[[Undone], None], left: Callable[[], None]
    ) -> None:
        reasons = FOR_REFUND if counts_at(register) else FOR_OWN_REFUND
        super().__init__(register, receipt, reasons, done=done, left=left)
        self.tenders_title = _("Till")
        self._other = 0
        self._tender_words = ""
        self._parts = list(self._all_left())

    # ── wishes ───────────────────────────────────────────────────────────────────────────────────────────────────

    def choose_line(self, index: int, chosen: bool) -> None:
        """Give back of this row, or nothing of it."""
        part = self._parts[index]
        part.chosen, part.error, self._error = chosen, "", ""

    def type_amount(self, index: int, text: str) -> None:
        """How much of a row; writing it chooses the row."""
        part = self._parts[index]
        part.amount, part.chosen, part.error, self._error = text, True, "", ""

    def choose_tender(self, index: int) -> None:
        """How the money goes back: as it was paid (0), or otherwise."""
        self._other, self._tender_words, self.spot = index, "", Spot.TENDER

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _all_left(self) -> Iterator[_Part]:
        for number, line in enumerate(self._standing.sale.lines, start=1):
            left_ore = self._standing.left_ore(number)
            if left_ore > 0:
                yield _Part(
                    line=number,
                    text=times(line.quantity, line.text),
                    left_ore=left_ore,
                    returned_ore=line.amount_ore - left_ore,
                    chosen=True,
                    amount=amount_plain(left_ore),
                )

    def _missing(self) -> Spot | None:
        return super()._missing() if self._check_parts() else Spot.LINES

    def _check_parts(self) -> bool:
        """Whether every chosen row has an amount that can be given back; if not, it is said at the row."""
        for part in self._parts:
            part.error = _problem(part)
        if not any(part.chosen for part in self._parts):
            self._error = _("Välj minst en rad att återbetala.")
            return False
        return not any(part.error for part in self._parts)

    def _wishes(self) -> list[GiveBack]:
        return [GiveBack(part.line, _ore(part)) for part in self._parts if part.chosen and _ore(part) > 0]

    def _back_by(self) -> list[Tender]:
        return [offer.by for offer in self._offers()]

    def _begin(self, signature: Signature | None) -> PaymentBegun | None:
        return self._register.begin_refund(self._receipt, self._wishes(), self._offers(), self.reason.text, signature)

    def _do(self, signature: Signature | None, *, anew: bool) -> Undone:
        wishes = self._wishes()
        refunded = self._register.refund(self._receipt, wishes, self._offers(), self.reason.text, signature).event
        words = _("{amount} av kvitto {receipt} är återbetalt med returkvitto {refunded}.")
        return Undone(
            text=words.format(
                amount=amount(refunded.to_pay_ore),
                receipt=self._number(self._receipt),
                refunded=self._number(refunded.receipt),
            ),
            money=self._left_to_do(refunded.payments),
            receipts=(refunded.receipt,),
        )

    def _refused(self, refused: Refused) -> None:
        """Too little cash is told where the money's way is chosen (E37); too much of a row at the rows (E39)."""
        super()._refused(refused)
        if isinstance(refused, NotEnoughCash):
            self._tender_words, self._error, self.spot = self._error, "", Spot.TENDER
        elif isinstance(refused, RefundOutOfRange):
            self.spot = Spot.LINES

    # ── how the money goes back ──────────────────────────────────────────────────────────────────────────────────

    def _ways(self) -> tuple[Tender | None, ...]:
        """None is as it was paid; the others are those it was not."""
        paid = self._paid()
        return (None, *(by for by in OTHERS if paid != (by,)))

    def _paid(self) -> tuple[Tender, ...]:
        return tuple(dict.fromkeys(payment.by for payment in self._standing.sale.payments))

    def _offers(self) -> list[Offer]:
        total_ore = sum(wish.amount_ore for wish in self._wishes())
        way = self._ways()[self._other]
        return self._as_paid(total_ore) if way is None else [Offer(way, total_ore)]

    def _as_paid(self, total_ore: int) -> list[Offer]:
        """To each tender no more than it paid; cash last, for it alone is rounded."""
        standing, paid = self._standing, self._paid()
        rest_ore, offers = total_ore, []
        exact = [by for by in paid if by is not Tender.CASH]
        for by in exact:
            room_ore = standing.paid_ore(by) - standing.paid_back_ore.get(by, 0)
            is_last = by is exact[-1] and Tender.CASH not in paid
            back_ore = rest_ore if is_last else min(rest_ore, max(room_ore, 0))
            if back_ore > 0:
                offers.append(Offer(by, back_ore))
                rest_ore -= back_ore
        return [*offers, Offer(Tender.CASH, rest_ore)] if rest_ore else offers

    # ── shown ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _heading(self) -> str:
        return _("Återbetala från kvitto {receipt}")

    def _which(self) -> str:
        return _("Återbetala när pengarna ska tillbaka, helt eller delvis. Kvittot gäller i övrigt.")

    def _confirm(self) -> str:
        if any(_problem(part) for part in self._parts):
            return _("Återbetala")
        return _("Återbetala {amount}").format(amount=amount(sum(wish.amount_ore for wish in self._wishes())))

    def _about(self) -> Iterator[tuple[str, str]]:
        yield from ()

    def _lines(self) -> tuple[GiveBackLine, ...]:
        return tuple(
            GiveBackLine(part.text, amount(part.left_ore), part.chosen, part.amount, part.error) for part in self._parts
        )

    def _tenders(self) -> tuple[tuple[str, str], ...]:
        paid = _(" och ").join(tender(by) for by in self._paid())
        as_paid = _("{tender} (som betalningen)").format(tender=paid)
        names = (as_paid if way is None else tender(way) for way in self._ways())
        return tuple((str(number), name) for number, name in enumerate(names, start=1))

    def _tender(self) -> int | None:
        return self._other

    def _tender_error(self) -> str:
        return self._tender_words

    def _money(self) -> Iterator[str]:
        """What the rules will settle, so that the cash is told as it is handed over."""
        total_ore = sum(wish.amount_ore for wish in self._wishes())
        if any(_problem(part) for part in self._parts):
            return
        try:
            settled = settle(total_ore, self._offers(), cash_before_ore=self._standing.cash_back_exact_ore)
        except Refused:
            return
        yield from money_back(settled.payments, later=not self.is_begun)


def _problem(part: _Part) -> str:
    if not part.chosen:
        return ""
    try:
        ore = read_amount(part.amount)
    except BadAmountText as bad:
        return explain(bad)
    if 0 < ore <= part.left_ore:
        return ""
    words = _("Högst {left} kan återbetalas här.")
    if part.returned_ore:
        words = _("Högst {left} kan återbetalas här. {returned} är redan återbetalt.")
    return words.format(left=amount(part.left_ore), returned=amount(part.returned_ore))


def _ore(part: _Part) -> int:
    try:
        return read_amount(part.amount)
    except BadAmountText:
        return 0
