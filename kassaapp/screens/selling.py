"""Taking the payment of a sale, after what must be answered first, and registering what costs nothing."""

from collections.abc import Callable

from kassaapp.domain.errors import PaymentUnderWay, Refused
from kassaapp.domain.visit import Tender
from kassaapp.i18n import _
from kassaapp.screens.composing import Composing
from kassaapp.screens.sale_view import Panel as Panel
from kassaapp.screens.sale_view import SaleView as SaleView
from kassaapp.screens.spot import Spot
from kassaapp.wording import explain


class Selling(Composing):
    """What is done to be paid."""

    def pay(self, by: Tender) -> None:
        """Open a payment panel, when there is somebody and something to pay for, and nothing to answer first."""
        if self._collecting() or not self._is_ready():
            return
        if self._is_free():
            self._notice = _("Det är inget att betala. Registrera besöket utan betalning.")
            self.spot = Spot.TENDERS
        elif not self._asks_first(lambda: self.pay(by)):
            self._open(by)

    def enter_article(self, text: str) -> bool:
        """An article was written and Enter pressed; whether it was taken, so that the field can be emptied.

        Nothing written leads to the payment row, or registers at once what costs nothing.
        """
        self._notice = ""
        self._article.search(text)
        if not text.strip():
            self._on_to_payment()
            return False
        wish = self._article.read(text)
        self.spot = Spot.ARTICLE
        return wish is not None and self._add(wish)

    def answer_left_open(self, number: int) -> None:
        """Answer what became of a payment that was left open."""
        try:
            self._left_open.answer(number)
        except Refused as refused:
            self._notice = explain(refused)
        else:
            self.spot = Spot.PANEL if self._paying.payment is not None else self.spot

    def register_free(self) -> None:
        """Register a visit that costs nothing (R21)."""
        if not self._is_ready() or not self._is_free() or self._asks_first(self.register_free):
            return
        try:
            self._sell([])
        except Refused as refused:
            self._notice = explain(refused)

    def proceed(self) -> None:
        """Open the other till with what waits for it (E21)."""
        self._other.go()

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _open(self, by: Tender) -> None:
        due = self._due()
        assert due is not None
        self.patient.frikort = None
        self._parked.close()
        try:
            self._paying.begin(by, due)
        except PaymentUnderWay:
            self._left_open.ask()
        except Refused as refused:
            self._notice, self.spot = explain(refused), Spot.TENDERS
        else:
            self.spot = self.spot if self._paying.payment is None else Spot.PANEL

    def _asks_first(self, go_on: Callable[[], None]) -> bool:
        self._asked = self._before.asked(go_on)
        self.spot = Spot.QUESTION if self._asked is not None else self.spot
        return self._asked is not None

    def _on_to_payment(self) -> None:
        if self._is_free():
            self.register_free()
        elif self._is_ready():
            self.spot = Spot.TENDERS
