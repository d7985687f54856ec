"""A report of a period in words: headings, rows, their sum, what the Zs say, and the chart. Amounts are in kronor."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from kassaapp.domain.period_report import Agreement, By, PeriodReport, Sums, apart
from kassaapp.domain.visit import FeeReason, Tender
from kassaapp.i18n import _, ngettext
from kassaapp.screens.chart import Bar, Chart, Shape
from kassaapp.wording import amount, amount_plain, amount_spoken, day, reason, tender

MOST_BARS = 10
"""So many bars are drawn, the largest; all of them stand in the table."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """The words of a row, and how they are said."""

    texts: tuple[str, ...]
    said: tuple[str, ...]
    is_sum: bool = False


@dataclass(frozen=True, slots=True)
class PeriodTable:
    """The whole report as shown. The first heading is of the names; the last row is the sum, when there are rows; of
    differences it is two."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[TableRow, ...]
    agreement: str
    is_right: bool
    chart: Chart | None


Name = Callable[[Sums], str]


def period_table(report: PeriodReport, user_name: Callable[[str], str]) -> PeriodTable:
    """Write a report. `user_name` knows who has that id."""
    by = report.by

    def name(row: Sums) -> str:
        return _key(by, row, user_name)

    rows = [_row(by, row, name(row)) for row in report.rows]
    rows += _foot(report)
    agreement = report.agreement
    return PeriodTable(
        title=by_name(by),
        headings=_headings(by, report),
        rows=tuple(rows),
        agreement="" if agreement is None else _told(by, agreement),
        is_right=agreement is None or agreement.is_right,
        chart=_chart(report, name),
    )


def _foot(report: PeriodReport) -> list[TableRow]:
    """The sum; of differences what was missing and what was too much, each by itself."""
    if not report.rows:
        return []
    if report.by is not By.DIFFERENCE:
        return [replace(_row(report.by, report.total, _("Summa")), is_sum=True)]
    named = zip((_("Saknas, summa"), _("För mycket, summa")), apart(report), strict=True)
    return [replace(_row(report.by, sums, name), is_sum=True) for name, sums in named]


def by_name(by: By) -> str:
    """What a report is called."""
    return {
        By.DAY: _("Försäljning per dag"),
        By.CASHIER: _("Per kassör"),
        By.ARTICLE: _("Per artikel"),
        By.TENDER: _("Per betalsätt"),
        By.DIFFERENCE: _("Differenser"),
        By.ZERO: _("Registrerat utan betalning"),
    }[by]


# ── rows ─────────────────────────────────────────────────────────────────────────────────────────


_COUNTED = (Tender.CASH, Tender.CARD, Tender.SWISH)


def _headings(by: By, report: PeriodReport) -> tuple[str, ...]:
    match by:
        case By.DAY:
            is_month = any(len(row.key) == len("2026-11") for row in report.rows)
            return (_("Månad") if is_month else _("Dag"), _("Kvitton"), _("Försäljning"), _("Åter"), _("Netto"))
        case By.CASHIER:
            return (_("Kassör"), _("Kvitton"), _("Försäljning"), _("Åter"), _("Netto"))
        case By.ARTICLE:
            return (_("Artikel"), _("Antal"), _("Försäljning"), _("Åter"), _("Netto"))
        case By.TENDER:
            return (_("Betalsätt"), _("Antal"), _("Försäljning"), _("A conto in"), _("Ut"), _("Netto"))
        case By.DIFFERENCE:
            return (_("Z-rapport"), *(tender(by) for by in _COUNTED))
        case By.ZERO:
            return (_("Orsak"), _("Antal"))


def _row(by: By, row: Sums, name: str) -> TableRow:
    count = str(row.count)
    match by:
        case By.DIFFERENCE:
            figures = tuple(row.off_ore.get(one.value) for one in _COUNTED)
        case By.ZERO:
            return TableRow((name, count), (name, _pieces(row.count)))
        case By.TENDER:
            figures = (row.taken_ore, row.deposits_ore, row.given_ore, row.net_ore)
        case _:
            figures = (row.taken_ore, row.given_ore, row.net_ore)
    written = tuple("–" if ore is None else amount_plain(ore) for ore in figures)
    said = tuple(_("inte räknat") if ore is None else amount_spoken(ore) for ore in figures)
    if by is By.DIFFERENCE:
        return TableRow((name, *written), (name, *said))
    return TableRow((name, count, *written), (name, _pieces(row.count), *said))


def _key(by: By, row: Sums, user_name: Callable[[str], str]) -> str:
    match by:
        case By.CASHIER:
            return user_name(row.key)
        case By.TENDER:
            return tender(Tender(row.key))
        case By.ZERO:
            return reason(FeeReason(row.key))
        case By.DIFFERENCE:
            return _("Z {number} · {day}").format(number=row.key, day=day(row.day)) if row.day else row.key
        case _:
            return row.key


def _pieces(count: int) -> str:
    return ngettext("{count} st", "{count} st", count).format(count=count)


# ── what the Zs say ──────────────────────────────────────────────────────────────────────────────


def _told(by: By, agreement: Agreement) -> str:
    which = _zs(agreement)
    told = str(agreement.told) if by is By.ZERO else amount(agreement.told_ore)
    if agreement.is_right:
        return _("{which}: {told}. Det stämmer med tabellen.").format(which=which, told=told)
    return _("{which}: {told}. Det skiljer sig från tabellen. Kontrollera kassajournalen med verify.").format(
        which=which, told=told
    )


def _zs(agreement: Agreement) -> str:
    """Which Zs, and whether the open session is with them."""
    first, last = agreement.z_first, agreement.z_last
    if first is None:
        return _("Den öppna sessionen") if agreement.is_open else _("Inga Z-rapporter")
    if first == last:
        closed = _("Z-rapport {number}").format(number=first)
    else:
        closed = _("Z-rapport {first}–{last}").format(first=first, last=last)
    return _("{closed} och den öppna sessionen").format(closed=closed) if agreement.is_open else closed


# ── the chart ────────────────────────────────────────────────────────────────────────────────────


def _chart(report: PeriodReport, name: Name) -> Chart | None:
    """Nothing is drawn of less than two."""
    by = report.by
    bars = [_bar(by, row, name(row)) for row in report.rows]
    if len(bars) == 1 or not any(bar.value for bar in bars):
        return None
    match by:
        case By.DAY:
            shape = Shape.COLUMNS
        case By.DIFFERENCE:
            shape = Shape.LINE
        case _:
            shape, bars = Shape.BARS, sorted(bars, key=lambda bar: -bar.value)[:MOST_BARS]
    told = _("Kontant differens för varje Z") if by is By.DIFFERENCE else by_name(by)
    return Chart(shape, _("Diagram: {what}. Siffrorna står i tabellen.").format(what=told), tuple(bars))


def _bar(by: By, row: Sums, name: str) -> Bar:
    match by:
        case By.ZERO:
            return Bar(name, row.count, str(row.count))
        case By.DIFFERENCE:
            ore = row.off_ore.get(Tender.CASH, 0)
        case By.TENDER:
            ore = row.taken_ore + row.deposits_ore
        case _:
            ore = row.taken_ore
    return Bar(name, ore, amount(ore))
