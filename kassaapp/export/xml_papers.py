"""A receipt, a return receipt, a copy, an X and a Z, each as the element that SKVFS 2021:16 has for it.

The order of elements is the schema's and may not be changed; a field that the schema allows to be left out and the
regulation asks for (SKVFS 2014:9 7 kap. 1 and 3 §§) is always there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from kassaapp.configuration import ClinicName
from kassaapp.domain.events import DepositRepaid, DepositTaken, SessionClosed
from kassaapp.domain.figures import Figures
from kassaapp.domain.money import KRONA
from kassaapp.domain.vat import VatRate
from kassaapp.domain.visit import Tender
from kassaapp.export import policy
from kassaapp.export.elements import Elements
from kassaapp.export.papers import TENDERS, Paper, Receipt, Row, gives_back, paper, vat_rows
from kassaapp.export.past import Entry, TillSeen


@dataclass(frozen=True, slots=True)
class Original:
    """A receipt as its record had it, for the copy that is made of it later."""

    event: Receipt
    hash: bytes


def organisation(clinic: ClinicName) -> str:
    """The company's number as the schema writes it: digits alone."""
    return "".join(digit for digit in clinic.organisation_number if digit.isdecimal())


def company(out: Elements, clinic: ClinicName, *, address: bool = True) -> None:
    """Whose paper it is."""
    out.text("ForetagetsNamn", clinic.company)
    out.text("OrganisationsnummerEllerPersonnummer", organisation(clinic))
    if address:
        out.text("DenAdressDarForsaljningSker", clinic.address)


def till(out: Elements, seen: TillSeen) -> None:
    """One cash register system: what the till is."""
    with out.within("Kassaregistersystemet"):
        machine(out, seen.chain, seen.version)
        out.text("Kassabeteckning", seen.till)
        out.text("TillverkningsnummerForKontrollenheten", policy.CONTROL_UNIT)


def machine(out: Elements, chain: bytes, version: str) -> None:
    """The till's serial number, model, program and version."""
    out.text("TillverkningsnummerForKassaregistret", policy.serial_number(chain))
    out.text("ModellbeteckningForKassaregistret", policy.MODEL)
    out.text("ModellEllerProgramForKassaregistret", policy.MODEL)
    out.text("VersionsnummerForKassaregistret", version)


# ── Receipts ─────────────────────────────────────────────────────────────────────────────────────


def receipt(out: Elements, entry: Entry, event: Receipt, clinic: ClinicName, z: int) -> None:
    """A receipt or a return receipt."""
    back = gives_back(event)
    with out.within("Returkvitto" if back else "Kassakvitto"):
        company(out, clinic)
        out.moment(f"DatumOchKlockslagNar{'Returkvitto' if back else 'Kvitto'}Framstalls", event.at)
        out.whole("LopnummerForKassakvitto", event.receipt)
        sale = None if isinstance(event, DepositTaken | DepositRepaid) else getattr(event, "sale_receipt", None)
        if sale is not None:
            out.whole("LopnummerForUrsprungligtKassakvitto", sale)
        out.text("Kassabeteckning", entry.till)
        _body(out, paper(event), event.at)
        out.whole("LopnummerForZDagrapportPaKvitto", z)
        out.text("TillverkningsnummerForKontrollenheten", policy.CONTROL_UNIT)
        out.text("Kontrollkod", policy.control_code(entry.hash))


def copy(out: Elements, entry: Entry, original: Original, clinic: ClinicName, *, number: int, z: int) -> None:
    """The copy that was printed of a receipt; `number` is its own, in the till's series of copies."""
    with out.within("KopiaAvKassakvitto"):
        company(out, clinic)
        out.moment("DatumOchKlockslagNarKvittoFramstalls", entry.event.at)
        out.moment("DatumOchKlockslagNarOriginalkvittoFramstalldes", original.event.at)
        out.whole("LopnummerForKvittokopia", number)
        out.whole("LopnummerPaOriginalkvitto", original.event.receipt)
        out.text("Kassabeteckning", entry.till)
        _body(out, paper(original.event), original.event.at)
        out.text("KontrollkodPaKopiaAvKassakvitto", policy.control_code(entry.hash))
        out.whole("LopnummerForZDagrapportPaKvitto", z)
        out.text("TillverkningsnummerForKontrollenheten", policy.CONTROL_UNIT)
        out.text("KontrollkodForKvittotSomKopianAvser", policy.control_code(original.hash))


def _body(out: Elements, made: Paper, registered_at: datetime) -> None:
    """Rows, total, VAT and payment: the same on every receipt."""
    with out.within("SaldaArtiklarLISTA"):
        for row in made.rows:
            with out.within("SaldArtikel"):
                _sold(out, row, registered_at)
    out.money("TotaltForsaljningsbeloppISvenskaKronor", made.total_ore)
    out.money("MervardesskattPaForsaljningsbeloppet", sum(made.vat.values()))
    with out.within("TotalaForsaljningssummorPerBetalningsmedelLISTA"):
        for word, ore in made.paid:
            _tender(out, word, ore)
    _vat(out, made.vat)


def _sold(out: Elements, row: Row, registered_at: datetime) -> None:
    article_head(out, row)
    out.whole("AntalAvSaldArtikel", row.quantity)
    if row.price_ore is not None:
        out.money("PrisPerEnhet", row.price_ore)
    out.money("PrisPaSaldArtikel", row.amount_ore)
    out.money("MervardesskattesatsForSaldArtikel", row.vat.percent * KRONA)
    out.money("MervardesskattPaSaldArtikel", row.vat_ore)
    out.moment("ArtikelnsRegistreringstidpunkt", registered_at)


def article_head(out: Elements, row: Row) -> None:
    """What an article is, as every list of articles begins."""
    out.text("TypAvArtikel", "VARA" if row.goods else "TJANST")
    if row.group is not None:
        out.text("NamnPaHuvudgrupp", row.group)
    if row.article is not None:
        out.whole("Artikelnummer", row.article)
    out.text("Artikelnamn", row.text)


def _tender(out: Elements, word: str, ore: int) -> None:
    with out.within("TotalForsaljningssummaPerBetalningsmedel"):
        out.text("Betalningsmedel", word)
        out.money("ForsaljningssummaPerBetalningsmedel", ore)


def _vat(out: Elements, vat: Mapping[VatRate, int]) -> None:
    with out.within("MervardesskattPaOlikaSkattesatserLISTA"):
        for rate, ore in vat.items():
            with out.within("MervardesskattPerSkattesats"):
                out.money("Mervardesskattesats", rate.percent * KRONA)
                out.money("TotaltMervardesskattebeloppPerSkattesats", ore)


# ── X and Z ──────────────────────────────────────────────────────────────────────────────────────


def x_report(out: Elements, entry: Entry, figures: Figures, clinic: ClinicName) -> None:
    """An X report with the figures as they were then."""
    with out.within("XDagrapport"):
        company(out, clinic, address=False)
        out.moment("DatumOchKlockslagNarRapportFramstalls", entry.event.at)
        out.text("Kassabeteckning", entry.till)
        _figures(out, figures)


def z_report(out: Elements, entry: Entry, event: SessionClosed, clinic: ClinicName, version: str) -> None:
    """A Z report as it was signed."""
    with out.within("ZDagrapport"):
        company(out, clinic, address=False)
        out.moment("DatumOchKlockslagNarRapportFramstalls", event.at)
        out.whole("LopnummerForZDagrapport", event.z)
        out.text("Kassabeteckning", entry.till)
        machine(out, entry.chain, version)
        _figures(out, event.figures)


def _figures(out: Elements, figures: Figures) -> None:
    """The figures of DOMAIN 1.3, f to w."""
    out.money("TotalForsaljningssumma", figures.sales_ore)
    _groups(out, figures)
    _vat(out, vat_rows([], figures.by_vat))
    out.money("VaxelkassansBeloppISvenskaKronor", figures.opening_ore + figures.float_changes_ore)
    out.whole("AntalSaldaVaror", figures.goods)
    out.whole("AntalSaldaTjanster", figures.services)
    out.whole("AntalKassakvitton", figures.receipts)
    out.whole("AntalKassaladoppningar", figures.drawer_openings)
    out.whole("AntalKvittokopior", figures.copies.count)
    out.money("TotaltBeloppPaKvittokopior", figures.copies.ore)
    out.whole("AntalKvittonSomTagitsFramIOvningslage", figures.training.count)
    out.money("TotaltBeloppIOvningslage", figures.training.ore)
    with out.within("TotalaForsaljningssummorPerBetalningsmedelLISTA"):
        for tender, ore in (figures.by_tender or {Tender.CASH: 0}).items():
            _tender(out, TENDERS[Tender(tender)], ore)
    out.whole("AntalReturer", figures.refunds.count)
    out.money("ReturernasBelopp", figures.refunds.ore)
    out.money("RabatternasBelopp", figures.discounts.ore)
    out.whole("AntalOvrigaRegistreringarSomMinskatDagensForsaljningsbelopp", figures.voids.count)
    out.money("TotaltBeloppAvOvrigaRegistreringarSomMinskatDagensForsaljningsbelopp", figures.voids.ore)
    out.whole("AntalOavslutadeForsaljningar", figures.unfinished.count)
    out.money("TotaltBeloppAvOavslutadeForsaljningar", figures.unfinished.ore)
    out.money("GrandTotalForsaljning", figures.grand.sales_ore)
    out.money("GrandTotalRetur", figures.grand.returns_ore)
    out.money("GrandTotalNetto", figures.grand.net_ore)


def _groups(out: Elements, figures: Figures) -> None:
    if figures.by_group:
        with out.within("TotalaForsaljningssummorForOlikaHuvudgrupperLISTA"):
            for tally in figures.by_group:
                with out.within("TotalForsaljningssummaForOlikaHuvudgrupper"):
                    out.text("NamnPaHuvudgrupp", tally.group)
                    out.money("TotalForsaljningssummaForHuvudgrupp", tally.ore)
