"""Which paper a patient gets for what happened: one call for all that has a receipt number."""

from kassaapp.configuration import Configuration, TillName
from kassaapp.domain.events import DepositRepaid, DepositTaken, SaleRefunded, SaleRegistered, SaleVoided
from kassaapp.printout.deposit import deposit_slip
from kassaapp.printout.invoice import DOCUMENT, cash_invoice
from kassaapp.printout.paper import Marking
from kassaapp.printout.receipt import receipt
from kassaapp.printout.returns import return_receipt
from kassaapp.printout.slip import Slip

Documented = SaleRegistered | SaleRefunded | SaleVoided | DepositTaken | DepositRepaid
"""What a patient gets paper for."""


def document(
    event: Documented,
    configuration: Configuration,
    till: TillName,
    env: bytes,
    *,
    demo: bool,
    marking: Marking | None = None,
) -> Slip:
    """Make the paper: receipt or kontantfaktura as the till writes, return receipt or kreditfaktura, or a conto slip.

    `env` is the signed header of the event's record; `marking` says that the paper is a copy, or practice (R42).
    """
    match event:
        case SaleRegistered():
            make = cash_invoice if till.document == DOCUMENT else receipt
            return make(event, configuration, till, env, demo=demo, marking=marking)
        case SaleRefunded() | SaleVoided():
            return return_receipt(event, configuration, till, env, demo=demo, marking=marking)
        case DepositTaken() | DepositRepaid():
            return deposit_slip(event, configuration, till, env, demo=demo, marking=marking)
