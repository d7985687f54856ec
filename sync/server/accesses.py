"""Who asked about a patient: the rows of the table `access` that are about one, found by the whole number and the key.

The number is given by who may know it, and is nowhere in what is read or told.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select

from sync.server import keys, storage
from sync.server import tables as t
from sync.server.region import Region
from sync.server.visits import patient_key
from sync.wire.canonical import to_text
from sync.wire.patient import PatientName


@dataclass(frozen=True, slots=True)
class Access:
    """One question: when, and which register asked."""

    at: datetime
    clinic: str
    register: str
    till: str


def about(region: Region, who: PatientName) -> list[Access]:
    """Every question about a patient, the oldest first."""
    name = to_text(patient_key(keys.patient_secret(region.settings.keys), who))
    a, c = t.access.c, t.chain.c
    query = (
        select(a.at_ms, c.clinic, c.register, c.till)
        .join_from(t.access, t.chain, a.chain == c.chain)
        .where(a.what == "patient", a.about == name)
        .order_by(a.at_ms)
    )
    with storage.reading(region.engine) as db:
        return [Access(datetime.fromtimestamp(at_ms / 1000, UTC), *rest) for at_ms, *rest in db.execute(query)]
