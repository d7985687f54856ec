"""Could the rules have made this sale? Amounts, tenders, VAT and the region's price, whoever signed it."""

from typing import Any

from kassaapp import configuration
from kassaapp.domain.catalogue import Article, Catalogue
from kassaapp.domain.errors import Refused, WrongTill
from kassaapp.domain.events import SaleParked, SaleRegistered
from kassaapp.domain.figures import GrandTotals
from kassaapp.domain.money import round_cash
from kassaapp.domain.vat import vat_by_rate
from kassaapp.domain.visit import FeeReason, Line, Tender
from kassaapp.trouble import BadConfiguration
from kassaapp.verify.content import Content
from kassaapp.verify.fault import Fault, Wrong
from sync.wire import record
from sync.wire.config import CONFIG_KIND, clinic_part
from sync.wire.errors import WireError
from sync.wire.record import Part

_CLINIC = clinic_part("")
_FREE = {
    FeeReason.FREE_VISIT,
    FeeReason.UNDER_AGE,
    FeeReason.OVER_AGE,
    FeeReason.FRIKORT,
    FeeReason.CEILING_REACHED,
    FeeReason.MISSED_UNDER_AGE,
}


class PriceLists:
    """The region's articles by the hash of the configuration that a record names."""

    def __init__(self, content: Content) -> None:
        self._lists: dict[bytes, Catalogue] = {}
        newest: Catalogue | None = None
        contents: dict[str, dict[str, Any]] = {}
        for seq, env in sorted(content.region.get(CONFIG_KIND, [])):
            parts = [part.opened for part in content.region_parts.get((CONFIG_KIND, seq), []) if not part.sealed]
            newest = _catalogue(contents, parts) or newest
            if newest is not None:
                self._lists[_hash(env)] = newest
        self._newest = newest

    def of(self, digest: bytes | None) -> Catalogue | None:
        """The articles of the configuration with that hash (of the newest for a record that names none); None when
        they cannot be read."""
        return self._newest if digest is None else self._lists.get(digest)


def wrong(sale: SaleRegistered, till: str, grand: GrandTotals, prices: Catalogue | None) -> Wrong | None:
    """What of the sale the rules would not have made, or None. `grand` are the totals before it."""
    lines = (_wrong_line(sale, line, till, prices) for line in sale.lines)
    texts = (_wrong_sums(sale, grand), _wrong_money(sale), *lines)
    return next((text for text in texts if text is not None), None)


def wrong_parked(parked: SaleParked, till: str, prices: Catalogue | None) -> Wrong | None:
    """Whether what is put aside belongs to another till."""
    if prices is None:
        return None
    for line in parked.lines:
        try:
            prices.article(line.article, till=till, day=parked.at.date())
        except WrongTill:
            return Fault.TILL, f"artikel {line.article} hör till en annan kassa"
        except Refused:
            continue
    return None


def _wrong_sums(sale: SaleRegistered, grand: GrandTotals) -> Wrong | None:
    if sale.total_ore != sum(line.amount_ore for line in sale.lines):
        return Fault.FIGURES, "raderna är inte lika med summan"
    if sum(payment.amount_ore for payment in sale.payments) != sale.to_pay_ore:
        return Fault.FIGURES, "betalningen är inte lika med det som skulle betalas"
    if sale.to_pay_ore != sale.total_ore + sale.rounding_ore:
        return Fault.FIGURES, "öresavrundningen stämmer inte"
    if sale.grand.sales_ore < grand.sales_ore or sale.grand.returns_ore < grand.returns_ore:
        return Fault.TOTAL, "grand total minskar"
    if sale.grand != GrandTotals(grand.sales_ore + sale.total_ore, grand.returns_ore):
        return Fault.TOTAL, "grand total följer inte av försäljningen"
    return None


def _wrong_money(sale: SaleRegistered) -> Wrong | None:
    if any(payment.amount_ore <= 0 for payment in sale.payments):
        return Fault.FIGURES, "en betalning är mindre än noll"
    cash = [payment for payment in sale.payments if payment.by is Tender.CASH]
    cash_ore = sum(payment.amount_ore for payment in cash)
    if cash_ore != round_cash(cash_ore - sale.rounding_ore) or (sale.rounding_ore and not cash):
        return Fault.FIGURES, "öresavrundningen följer inte lagen"
    given_ore = sum(payment.amount_ore if payment.given_ore is None else payment.given_ore for payment in cash)
    if sale.change_ore != given_ore - cash_ore or sale.change_ore < 0:
        return Fault.FIGURES, "växeln stämmer inte"
    owed = {rate.value: ore for rate, ore in vat_by_rate((line.vat, line.amount_ore) for line in sale.lines).items()}
    return None if dict(sale.vat) == owed else (Fault.FIGURES, "momsen stämmer inte")


def _wrong_line(sale: SaleRegistered, line: Line, till: str, prices: Catalogue | None) -> Wrong | None:
    if not 0 <= line.counts_ore <= line.amount_ore or line.quantity < 1 or line.price_ore < 0:
        return Fault.FIGURES, f"raden {line.text} räknar fel mot högkostnadsskyddet eller är mindre än noll"
    if line.reason in _FREE and line.amount_ore:
        return Fault.PRICE, f"raden {line.text} är avgiftsfri och ändå betald"
    if line.reason is FeeReason.INVOICE_FEE or prices is None:
        return None
    try:
        article = prices.article(line.article, till=till, day=sale.visit_date)
    except WrongTill:
        return Fault.TILL, f"artikel {line.article} hör till en annan kassa"
    except Refused:
        return Fault.PRICE, f"artikel {line.article} finns inte i regionens prislista"
    if (line.text, line.price_ore, line.vat) != (article.text, article.price_ore, article.vat):
        return Fault.PRICE, f"artikel {line.article} har inte regionens pris"
    if line.amount_ore not in _possible(article, line):
        return Fault.PRICE, f"raden {line.text} kostar inte vad reglerna säger"
    return None


def _possible(article: Article, line: Line) -> set[int] | range:
    """What the row may cost, by the reason it gives."""
    full_ore = max(article.price_ore * line.quantity, article.minimum_ore or 0)
    match line.reason:
        case FeeReason.CEILING_PART:
            return range(1, full_ore)
        case FeeReason.ASYLUM_FEE:
            return {(article.asylum_ore or 0) * line.quantity}
        case FeeReason.FULL_COST:
            return {(article.full_cost_ore or 0) * line.quantity}
        case None | FeeReason.MISSED_VISIT:
            return {full_ore}
        case _:
            return {0}


def _catalogue(contents: dict[str, dict[str, Any]], parts: list[Part]) -> Catalogue | None:
    """The prices after one more configuration record; None when it brings none that can be read."""
    try:
        contents |= {part.name: part.content() for part in parts}
        clinics = [name.removeprefix(_CLINIC) for name in contents if name.startswith(_CLINIC)]
        return configuration.read_catalogue(contents, clinics[0] if clinics else "")
    except (WireError, BadConfiguration):
        return None


def _hash(env: bytes) -> bytes:
    try:
        return record.read(env).hash
    except WireError:
        return b""
