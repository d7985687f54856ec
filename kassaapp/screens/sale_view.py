"""All that the sale shows, as plain data."""

import enum
from dataclasses import dataclass

from kassaapp.screens.account_payment import AccountPayment
from kassaapp.screens.after_sale import ResultView
from kassaapp.screens.articles import Tile
from kassaapp.screens.basket import RowView
from kassaapp.screens.invoice_payment import InvoicePayment
from kassaapp.screens.parked import ParkedView
from kassaapp.screens.patient import PatientView
from kassaapp.screens.paying import Payment
from kassaapp.screens.payment import CardPayment, CashPayment, SwishPayment
from kassaapp.screens.question import Question
from kassaapp.screens.split import SplitPayment
from kassaapp.screens.tender_buttons import TenderButton


class Panel(enum.Enum):
    """What fills the right column."""

    ARTICLES = enum.auto()
    CASH = enum.auto()
    CARD = enum.auto()
    SWISH = enum.auto()
    INVOICE = enum.auto()
    ON_ACCOUNT = enum.auto()
    SPLIT = enum.auto()
    FRIKORT = enum.auto()
    PARKED = enum.auto()


@dataclass(frozen=True, slots=True)
class SaleView:
    """All that is shown. `left_open` asks about a payment that was begun and has no end. `free` is the one button that
    stands for the payment row when there is nothing to pay. `waiting` is the button for what lies aside; empty when
    nothing does."""

    patient: PatientView
    question: Question | None
    left_open: Question | None
    tiles: tuple[Tile, ...]
    article_error: str
    rows: tuple[RowView, ...]
    total: str
    total_spoken: str
    result: ResultView | None
    notice: str
    panel: Panel
    tenders: tuple[TenderButton, ...]
    free: str
    waiting: str
    parked: ParkedView


def panel_of(payment: Payment | None) -> Panel:
    """The panel of a payment; the articles when none is taken."""
    match payment:
        case CashPayment():
            return Panel.CASH
        case CardPayment():
            return Panel.CARD
        case SwishPayment():
            return Panel.SWISH
        case InvoicePayment():
            return Panel.INVOICE
        case AccountPayment():
            return Panel.ON_ACCOUNT
        case SplitPayment():
            return Panel.SPLIT
    return Panel.ARTICLES
