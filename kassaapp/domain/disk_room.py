"""How much room the disk has for more, and what may still be recorded when it is short (RECORDS 2.5, disk space).

A till that stops in the middle of an act for want of room is worse than one that says in time that it takes no new
payments. What gives back, corrects, counts, signs in or out, or closes goes on to the last byte.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from kassaapp.domain.errors import DiskAlmostFull
from kassaapp.domain.events import (
    DepositTaken,
    Event,
    PaymentBegun,
    PaymentEnded,
    RightsAsked,
    SaleParked,
    SaleRefunded,
    SaleRegistered,
    SaleVoided,
    TrainingBegun,
)

WARN_BELOW = 1_000_000_000
"""Bytes. A person should do something before the day is over."""
REFUSE_BELOW = 100_000_000
"""Bytes. Nothing new is taken on."""

_ADDS = (SaleRegistered, DepositTaken, RightsAsked, PaymentBegun, SaleParked, TrainingBegun)
_FINISHES = (PaymentEnded, SaleRefunded, SaleVoided)
"""With one of these a sale is the end of a payment that was begun, or the second half of a correction."""


@dataclass(frozen=True, slots=True)
class DiskRoom:
    """How many bytes more may be written where the journal lies."""

    free_bytes: int

    @property
    def is_low(self) -> bool:
        """Whether a person should be warned."""
        return self.free_bytes < WARN_BELOW

    @property
    def is_full(self) -> bool:
        """Whether nothing new is taken on."""
        return self.free_bytes < REFUSE_BELOW


def require(room: DiskRoom, events: Sequence[Event]) -> None:
    """Events that belong together may be recorded. Raises DiskAlmostFull for what adds when there is no room."""
    if room.is_full and adds(events):
        raise DiskAlmostFull(room.free_bytes)


def adds(events: Sequence[Event]) -> bool:
    """Whether these events begin something new, and do not finish or undo what was begun before."""
    finishes = any(isinstance(event, _FINISHES) for event in events)
    return not finishes and any(isinstance(event, _ADDS) and not _gives_back(event) for event in events)


def _gives_back(event: Event) -> bool:
    """Whether it is the beginning of a repayment: what was sold may be undone when nothing new is taken on."""
    return isinstance(event, PaymentBegun) and event.is_return
