"""Watches what registers have sent: gaps, numbers, sums, prices; who is silent; which sessions were left open.

A look reads each chain from where the last one stopped (`memory`), so it costs what is new; the first costs all
records that there are. It reads headers and the accounting part `a`, never a person's part, and asks nothing of
anybody: what it finds changes no answer to a register. Every sentence is made of numbers and words of ours.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, and_, select

from sync.server import storage
from sync.server import tables as t
from sync.server.memory import Finding, Kept, Memory
from sync.server.price_lists import PriceLists, wrong_price
from sync.server.region import Region
from sync.server.storage import Chain
from sync.server.sums import UNREAD, Found, Sums, parts, text
from sync.wire import canonical, own
from sync.wire.errors import Malformed
from sync.wire.signature import SIGNATURE_BYTES

ZONE = ZoneInfo("Europe/Stockholm")
"""The clinics' time. A day ends at its midnight."""
SILENT_H = 24
PRICE, TWO_PRICES, CONFIGURATION, SILENT, LEFT_OPEN = "price", "two-prices", "configuration", "silent", "left-open"
ACCOUNTS = "a"
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """A stored record as the watch reads it. `cfg` is the configuration it names; `a` is None when it has none."""

    seq: int
    hash: bytes
    kind: str
    cfg: bytes | None
    a: dict[str, Any] | None
    env: bytes
    leaf: int


def look(region: Region, memory: Memory) -> int:
    """Read what has come since the last look. How many records that was."""
    with storage.reading(region.engine) as db:
        chains = storage.all_chains(db)
    prices = PriceLists()
    return sum(_look_at(region, memory, prices, chain) for chain in chains)


def entries(db: Connection, chain: bytes, first: int, end: int) -> list[Entry]:
    """Records first..end-1 of a chain, with their accounting parts."""
    r, p = t.record.c, t.part.c
    accounts = and_(p.chain == r.chain, p.seq == r.seq, p.name == ACCOUNTS)
    query = select(r.seq, r.hash, r.env, r.leaf, p.data).select_from(t.record.outerjoin(t.part, accounts))
    rows = db.execute(query.where(r.chain == chain, r.seq >= first, r.seq < end).order_by(r.seq))
    return [_entry(*row) for row in rows]


def silent_h(last: datetime, now: datetime) -> float:
    """The hours between, but for Saturdays and Sundays. Public holidays count as other days."""
    at, until, hours = last.astimezone(ZONE), now.astimezone(ZONE), 0.0
    while at < until:
        end = min(midnight_after(at.date()), until)
        hours += (end - at).total_seconds() / 3600 if at.weekday() < 5 else 0.0
        at = end
    return hours


def midnight_after(day: date) -> datetime:
    """When a day ends."""
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), ZONE)


def now_of(region: Region) -> datetime:
    """The region's clock."""
    return datetime.fromtimestamp(region.clock() / 1000, UTC)


def standing(region: Region, memory: Memory, silent_after_h: float = SILENT_H) -> list[Finding]:
    """What is wrong now and may be right tomorrow: registers that are silent, sessions that were left open."""
    with storage.reading(region.engine) as db:
        chains = [chain for chain in storage.all_chains(db) if chain.closed_ms is None]
    now = now_of(region)
    today = now.astimezone(ZONE).date().isoformat()
    found = [
        Finding(chain.chain, chain.next_seq, today, why)
        for chain in chains
        for why in _silent(chain, now, silent_after_h)
    ]
    going_on = {chain.chain for chain in chains}
    for chain_id, kept in memory.open_before(today):
        if chain_id in going_on:
            says = f"session {kept.number} of {kept.day} is not closed"
            found.append(Finding(chain_id, kept.first, kept.day, Found(LEFT_OPEN, says)))
    return found


def is_silent(chain: Chain, now: datetime, after_h: float = SILENT_H) -> bool:
    """Whether a register that has been heard from has been silent for so long, on working days."""
    return chain.contact_ms is not None and silent_h(_contact(chain.contact_ms), now) > after_h


def _silent(chain: Chain, now: datetime, after_h: float) -> Iterator[Found]:
    if chain.contact_ms is not None and is_silent(chain, now, after_h):
        hours = int(silent_h(_contact(chain.contact_ms), now))
        yield Found(SILENT, f"not heard from for {hours} hours of working days")


def _contact(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)


# ── One chain ────────────────────────────────────────────────────────────────────────────────────


def _look_at(region: Region, memory: Memory, prices: PriceLists, chain: Chain) -> int:
    read = 0
    while True:
        with memory.writing():
            count = _chunk(region, memory, prices, chain)
        read += count
        if count < _CHUNK:
            return read


def _chunk(region: Region, memory: Memory, prices: PriceLists, chain: Chain) -> int:
    """Read at most so many records on. The region's database is held for no longer than it takes to fetch them."""
    first, head, sums = memory.mark(chain.chain)
    with storage.reading(region.engine) as db:
        if first and storage.hashes(db, chain.chain, first - 1, first) != [head]:
            memory.forget(chain.chain)
            first, sums = 0, Sums()
        found = entries(db, chain.chain, first, first + _CHUNK)
        lists = {
            one.cfg: prices.of(db, one.cfg, chain.clinic) for one in found if one.kind == "sale" and one.cfg is not None
        }
    for one in found:
        _take(memory, chain, sums, one)
        if one.kind == "sale":
            _check_prices(memory, chain, one, None if one.cfg is None else lists[one.cfg])
    if found:
        memory.move(chain.chain, found[-1].seq + 1, found[-1].hash, sums)
    return len(found)


def _take(memory: Memory, chain: Chain, sums: Sums, one: Entry) -> None:
    before = Sums.from_json(sums.as_json()) if one.kind == "session-open" else None
    opened = sums.open
    for found in judged(sums, one):
        memory.note(Finding(chain.chain, one.seq, sums.at[:10], found))
    if before is not None and sums.open is not None and sums.open.first_seq == one.seq:
        memory.opened(chain.chain, Kept(sums.open.number, sums.open.day, one.seq, None, before))
    if one.kind == "session-close" and opened is not None and sums.open is None:
        memory.closed(chain.chain, opened.first_seq, one.seq)


def judged(sums: Sums, one: Entry) -> list[Found]:
    """Go on with a record. What of it does not follow."""
    if one.a is None:
        sums.forget()
        return [Found(UNREAD, "its accounting part is not there, or is none")]
    return sums.take(one.seq, one.kind, one.a)


def _check_prices(memory: Memory, chain: Chain, one: Entry, prices: Any) -> None:
    day = ""
    try:
        a = one.a or {}
        visit, day, lines = _day(a, "visit_date"), _day(a, "at").isoformat(), parts(a, "lines")
        for found in off_the_list(prices, chain.till, lines, visit):
            memory.note(Finding(chain.chain, one.seq, day, found))
        for line in lines if prices is not None else ():
            if line.get("reason") == "invoice_fee":
                continue
            cost = (line["article"], visit.isoformat(), line["price_ore"])
            if memory.priced(_list_of(chain), *cost, chain.chain, one.seq):
                says = f"article {line['article']} has had two prices for visits of {visit.isoformat()}"
                memory.note(Finding(chain.chain, one.seq, day, Found(TWO_PRICES, says)))
    except Malformed as mistake:
        memory.note(Finding(chain.chain, one.seq, day, Found(UNREAD, f"a row that is none: {mistake}")))


def _list_of(chain: Chain) -> str:
    """Whose prices must agree: those of a clinic's own till may be its own, the others are the region's."""
    return f"{chain.till} {chain.clinic}" if chain.till == own.TILL else chain.till


def off_the_list(prices: Any, till: str, lines: list[dict[str, Any]], visit: date) -> list[Found]:
    """The rows of a sale that are not as the price list has them. Raises Malformed."""
    if prices is None:
        return [Found(CONFIGURATION, "names a configuration that the region does not have, or none")]
    wrong = [wrong_price(prices, till, line, visit) for line in lines]
    return [Found(PRICE, says) for says in wrong if says is not None]


def _day(a: dict[str, Any], name: str) -> date:
    try:
        return date.fromisoformat(text(a, name)[:10])
    except ValueError:
        raise Malformed(name) from None


def _entry(seq: int, digest: bytes, env: bytes, leaf: int, data: bytes | None) -> Entry:
    header = json.loads(env[SIGNATURE_BYTES:])  # Judged when it came in; here only read.
    named = header.get("cfg")
    content = None if data is None else _object(data)
    cfg = None if named is None else canonical.from_text(named)
    return Entry(seq, digest, header["kind"], cfg, content, env, leaf)


def _object(data: bytes) -> dict[str, Any] | None:
    """The content of a part. It came with a commitment, not with a form: it may be anything."""
    try:
        return canonical.decode_object(data)
    except Malformed:
        return None
