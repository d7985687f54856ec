"""Who asked about a patient: the rows of the table `access` that are about one, found by the whole number and the key.

The number is given by who may know it, and is nowhere in what is read or told.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select

from sync.server import keys, storage
from sync.server import tables as t
from sync.server.region import Region
from sync.server.visits import patient_key
from sync.wire.canonical import to_text
from sync.wire.errors import Malformed
from sync.wire.patient import PatientName

KINDS = ("personnummer", "samordningsnummer", "reserve_skane", "reserve_national", "reserve_other")
"""The kinds of number that a record names (docs/JOURNAL.md, section 8)."""
_WHOLE = re.compile(r"([0-9A-Z]{8})[-+]?([0-9A-Z]{4})")


@dataclass(frozen=True, slots=True)
class Access:
    """One question: when, and which register asked."""

    at: datetime
    clinic: str
    register: str
    till: str


def read_number(text: str) -> str:
    """The twelve characters that were written, with a sign or spaces or without. Raises Malformed, which tells none."""
    written = _WHOLE.fullmatch("".join(text.split()).upper())
    if written is None:
        raise Malformed("a number is all twelve characters: YYYYMMDD-NNNN")
    return "".join(written.groups())


def about(region: Region, number: str, kinds: Sequence[str] = KINDS) -> list[Access]:
    """Every question about the patient whose number, as `read_number` gives it, is of one of these kinds; the oldest
    first."""
    secret = keys.patient_secret(region.settings.keys)
    names = [to_text(patient_key(secret, PatientName(kind, number))) for kind in kinds]
    a, c = t.access.c, t.chain.c
    query = (
        select(a.at_ms, c.clinic, c.register, c.till)
        .join_from(t.access, t.chain, a.chain == c.chain)
        .where(a.what == "patient", a.about.in_(names))
        .order_by(a.at_ms)
    )
    with storage.reading(region.engine) as db:
        return [Access(datetime.fromtimestamp(at_ms / 1000, UTC), *rest) for at_ms, *rest in db.execute(query)]
