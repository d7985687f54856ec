"""The journal as Skatteverket's XML (SKVFS 2021:16): every registration that the schema has a name for, in their order.

Which event becomes which element, and what has none, is the table in docs/EXPORT.md. There is no patient here: only the
accounting part of a record is read. Memory holds the open session's sums, and the originals whose copies are to come.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TextIO

from kassaapp.configuration import ClinicName
from kassaapp.domain.catalogue import Catalogue
from kassaapp.domain.errors import Refused
from kassaapp.domain.events import (
    CashPurpose,
    CashTakenOut,
    ClockSetBack,
    DepositRepaid,
    DepositTaken,
    DrawerOpened,
    Event,
    FloatChanged,
    Locked,
    ProgramStarted,
    ReceiptPrinted,
    RecordsExported,
    ReportTaken,
    SaleParked,
    SaleRecalled,
    SaleRefunded,
    SaleRegistered,
    SaleVoided,
    SessionClosed,
    SessionOpened,
    SignedIn,
    SignedOut,
    TrainingBegun,
    TrainingEnded,
)
from kassaapp.domain.money import KRONA
from kassaapp.domain.state import RegisterState, apply
from kassaapp.domain.visit import ParkedLine
from kassaapp.export import policy, xml_papers
from kassaapp.export.elements import Elements, kronor
from kassaapp.export.papers import Receipt, Row
from kassaapp.export.past import Entry, Past, Period, Survey
from kassaapp.export.xml_papers import Original, organisation
from kassaapp.trouble import BadConfiguration, NothingThere

ROOT = "utrein:ExportAvDataFranJournalminneEnligtSKVFS2021-16"
_TD = "http://xmls.skatteverket.se/se/skatteverket/td"
NAMESPACES = f'xmlns:utrein="{_TD}/instans/utredningsstod/1.0" xmlns="{_TD}/komponent/utredningsstod/1.0"'
LONGEST_SEARCH = 256
_ORGANISATION_DIGITS = (10, 12)
_PURPOSES = {CashPurpose.BANK: "Uttag ur kassan till bank", CashPurpose.EXPENSE: "Uttag ur kassan för utlägg"}


@dataclass(frozen=True, slots=True)
class Occasion:
    """An export: when and at which till it is made, by whom when somebody is signed in, and what we are called and sell
    now."""

    at: datetime
    till: str
    clinic: ClinicName
    catalogue: Catalogue
    by: str | None = None


def write(out: TextIO, past: Past, period: Period, found: Survey, occasion: Occasion) -> int:
    """Write the period; how many records it tells of. Raises NothingThere, and BadConfiguration for a number of the
    company's that the schema has no room for."""
    if len(organisation(occasion.clinic)) not in _ORGANISATION_DIGITS:
        raise BadConfiguration("clinic.organisation_number")
    elements = Elements(out)
    elements.begin(ROOT, NAMESPACES)
    _head(elements, period, found, occasion)
    teller = _Teller(elements, past, found, occasion)
    with elements.within("RegistreringLISTA"):
        for entry in past.entries():
            teller.read(entry, told=period.holds(entry.event.at))
    elements.end(ROOT)
    if not teller.records:
        raise NothingThere
    return teller.records


def _head(out: Elements, period: Period, found: Survey, occasion: Occasion) -> None:
    """Who exports what, from which till (SKVFS 2021:16, the elements before the registrations)."""
    if occasion.by is not None:
        out.text("InloggadAnvandareVidExportAvDataFranJournalminnet", occasion.by)
    out.text("BeteckningPaDetKassaregisterSomExportAvDataFranJournalminnetSkerIfran", occasion.till)
    out.moment("TidpunktForNarExportAvDataFranJournalminnetSker", occasion.at)
    with out.within("ValdPeriodForExportAvDataFranJournalminne"):
        out.moment("ValdStarttidpunktForExportAvDataFranJournalminnet", period.begins)
        out.moment("ValdSluttidpunktForExportAvDataFranJournalminnet", period.ends)
    with out.within("BeteckningPaValdaKassaregisterForExportAvDataFranJournalminnenLISTA"):
        for seen in found.tills:
            out.text("BeteckningPaValtKassaregisterForExportAvDataFranJournalminnet", seen.till)
    with out.within("InformationOmForetaget"):
        out.text("OrganisationsnummerEllerPersonnummer", organisation(occasion.clinic))
        out.text("ForetagetsNamn", occasion.clinic.company)
        out.text("NamnPaVerksamheten", occasion.clinic.name)
        out.text("DenAdressDarForsaljningSker", occasion.clinic.address)
    with out.within("KassaregistersystemLISTA"):
        for seen in found.tills:
            xml_papers.till(out, seen)


Told = Callable[[], None]


@dataclass(slots=True)
class _Teller:
    """Reads every record from the till's birth, and tells of those in the period."""

    out: Elements
    past: Past
    found: Survey
    occasion: Occasion
    state: RegisterState = field(default_factory=RegisterState)
    originals: dict[int, Original] = field(default_factory=dict)
    copies: int = 0
    version: str = ""
    records: int = 0

    def read(self, entry: Entry, *, told: bool) -> None:
        """One more record."""
        self._remember(entry)
        tales = self._tales(entry) if told else ()
        for tale in tales:
            with self.out.within("Handelse"):
                self._registered(entry)
                tale()
        self.records += bool(tales)
        self.state = apply(self.state, entry.event)
        if isinstance(entry.event, ReceiptPrinted) and entry.event.copy:
            self.originals.pop(entry.event.receipt, None)

    def _remember(self, entry: Entry) -> None:
        match entry.event:
            case ProgramStarted() as event:
                self.version = event.version
            case SaleRegistered() | SaleRefunded() | SaleVoided() | DepositTaken() | DepositRepaid() as event:
                if event.receipt in self.found.copied:
                    self.originals[event.receipt] = Original(event, entry.hash)
            case ReceiptPrinted(copy=True):
                self.copies += 1
            case _:
                pass

    def _registered(self, entry: Entry) -> None:
        """Who, where and when: how each registration begins."""
        by: str | None = getattr(entry.event, "by", None)
        if by is not None:
            self.out.text("InloggadAnvandare", by)
        self.out.text("Kassabeteckning", entry.till)
        self.out.moment("Registreringstidpunkt", entry.event.at)

    # ── what each event becomes ──────────────────────────────────────────────────────────────────────────────────

    def _tales(self, entry: Entry) -> Sequence[Told]:
        """The registrations that an event is; none for what the schema has no name for."""
        match entry.event:
            case SaleRegistered() | SaleRefunded() | SaleVoided() | DepositTaken() | DepositRepaid() as event:
                return (partial(self._receipt, entry, event),)
            case ReceiptPrinted(copy=True) as event:
                original = self.originals.get(event.receipt)
                return () if original is None else (partial(self._copy, entry, event, original),)
            case ReportTaken():
                return () if self.state.session is None else (partial(self._x, entry),)
            case SessionClosed() as event:
                return (partial(self._z, entry, event),)
            case SaleParked() as event:
                return self._parked(event)
            case _:
                return self._tales_of_the_drawer(entry.event) or self._tales_of_the_program(entry.event)

    def _tales_of_the_drawer(self, event: Event) -> Sequence[Told]:
        match event:
            case SessionOpened():
                return (partial(self._float, event.counted_ore),)
            case FloatChanged():
                return (partial(self._float, event.amount_ore),)
            case CashTakenOut():
                return (partial(self._other, _PURPOSES[event.purpose], f"Belopp {kronor(event.amount_ore)}"),)
            case DrawerOpened():
                return (partial(self.out.yes, "OppnaKassaladaVidNollforsaljning"),)
            case SaleRecalled():
                return (partial(self._parking, "OppnaParkering", event.parked),)
            case _:
                return ()

    def _tales_of_the_program(self, event: Event) -> Sequence[Told]:
        match event:
            case ProgramStarted():
                return (partial(self.out.yes, "StartAvKassaregister"),)
            case SignedIn():
                return (partial(self.out.yes, "InloggningIKassaregister"),)
            case SignedOut() | Locked():
                return (partial(self.out.yes, "UtloggningUrKassaregister"),)
            case TrainingBegun():
                return (partial(self.out.yes, "StallaOmTillOvningslage"),)
            case TrainingEnded():
                return (partial(self.out.yes, "StallaOmTillNormallage"),)
            case ClockSetBack():
                return (partial(self._clock, event.at),)
            case RecordsExported():
                search = f"Format {event.format.value}, {event.first} till {event.last}"
                return (partial(self._other, "Export av registreringar", search),)
            case _:
                return ()

    # ── elements ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _z_of(self, session: int) -> int:
        return self.found.closed.get(session, policy.NO_Z_YET)

    def _receipt(self, entry: Entry, event: Receipt) -> None:
        xml_papers.receipt(self.out, entry, event, self.past.clinic_of(entry.env), self._z_of(event.session))

    def _copy(self, entry: Entry, event: ReceiptPrinted, original: Original) -> None:
        clinic, z = self.past.clinic_of(entry.env), self._z_of(event.session)
        xml_papers.copy(self.out, entry, original, clinic, number=self.copies, z=z)

    def _x(self, entry: Entry) -> None:
        assert self.state.session is not None
        xml_papers.x_report(self.out, entry, self.state.session.figures, self.past.clinic_of(entry.env))

    def _z(self, entry: Entry, event: SessionClosed) -> None:
        xml_papers.z_report(self.out, entry, event, self.past.clinic_of(entry.env), self.version)

    def _float(self, ore: int) -> None:
        with self.out.within("ForandraVaxelkassa"):
            self.out.money("ForandringAvVaxelkassaISvenskaKronor", ore)

    def _other(self, name: str, search: str) -> None:
        with self.out.within("OvrigRapport"):
            self.out.text("NamnPaOvrigRapport", name)
            self.out.text("Sokparameter", search, LONGEST_SEARCH)

    def _clock(self, at: datetime) -> None:
        with self.out.within("StallaOmKlockan"):
            self.out.moment("NyTidVidOmstallningAvKlockan", at)

    # ── sales put aside ──────────────────────────────────────────────────────────────────────────────────────────

    def _parked(self, event: SaleParked) -> Sequence[Told]:
        rows = [self._article(line, event.at) for line in event.lines]
        closing = partial(self._parking, "StangaParkering", event.parked)
        return (*(partial(self._park, row, event.parked) for row in rows), closing)

    def _article(self, line: ParkedLine, at: datetime) -> Row:
        """An article at its list price that day: what is put aside is on record as so many of an article."""
        try:
            listed = self.occasion.catalogue.article(line.article, till=self.state.till, day=at.date())
        except Refused:  # No longer in the list, nor its old prices.
            return Row(f"Artikel {line.article}", line.quantity, 0, article=line.article)
        amount_ore = line.quantity * listed.price_ore
        return Row(
            listed.text,
            line.quantity,
            amount_ore,
            listed.vat,
            article=line.article,
            group=listed.group,
            goods=listed.goods,
        )

    def _park(self, row: Row, parked: int) -> None:
        with self.out.within("ParkeraRegistreradArtikel"):
            xml_papers.article_head(self.out, row)
            self.out.whole("AntalAvRegistreradArtikel", row.quantity)
            self.out.money("PrisPaRegistreradArtikel", row.amount_ore)
            self.out.money("MervardesskattesatsForRegistreradArtikel", row.vat.percent * KRONA)
            self.out.money("MervardesskattPaRegistreradArtikel", row.vat_ore)
            self.out.whole("IdentitetsbeteckningPaParkering", parked)

    def _parking(self, name: str, parked: int) -> None:
        with self.out.within(name):
            self.out.whole("IdentitetsbeteckningPaParkering", parked)
