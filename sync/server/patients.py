"""Answers how a patient stands across the region's clinics: to a till that may ask, on record, and never by name.

Who knows it is a seam (`Frikorts`): here the region's own records (`OwnRecords`); a national service would be another.
Before anything is said, that this register asked is durably in the table `access`, under the patient's key. Of a
protected person nothing is said but that, and no other service is asked (R58): such a frikort is handled by hand.
"""

import logging
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import date
from typing import Protocol

import anyio
from anyio import to_thread
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from sync.server import configuration, frikort, keys, lookup
from sync.server.errors import Refused, Unavailable
from sync.server.frikort import Rules, Standing
from sync.server.region import Region
from sync.server.storage import Chain
from sync.server.visits import CHUNK, FILE, TILL, Visits
from sync.wire.canonical import to_text
from sync.wire.config import REGION_PART
from sync.wire.errors import Malformed
from sync.wire.patient import Frikort, PatientAsk, PatientName

MOST_AT_ONCE = 20_000
"""So many records are read on before an answer; with more to read it is 503, and the reading goes on."""
READ_EVERY_S = 30.0
_log = logging.getLogger("kassa.region")


class CatchingUp(Unavailable):
    """The records are not all read: the sum could be too small."""

    why = "catching-up"


class NoVisits(Unavailable):
    """The file of visits cannot be used."""

    why = "patients"


class Frikorts(Protocol):
    """Who knows how a patient stands: the region's own records, or a national service behind this."""

    basis: str
    """The word that answers carry: who says so."""

    def standing(self, who: PatientName, day: date) -> Standing:
        """How the patient stands on that day. Raises Unavailable."""


class Patients:
    """The region's records of visits, and who is asked about frikort; `ask` makes it from the records when not said."""

    def __init__(self, region: Region, ask: Callable[["OwnRecords"], Frikorts] = lambda own: own) -> None:
        self._region = region
        self._own = OwnRecords(region)
        self._frikorts = ask(self._own)

    def look_up(self, asker: Chain, raw: bytes) -> Frikort:
        """The answer to a register. Raises Refused: 400 `malformed`, 403 `closed` when its chain has ended, `till`; and
        Unavailable."""
        asked = _read(raw)
        if asker.closed_ms is not None:
            raise Refused(403, "closed")
        if asker.till != TILL:
            raise Refused(403, "till")
        visits = self._own.caught_up(MOST_AT_ONCE)
        patient = visits.key(asked.who)
        lookup.note_access(self._region, asker, "patient", to_text(patient))
        if visits.is_protected(patient):
            return Frikort(asked.day, self._region.clock(), self._own.basis, protected=True)
        found = self._frikorts.standing(asked.who, asked.day)
        return Frikort(
            asked.day, self._region.clock(), self._frikorts.basis, found.paid_ore, found.window_from, found.until
        )

    @asynccontextmanager
    async def at_work(self, is_quiet: Callable[[], bool]) -> AsyncIterator[None]:
        """Until the block ends, read what has come while no records come in, so that a question finds little left."""
        try:
            async with anyio.create_task_group() as group:
                group.start_soon(self._read_on, is_quiet)
                try:
                    yield
                finally:
                    group.cancel_scope.cancel()
        finally:  # Once nobody reads.
            self._own.close()

    async def _read_on(self, is_quiet: Callable[[], bool]) -> None:
        while True:
            await anyio.sleep(READ_EVERY_S)
            while is_quiet() and not await to_thread.run_sync(self._own.read_some):
                await anyio.sleep(0)


class OwnRecords:
    """`Frikorts`, from what the region's own tills have recorded."""

    basis = "region"

    def __init__(self, region: Region) -> None:
        self._region = region
        self._opening = threading.Lock()
        self._visits: Visits | None = None

    def standing(self, who: PatientName, day: date) -> Standing:
        """As `Frikorts`, by the fee rules that are published now."""
        visits = self.caught_up(MOST_AT_ONCE)
        return frikort.standing(visits.of(visits.key(who)), day, rules(self._region))

    def caught_up(self, most: int) -> Visits:
        """The visits, with every record read that there is. Raises CatchingUp, NoVisits."""
        try:
            visits = self._opened()
            if not visits.catch_up(self._region, most):
                raise CatchingUp
        except OSError as trouble:
            _log.error("patients: %s", type(trouble).__name__)
            raise NoVisits from None
        return visits

    def read_some(self) -> bool:
        """Read on a little. Whether nothing is left, or it cannot be done now."""
        try:
            self.caught_up(CHUNK)
        except CatchingUp:
            return False
        except (NoVisits, OperationalError, NoConnection):
            return True
        return True

    def close(self) -> None:
        """Close the file; the next question opens it again."""
        with self._opening:
            if self._visits is not None:
                with suppress(OSError):
                    self._visits.close()
            self._visits = None

    def _opened(self) -> Visits:
        with self._opening:
            if self._visits is None:
                chosen = self._region.settings
                self._visits = Visits(chosen.folder / FILE, keys.patient_secret(chosen.keys))
            return self._visits


def rules(region: Region) -> Rules:
    """The fee rules in force; without a ceiling when none is published."""
    published = configuration.in_force(region, [REGION_PART]).get(REGION_PART, {}).get("fees", {})
    ceiling, months = published.get("frikort_ceiling_ore"), published.get("window_months", frikort.USUAL_MONTHS)
    return Rules(ceiling if type(ceiling) is int else None, months if type(months) is int else frikort.USUAL_MONTHS)


def _read(raw: bytes) -> PatientAsk:
    try:
        return PatientAsk.read(raw)
    except Malformed:
        raise Refused(400, "malformed") from None
