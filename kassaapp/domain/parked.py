"""Sales put aside while the patient fetches a card (UX 2.0, Z line t)."""

from collections.abc import Sequence
from datetime import datetime

from kassaapp.domain import session
from kassaapp.domain.errors import TooManyParked, UnknownParked
from kassaapp.domain.events import SaleParked, SaleRecalled
from kassaapp.domain.fees import Wish
from kassaapp.domain.sale import named
from kassaapp.domain.state import RegisterState
from kassaapp.domain.visit import ParkedLine, Patient

MOST = 3


def park(
    state: RegisterState, patient: Patient, wishes: Sequence[Wish], amount_ore: int, *, at: datetime, by: str
) -> SaleParked:
    """The event that puts a sale aside. Raises NoOpenSession, LateClose, NoName, TooManyParked."""
    opened = session.require_open(state, at)
    if len(state.parked) >= MOST:
        raise TooManyParked
    return SaleParked(
        at=at,
        by=by,
        session=opened.number,
        parked=state.next_parked,
        patient=named(patient),
        lines=tuple(ParkedLine(wish.article, wish.quantity) for wish in wishes),
        amount_ore=amount_ore,
    )


def recall(state: RegisterState, parked: int, *, at: datetime, by: str) -> SaleRecalled:
    """The event that takes a parked sale up again. Raises NoOpenSession, UnknownParked."""
    opened = session.require_session(state)
    if parked not in state.parked:
        raise UnknownParked(parked)
    return SaleRecalled(at, by, opened.number, parked, state.parked[parked].amount_ore)
