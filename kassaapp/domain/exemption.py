"""The exemption from the cash-register duty has an end: say so in time (R69)."""

from datetime import date

from kassaapp.domain.errors import ExemptionEnded

WARN_DAYS = 90


def days_left(until: date | None, day: date) -> int | None:
    """How many days are left on `day` when that is worth a warning (below 0: it has ended); else None."""
    if until is None:
        return None
    left = (until - day).days
    return left if left < WARN_DAYS else None


def require(until: date | None, day: date, *, stops: bool) -> None:
    """Raise ExemptionEnded when it has ended and the region has decided that tills stop then."""
    if stops and until is not None and day > until:
        raise ExemptionEnded(until)
