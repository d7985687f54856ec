"""Could it be given back? Rows of a sale that is there, never more than was left, and totals that follow (R09–R13)."""

from kassaapp.domain.errors import UnknownReceipt
from kassaapp.domain.events import SaleVoided
from kassaapp.domain.figures import GrandTotals
from kassaapp.domain.money import round_cash
from kassaapp.domain.receipts import Standing
from kassaapp.domain.vat import vat_by_rate
from kassaapp.domain.visit import Payment, ReturnedLine, Tender
from kassaapp.verify.book import Book, Returned
from kassaapp.verify.fault import Fault, Wrong


def wrong(book: Book, returned: Returned) -> Wrong | None:
    """What of the refund or void the rules would not have made, or None."""
    return _wrong_sale(book, returned) or _wrong_sums(book, returned)


def _wrong_sale(book: Book, returned: Returned) -> Wrong | None:
    try:
        standing = book.receipts.sale(returned.sale_receipt)
    except UnknownReceipt:
        if book.may_be_sold(returned.sale_receipt):
            return None  # The sale is in a record that is not here.
        return Fault.RETURN, f"kvitto {returned.sale_receipt} finns inte att lämna tillbaka"
    if returned.sale_session != standing.sale.session:
        return Fault.RETURN, f"kvitto {returned.sale_receipt} hör till en annan session"
    if any(not _is_row(line, standing) for line in returned.lines):
        return Fault.RETURN, f"en rad är inte någon rad på kvitto {returned.sale_receipt}"
    given: dict[int, int] = {}
    for line in returned.lines:
        given[line.line] = given.get(line.line, 0) + line.amount_ore
    if any(ore > standing.left_ore(number) for number, ore in given.items()):
        return Fault.RETURN, f"mer än vad som återstod av kvitto {returned.sale_receipt} lämnades tillbaka"
    if isinstance(returned, SaleVoided):
        return _wrong_void(standing, returned)
    return _wrong_money(standing, returned, exact=not book.lost)


def _is_row(line: ReturnedLine, standing: Standing) -> bool:
    if not 1 <= line.line <= len(standing.sale.lines) or line.amount_ore < 0:
        return False
    sold = standing.sale.lines[line.line - 1]
    return (line.article, line.text, line.vat) == (sold.article, sold.text, sold.vat)


def _wrong_void(standing: Standing, voided: SaleVoided) -> Wrong | None:
    sale = standing.sale
    if standing.voided_by is not None or standing.returned_ore:
        return Fault.RETURN, f"kvitto {sale.receipt} är redan återlämnat"
    if voided.total_ore != sale.total_ore or _by_tender(voided.payments) != _by_tender(sale.payments):
        return Fault.RETURN, f"kvitto {sale.receipt} ångras inte helt"
    if (voided.rounding_ore, dict(voided.vat)) != (sale.rounding_ore, dict(sale.vat)):
        return Fault.FIGURES, "öresavrundning eller moms är inte kvittots"
    return None


def _wrong_money(standing: Standing, refund: Returned, *, exact: bool) -> Wrong | None:
    """Cash is rounded over all that is given back of a receipt, and VAT is found so. `exact`: nothing may be lost."""
    if not exact:
        return None
    cash_ore = _by_tender(refund.payments).get(Tender.CASH, 0)
    before_ore, after_ore = standing.cash_back_exact_ore, standing.cash_back_exact_ore + cash_ore - refund.rounding_ore
    cash = any(payment.by is Tender.CASH for payment in refund.payments)
    if cash_ore != round_cash(after_ore) - round_cash(before_ore) or (refund.rounding_ore and not cash):
        return Fault.FIGURES, "öresavrundningen följer inte lagen"
    sold = standing.sale.lines
    before = [(sold[number - 1].vat, ore) for number, ore in standing.returned_ore.items()]
    had = vat_by_rate(before)
    has = vat_by_rate([*before, *((line.vat, line.amount_ore) for line in refund.lines)])
    rates = {line.vat for line in refund.lines}
    if dict(refund.vat) != {rate.value: ore - had.get(rate, 0) for rate, ore in has.items() if rate in rates}:
        return Fault.FIGURES, "momsen stämmer inte"
    return None


def _wrong_sums(book: Book, returned: Returned) -> Wrong | None:
    grand = book.state.grand
    if returned.total_ore != sum(line.amount_ore for line in returned.lines):
        return Fault.FIGURES, "raderna är inte lika med summan"
    if sum(payment.amount_ore for payment in returned.payments) != returned.to_pay_ore:
        return Fault.FIGURES, "det som betalades ut är inte lika med det som skulle betalas"
    if returned.to_pay_ore != returned.total_ore + returned.rounding_ore:
        return Fault.FIGURES, "öresavrundningen stämmer inte"
    if returned.grand != GrandTotals(grand.sales_ore, grand.returns_ore + returned.total_ore):
        return Fault.TOTAL, "grand total följer inte av returen"
    return None


def _by_tender(payments: tuple[Payment, ...]) -> dict[Tender, int]:
    paid: dict[Tender, int] = {}
    for payment in payments:
        paid[payment.by] = paid.get(payment.by, 0) + payment.amount_ore
    return paid
