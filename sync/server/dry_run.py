"""What a price list would have done to the sales of the last days, line by line; nothing is changed by it.

The sales are the region's stored records (kind `sale`, part `a`; docs/JOURNAL.md, section 8), read chain by chain from
the newest back. The rules that a till went by are not asked again: each line keeps the reason that its price had, and
gets what that reason costs in the new list. So an exempt patient stays exempt, whatever the new age limits are.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from sync.server import storage
from sync.server import tables as t
from sync.server.changes import kronor
from sync.server.region import Region
from sync.server.storage import Chain
from sync.wire import canonical, record
from sync.wire.errors import WireError

USUAL_DAYS = 31
"""How far back a dry run looks when it is not said otherwise."""
_STRETCH = 500
_SALE = "sale"

Table = Mapping[str, Any]
Key = tuple[str, int]


@dataclass(slots=True)
class ArticleEffect:
    """The lines of one article: how many there were, how many would cost otherwise, and their sums. Amounts in öre."""

    text: str
    lines: int = 0
    changed: int = 0
    before_ore: int = 0
    after_ore: int = 0
    gone: int = 0


@dataclass(slots=True)
class Effect:
    """What the list would have done. `unread` sales could not be judged: another program wrote them."""

    on: date
    since: date
    sales: int = 0
    unread: int = 0
    articles: dict[Key, ArticleEffect] = field(default_factory=dict)

    @property
    def lines(self) -> int:
        """How many sale lines were judged."""
        return sum(one.lines for one in self.articles.values())

    @property
    def changed(self) -> int:
        """How many of them would have had another price."""
        return sum(one.changed for one in self.articles.values())

    @property
    def gone(self) -> dict[Key, ArticleEffect]:
        """Articles that were sold and have no price in the list on the day."""
        return {key: one for key, one in self.articles.items() if one.gone}


class PriceList:
    """The articles of a list as they are priced on one day."""

    def __init__(self, articles: Iterable[Table], on: date, invoice_fee_ore: int = 0) -> None:
        day = on.isoformat()
        in_force = (one for one in articles if one["valid_from"] <= day <= one.get("valid_to", date.max.isoformat()))
        self._articles = {(one["till"], one["number"]): one for one in in_force}
        self._invoice_fee_ore = invoice_fee_ore

    def amount_ore(self, till: str, line: Table) -> int | None:
        """What a sale's line would cost by this list; None when it has no such article."""
        quantity, reason = line["quantity"], line.get("reason")
        if reason == "invoice_fee":
            return int(self._invoice_fee_ore * quantity)
        article = self._articles.get((till, line["article"]))
        return None if article is None else _amount_ore(article, line["amount_ore"], quantity, reason)


def _amount_ore(article: Table, was_ore: int, quantity: int, reason: str | None) -> int:
    full_ore = int(max(article["price_ore"] * quantity, article.get("minimum_ore", 0)))
    match reason:
        case None | "missed_visit":
            return full_ore
        case "ceiling_part":
            return min(was_ore, full_ore)
        case "asylum_fee":
            return int(article.get("asylum_ore", 0) * quantity)
        case "full_cost":
            return int(article.get("full_cost_ore", 0) * quantity)
        case _:
            return 0


def run(region: Region, prices: PriceList, *, on: date, days: int, own: frozenset[str] = frozenset()) -> Effect:
    """What `prices`, as of the day `on`, would have done to the sales of the last `days` days.

    `own`: clinics whose E till has prices of its own, which the region's list does not reach.
    """
    since = (datetime.fromtimestamp(region.clock() / 1000, UTC) - timedelta(days=days)).date()
    effect = Effect(on, since)
    with storage.reading(region.engine) as db:
        chains = storage.all_chains(db)
    for chain in chains:
        if not (chain.till == "E" and chain.clinic in own):
            for sale in _sales(region, chain, since):
                _judge(effect, prices, chain.till, sale)
    return effect


def _sales(region: Region, chain: Chain, since: date) -> Iterator[Table | None]:
    """The chain's sales since a day, newest first; None for one that cannot be read."""
    end = chain.next_seq
    while end > 0:
        first = max(end - _STRETCH, 0)
        for kind, content in _stretch(region, chain.chain, first, end):
            if content is not None and _day(content) is not None and str(_day(content)) < since.isoformat():
                return
            if kind == _SALE:
                yield content
        end = first


def _stretch(region: Region, chain: bytes, first: int, end: int) -> list[tuple[str, Table | None]]:
    """Kind and part `a` of records first..end-1, newest first."""
    r, p = t.record.c, t.part.c
    query = (
        select(r.env, p.data)
        .join_from(t.record, t.part, (p.chain == r.chain) & (p.seq == r.seq) & (p.name == "a"))
        .where(r.chain == chain, r.seq >= first, r.seq < end)
        .order_by(r.seq.desc())
    )
    with storage.reading(region.engine) as db:
        return [(record.read(env).header.kind, _content(data)) for env, data in db.execute(query)]


def _content(data: bytes) -> Table | None:
    try:
        return canonical.decode_object(data)
    except WireError:
        return None


def _day(content: Table) -> str | None:
    at = content.get("at")
    return at[:10] if isinstance(at, str) else None


def _judge(effect: Effect, prices: PriceList, till: str, sale: Table | None) -> None:
    lines = None if sale is None else sale.get("lines")
    if not isinstance(lines, list) or not all(_is_line(line) for line in lines):
        effect.unread += 1
        return
    effect.sales += 1
    for line in lines:
        one = effect.articles.setdefault((till, line["article"]), ArticleEffect(line["text"]))
        amount_ore = prices.amount_ore(till, line)
        one.lines += 1
        one.before_ore += line["amount_ore"]
        one.after_ore += amount_ore or 0
        one.gone += amount_ore is None
        one.changed += amount_ore is not None and amount_ore != line["amount_ore"]


def _is_line(line: object) -> bool:
    if not isinstance(line, Mapping) or not isinstance(line.get("text"), str):
        return False
    return all(type(line.get(name)) is int for name in ("article", "quantity", "amount_ore"))


# ── How it is told ───────────────────────────────────────────────────────────────────────────────


def told(effect: Effect) -> list[str]:
    """The effect in lines: what it was tried on, then each article whose lines would have cost otherwise."""
    tried = f"{effect.sales} sales with {effect.lines} lines since {effect.since}, at the prices of {effect.on}"
    lines = [f"{tried}: {effect.changed} lines would have cost otherwise"]
    lines += [_told(key, one) for key, one in sorted(effect.articles.items()) if one.changed]
    lines += [
        f"GONE {till} {number} {one.text}: sold {one.gone} times, and has no price on {effect.on}"
        for (till, number), one in sorted(effect.gone.items())
    ]
    if effect.unread:
        lines.append(f"{effect.unread} sales could not be read and are not counted")
    return lines


def _told(key: Key, one: ArticleEffect) -> str:
    sums = f"{kronor(one.before_ore)} → {kronor(one.after_ore)}"
    return f"{key[0]} {key[1]} {one.text}: {one.changed} of {one.lines} lines, {sums}"
