"""What a till has done as vouchers that each balance: one for a session, and where invoices are given one for each.

Debit is positive and credit negative, in öre (DOMAIN 7.1, 7.2; R53, R57, R67). The account of the drawer moves exactly
as the counted cash does: differences at opening and close are booked, the float before the first opening is not. No
text of a person's and no patient is in a voucher.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from kassaapp.domain.events import (
    CashPurpose,
    CashTakenOut,
    DepositRepaid,
    DepositTaken,
    Event,
    FloatChanged,
    SaleRefunded,
    SaleRegistered,
    SaleVoided,
    SessionClosed,
    SessionOpened,
)
from kassaapp.domain.vat import VatRate, gross_by_rate
from kassaapp.domain.visit import Payment, Tender
from kassaapp.export.accounts import Account, of_purpose, of_sales, of_tender, of_vat
from kassaapp.export.papers import TENDERS, Receipt
from kassaapp.export.past import Entry

_SALES = {rate: f"Försäljning {rate.value} % moms" for rate in VatRate} | {VatRate.EXEMPT: "Försäljning momsfri"}
_OUT = {CashPurpose.BANK: "Uttag till bank", CashPurpose.EXPENSE: "Uttag för utlägg"}


@dataclass(slots=True)
class Voucher:
    """One voucher. `rows` are öre by account and text; what comes to nothing is left out when it is written."""

    day: date
    text: str
    rows: dict[tuple[Account, str], int] = field(default_factory=dict)
    records: int = 0

    def add(self, account: Account, text: str, ore: int) -> None:
        """Book an amount."""
        self.rows[account, text] = self.rows.get((account, text), 0) + ore

    def booked(self) -> list[tuple[Account, str, int]]:
        """The rows that came to something. They add up to nothing."""
        rows = [(account, text, ore) for (account, text), ore in self.rows.items() if ore]
        assert sum(ore for _, _, ore in rows) == 0, f"{self.text} does not balance"
        return rows


@dataclass(slots=True)
class Bookkeeper:
    """Reads a till's records in order and gives a voucher when it is whole. With `invoices` every receipt number has
    one of its own (R57)."""

    invoices: bool
    session: Voucher | None = None

    def read(self, entry: Entry) -> Iterator[Voucher]:
        """The vouchers that this record makes whole."""
        match entry.event:
            case SessionOpened() as event:
                self.session = Voucher(event.at.date(), f"Dagskassa {entry.till}")
                _difference(self.session, Account.CASH, "Differens när kassan öppnades", event.difference_ore)
                self.session.records += 1
            case CashTakenOut() as event:
                yield _taken_out(event, entry.till)
            case SaleRegistered() | SaleRefunded() | SaleVoided() | DepositTaken() | DepositRepaid() as event:
                voucher = self._voucher_of(event, entry.till)
                book(voucher, event)
                if self.invoices:
                    yield voucher
            case FloatChanged() as event:
                _change_float(self._open(event, entry.till), event)
            case SessionClosed() as event:
                yield self._closed(event, entry.till)
                self.session = None
            case _:
                pass

    def _open(self, event: Event, till: str) -> Voucher:
        """The open session's voucher; one begun here when its opening is lost."""
        if self.session is None:
            self.session = Voucher(event.at.date(), f"Dagskassa {till}")
        self.session.records += 1
        return self.session

    def _voucher_of(self, event: Receipt, till: str) -> Voucher:
        if not self.invoices:
            return self._open(event, till)
        return Voucher(event.at.date(), f"{_document(event)} {till}-{event.receipt}", records=1)

    def _closed(self, event: SessionClosed, till: str) -> Voucher:
        voucher = self._open(event, till)
        voucher.text = f"Dagskassa {till} session {event.session} Z {event.z}"
        for tender, ore in event.figures.difference_ore.items():
            word = TENDERS[Tender(tender)].lower()
            _difference(voucher, of_tender(Tender(tender)), f"Differens {word}", ore)
        return voucher


def book(voucher: Voucher, event: Receipt) -> None:
    """Book what a receipt is about."""
    match event:
        case SaleRegistered():
            _book_sale(voucher, [(line.vat, line.amount_ore) for line in event.lines], event, 1)
        case SaleRefunded() | SaleVoided():
            _book_sale(voucher, [(line.vat, line.amount_ore) for line in event.lines], event, -1)
        case DepositTaken():
            _book_payments(voucher, event.payments, 1)
            voucher.add(Account.ON_ACCOUNT, "A conto insatt", -event.amount_ore)
        case DepositRepaid():
            _book_payments(voucher, event.payments, -1)
            voucher.add(Account.ON_ACCOUNT, "A conto återbetalt", event.amount_ore)


def _book_sale(
    voucher: Voucher,
    lines: Sequence[tuple[VatRate, int]],
    event: SaleRegistered | SaleRefunded | SaleVoided,
    sign: int,
) -> None:
    """A sale, or with `sign` -1 what was given back of one."""
    back = "" if sign > 0 else ", retur"
    _book_payments(voucher, event.payments, sign)
    for rate, gross_ore in gross_by_rate(lines).items():
        vat_ore = event.vat.get(rate.value, 0)
        voucher.add(of_sales(rate), _SALES[rate] + back, -sign * (gross_ore - vat_ore))
        if vat_ore:
            voucher.add(of_vat(rate), f"Utgående moms {rate.value} %{back}", -sign * vat_ore)
    voucher.add(Account.ROUNDING, f"Öresavrundning{back}", -sign * event.rounding_ore)


def _book_payments(voucher: Voucher, payments: Sequence[Payment], sign: int) -> None:
    back = "" if sign > 0 else ", utbetalt"
    for payment in payments:
        voucher.add(of_tender(payment.by), TENDERS[payment.by] + back, sign * payment.amount_ore)


def _change_float(voucher: Voucher, event: FloatChanged) -> None:
    voucher.add(Account.CASH, "Växelkassan ändrad", event.amount_ore)
    voucher.add(Account.FLOAT, "Växelkassan ändrad", -event.amount_ore)


def _difference(voucher: Voucher, account: Account, text: str, ore: int) -> None:
    """A difference stands gross: one row here and one on its own account, for each tender and each count."""
    voucher.add(account, text, ore)
    voucher.add(Account.DIFFERENCE, text, -ore)


def _taken_out(event: CashTakenOut, till: str) -> Voucher:
    """Cash that left the till has a voucher of the day it left (R53)."""
    voucher = Voucher(event.at.date(), f"{_OUT[event.purpose]} {till} session {event.session}", records=1)
    voucher.add(of_purpose(event.purpose), _OUT[event.purpose], event.amount_ore)
    voucher.add(Account.CASH, _OUT[event.purpose], -event.amount_ore)
    return voucher


def _document(event: Receipt) -> str:
    match event:
        case SaleRegistered():
            return "Kontantfaktura"
        case SaleRefunded() | SaleVoided():
            return "Kreditfaktura"
        case DepositTaken():
            return "A conto insättning"
        case DepositRepaid():
            return "A conto återbetalning"
