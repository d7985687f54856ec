"""Screens on a real till for tests: a demo desk in a folder, and what the screens tell of."""

from dataclasses import dataclass, field

from kassaapp.app import Desk
from kassaapp.register import Sold
from kassaapp.screens.sale import SaleScreen

ADULT = "6101182803"
CHILD = "202312312388"
NURSE, DOCTOR = "2", "1"


@dataclass
class Selling:
    """A sale screen, and what has been sold at it."""

    desk: Desk
    screen: SaleScreen
    sold: list[Sold] = field(default_factory=list)

    @property
    def receipts(self) -> int:
        """How many receipts there are."""
        return self.desk.register("H").state.next_receipt - 1

    def visit(self, *articles: str, number: str = ADULT, name: str = "Test Testsson") -> None:
        """Enter a patient and articles, as far as the payment."""
        self.screen.enter_patient(number)
        if self.screen.view.patient.name_asked:
            self.screen.enter_name(name)
        for article in articles:
            self.screen.enter_article(article)


def selling(desk: Desk) -> Selling:
    """The sale screen of a desk's till H."""
    sold: list[Sold] = []
    screen = SaleScreen(desk.register("H"), desk.history("H"), sold=sold.append)
    return Selling(desk, screen, sold)
