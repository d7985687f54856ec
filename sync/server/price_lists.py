"""The price lists that records name: what an article may have cost, by configuration record and day of visit.

A record's header names the configuration it was made under (`cfg`). In force is, for each part, the newest of its name
up to that record (docs/JOURNAL.md section 6); where a clinic has a key for prices of its own, its own till's articles
are those it has signed. Lists are read once each and kept for as long as this object lives.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, select

from sync.server import tables as t
from sync.server.sums import number
from sync.wire import canonical, config, own
from sync.wire.config import CONFIG_KIND
from sync.wire.errors import Malformed, WireError

Article = Mapping[str, Any]
PriceList = Mapping[tuple[str, int], list[Article]]


class PriceLists:
    """Reads through the connection it is given; new configurations are found when they are first named."""

    def __init__(self) -> None:
        self._numbers: dict[bytes, int] = {}
        self._lists: dict[tuple[tuple[str, int], ...], PriceList] = {}
        self._named: dict[tuple[bytes, str], PriceList] = {}

    def of(self, db: Connection, named: bytes, clinic: str) -> PriceList | None:
        """A clinic's list under the configuration record `named`; None when there is no such record, or no list in it
        that can be read."""
        if (named, clinic) not in self._named:
            seq = self._number(db, named)
            found = None if seq is None else self._list(db, seq, clinic)
            if found is None:
                return None
            self._named[named, clinic] = found
        return self._named[named, clinic]

    def _number(self, db: Connection, named: bytes) -> int | None:
        if named not in self._numbers:
            c = t.config.c
            self._numbers = {
                row.hash: row.seq for row in db.execute(select(c.hash, c.seq).where(c.kind == CONFIG_KIND))
            }
        return self._numbers.get(named)

    def _list(self, db: Connection, seq: int, clinic: str) -> PriceList | None:
        p = t.config_part.c
        names = [name for name in config.delivered_parts(clinic) if name != config.users_part(clinic)]
        newest = select(p.name, func.max(p.seq)).where(p.kind == CONFIG_KIND, p.seq <= seq, p.name.in_(names))
        places = tuple(sorted((name, at) for name, at in db.execute(newest.group_by(p.name))))
        if places not in self._lists:
            try:
                contents = {name: _content(db, name, at) for name, at in places}
                self._lists[places] = _articles(contents, clinic)
            except WireError:
                return None
        return self._lists[places]


def _content(db: Connection, name: str, seq: int) -> dict[str, Any]:
    p = t.config_part.c
    query = select(p.data).where(p.kind == CONFIG_KIND, p.name == name, p.seq == seq)
    return canonical.decode_object(db.scalars(query).one())


def _articles(contents: Mapping[str, Mapping[str, Any]], clinic: str) -> PriceList:
    """Raises WireError."""
    listed: list[Any] = list((config.joined(contents) or {}).get("articles", []))
    key = own.named_key(contents.get(config.clinic_part(clinic), {}))
    if key is not None:
        listed = [one for one in listed if one.get("till") != own.TILL]
        content = contents.get(config.own_part(clinic))
        listed += [] if content is None else own.read(content, clinic, key).articles
    found: dict[tuple[str, int], list[Article]] = {}
    for article in listed:
        if not isinstance(article, dict) or not isinstance(article.get("number"), int):
            raise Malformed("articles")
        found.setdefault((str(article.get("till")), article["number"]), []).append(article)
    return found


def wrong_price(prices: PriceList, till: str, line: Mapping[str, Any], day: date) -> str | None:
    """What of a sale's row is not in the list, or None. Raises Malformed for a row that is none."""
    if line.get("reason") == "invoice_fee":
        return None
    sold, price, amount, quantity = (number(line, name) for name in ("article", "price_ore", "amount_ore", "quantity"))
    article = next((one for one in prices.get((till, sold), []) if _is_in_force(one, day)), None)
    if article is None:
        return f"article {sold} is not in the price list"
    if price != article.get("price_ore"):
        return f"article {sold} was sold at {price} öre; the list says {article.get('price_ore')}"
    if not _may_cost(article, line.get("reason"), quantity, amount):
        return f"{quantity} of article {sold} for {amount} öre is none of the list's prices"
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
        return bool(0 < amount_ore < full)
    single = {"asylum_fee": "asylum_ore", "full_cost": "full_cost_ore"}.get(str(reason))
    return bool(amount_ore == (0 if single is None else (article.get(single) or 0) * quantity))
