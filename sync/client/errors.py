"""Why a request to the region gave nothing.

SyncTrouble
  Offline       no answer, or the region cannot answer now (5xx, 429, 408): nothing is lost, try again later
  Rejected      the region answered, and the answer is no (4xx)

An answer that is not in the protocol raises `sync.wire.errors.Malformed`.
"""


class SyncTrouble(Exception):
    """A request gave nothing. Carries no personal data."""


class Offline(SyncTrouble):
    """The region did not answer. `retry_after_s` is how long it asked to be left alone (seconds), or None."""

    def __init__(self, retry_after_s: float | None = None) -> None:
        super().__init__("the region did not answer")
        self.retry_after_s = retry_after_s


class Rejected(SyncTrouble):
    """The region refused. `why` is its short word; `index` the first bad frame of a push, or -1."""

    def __init__(self, status: int, why: str, index: int = -1) -> None:
        super().__init__(f"{status} {why!r}")
        self.status = status
        self.why = why
        self.index = index
