"""A working day at a real window, as the states of its screens are come to: who is there, and where one is."""

from datetime import timedelta
from typing import TypeVar

from kassaapp.app import Desk
from kassaapp.screens.frame import Place
from kassaapp.ui.main_window import MainWindow
from tests.builders import ADULT

P = TypeVar("P")
OTHER, CHILD, PAYER = "197010632391", "201904092390", "198002292384"
NAME = "Anna-Karin Testsson von Längberg"
ADDRESS = "Provgatan 1, 123 45 Demostad"


class Day:
    """The window and its desk."""

    def __init__(self, window: MainWindow, desk: Desk) -> None:
        self.window = window
        self.desk = desk

    def at(self, place: Place) -> None:
        """Go there."""
        self.window._go(place)

    def home(self) -> None:
        """Go to the sale, or to what comes before it."""
        self.window.frame.home()
        self.window.settle()

    def payment(self, kind: type[P]) -> P:
        """The open payment, which is of that kind."""
        payment: object = self.window.sale.payment
        assert isinstance(payment, kind), (payment, self.window.sale.view)
        return payment

    def begin(self, number: str = ADULT, *articles: str) -> None:
        """A visit half an hour later."""
        self.desk.clock.set(self.desk.clock() + timedelta(minutes=30))
        self.home()
        sale = self.window.sale
        sale.enter_patient(number)
        if sale.patient.view.name_asked:
            sale.enter_name(NAME)
        if sale.patient.view.address_asked:
            sale.enter_address(ADDRESS)
        for article in articles:
            sale.enter_article(article)
