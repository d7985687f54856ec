"""X and Z reports, with every figure that SKVFS 2014:9 7 kap 2–3 §§ names, in its order (DOMAIN 1.3, R45, R46).

Below them stand the figures this register adds: money in and out that was no sale, VAT on returns, a conto, rounding,
registrations without payment, cashiers, and on the Z what was counted against what should have been there. An X never
tells what should be in the drawer (UX 2.16).
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from kassaapp.configuration import Configuration, TillName
from kassaapp.domain.events import SessionClosed, SessionOpened
from kassaapp.domain.figures import CountTally, Figures, GroupTally, Tally
from kassaapp.domain.state import Session
from kassaapp.domain.vat import VatRate
from kassaapp.domain.visit import FeeReason, Tender
from kassaapp.printout import paper, qr
from kassaapp.printout.paper import Marking
from kassaapp.printout.slip import Align, Columns, Emphasis, Qr, Row, Rule, Signature, Slip, Space, Text


def x_report(
    session: Session,
    configuration: Configuration,
    till: TillName,
    *,
    at: datetime,
    by: str,
    demo: bool = False,
    marking: Marking | None = None,
) -> Slip:
    """Make the X of an open session as it stands `at`, taken by `by`. It resets nothing and has no number."""
    return Slip(
        title=f"X-dagrapport {paper.designation(configuration, till)} session {session.number}",
        rows=(
            *paper.head(configuration, demo=demo, marking=marking),
            Text("X-DAGRAPPORT", Emphasis.LARGE, Align.CENTRE),
            Text("Avläsning, nollställer inte", align=Align.CENTRE),
            *_which(configuration, till, session.number, at),
            Text(f"Öppnad {paper.moment(session.opened_at)} av {paper.person(configuration, session.opened_by)}"),
            Text(f"Uttagen av {paper.person(configuration, by)}"),
            *_by_regulation(session.figures),
            *_our_own(session.figures, configuration),
        ),
    )


def z_report(
    closed: SessionClosed,
    configuration: Configuration,
    till: TillName,
    head: bytes,
    *,
    opened: SessionOpened | None = None,
    demo: bool = False,
    marking: Marking | None = None,
) -> Slip:
    """Make the Z of a closed session. `head` is the hash of the record that closed it, and with it of all before."""
    return Slip(
        title=f"Z-dagrapport {paper.designation(configuration, till)} nr {closed.z}",
        rows=(
            *paper.head(configuration, demo=demo, marking=marking),
            Text("Z-DAGRAPPORT", Emphasis.LARGE, Align.CENTRE),
            Columns("Z-nummer", str(closed.z), Emphasis.STRONG),
            *_which(configuration, till, closed.session, closed.at),
            *_opened(opened, configuration),
            Text(f"Stängd {paper.moment(closed.at)} av {paper.person(configuration, closed.by)}"),
            *([Text("Stängd en senare dag än den öppnades.", Emphasis.STRONG)] if closed.late else []),
            *_by_regulation(closed.figures),
            *_our_own(closed.figures, configuration),
            *_count(closed),
            *_signed(closed, configuration),
            *_head(head),
        ),
    )


def _which(configuration: Configuration, till: TillName, session: int, at: datetime) -> Iterator[Row]:
    """When the report was made, and of which till (b, e)."""
    yield Columns("Rapporten framtagen", paper.moment(at))
    yield Text(f"Kassa {paper.designation(configuration, till)}, {till.name}")
    yield Text(f"Session {session}")


def _opened(opened: SessionOpened | None, configuration: Configuration) -> Iterator[Row]:
    if opened is None:
        return
    yield Text(f"Öppnad {paper.moment(opened.at)} av {paper.person(configuration, opened.by)}")
    if opened.difference_ore:
        yield Columns("Skillnad vid öppning", paper.amount(opened.difference_ore))
        yield Text(f"Orsak: {opened.reason}", indent=2)


# ── The figures of the regulation, f to w ────────────────────────────────────────────────────────


def _by_regulation(figures: Figures) -> Iterator[Row]:
    yield Rule()
    yield Columns("Total försäljning", paper.amount(figures.sales_ore), Emphasis.STRONG)  # f
    yield from _groups(figures.by_group)  # g
    yield from _vat(figures.by_vat)  # h
    yield Columns("Växelkassa vid öppning", paper.amount(figures.opening_ore))  # i
    yield Columns("Förändring av växelkassa", paper.amount(figures.float_changes_ore))  # i
    yield Columns("Antal sålda varor", str(figures.goods))  # j
    yield Columns("Antal sålda tjänster", str(figures.services))  # k
    yield Columns("Antal kassakvitton", str(figures.receipts))  # l
    yield Columns("Antal lådöppningar", str(figures.drawer_openings))  # m
    yield _tally("Kvittokopior", figures.copies)  # n
    yield _tally("I övningsläge", figures.training)  # o
    yield from _tenders(figures.by_tender)  # p
    yield _tally("Returer", figures.refunds)  # q
    yield _tally("Rabatter", figures.discounts)  # r
    yield _tally("Makulerat och annat som minskat försäljningen", figures.voids)  # s
    yield _tally("Oavslutade försäljningar", figures.unfinished)  # t
    yield Columns("Grand total försäljning", paper.amount(figures.grand.sales_ore))  # u
    yield Columns("Grand total retur", paper.amount(figures.grand.returns_ore))  # v
    yield Columns("Grand total netto", paper.amount(figures.grand.net_ore))  # w


def _counts(counts: tuple[CountTally, ...]) -> Iterator[Row]:
    """Every count of the session, in order: what was counted first cannot be forgotten (R50)."""
    if counts:
        yield Text("Räkningar under sessionen, med skillnad")
    for number, count in enumerate(counts, start=1):
        counted, difference = paper.amount(count.counted_ore), paper.amount(count.difference_ore)
        yield Columns(f"{number}: {counted}", difference, indent=2)


def _groups(by_group: tuple[GroupTally, ...]) -> Iterator[Row]:
    if not by_group:
        yield Text("Huvudgrupper används inte")
        return
    yield Text("Försäljning per huvudgrupp")
    for tally in by_group:
        yield Columns(tally.group, paper.amount(tally.ore), indent=2)


def _vat(by_vat: Mapping[str, int]) -> Iterator[Row]:
    for rate in VatRate:
        if rate is not VatRate.EXEMPT:
            yield Columns(f"Moms {rate.percent} %", paper.amount(by_vat.get(rate.value, 0)))
    yield Columns("Momsfri försäljning", paper.amount(by_vat.get(VatRate.EXEMPT.value, 0)))


def _tenders(by_tender: Mapping[str, int]) -> Iterator[Row]:
    yield Text("Försäljning per betalningsmedel")
    if not by_tender:
        yield Text("Inga betalningar", indent=2)
    for tender in Tender:
        if tender.value in by_tender:
            yield Columns(paper.TENDERS[tender], paper.amount(by_tender[tender.value]), indent=2)


def _tally(label: str, tally: Tally) -> Row:
    return Columns(f"{label}, {tally.count} st", paper.amount(tally.ore))


# ── What this register adds ──────────────────────────────────────────────────────────────────────


def _our_own(figures: Figures, configuration: Configuration) -> Iterator[Row]:
    yield Rule()
    yield from _returned_vat(figures.returned_vat)
    yield Columns("Öresavrundning", paper.amount(figures.rounding_ore))
    yield from _by_tender("Inbetalt utöver försäljning", figures.paid_in)
    yield from _by_tender("Utbetalt till patienter", figures.paid_out)
    yield Columns("Kontanter till bank och utlägg", paper.amount(figures.cash_out_ore))
    yield from _counts(figures.counts)
    yield Columns("A conto, insatt", paper.amount(figures.deposits_ore))
    yield Columns("A conto, använt", paper.amount(figures.deposits_used_ore))
    yield Columns("A conto, återbetalt", paper.amount(figures.deposits_repaid_ore))
    yield Columns("Registreringar utan betalning", str(sum(figures.zero_registrations.values())))
    for reason in FeeReason:
        if reason.value in figures.zero_registrations:
            yield Columns(paper.REASONS[reason], str(figures.zero_registrations[reason.value]), indent=2)
    if figures.cashiers:
        yield Text("Kassörer")
    for cashier in figures.cashiers:
        label = f"{paper.person(configuration, cashier.user)}, {cashier.count} st"
        yield Columns(label, paper.amount(cashier.ore), indent=2)


def _returned_vat(by_rate: Mapping[str, int]) -> Iterator[Row]:
    """VAT in returns and voids, which h does not take away."""
    for rate in VatRate:
        if by_rate.get(rate.value):
            yield Columns(f"Moms {rate.percent} % på returer", paper.amount(by_rate[rate.value]))


def _by_tender(label: str, ore_by_tender: Mapping[str, int]) -> Iterator[Row]:
    """Money that was no sale: the sum, and what it is made of."""
    yield Columns(label, paper.amount(sum(ore_by_tender.values())))
    for tender in Tender:
        if tender.value in ore_by_tender:
            yield Columns(paper.TENDERS[tender], paper.amount(ore_by_tender[tender.value]), indent=2)


def _count(closed: SessionClosed) -> Iterator[Row]:
    yield Rule()
    yield from _denominations(closed.denominations or {})
    for tender in Tender:
        if tender.value in closed.figures.expected_ore:
            yield from _comparison(tender, closed.figures)
    if closed.reason is not None:
        yield Text(f"Orsak till skillnaden: {closed.reason}")
    yield Columns("Kvar som växelkassa", paper.amount(closed.left_ore), Emphasis.STRONG)
    yield Rule()


def _denominations(pieces: Mapping[str, int]) -> Iterator[Row]:
    if pieces:
        yield Text("Räknat, antal och valör")
    for value_ore in sorted(map(int, pieces), reverse=True):
        count = pieces[str(value_ore)]
        if count:
            yield Columns(f"{count} x {paper.whole(value_ore)}", paper.amount(count * value_ore), indent=2)


def _comparison(tender: Tender, figures: Figures) -> Iterator[Row]:
    counted_ore = figures.counted_ore.get(tender.value)
    expected_ore = figures.expected_ore[tender.value]
    if counted_ore is None and expected_ore == 0:
        return
    yield Text(paper.TENDERS[tender], Emphasis.STRONG)
    yield Columns("Enligt kassan", paper.amount(expected_ore), indent=2)
    if counted_ore is None:
        yield Columns("Räknat", "ej jämfört", indent=2)
        return
    yield Columns("Räknat", paper.amount(counted_ore), indent=2)
    yield Columns("Skillnad", paper.amount(figures.difference_ore[tender.value]), indent=2)


def _signed(closed: SessionClosed, configuration: Configuration) -> Iterator[Row]:
    """Who signed the close, and the second person when the difference was large (R50)."""
    yield Text(f"Signerad med pinkod av {paper.person(configuration, closed.by)}.")
    if closed.second is not None:
        yield Text(f"Skillnaden godkänd av {paper.person(configuration, closed.second)}.")
    yield Signature("Underskrift")
    if closed.second is not None:
        yield Signature("Underskrift, den andra personen")


def _head(head: bytes) -> Iterator[Row]:
    """The newest hash of the cash journal, which no record before it can change without changing too."""
    digits = head.hex().upper()
    yield Space()
    yield Text(f"Kod i kassajournalen {paper.short_code(head)}", align=Align.CENTRE)
    yield Text(digits[:32], align=Align.CENTRE)
    yield Text(digits[32:], align=Align.CENTRE)
    yield Qr(qr.digits(qr.Kind.HEAD, head))
