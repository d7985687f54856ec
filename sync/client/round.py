"""One round of contact with the region: push what is not proved, keep the proof, fetch a newer configuration.

A round never fails for what the region or the network does; it returns how the register stands.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from sync.client import engine
from sync.client.engine import ForkFound, Outcome, Proved, Push, Records, RegionAhead, RegionLied, Resend
from sync.client.errors import Offline, Rejected
from sync.client.status import Attention, SyncStatus
from sync.client.transport import Sender
from sync.wire import config
from sync.wire.config import Trust
from sync.wire.errors import Malformed, WireError
from sync.wire.frame import Frame
from sync.wire.messages import MAX_BATCH_RECORDS, Conflict, Pushed
from sync.wire.record import Record
from sync.wire.signature import Signer

LEAST_BATCH = 25
MORE_RECORDS = 50
_MOST_RESENDS = 2
_MOST_FETCHES = 50
_UNREADABLE = 422
_log = logging.getLogger("kassa.sync")


class Configurations(Protocol):
    """Where received configuration records are kept, every one of them."""

    def newest(self) -> Record | None:
        """The newest record kept."""

    def keep(self, frames: Sequence[Frame]) -> None:
        """Keep the next records: already checked to be signed, linked, and what their headers committed to."""


class Carrier(Protocol):
    """What a round needs of the way to the region. `transport.Transport` fits."""

    def push(self, sender: Sender, push: Push) -> Pushed | Conflict:
        """Send records. Raises Offline, Rejected, Malformed."""

    def configuration(self, sender: Sender, first: int) -> list[Frame]:
        """Configuration records from `first`; unchecked. Raises Offline, Rejected, Malformed."""


class Round:
    """Call it for one round. Used by one thread."""

    def __init__(
        self,
        records: Records,
        configurations: Configurations,
        trust: Trust,
        transport: Carrier,
        signer: Signer,
        *,
        clock: Callable[[], datetime],
    ) -> None:
        self._records = records
        self._configurations = configurations
        self._trust = trust
        self._transport = transport
        self._sender = Sender(records.enrolment.chain, signer, records.enrolment.clinic)
        self._clock = clock
        self._at_most = MAX_BATCH_RECORDS
        self._last_contact: datetime | None = None

    def __call__(self) -> SyncStatus:
        """One round. Raises only for a fault in the journal or in the program."""
        try:
            attention = self._contact()
        except Offline as offline:
            self._at_most = max(self._at_most // 2, LEAST_BATCH)
            return self._status(None, reachable=False, retry_after_s=offline.retry_after_s)
        except Rejected as rejected:
            _log.error("the region refused: %s", rejected)
            return self._status(Attention.REGISTER_REFUSED)
        except Malformed as garbage:
            _log.error("the answer was not understood: %s", garbage)
            return self._status(Attention.NOT_UNDERSTOOD, reachable=False)
        return self._status(attention)

    def _contact(self) -> Attention | None:
        start: int | None = None
        for _ in range(_MOST_RESENDS + 1):
            try:
                outcome = self._push(start, self._at_most)
            except Rejected as rejected:
                if rejected.status != _UNREADABLE:
                    raise
                return self._push_readable(start, rejected)
            if not isinstance(outcome, Resend):
                return self._settle(outcome)
            start = outcome.start
        return self._settle(RegionLied("the region asks for ever"))

    def _push(self, start: int | None, at_most: int) -> Outcome:
        push = engine.next_push(self._records, start=start, at_most=at_most)
        answer = self._transport.push(self._sender, push)
        return engine.read_answer(self._records, self._trust, push, answer)

    def _push_readable(self, start: int | None, rejected: Rejected) -> Attention:
        """The region has stored what stands before the record it cannot read: get the proof of that much."""
        _log.error("the region cannot read a record of ours: %s at frame %d", rejected.why, rejected.index)
        try:
            outcome = self._push(start, max(rejected.index, 0))
        except Rejected:
            return Attention.RECORD_REFUSED
        return self._settle(outcome) or Attention.RECORD_REFUSED

    def _settle(self, outcome: Outcome) -> Attention | None:
        match outcome:
            case Proved():
                self._records.keep(outcome.proof)
                self._last_contact = self._clock()
                self._at_most = min(self._at_most + MORE_RECORDS, MAX_BATCH_RECORDS)
                return self._follow_configuration(outcome.config_seq)
            case ForkFound():
                _log.error("the region holds another record %d, signed with our key", outcome.seq)
                return Attention.FORK
            case RegionAhead():
                _log.error("the region holds our records before %d, the journal does not", outcome.next)
                return Attention.REGION_AHEAD
            case RegionLied():
                _log.error("the region's answer proves nothing: %s", outcome.why)
                return Attention.REGION_LIED
            case Resend():
                return self._settle(RegionLied("the region asks for what it has"))

    def _follow_configuration(self, newest_seq: int) -> Attention | None:
        try:
            fetch_configuration(self._configurations, self._trust, self._transport, self._sender, newest_seq)
        except WireError as wrong:
            _log.error("the configuration offered was refused: %s", wrong)
            return Attention.CONFIGURATION_REFUSED
        return None

    def _status(
        self, attention: Attention | None, *, reachable: bool = True, retry_after_s: float | None = None
    ) -> SyncStatus:
        unsent = engine.unsent(self._records)
        return SyncStatus(
            unsent=unsent,
            reachable=reachable,
            proved_seq=self._records.count() - unsent - 1,
            attention=attention,
            last_contact=self._last_contact,
            retry_after_s=retry_after_s,
        )


def fetch_configuration(
    configurations: Configurations, trust: Trust, transport: Carrier, sender: Sender, newest_seq: int | None
) -> None:
    """Fetch, check and keep configuration records up to `newest_seq`, or as many as there are (None).

    Raises WireError, and keeps nothing of an answer in which anything is wrong; the transport's errors pass through.
    """
    for _ in range(_MOST_FETCHES):
        newest = configurations.newest()
        first = 0 if newest is None else newest.header.seq + 1
        if newest_seq is not None and first > newest_seq:
            return
        frames = transport.configuration(sender, first)
        config.check_configuration(frames, trust, after=newest, clinic=sender.clinic)
        if not frames:
            if newest_seq is None or (newest is None and newest_seq == 0):
                return  # A region that has published nothing says 0 as well.
            raise Malformed("a configuration was announced that is not given")
        configurations.keep(frames)
