"""A sale that is not on record yet outlives the program, sealed in a small file in the till's folder (UX 2.0, E40).

Nothing here is evidence, and nothing here ever stops a sale: a draft that cannot be written is not written, and one
that cannot be read is not there. The file holds who the patient is, and is sealed as the personal parts of records are.
"""

import contextlib
import logging
import os
import secrets
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from kassaapp.domain.events import SaleParked
from kassaapp.domain.fees import Wish
from kassaapp.domain.visit import ParkedLine, Patient
from kassaapp.journal import durable, payload
from kassaapp.journal.journal import Journal
from kassaapp.journal.sealing import Sealer
from kassaapp.trouble import JournalDamaged, JournalUnreadable
from sync.wire import canonical
from sync.wire.errors import WireError
from sync.wire.record import SALT_BYTES, Part

log = logging.getLogger(__name__)

NAME = "draft.sealed"
_PART = "p"


@dataclass(frozen=True, slots=True)
class Draft:
    """What has been put together. `visit_date` None is today. `by` is the id of who began it; `parked` is the number it
    was put aside as before it was taken up again."""

    patient: Patient | None = None
    wishes: tuple[Wish, ...] = ()
    visit_date: date | None = None
    by: str | None = None
    parked: int | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft as it was kept: when, and which receipt and which parked sale would have come next at the till. A sale or
    a parked sale of the same patient from those on is what became of it."""

    draft: Draft
    at: datetime
    next_receipt: int
    next_parked: int


class DraftFile:
    """The draft of one till, at `path`."""

    def __init__(self, path: Path, sealer: Sealer) -> None:
        self._path = path
        self._sealer = sealer

    def aside(self, number: int) -> "DraftFile":
        """Where the draft of a parked sale lies, when it holds more than what is on record as parked."""
        return DraftFile(self._path.with_suffix(f".{number}.sealed"), self._sealer)

    def keep(self, kept: Kept) -> bool:
        """Write the draft in place of the one before; whether it was written. A draft without a patient is none."""
        if kept.draft.patient is None:
            self.drop()
            return True
        part = Part(_PART, secrets.token_bytes(SALT_BYTES), canonical.encode(_written(kept, kept.draft.patient)))
        try:
            _write(self._path, self._sealer.seal(part))
        except OSError as error:
            log.warning("the draft was not kept: %s", error.strerror)
            return False
        return True

    def drop(self) -> None:
        """There is no draft any more."""
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)

    def read(self) -> Kept | None:
        """The draft that was left; None when there is none that can be read."""
        try:
            part = self._sealer.unseal(_PART, self._path.read_bytes())
            return _read(canonical.decode(part.data))
        except FileNotFoundError:
            return None
        except (OSError, JournalDamaged, JournalUnreadable, WireError, KeyError, TypeError, ValueError):
            log.warning("a draft was left that cannot be read")
            return None


def beside(journal: Journal, folder: Path) -> DraftFile:
    """The draft of the till whose `journal` lies in `folder`, sealed with the till's own key and to the region."""
    sealer = Sealer(journal.secrets.sealing_key, journal.trust.recovery_key, secrets.token_bytes)
    return DraftFile(folder / NAME, sealer)


def _written(kept: Kept, patient: Patient) -> dict[str, Any]:
    """The draft in the words of a parked sale, which is what it is like."""
    draft = kept.draft
    like = SaleParked(
        at=kept.at,
        by=draft.by or "",
        session=kept.next_receipt,
        parked=kept.next_parked,
        patient=patient,
        lines=tuple(ParkedLine(wish.article, wish.quantity) for wish in draft.wishes),
        amount_ore=0,
    )
    day = {} if draft.visit_date is None else {"visit_date": draft.visit_date.isoformat()}
    number = {} if draft.parked is None else {"parked": draft.parked}
    return {**payload.contents(like), **day, **number}


def _read(content: Any) -> Kept:
    like = payload.event_of("park", {name: content[name] for name in (payload.ACCOUNTING, payload.PERSON)})
    assert isinstance(like, SaleParked)
    draft = Draft(
        patient=like.patient,
        wishes=tuple(Wish(line.article, line.quantity) for line in like.lines),
        visit_date=date.fromisoformat(content["visit_date"]) if "visit_date" in content else None,
        by=like.by or None,
        parked=content.get("parked"),
    )
    return Kept(draft, like.at, like.session, like.parked)


def _write(path: Path, data: bytes) -> None:
    """Put bytes under a name in one step, so that what lies there is always whole."""
    part = path.with_name(f"{path.name}.part")
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    durable.sync_folder(path.parent)
