"""A report of a period on paper and as a table: whose it is, which days, the rows, their sum, and what the Zs say.

Swedish always, as all that leaves the till. It stays at the clinic; cashiers stand on it by name, and no patient does.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from kassaapp.configuration import Configuration, TillName
from kassaapp.domain.period_report import Agreement, By, PeriodReport, Sums, apart
from kassaapp.domain.visit import FeeReason, Tender
from kassaapp.printout import paper
from kassaapp.printout.paper import Marking
from kassaapp.printout.slip import Align, Columns, Emphasis, Row, Rule, Slip, Text

TITLES = {
    By.DAY: "Försäljning per dag",
    By.CASHIER: "Försäljning per kassör",
    By.ARTICLE: "Försäljning per artikel",
    By.TENDER: "Betalsätt",
    By.DIFFERENCE: "Differenser",
    By.ZERO: "Registrerat utan betalning",
}
_WHAT = {
    By.DAY: "Dag",
    By.CASHIER: "Kassör",
    By.ARTICLE: "Artikel",
    By.TENDER: "Betalsätt",
    By.DIFFERENCE: "Z-rapport",
    By.ZERO: "Orsak",
}
_PIECES = {By.DAY: "Kvitton", By.CASHIER: "Kvitton"}
_COUNTED = (Tender.CASH, Tender.CARD, Tender.SWISH)


@dataclass(frozen=True, slots=True)
class Table:
    """The same report for a spreadsheet: a title for its file, headings, and rows of text; the last is the sum, of
    differences the last two."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def table(report: PeriodReport, configuration: Configuration) -> Table:
    """Write the report as a table."""
    rows = [_cells(report.by, row, _name(report.by, row, configuration)) for row in report.rows]
    total = [_cells(report.by, sums, name) for name, sums in _foot(report)]
    return Table(TITLES[report.by], (_WHAT[report.by], *_headings(report.by)), (*rows, *total))


def period_slip(
    report: PeriodReport,
    configuration: Configuration,
    till: TillName,
    *,
    at: datetime,
    by: str,
    demo: bool = False,
    marking: Marking | None = None,
) -> Slip:
    """Make the paper, taken `at` by the user `by`."""
    title = TITLES[report.by]
    return Slip(
        title=f"{title} {paper.designation(configuration, till)} {report.first} till {report.last}",
        rows=(
            *paper.head(configuration, demo=demo, marking=marking),
            Text(title.upper(), Emphasis.LARGE, Align.CENTRE),
            Text(f"{report.first} till {report.last}", align=Align.CENTRE),
            Columns("Rapporten framtagen", paper.moment(at)),
            Text(f"Kassa {paper.designation(configuration, till)}, {till.name}"),
            Text(f"Uttagen av {paper.person(configuration, by)}"),
            Rule(),
            *_rows(report, configuration),
            Rule(),
            *(row for name, sums in _foot(report) for row in _row(report.by, sums, name, Emphasis.STRONG)),
            *_agreed(report.by, report.agreement),
        ),
    )


# ── rows ─────────────────────────────────────────────────────────────────────────────────────────


def _foot(report: PeriodReport) -> list[tuple[str, Sums]]:
    if report.by is By.DIFFERENCE:
        return list(zip(("Saknas, summa", "För mycket, summa"), apart(report), strict=True))
    return [("Summa", report.total)]


def _rows(report: PeriodReport, configuration: Configuration) -> Iterator[Row]:
    for row in report.rows:
        yield from _row(report.by, row, _name(report.by, row, configuration))


def _row(by: By, row: Sums, name: str, emphasis: Emphasis = Emphasis.PLAIN) -> Iterator[Row]:
    """The name and the figure that matters most, and the others in under it."""
    match by:
        case By.ZERO:
            yield Columns(name, str(row.count), emphasis)
        case By.DIFFERENCE:
            yield Text(name, emphasis)
            for tender in _COUNTED:
                if tender.value in row.off_ore:
                    yield Columns(paper.TENDERS[tender], paper.amount(row.off_ore[tender.value]), indent=2)
        case _:
            yield Columns(name, paper.amount(row.net_ore), emphasis)
            yield Columns(f"Försäljning, {row.count} st", paper.amount(row.taken_ore), indent=2)
            if row.deposits_ore:
                yield Columns("A conto in", paper.amount(row.deposits_ore), indent=2)
            if row.given_ore:
                yield Columns("Åter", paper.amount(-row.given_ore), indent=2)


def _headings(by: By) -> tuple[str, ...]:
    match by:
        case By.ZERO:
            return ("Antal",)
        case By.DIFFERENCE:
            return tuple(paper.TENDERS[tender] for tender in _COUNTED)
        case By.TENDER:
            return ("Antal", "Försäljning", "A conto in", "Ut", "Netto")
        case _:
            return (_PIECES.get(by, "Antal"), "Försäljning", "Åter", "Netto")


def _cells(by: By, row: Sums, name: str) -> tuple[str, ...]:
    match by:
        case By.ZERO:
            return name, str(row.count)
        case By.DIFFERENCE:
            off = (row.off_ore.get(tender.value) for tender in _COUNTED)
            return (name, *("" if ore is None else _plain(ore) for ore in off))
        case By.TENDER:
            deposits = [row.deposits_ore]
        case _:
            deposits = []
    return (name, str(row.count), *map(_plain, (row.taken_ore, *deposits, row.given_ore, row.net_ore)))


def _plain(ore: int) -> str:
    """As a spreadsheet reads it: no space between thousands."""
    return paper.amount(ore).replace(" ", "")


def _name(by: By, row: Sums, configuration: Configuration) -> str:
    match by:
        case By.CASHIER:
            return paper.person(configuration, row.key)
        case By.TENDER:
            return paper.TENDERS[Tender(row.key)]
        case By.ZERO:
            return paper.REASONS[FeeReason(row.key)]
        case By.DIFFERENCE:
            return f"Z {row.key}, {row.day}"
        case _:
            return row.key


def _agreed(by: By, agreement: Agreement | None) -> Iterator[Row]:
    """What the Zs of the period say."""
    if agreement is None:
        return
    told = str(agreement.told) if by is By.ZERO else paper.amount(agreement.told_ore)
    first, last = agreement.z_first, agreement.z_last
    which = "Inga Z-rapporter" if first is None else f"Z-rapport {first}" + (f"-{last}" if last != first else "")
    if agreement.is_open:
        which = "Den öppna sessionen" if first is None else f"{which} och den öppna sessionen"
    yield Columns(which, told)
    yield Text("Stämmer med raderna ovan." if agreement.is_right else "Stämmer inte med raderna ovan.")
