"""Rights to a patient's money a conto, moved between this till and the region, so that no two tills hold the same öre.

What is asked for counts when the region has answered; what is let go of counts as gone at once. So a lost message, a
crash or a copy of an answer can leave a till with less than it could have, and never with more (RECORDS 2.10).
"""

from datetime import datetime

from kassaapp.domain.cash import checked_amount
from kassaapp.domain.errors import BadAmount, BalanceTooLow
from kassaapp.domain.events import ReleaseTaken, RightsAsked, RightsGranted, RightsReleased
from kassaapp.domain.sale import named
from kassaapp.domain.state import RegisterState
from kassaapp.domain.visit import Patient


def open_ask(state: RegisterState, patient: Patient) -> RightsAsked | None:
    """What was asked for this patient and is not answered."""
    for one in state.open_requests.values():
        if isinstance(one, RightsAsked) and one.patient.id == patient.id:
            return one
    return None


def ask(patient: Patient, amount_ore: int, request: str, *, at: datetime, by: str) -> RightsAsked:
    """The event that the region is about to be asked. Raises NoName, BadAmount."""
    return RightsAsked(at=at, by=by, request=request, amount_ore=_some(amount_ore), patient=named(patient))


def release(
    state: RegisterState, patient: Patient, amount_ore: int, request: str, *, at: datetime, by: str
) -> RightsReleased:
    """The event that the till lets go of part of what it holds. Raises NoName, BadAmount, BalanceTooLow."""
    held_ore = state.balances.get(patient.id, 0)
    if _some(amount_ore) > held_ore:
        raise BalanceTooLow(held_ore)
    return RightsReleased(at=at, by=by, request=request, amount_ore=amount_ore, patient=named(patient))


def answered(
    state: RegisterState, request: str, moved_ore: int, free_ore: int, *, at: datetime
) -> RightsGranted | ReleaseTaken | None:
    """The event that the region has answered: `moved_ore` is what it moved, 0 or what was asked. None when the request
    is not open: an answer counts once, however often it comes."""
    open_ = state.open_requests.get(request)
    if open_ is None:
        return None
    assert moved_ore in (0, open_.amount_ore), "the region moved another amount"
    if isinstance(open_, RightsReleased):
        return ReleaseTaken(at=at, request=request)
    return RightsGranted(at=at, request=request, amount_ore=moved_ore, patient=open_.patient, free_ore=free_ore)


def _some(amount_ore: int) -> int:
    if checked_amount(amount_ore) == 0:
        raise BadAmount(amount_ore)
    return amount_ore
