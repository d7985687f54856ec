"""Why the region does not do what it was asked.

RegionError
  Refused           the request is at fault: status 4xx, `why` is a short word for programs
  Unavailable       the region cannot answer truthfully now: status 503
    ClockWentBack     its clock is behind the newest entry
    LedgerBehind      the database holds less than was signed: restored from a backup, must not go on
    Damaged           what was read back is not what was stored
    Busy              too many wrote at once
"""


class RegionError(Exception):
    """Carries no personal data; safe to log."""


class Refused(RegionError):
    """The request cannot be done. `index` is the first bad frame of a push, or -1."""

    def __init__(self, status: int, why: str, index: int = -1) -> None:
        super().__init__(f"{status} {why}")
        self.status = status
        self.why = why
        self.index = index


class Unavailable(RegionError):
    """Nothing is wrong with the request; try again later."""

    why = "unavailable"


class ClockWentBack(Unavailable):
    """The region's clock is more than two seconds behind its newest entry."""

    why = "clock"


class LedgerBehind(Unavailable):
    """The database holds less than the ledger key has signed, or something else."""

    why = "ledger-behind"


class Damaged(Unavailable):
    """What was read back is not what was stored."""

    why = "damaged"


class Busy(Unavailable):
    """Somebody else was always first."""

    why = "busy"
