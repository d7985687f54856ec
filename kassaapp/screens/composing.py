"""Putting a sale together: the patient, the rows, and what was scanned."""

from collections.abc import Callable

from kassaapp.domain.fees import Wish
from kassaapp.i18n import _
from kassaapp.screens.sale_parts import SaleParts
from kassaapp.screens.sale_view import Panel as Panel
from kassaapp.screens.sale_view import SaleView as SaleView
from kassaapp.screens.scanned import Scan, kind_of
from kassaapp.screens.spot import Spot


class Composing(SaleParts):
    """What is done before anybody pays."""

    def enter_patient(self, text: str, *, scanned: bool = False) -> None:
        """A number was written and Enter pressed, or it was `scanned`. The last result makes room for the new one."""
        before = self._basket.draft.patient
        self._notice = ""
        self.spot = self.patient.enter(text, scanned=scanned)
        self._met(before)

    def enter_name(self, name: str) -> None:
        """The name is written."""
        self.spot = self.patient.enter_name(name)

    def change_name(self) -> None:
        """The name is to be written anew."""
        if self._collecting():
            return
        self.spot = self.patient.change_name()

    def protect(self) -> None:
        """The patient's identity is protected."""
        self.spot = self.patient.protect()

    def enter_address(self, address: str) -> None:
        """The address is written."""
        self.spot = self.patient.enter_address(address)

    def enter_visit_date(self, text: str) -> None:
        """The day of the visit is written."""
        self.spot = self.patient.enter_visit_date(text)

    def open_frikort(self) -> None:
        """Enter what the patient shows, in the right column."""
        if self._collecting():
            return
        self.to_articles()
        self.patient.open_frikort()
        self.spot = Spot.PANEL if self.patient.frikort is not None else self.spot
        self._before.missing() if self._basket.draft.patient is None else None

    def save_frikort(self) -> None:
        """Take what was entered; it changes what the rows cost."""
        self.spot = self.patient.save_frikort()

    def search(self, text: str) -> None:
        """An article is being written: show the tiles it may be."""
        self._article.search(text)

    def add(self, article: int) -> None:
        """A tile was pressed."""
        self._add(Wish(article))

    def quick(self, place: int) -> None:
        """Ctrl+1 to Ctrl+9, from anywhere in the sale."""
        wish = self._article.quick(place)
        if wish is not None:
            self._add(wish)

    def change_quantity(self, row: int, by: int) -> None:
        """More or less of a row."""
        wishes = self._basket.draft.wishes
        if row < len(wishes):
            self._change(lambda: self._basket.set_quantity(row, wishes[row].quantity + by))

    def remove(self, row: int) -> None:
        """Take a row away."""
        if row < len(self._basket.draft.wishes):
            self._change(lambda: self._basket.remove(row))

    def undo(self) -> None:
        """The rows as they were a step ago."""
        self._change(self._basket.undo)

    def scan(self, text: str) -> None:
        """Something was scanned: a patient, a slip, or an article. Never registers anything."""
        kind = kind_of(text)
        if kind is Scan.PAPER and self._paper is not None:
            self._paper(text)
        elif self._question() is not None:
            self.spot = Spot.QUESTION
        elif self._paying.is_begun:
            self._notice = _("En betalning pågår. Avsluta den först, och skanna sedan igen.")
        elif kind is Scan.PATIENT:
            self.to_articles()
            self.enter_patient(text, scanned=True)
        else:
            wish = self._article.code(text)
            self.spot = Spot.ARTICLE
            if wish is not None:
                self._add(wish)

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _change(self, act: Callable[[], None]) -> None:
        self._notice = ""
        self._article.change(act)
