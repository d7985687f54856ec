"""The price lists that records name: what an article may have cost, by configuration record and day of visit.

A record's header names the configuration it was made under (`cfg`). In force is the newest `region` part up to that
record (docs/JOURNAL.md section 6). Lists are read once each and kept for as long as this object lives.
"""

import json
from bisect import bisect_right
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from sync.server import tables as t
from sync.wire.config import CONFIG_KIND, REGION_PART
from sync.wire.errors import Malformed

Article = dict[str, Any]
PriceList = dict[tuple[str, int], list[Article]]


class PriceLists:
    """Reads through the connection it is given; new configurations are found when they are first named."""

    def __init__(self) -> None:
        self._numbers: dict[bytes, int] = {}
        self._with_prices: list[int] = []
        self._lists: dict[int, PriceList] = {}

    def of(self, db: Connection, named: bytes) -> PriceList | None:
        """The list that was in force under the configuration record `named`; None when there is no such record."""
        if named not in self._numbers:
            self._learn(db)
        number = self._numbers.get(named)
        if number is None:
            return None
        place = bisect_right(self._with_prices, number)
        return self._list(db, self._with_prices[place - 1]) if place else {}

    def _learn(self, db: Connection) -> None:
        c, p = t.config.c, t.config_part.c
        self._numbers = {row.hash: row.seq for row in db.execute(select(c.hash, c.seq).where(c.kind == CONFIG_KIND))}
        carrying = select(p.seq).where(p.kind == CONFIG_KIND, p.name == REGION_PART).order_by(p.seq)
        self._with_prices = list(db.scalars(carrying))

    def _list(self, db: Connection, number: int) -> PriceList:
        if number not in self._lists:
            p = t.config_part.c
            query = select(p.data).where(p.kind == CONFIG_KIND, p.seq == number, p.name == REGION_PART)
            found: PriceList = {}
            for article in json.loads(db.scalars(query).one()).get("articles", []):
                found.setdefault((article.get("till", ""), article.get("number", 0)), []).append(article)
            self._lists[number] = found
        return self._lists[number]


def wrong_price(prices: PriceList, till: str, line: Mapping[str, Any], day: date) -> str | None:
    """What of a sale's row is not in the list, or None. Raises Malformed for a row that is none."""
    if line.get("reason") == "invoice_fee":
        return None
    try:
        number, price, amount = int(line["article"]), int(line["price_ore"]), int(line["amount_ore"])
        quantity = int(line["quantity"])
    except (KeyError, TypeError, ValueError):
        raise Malformed("lines") from None
    article = next((one for one in prices.get((till, number), []) if _is_in_force(one, day)), None)
    if article is None:
        return f"article {number} is not in the price list"
    if price != article.get("price_ore"):
        return f"article {number} was sold at {price} öre; the list says {article.get('price_ore')}"
    if not _may_cost(article, line.get("reason"), quantity, amount):
        return f"{quantity} of article {number} for {amount} öre is none of the list's prices"
    return None


def _is_in_force(article: Article, day: date) -> bool:
    try:
        begins, ends = article.get("valid_from"), article.get("valid_to")
        after = begins is None or date.fromisoformat(begins) <= day
        return after and (ends is None or day <= date.fromisoformat(ends))
    except (TypeError, ValueError):
        return False


def _may_cost(article: Article, reason: object, quantity: int, amount_ore: int) -> bool:
    """Whether a row may cost that, by the reason it gives. Who the patient is, and so whether the reason is right, is
    for the till's verifier: it is in the personal part."""
    full = max(article["price_ore"] * quantity, article.get("minimum_ore") or 0)
    if reason in (None, "missed_visit"):
        return bool(amount_ore == full)
    if reason == "ceiling_part":
        return 0 < amount_ore < full
    single = {"asylum_fee": "asylum_ore", "full_cost": "full_cost_ore"}.get(str(reason))
    return bool(amount_ore == (0 if single is None else (article.get(single) or 0) * quantity))
