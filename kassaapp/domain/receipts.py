"""How each receipt stands: what of it has been given back, whether it was undone, printed or copied.

An index added up from events and never stored; the sale itself is never changed (R07). A sale may be missing, where a
chain has a gap: what was given back of it stands for itself.
"""

from dataclasses import dataclass, field

from kassaapp.domain.errors import UnknownReceipt
from kassaapp.domain.events import (
    DepositRepaid,
    DepositTaken,
    Event,
    ReceiptPrinted,
    SaleRefunded,
    SaleRegistered,
    SaleVoided,
    SessionClosed,
)
from kassaapp.domain.visit import Tender

Numbered = SaleRegistered | SaleRefunded | SaleVoided | DepositTaken | DepositRepaid
"""What has a receipt number of its own, and so a paper."""


@dataclass(slots=True)
class Standing:
    """One sale and what has happened to it since.

    `returned_ore` is öre given back by row number, from 1; `paid_back_ore` by tender, as paid out, and
    `cash_back_exact_ore` the cash part of it before rounding.
    """

    sale: SaleRegistered
    returned_ore: dict[int, int] = field(default_factory=dict)
    paid_back_ore: dict[Tender, int] = field(default_factory=dict)
    cash_back_exact_ore: int = 0
    voided_by: int | None = None
    printed: bool = False
    copied: bool = False

    def left_ore(self, line: int) -> int:
        """What may still be given back on a row; 0 for a row that is not there."""
        if not 1 <= line <= len(self.sale.lines) or self.voided_by is not None:
            return 0
        return self.sale.lines[line - 1].amount_ore - self.returned_ore.get(line, 0)

    def paid_ore(self, tender: Tender) -> int:
        """What the sale was paid with that tender."""
        return sum(payment.amount_ore for payment in self.sale.payments if payment.by is tender)

    @property
    def all_returned_ore(self) -> int:
        """What has been given back in all."""
        return sum(self.returned_ore.values())

    @property
    def all_left_ore(self) -> int:
        """What may still be given back in all."""
        return sum(self.left_ore(line) for line in range(1, len(self.sale.lines) + 1))


class Receipts:
    """Every receipt of a till by its number."""

    def __init__(self) -> None:
        self._sales: dict[int, Standing] = {}
        self._others: dict[int, SaleRefunded | SaleVoided | DepositTaken | DepositRepaid] = {}
        self._unprinted: dict[int, Numbered] = {}
        self._printed: set[int] = set()

    def add(self, event: Event) -> None:
        """Count in one more event."""
        if isinstance(event, Numbered):
            self._unprinted[event.receipt] = event
        match event:
            case SaleRegistered():
                self._sales[event.receipt] = Standing(event)
            case SaleRefunded():
                self._refund(event)
                self._others[event.receipt] = event
            case SaleVoided():
                if event.sale_receipt in self._sales:
                    self._sales[event.sale_receipt].voided_by = event.receipt
                self._others[event.receipt] = event
                self._unprinted.pop(event.sale_receipt, None)
            case DepositTaken() | DepositRepaid():
                self._others[event.receipt] = event
            case ReceiptPrinted():
                self._print(event)
            case SessionClosed():
                self._unprinted.clear()
            case _:
                pass

    def sale(self, receipt: int) -> Standing:
        """How the sale with that receipt number stands. Raises UnknownReceipt."""
        if receipt not in self._sales:
            raise UnknownReceipt(receipt)
        return self._sales[receipt]

    def other(self, receipt: int) -> SaleRefunded | SaleVoided | DepositTaken | DepositRepaid:
        """The return receipt or a conto slip with that number. Raises UnknownReceipt."""
        if receipt not in self._others:
            raise UnknownReceipt(receipt)
        return self._others[receipt]

    def numbered(self, receipt: int) -> Numbered:
        """Whatever has that receipt number. Raises UnknownReceipt."""
        return self._sales[receipt].sale if receipt in self._sales else self.other(receipt)

    def is_printed(self, receipt: int) -> bool:
        """Whether the original with that number is on record as printed. Raises UnknownReceipt."""
        return self.numbered(receipt).receipt in self._printed

    @property
    def unprinted(self) -> tuple[Numbered, ...]:
        """What this session has on record and not yet on paper, oldest first; a voided receipt needs none (R40)."""
        return tuple(self._unprinted.values())

    def _refund(self, event: SaleRefunded) -> None:
        standing = self._sales.get(event.sale_receipt)
        if standing is None:
            return
        for line in event.lines:
            standing.returned_ore[line.line] = standing.returned_ore.get(line.line, 0) + line.amount_ore
        for payment in event.payments:
            standing.paid_back_ore[payment.by] = standing.paid_back_ore.get(payment.by, 0) + payment.amount_ore
            if payment.by is Tender.CASH:
                standing.cash_back_exact_ore += payment.amount_ore - event.rounding_ore

    def _print(self, event: ReceiptPrinted) -> None:
        if not event.copy:
            self._unprinted.pop(event.receipt, None)
            self._printed.add(event.receipt)
        standing = self._sales.get(event.receipt)
        if standing is None:
            return
        if event.copy:
            standing.copied = True
        else:
            standing.printed = True
