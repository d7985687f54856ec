"""The receipts' screen on a real desk for tests: visits to look back at, and what the screen asked of the window."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kassaapp.app import Desk
from kassaapp.domain.events import Event, Look, PatientSeen
from kassaapp.domain.fees import Wish
from kassaapp.domain.visit import Patient
from kassaapp.journal.journal import Written
from kassaapp.screens.receipts import ReceiptsScreen
from tests.desks import asking

ADULT = {"id": "196101182803", "name": "Test Testsson", "address": "Provgatan 1, 123 45 Demostad"}
OTHER = {"id": "197010632391", "name": "Sara Samordning", "address": "Provgatan 2, 123 45 Demostad"}
HIDDEN: dict[str, Any] = {"id": "195009072553", "name": "Ska Inte Stå Här", "protected": True}


@dataclass
class LookingBack:
    """A desk, the receipts of its till H, and what was asked for."""

    desk: Desk
    printed: list[int] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)
    copies: list[int] = field(default_factory=list)
    sales: list[tuple[Patient | None, tuple[Wish, ...], date]] = field(default_factory=list)
    left: int = 0
    in_sale: bool = False
    _seen: list[PatientSeen] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.desk.register("H").listen(self._note)
        self.screen = ReceiptsScreen(
            self.desk.register("H"),
            self.desk.history("H"),
            lambda: self.desk.sync_status("H"),
            print_receipt=self.printed.append,
            print_asked=self.asked.append,
            print_copy=self.copies.append,
            again=lambda patient, wishes, visit_date: self.sales.append((patient, wishes, visit_date)),
            left=self._leave,
            in_sale=lambda: self.in_sale,
        )

    def _leave(self) -> None:
        self.left += 1

    def sell(self, article: int = 1, by: str = "card", patient: dict[str, Any] | None = None, **more: Any) -> int:
        """Register a visit; its receipt's number."""
        lines = more.pop("lines", [{"article": article}])
        pay = more.pop("pay", [{"by": by}])
        answer = asking(self.desk)("sell", till="H", patient=patient or ADULT, lines=lines, pay=pay, **more)
        assert answer["ok"], answer
        number: int = answer["receipt"]
        return number

    def ask(self, do: str, **arguments: Any) -> dict[str, Any]:
        """Perform an act that must be done."""
        answer = asking(self.desk)(do, **arguments)
        assert answer["ok"], answer
        return answer

    @property
    def looks(self) -> list[tuple[Look, str]]:
        """How somebody looked at whom, masked, since this desk was taken."""
        return [(event.what, event.patient.id.masked()) for event in self._seen]

    def _note(self, written: Written[Event]) -> None:
        if isinstance(written.event, PatientSeen):
            self._seen.append(written.event)

    @property
    def numbers(self) -> list[int | None]:
        """The receipts in the list, the newest first."""
        return [row.receipt for row in self.screen.view.rows]
