"""Looks for what may explain a difference at close: the likeliest leads, at most five (PEERS 3, idea 10).

It reads what was recorded during the session and what was counted, and changes nothing.
"""

from collections.abc import Iterator, Mapping

from kassaapp.domain.lead import Cause, Counted, Lead
from kassaapp.domain.lead_in_count import in_count
from kassaapp.domain.lead_in_records import in_records
from kassaapp.domain.visit import Tender

MOST = 5
_VAGUE = frozenset({Cause.EVEN, Cause.NINE, Cause.DRAWER, Cause.ONE_PIECE})
"""What fits many differences: told only where little else does."""
_FEW = 2


def leads(counted: Counted) -> tuple[Lead, ...]:
    """The leads, the likeliest first; none when nothing differs. Several of one cause are one: the newest."""
    found: dict[tuple[Cause, Tender], Lead] = {}
    for lead in _all(counted):
        found[lead.cause, lead.tender] = lead
    told = [lead for lead in found.values() if not _is_told_better(lead, found)]
    ordered = sorted(told, key=lambda lead: list(Cause).index(lead.cause))
    clear = [lead for lead in ordered if lead.cause not in _VAGUE]
    if len(clear) >= _FEW:
        return tuple(clear[:MOST])
    return tuple(ordered[:MOST])


def _is_told_better(lead: Lead, found: Mapping[tuple[Cause, Tender], Lead]) -> bool:
    """Whether the receipts that may not have been paid are those of a likelier cause."""
    if lead.cause is not Cause.NOT_PAID:
        return False
    likelier = [found.get((cause, lead.tender)) for cause in (Cause.OTHER_TENDER, Cause.TWICE)]
    return any(other is not None and set(lead.marks) <= set(other.marks) for other in likelier)


def _all(counted: Counted) -> Iterator[Lead]:
    for tender in (Tender.CASH, Tender.CARD, Tender.SWISH):
        if counted.off_ore(tender) != 0:
            yield from in_count(counted, tender)
            yield from in_records(counted, tender)
