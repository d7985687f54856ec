"""How what happened is answered: baskets, figures by the letters of DOMAIN 1.3, rows of the history."""

from kassaapp.acts.reading import Answer
from kassaapp.domain.events import PaymentBegun, SaleRegistered
from kassaapp.domain.fees import Quote
from kassaapp.domain.figures import Figures, Tally
from kassaapp.domain.visit import Line
from kassaapp.history import History, Row
from kassaapp.register import Sold
from sync.wire.canonical import to_text


def of_quote(quote: Quote) -> Answer:
    """What a basket costs."""
    return {
        "lines": [_line(line) for line in quote.lines],
        "total_ore": quote.total_ore,
        "counts_ore": quote.counts_ore,
        "frikort_reached": quote.frikort_reached,
    }


def of_sale(sale: SaleRegistered) -> Answer:
    """What a visit cost and how it was settled."""
    return {
        "receipt": sale.receipt,
        **of_quote(Quote(sale.lines, sale.total_ore, sale.counts_ore, sale.frikort_reached)),
        "rounding_ore": sale.rounding_ore,
        "to_pay_ore": sale.to_pay_ore,
        "change_ore": sale.change_ore,
        "vat": dict(sale.vat),
    }


def of_sold(sold: Sold) -> Answer:
    """As `of_sale`, and where it stands in the journal."""
    return {**of_sale(sold.event), "seq": sold.seq, "hash": to_text(sold.hash)}


def of_begun(begun: PaymentBegun) -> Answer:
    """A payment that was begun and has no end, without its patient: nobody need be signed in to be told."""
    answer: Answer = {
        "attempt": begun.attempt,
        "at": begun.at.isoformat(),
        "by": begun.tender.value,
        "amount_ore": begun.amount_ore,
    }
    return {**answer, "returns": begun.returns} if begun.is_return else answer


def of_figures(made: Figures) -> Answer:
    """The figures of an X or Z, and the lines this product adds."""
    return {
        "f": made.sales_ore,
        "g": {tally.group: tally.ore for tally in made.by_group},
        "h": dict(made.by_vat),
        "i": {"opening_ore": made.opening_ore, "changes_ore": made.float_changes_ore},
        "j": made.goods,
        "k": made.services,
        "l": made.receipts,
        "m": made.drawer_openings,
        "n": _tally(made.copies),
        "o": _tally(made.training),
        "p": dict(made.by_tender),
        "q": _tally(made.refunds),
        "r": _tally(made.discounts),
        "s": _tally(made.voids),
        "t": _tally(made.unfinished),
        "u": made.grand.sales_ore,
        "v": made.grand.returns_ore,
        "w": made.grand.net_ore,
        "zero_registrations": dict(made.zero_registrations),
        "deposits_ore": made.deposits_ore,
        "deposits_used_ore": made.deposits_used_ore,
        "deposits_repaid_ore": made.deposits_repaid_ore,
        "rounding_ore": made.rounding_ore,
        "cash_out_ore": made.cash_out_ore,
        "expected_ore": dict(made.expected_ore),
        "counted_ore": dict(made.counted_ore),
        "difference_ore": dict(made.difference_ore),
        "cashiers": [{"user": tally.user, "count": tally.count, "ore": tally.ore} for tally in made.cashiers],
    }


def of_row(row: Row, history: History) -> Answer:
    """One row of the history. A patient is shown masked, and a protected one not at all (R58)."""
    answer: Answer = {
        "seq": row.seq,
        "at": row.at.isoformat(),
        "kind": row.kind,
        "session": row.session,
        "user": row.user,
    }
    if row.receipt is not None:
        answer["receipt"] = row.receipt
        answer["voided"] = history.is_voided(row.receipt)
    if row.amount_ore is not None:
        answer["amount_ore"] = row.amount_ore
    if row.difference_ore is not None:
        answer["difference_ore"] = row.difference_ore
    if row.result:
        answer["result"] = row.result
    if row.patient is not None:
        answer["patient"] = "Skyddad" if history.is_protected(row.patient) else row.patient.masked()
    return answer


def _line(line: Line) -> Answer:
    row: Answer = {
        "article": line.article,
        "text": line.text,
        "quantity": line.quantity,
        "amount_ore": line.amount_ore,
    }
    return row if line.reason is None else {**row, "reason": line.reason.value}


def _tally(tally: Tally) -> Answer:
    return {"count": tally.count, "ore": tally.ore}
