"""Sales put aside while the patient fetches something: at most three, taken up again as they were (UX 2.0)."""

from collections.abc import Mapping
from dataclasses import dataclass

from kassaapp import wording
from kassaapp.domain.errors import Refused
from kassaapp.domain.events import SaleParked
from kassaapp.domain.fees import Wish
from kassaapp.draft import Draft
from kassaapp.i18n import _, ngettext
from kassaapp.register import Register
from kassaapp.screens.basket import Basket
from kassaapp.screens.keeping import Keeping


@dataclass(frozen=True, slots=True)
class ParkedRow:
    """One of them. `text` names nobody who may not be named; `digit` picks it."""

    number: int
    digit: str
    text: str
    spoken: str


@dataclass(frozen=True, slots=True)
class ParkedView:
    """All that is shown. `empty` is said in place of rows."""

    heading: str
    rows: tuple[ParkedRow, ...]
    empty: str
    error: str


class ParkedPart:
    """Puts the sale aside and takes it up again."""

    def __init__(self, register: Register, basket: Basket, keeping: Keeping) -> None:
        self._register = register
        self._basket = basket
        self._keeping = keeping
        self.is_open = False
        self._error = ""

    @property
    def waiting(self) -> str:
        """How many there are, for the button that shows them; empty when there are none."""
        count = len(self._register.state.parked)
        return _("Väntande ({count})").format(count=count) if count else ""

    @property
    def view(self) -> ParkedView:
        """What is shown."""
        parked = self._register.state.parked
        return ParkedView(
            heading=ngettext("{count} väntande försäljning", "{count} väntande försäljningar", len(parked)).format(
                count=len(parked)
            ),
            rows=tuple(self._row(place, sale) for place, sale in enumerate(_in_order(parked), start=1)),
            empty="" if parked else _("Ingen försäljning ligger åt sidan."),
            error=self._error,
        )

    def open(self) -> None:
        """Show them."""
        self.is_open, self._error = True, ""

    def close(self) -> None:
        """Show them no more."""
        self.is_open, self._error = False, ""

    def park(self) -> SaleParked:
        """Put the sale aside, with all that is known of it. Raises Refused, CannotKeep."""
        draft = self._basket.draft
        number = self._register.state.next_parked
        if draft.visit_date is not None and not self._keeping.keep_aside(number):
            raise CannotKeep
        return self._register.park(draft.patient, draft.wishes)

    def recall(self, number: int) -> bool:
        """Take a parked sale up again; whether it could be. It is kept as a draft before it is no longer parked."""
        sale = self._register.state.parked.get(number)
        if sale is None:
            return False
        if self._basket.draft.wishes:
            self._error = _("Lägg försäljningen på skärmen åt sidan (Ctrl+D) eller slutför den först.")
            return False
        try:
            self._basket.take(self._as_it_was(number, sale))
            self._register.recall(number)
        except Refused as refused:
            self._basket.clear()
            self._error = wording.explain(refused, support=self._register.configuration.support)
            return False
        self._keeping.forget_aside(number)
        self.close()
        return True

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _as_it_was(self, number: int, sale: SaleParked) -> Draft:
        user = self._register.user
        return Draft(
            patient=self._register.known(sale.patient),
            wishes=tuple(Wish(line.article, line.quantity) for line in sale.lines),
            visit_date=self._keeping.day_aside(number, sale.patient.id),
            by=user.id if user is not None else None,
            parked=number,
        )

    def _row(self, place: int, sale: SaleParked) -> ParkedRow:
        patient = self._register.known(sale.patient)
        whose = _("Skyddad") if patient.protected else patient.id.masked()
        what = ", ".join(self._name(line.article) for line in sale.lines)
        at = wording.clock(sale.at)
        return ParkedRow(
            number=sale.parked,
            digit=str(place),
            text=f"{at}  ·  {whose}  ·  {wording.amount(sale.amount_ore)}\n{what}",
            spoken=f"{at}, {whose}, {what}, {wording.amount_spoken(sale.amount_ore)}",
        )

    def _name(self, number: int) -> str:
        articles = self._register.configuration.catalogue.articles
        return next((one.text for one in articles if one.number == number), str(number))


class CannotKeep(Exception):
    """The day of the visit could not be kept with the parked sale, and nothing was put aside."""


def _in_order(parked: Mapping[int, SaleParked]) -> list[SaleParked]:
    return [parked[number] for number in sorted(parked)]
