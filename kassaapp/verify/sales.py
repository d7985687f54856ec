"""Could the rules have made this sale? Amounts, tenders, VAT and the region's price, whoever signed it."""

from kassaapp import configuration
from kassaapp.domain.catalogue import Article, Catalogue
from kassaapp.domain.errors import Refused
from kassaapp.domain.events import SaleRegistered
from kassaapp.domain.money import round_cash
from kassaapp.domain.vat import vat_by_rate
from kassaapp.domain.visit import FeeReason, Line, Tender
from kassaapp.trouble import BadConfiguration
from kassaapp.verify.reader import Content
from sync.wire import record
from sync.wire.config import CONFIG_KIND, REGION_PART
from sync.wire.errors import WireError
from sync.wire.record import SALT_BYTES, Part

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
        for seq, env in sorted(content.region.get(CONFIG_KIND, [])):
            for part in content.region_parts.get((CONFIG_KIND, seq), []):
                if part.name == REGION_PART:
                    opened = Part(part.name, part.body[:SALT_BYTES], part.body[SALT_BYTES:])
                    newest = _catalogue(opened) or newest
            if newest is not None:
                self._lists[_hash(env)] = newest
        self._newest = newest

    def of(self, digest: bytes | None) -> Catalogue | None:
        """The articles of the configuration with that hash (of the newest for a record that names none); None when
        they cannot be read."""
        return self._newest if digest is None else self._lists.get(digest)


def wrong(sale: SaleRegistered, till: str, prices: Catalogue | None) -> str | None:
    """What of the sale the rules would not have made, or None."""
    texts = [_wrong_money(sale), *(_wrong_line(sale, line, till, prices) for line in sale.lines)]
    return next((text for text in texts if text is not None), None)


def _wrong_money(sale: SaleRegistered) -> str | None:
    if any(payment.amount_ore <= 0 for payment in sale.payments):
        return "en betalning är mindre än noll"
    cash = [payment for payment in sale.payments if payment.by is Tender.CASH]
    cash_ore = sum(payment.amount_ore for payment in cash)
    if cash_ore != round_cash(cash_ore - sale.rounding_ore) or (sale.rounding_ore and not cash):
        return "öresavrundningen följer inte lagen"
    given_ore = sum(payment.amount_ore if payment.given_ore is None else payment.given_ore for payment in cash)
    if sale.change_ore != given_ore - cash_ore or sale.change_ore < 0:
        return "växeln stämmer inte"
    owed = {rate.value: ore for rate, ore in vat_by_rate((line.vat, line.amount_ore) for line in sale.lines).items()}
    return None if dict(sale.vat) == owed else "momsen stämmer inte"


def _wrong_line(sale: SaleRegistered, line: Line, till: str, prices: Catalogue | None) -> str | None:
    if not 0 <= line.counts_ore <= line.amount_ore or line.quantity < 1 or line.price_ore < 0:
        return f"raden {line.text} räknar fel mot högkostnadsskyddet eller är mindre än noll"
    if line.reason in _FREE and line.amount_ore:
        return f"raden {line.text} är avgiftsfri och ändå betald"
    if line.reason is FeeReason.INVOICE_FEE or prices is None:
        return None
    try:
        article = prices.article(line.article, till=till, day=sale.visit_date)
    except Refused:
        return f"artikel {line.article} finns inte i regionens prislista"
    if (line.text, line.price_ore, line.vat) != (article.text, article.price_ore, article.vat):
        return f"artikel {line.article} har inte regionens pris"
    return None if line.amount_ore in _possible(article, line) else f"raden {line.text} kostar inte vad reglerna säger"


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


def _catalogue(part: Part) -> Catalogue | None:
    try:
        return configuration.read_articles(part.content())
    except (WireError, BadConfiguration):
        return None


def _hash(env: bytes) -> bytes:
    try:
        return record.read(env).hash
    except WireError:
        return b""
