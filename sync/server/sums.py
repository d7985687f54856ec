"""A till's sums, added up again from the accounting parts of its records: numbers, grand totals, sessions and their Z.

Reads the JSON fields as docs/JOURNAL.md section 8 names them, and nothing of a person. It is the region's own
reckoning: it shares no line with the till's, nor with the till's verifier, so that one mistake cannot hide in all
three. What it finds is said in numbers; no text of a record is repeated.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sync.wire.errors import Malformed

GAP, NUMBER, TOTAL, FIGURES, SESSION, UNREAD = "gap", "number", "total", "figures", "session", "unread"
NUMBERED = ("sale", "refund", "void", "deposit", "repayment")
"""The kinds that share the series of receipts."""
COUNTED = ("cash", "card", "swish")
MOST = 10**9
_UNSUMMED = ("unfinished", "cashiers", "by_group", "counts", "counted_ore", "difference_ore")
"""Figures of a Z that are not added up here; the till's verifier does."""
SUMMED = {"sales_ore", "by_vat", "opening_ore", "float_changes_ore", "goods", "services", "receipts",
          "drawer_openings", "copies", "training", "by_tender", "refunds", "discounts", "voids", "returned_vat",
          "paid_in", "paid_out", "cash_out_ore", "grand", "zero_registrations", "deposits_ore", "deposits_used_ore",
          "deposits_repaid_ore", "rounding_ore", "expected_ore"}  # fmt: skip
_PLAIN = ("start", "config", "config-refused", "sign-in", "sign-in-failed", "sign-out", "lock", "pay-start", "pay-end",
          "count", "x-report", "park", "recall", "approval", "seen", "export", "training-on", "clock")  # fmt: skip

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """Something that does not follow: a word for programs, and what it is, in numbers."""

    word: str
    says: str


@dataclass(slots=True)
class Session:
    """The open session. `figures` are those of its Z so far; `is_whole` is False when a record of it is lost."""

    number: int
    day: str
    first_seq: int
    figures: dict[str, Any] = field(default_factory=dict)
    receipts: int = 0
    is_whole: bool = True

    def add(self, name: str, amount: int, key: str | None = None) -> None:
        """Add to a figure, or to its part `key`; one that has occurred stays, also at 0."""
        if key is None:
            self.figures[name] = self.figures.get(name, 0) + amount
        else:
            parts = self.figures.setdefault(name, {})
            parts[key] = parts.get(key, 0) + amount


@dataclass(slots=True)
class Sums:
    """Where a till stands after a record: the next numbers and the grand totals. None: not known, after a gap or in a
    chain whose first record is not there. `left` is the session that the chain before may have left open, until it is
    known here."""

    receipt: int | None = None
    session: int | None = None
    z: int | None = None
    sales_ore: int | None = None
    returns_ore: int | None = None
    open: Session | None = None
    at: str = ""
    left: int | None = None

    def as_json(self) -> dict[str, Any]:
        """To be remembered."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Sums":
        """As it was remembered."""
        opened = value["open"]
        return cls(**{**value, "open": None if opened is None else Session(**opened)})

    def take(self, seq: int, kind: str, a: Fields) -> list[Found]:
        """Go on with the record `seq`. What of it does not follow."""
        try:
            self.at = moment(a).isoformat()
            return list(self._taken(seq, kind, a))
        except Malformed as mistake:
            self.forget()
            return [Found(UNREAD, f"a field that is not as the format says: {mistake}")]

    def forget(self) -> None:
        """From here on nothing is known of what came before."""
        self.receipt = self.session = self.z = self.sales_ore = self.returns_ore = None
        if self.open is not None:
            self.open.is_whole = False

    # ── One record ───────────────────────────────────────────────────────────────────────────────

    def _taken(self, seq: int, kind: str, a: Fields) -> Iterable[Found]:
        if kind in NUMBERED:
            return self._numbered(kind, a)
        if kind == "open":
            return self._begun(a)
        if kind == "gap":
            self.forget()
            return [Found(GAP, f"records {whole(a, 'first')}, {whole(a, 'count')} of them, are in no copy")]
        if kind == "session-open":
            return self._opened(seq, a)
        if kind == "session-close":
            return self._closed(a)
        if kind in _SIMPLE:
            return self._simple(kind, a)
        return [] if kind in _PLAIN else [Found(UNREAD, "a kind that this program does not know")]

    def _begun(self, a: Fields) -> list[Found]:
        grand = part(a, "grand")
        self.sales_ore, self.returns_ore = whole(grand, "sales_ore", 0), whole(grand, "returns_ore", 0)
        self.receipt, self.session = whole(a, "next_receipt", 1), whole(a, "next_session", 1)
        self.z = whole(a, "next_z", 1)
        self.left = self.session - 1 if self.session > self.z else None  # Every session that is closed has its Z.
        return []

    def _opened(self, seq: int, a: Fields) -> list[Found]:
        found = []
        if self.open is not None:
            found.append(Found(SESSION, f"session {self.open.number} was not closed before the next"))
        opened = number(a, "session")
        found += _out_of_series("session", opened, self.session)
        self.session, self.left = opened + 1, None
        self.open = Session(opened, self.at[:10], seq)
        self.open.add("opening_ore", whole(a, "counted_ore"))
        return found

    def _go_on(self, a: Fields) -> None:
        """A session that the chain before left open may go on. What it held until then is not in this chain."""
        if self.open is None and self.left is not None and number(a, "session") == self.left:
            self.open, self.left = Session(self.left, self.at[:10], 0, is_whole=False), None

    def _simple(self, kind: str, a: Fields) -> list[Found]:
        """What only moves a figure."""
        if self.open is not None:
            _SIMPLE[kind](self.open, a)
        return []

    # ── Receipts ─────────────────────────────────────────────────────────────────────────────────

    def _numbered(self, kind: str, a: Fields) -> list[Found]:
        receipt = number(a, "receipt")
        found = _out_of_series("receipt", receipt, self.receipt)
        self.receipt = receipt + 1
        self._go_on(a)
        if self.open is None or number(a, "session") != self.open.number:
            found.append(Found(SESSION, f"receipt {receipt} is of no open session"))
        if kind in ("sale", "refund", "void"):
            found += self._totals(kind, receipt, a)
        if self.open is not None:
            self.open.receipts += 1
            _RECEIPTS[kind](self.open, a)
        return found

    def _totals(self, kind: str, receipt: int, a: Fields) -> list[Found]:
        """Grand totals and the receipt's own sum."""
        total, grand, found = whole(a, "total_ore"), part(a, "grand"), []
        stated = whole(grand, "sales_ore", 0), whole(grand, "returns_ore", 0)
        if self.sales_ore is not None and self.returns_ore is not None:
            sold, given = (total, 0) if kind == "sale" else (0, total)
            if stated != (self.sales_ore + sold, self.returns_ore + given):
                found.append(Found(TOTAL, f"the grand totals of receipt {receipt} do not follow"))
        self.sales_ore, self.returns_ore = stated
        if sum(whole(line, "amount_ore") for line in parts(a, "lines")) != total:
            found.append(Found(FIGURES, f"the rows of receipt {receipt} are not its total"))
        if sum(whole(one, "amount_ore") for one in parts(a, "payments")) != whole(a, "to_pay_ore"):
            found.append(Found(FIGURES, f"the payments of receipt {receipt} are not what was to be paid"))
        return found

    # ── Z ────────────────────────────────────────────────────────────────────────────────────────

    def _closed(self, a: Fields) -> list[Found]:
        session, z = number(a, "session"), number(a, "z")
        self._go_on(a)
        closed, self.left = self.open, None
        found = _out_of_series("Z", z, self.z)
        self.z, self.open = z + 1, None
        if closed is None or closed.number != session:
            return [*found, Found(SESSION, f"session {session} is closed and was not open")]
        if closed.is_whole:
            stated = part(a, "figures")
            found += [
                Found(FIGURES, f"Z {z}: {name} is not the sum of the records") for name in self._off(closed, stated)
            ]
        return found

    def _off(self, closed: Session, stated: Fields) -> list[str]:
        """The figures of a Z that are not what its records add up to."""
        due = closed.figures | {"expected_ore": _expected(closed.figures)}
        if self.sales_ore is not None:
            due["grand"] = {"sales_ore": self.sales_ore, "returns_ore": self.returns_ore}
        passed = {*_UNSUMMED, *(() if "grand" in due else ("grand",))}
        off = [name for name in sorted(SUMMED - passed) if _plain(name, due) != _plain(name, stated)]
        return off + (["a figure with a name of its own"] if stated.keys() - SUMMED - passed else [])


def _out_of_series(what: str, stated: int, due: int | None) -> list[Found]:
    return [] if due in (None, stated) else [Found(NUMBER, f"{what} {stated} should be {due}")]


def _plain(name: str, figures: Fields) -> object:
    """A figure as it compares: what is left out is 0 or nothing."""
    value = figures.get(name)
    if not isinstance(value, dict):
        return value or 0
    if name in _TALLIES:
        return {key: amount for key, amount in value.items() if amount} or 0
    return value or 0


def _expected(figures: Fields) -> dict[str, int]:
    moved = {by: sum(_of(figures, name, by) * sign for name, sign in _MOVES) for by in COUNTED}
    drawer = figures.get("opening_ore", 0) + figures.get("float_changes_ore", 0) - figures.get("cash_out_ore", 0)
    return moved | {"cash": moved["cash"] + drawer}


def _of(figures: Fields, name: str, key: str) -> int:
    return int(figures.get(name, {}).get(key, 0))


_MOVES = (("by_tender", 1), ("paid_in", 1), ("paid_out", -1))
_TALLIES = ("refunds", "voids", "copies", "training", "discounts", "grand")


# ── What each kind adds to a Z ───────────────────────────────────────────────────────────────────


def _sale(session: Session, a: Fields) -> None:
    session.add("sales_ore", whole(a, "total_ore"))
    session.add("receipts", 1)
    session.add("rounding_ore", whole(a, "rounding_ore"))
    exempt_ore = 0
    for line in parts(a, "lines"):
        quantity, amount = whole(line, "quantity"), whole(line, "amount_ore")
        session.add("goods" if line.get("goods") else "services", quantity)
        exempt_ore += amount if text(line, "vat") == "exempt" else 0
        if not amount and "reason" in line:
            session.add("zero_registrations", quantity, text(line, "reason"))
    for rate, amount in amounts(a, "vat").items():
        session.add("by_vat", amount, rate)
    if exempt_ore:
        session.add("by_vat", exempt_ore, "exempt")
    for one in parts(a, "payments"):
        session.add("by_tender", whole(one, "amount_ore"), text(one, "by"))
        if text(one, "by") == "on_account":
            session.add("deposits_used_ore", whole(one, "amount_ore"))


def _returned(tally: str, session: Session, a: Fields) -> None:
    session.add(tally, 1, "count")
    session.add(tally, whole(a, "total_ore"), "ore")
    for rate, amount in amounts(a, "vat").items():
        session.add("returned_vat", amount, rate)
    _paid("paid_out", session, a)


def _paid(way: str, session: Session, a: Fields) -> None:
    for one in parts(a, "payments"):
        session.add(way, whole(one, "amount_ore"), text(one, "by"))


def _deposit(session: Session, a: Fields) -> None:
    session.add("deposits_ore", whole(a, "amount_ore"))
    _paid("paid_in", session, a)


def _repayment(session: Session, a: Fields) -> None:
    session.add("deposits_repaid_ore", whole(a, "amount_ore"))
    _paid("paid_out", session, a)


def _copy(session: Session, a: Fields) -> None:
    if a.get("copy"):
        session.add("copies", 1, "count")
        session.add("copies", whole(a, "amount_ore"), "ore")


def _practised(session: Session, a: Fields) -> None:
    session.add("training", whole(a, "receipts"), "count")
    session.add("training", whole(a, "amount_ore"), "ore")


_RECEIPTS = {
    "sale": _sale,
    "refund": lambda session, a: _returned("refunds", session, a),
    "void": lambda session, a: _returned("voids", session, a),
    "deposit": _deposit,
    "repayment": _repayment,
}
_SIMPLE = {
    "float": lambda session, a: session.add("float_changes_ore", whole(a, "amount_ore")),
    "cash-out": lambda session, a: session.add("cash_out_ore", whole(a, "amount_ore")),
    "drawer": lambda session, _: session.add("drawer_openings", 1),
    "print": _copy,
    "training-off": _practised,
}


# ── Fields ───────────────────────────────────────────────────────────────────────────────────────


def moment(a: Fields) -> datetime:
    """When it happened, by the till's clock."""
    try:
        at = datetime.fromisoformat(text(a, "at"))
    except ValueError:
        raise Malformed("at") from None
    if at.utcoffset() is None:
        raise Malformed("at")
    return at


def whole(a: Fields, name: str, default: int | None = None) -> int:
    """An integer. Raises Malformed, as all of these do."""
    value = a.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Malformed(name)
    return value


def number(a: Fields, name: str) -> int:
    """An integer that a finding may repeat: it has too few digits to be anybody's identity number."""
    value = whole(a, name)
    if not 0 <= value < MOST:
        raise Malformed(name)
    return value


def text(a: Fields, name: str) -> str:
    """A text."""
    value = a.get(name)
    if not isinstance(value, str):
        raise Malformed(name)
    return value


def part(a: Fields, name: str) -> dict[str, Any]:
    """An object; an empty one when it was left out."""
    value = a.get(name, {})
    if not isinstance(value, dict):
        raise Malformed(name)
    return value


def parts(a: Fields, name: str) -> list[dict[str, Any]]:
    """A list of objects."""
    value = a.get(name, [])
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise Malformed(name)
    return value


def amounts(a: Fields, name: str) -> dict[str, int]:
    """An object from words to integers."""
    value = part(a, name)
    if not all(isinstance(amount, int) and not isinstance(amount, bool) for amount in value.values()):
        raise Malformed(name)  # A key is a text of the record: it is not repeated.
    return value
