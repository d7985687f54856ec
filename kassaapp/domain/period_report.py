"""The sums of a period, by day, cashier, article or tender, what the counts differed, and what cost nothing and why.

A receipt belongs to the day its session was opened, so that the sums are those of the Zs of the period, to the öre;
whether they are is worked out and said. Nothing here is stored, and nobody's patient is told of.
"""

import enum
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from kassaapp.domain.events import (
    DepositRepaid,
    DepositTaken,
    SaleRefunded,
    SaleRegistered,
    SaleVoided,
    SessionClosed,
    SessionOpened,
)
from kassaapp.domain.figures import Figures
from kassaapp.domain.visit import Payment, Tender

Receipt = SaleRegistered | SaleRefunded | SaleVoided | DepositTaken | DepositRepaid
"""What is added up: all that has a receipt number."""
MOST_DAYS = 62
"""In a longer period the days are put together to months."""
_EACH = 2_000


class By(enum.Enum):
    """What the sums are of."""

    DAY = enum.auto()
    CASHIER = enum.auto()
    ARTICLE = enum.auto()
    TENDER = enum.auto()
    DIFFERENCE = enum.auto()
    ZERO = enum.auto()


@dataclass(frozen=True, slots=True)
class Past:
    """What a till has behind it: its receipts in order, every Z, how each session was opened, and the figures of the
    open one."""

    receipts: Sequence[Receipt]
    closings: Sequence[SessionClosed]
    openings: Mapping[int, SessionOpened]
    open: Figures | None = None


@dataclass(frozen=True, slots=True)
class Sums:
    """One row. `key` is a day or month, a user's id, an article's number and text, a tender, a reason, or the number of
    a Z. `count` is of sales, pieces or payments; `taken_ore` came in for sales, `deposits_ore` a conto, `given_ore` was
    given back. Of a Z, `off_ore` is the difference of each tender that was counted."""

    key: str
    count: int = 0
    taken_ore: int = 0
    deposits_ore: int = 0
    given_ore: int = 0
    off_ore: Mapping[str, int] = field(default_factory=dict)
    day: date | None = None

    @property
    def net_ore(self) -> int:
        """What is left of what came in."""
        return self.taken_ore + self.deposits_ore - self.given_ore


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the Zs of the period say, and the session that is still open: `z_first` to `z_last`, None without any.
    `told_ore` is their sales, with what rounding and tenders they have; `told` is how many, where that is what is
    counted. `is_right`: the rows say the same, key by key where a Z has the key."""

    z_first: int | None
    z_last: int | None
    told_ore: int
    told: int
    is_open: bool
    is_right: bool


@dataclass(frozen=True, slots=True)
class PeriodReport:
    """A report: its rows, their sum, and what the Zs say. `agreement` is None where the rows are the Zs' own."""

    by: By
    first: date
    last: date
    rows: tuple[Sums, ...]
    total: Sums
    agreement: Agreement | None


def apart(report: PeriodReport) -> tuple[Sums, Sums]:
    """All that was missing, and all that was too much: a difference is never set off against another (DOMAIN 5.3)."""
    tenders = sorted(report.total.off_ore)

    def of(sign: int) -> Sums:
        return Sums("", off_ore={by: sum(_signed(row, by, sign) for row in report.rows) for by in tenders})

    return of(-1), of(1)


def _signed(row: Sums, tender: str, sign: int) -> int:
    ore = row.off_ore.get(tender, 0)
    return ore if ore * sign > 0 else 0


class Stopped(Exception):
    """Nobody wants the report any more."""


def add_up(
    by: By, past: Past, first: date, last: date, *, tell: Callable[[int, int], bool] = lambda _done, _of: True
) -> PeriodReport:
    """Add up the period, both days included. `tell` is called now and then with how many receipts of how many are read;
    it answers whether to go on. Raises Stopped."""
    days = {number: opening.at.date() for number, opening in past.openings.items()}
    for closing in past.closings:
        days.setdefault(closing.session, closing.at.date())
    wanted = {number for number, day in days.items() if first <= day <= last}
    zs = [closing for closing in past.closings if closing.session in wanted]
    if by is By.DIFFERENCE:
        rows = [_of_z(closing, days[closing.session]) for closing in zs]
        return PeriodReport(by, first, last, tuple(rows), _total(rows), None)
    by_month = (last - first).days >= MOST_DAYS
    sums: dict[str, _Adding] = {}
    for receipt in _told(past.receipts, tell):
        if receipt.session in wanted:
            day = days[receipt.session]
            _ADD[by](sums, receipt, f"{day:%Y-%m}" if by_month else str(day))
    rows = _ordered(by, [adding.sums(key) for key, adding in sums.items()])
    figures = _figures(past, zs, wanted)
    return PeriodReport(by, first, last, tuple(rows), _total(rows), _agreement(by, rows, zs, figures, len(zs)))


def _told(receipts: Sequence[Receipt], tell: Callable[[int, int], bool]) -> Iterator[Receipt]:
    for done, receipt in enumerate(receipts):
        if done % _EACH == 0 and not tell(done, len(receipts)):
            raise Stopped
        yield receipt


# ── adding up ────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class _Adding:
    count: int = 0
    taken_ore: int = 0
    deposits_ore: int = 0
    given_ore: int = 0

    def sums(self, key: str) -> Sums:
        return Sums(key, self.count, self.taken_ore, self.deposits_ore, self.given_ore)


_All = dict[str, _Adding]


def _by_day(sums: _All, receipt: Receipt, day: str) -> None:
    _add_whole(sums, receipt, day)


def _by_cashier(sums: _All, receipt: Receipt, _day: str) -> None:
    _add_whole(sums, receipt, receipt.by)


def _add_whole(sums: _All, receipt: Receipt, key: str) -> None:
    """Sales and what was given back of them. Money a conto is no sale."""
    match receipt:
        case SaleRegistered():
            adding = sums.setdefault(key, _Adding())
            adding.count += 1
            adding.taken_ore += receipt.total_ore
        case SaleRefunded() | SaleVoided():
            sums.setdefault(key, _Adding()).given_ore += receipt.total_ore
        case _:
            pass


def _by_article(sums: _All, receipt: Receipt, _day: str) -> None:
    match receipt:
        case SaleRegistered():
            for line in receipt.lines:
                adding = sums.setdefault(f"{line.article} {line.text}", _Adding())
                adding.count += line.quantity
                adding.taken_ore += line.amount_ore
        case SaleRefunded() | SaleVoided():
            for back in receipt.lines:
                sums.setdefault(f"{back.article} {back.text}", _Adding()).given_ore += back.amount_ore
        case _:
            pass


def _by_tender(sums: _All, receipt: Receipt, _day: str) -> None:
    for paid in receipt.payments:
        _pay(sums.setdefault(paid.by.value, _Adding()), receipt, paid)


def _pay(adding: _Adding, receipt: Receipt, paid: Payment) -> None:
    match receipt:
        case SaleRegistered():
            adding.count += 1
            adding.taken_ore += paid.amount_ore
        case DepositTaken():
            adding.deposits_ore += paid.amount_ore
        case _:
            adding.given_ore += paid.amount_ore


def _by_reason(sums: _All, receipt: Receipt, _day: str) -> None:
    if isinstance(receipt, SaleRegistered):
        for line in receipt.lines:
            if line.amount_ore == 0 and line.reason is not None:
                sums.setdefault(line.reason.value, _Adding()).count += line.quantity


_ADD: Mapping[By, Callable[[_All, Receipt, str], None]] = {
    By.DAY: _by_day,
    By.CASHIER: _by_cashier,
    By.ARTICLE: _by_article,
    By.TENDER: _by_tender,
    By.ZERO: _by_reason,
}


def _of_z(closing: SessionClosed, day: date) -> Sums:
    return Sums(str(closing.z), 1, off_ore=dict(closing.figures.difference_ore), day=day)


def _ordered(by: By, rows: Sequence[Sums]) -> list[Sums]:
    """Days and tenders in their own order; else the largest first."""
    match by:
        case By.DAY:
            return sorted(rows, key=lambda row: row.key)
        case By.TENDER:
            return sorted(rows, key=lambda row: list(Tender).index(Tender(row.key)))
        case _:
            return sorted(rows, key=lambda row: (-row.taken_ore, -row.count, row.key))


def _total(rows: Sequence[Sums]) -> Sums:
    tenders = {tender for row in rows for tender in row.off_ore}
    return Sums(
        "",
        sum(row.count for row in rows),
        sum(row.taken_ore for row in rows),
        sum(row.deposits_ore for row in rows),
        sum(row.given_ore for row in rows),
        {tender: sum(row.off_ore.get(tender, 0) for row in rows) for tender in tenders},
    )


# ── what the Zs say ──────────────────────────────────────────────────────────────────────────────


def _figures(past: Past, zs: Sequence[SessionClosed], wanted: Iterable[int]) -> list[Figures]:
    """The figures of the closed sessions, and of the one that is open when it is of the period."""
    figures = [closing.figures for closing in zs]
    opened = max(past.openings, default=0)
    if past.open is not None and opened in set(wanted):
        figures.append(past.open)
    return figures


def _agreement(
    by: By, rows: Sequence[Sums], zs: Sequence[SessionClosed], figures: Sequence[Figures], closed: int
) -> Agreement:
    told = _as_told(by, figures)
    said = {row.key: row.count if by is By.ZERO else row.taken_ore for row in rows}
    if by in (By.DAY, By.ARTICLE):  # A Z has neither: only the sum can be compared.
        is_right = sum(said.values()) == sum(told.values())
    else:
        is_right = {key: it for key, it in said.items() if it} == {key: it for key, it in told.items() if it}
    return Agreement(
        z_first=min((closing.z for closing in zs), default=None),
        z_last=max((closing.z for closing in zs), default=None),
        told_ore=0 if by is By.ZERO else sum(told.values()),
        told=sum(told.values()) if by is By.ZERO else 0,
        is_open=len(figures) > closed,
        is_right=is_right,
    )


def _as_told(by: By, figures: Sequence[Figures]) -> dict[str, int]:
    """The same sums as the Zs have them."""
    told: dict[str, int] = {}
    for one in figures:
        for key, value in _of_figures(by, one).items():
            told[key] = told.get(key, 0) + value
    return told


def _of_figures(by: By, figures: Figures) -> Mapping[str, int]:
    match by:
        case By.CASHIER:
            return {tally.user: tally.ore for tally in figures.cashiers}
        case By.TENDER:
            return figures.by_tender
        case By.ZERO:
            return figures.zero_registrations
        case _:
            return {"": figures.sales_ore}
