"""The first start: a code becomes a key, a certificate, a configuration and a journal with one record in it.

May be interrupted anywhere and run again: the key is in custody before the region is asked, the region gives the same
certificate to the same key and code, and only a whole journal gets its final name.
"""

import errno
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol

from kassaapp import configuration
from kassaapp.clinic import Clinic
from kassaapp.domain.events import RegisterOpened
from kassaapp.journal import shadow
from kassaapp.journal.journal import Journal, Secrets, custody_name
from kassaapp.journal.signing_key import Custody, custody
from kassaapp.trouble import (
    AlreadyEnrolled,
    BadClinicFile,
    DiskFailed,
    DiskFull,
    JournalMissing,
    JournalUnreadable,
    KeyMissing,
    NotTheRegion,
    RefusedByRegion,
    Unreachable,
)
from sync.client.enrol import NewRegister
from sync.client.errors import Offline, Rejected
from sync.wire import canonical
from sync.wire.errors import WireError
from sync.wire.signature import Signer

JOURNAL_NAME = "journal.db"
CLINIC_NAME = "clinic.toml"
_PENDING = "enrolling.json"


class Region(Protocol):
    """Who enrols a till: the region over the network, or the demo's own."""

    def __call__(self, code: str, till: str, signer: Signer) -> NewRegister:
        """The certificate for a new key. Raises Offline, Rejected, WireError."""


def enrol(folder: Path, clinic: Clinic, clinic_text: str, region: Region, *, now: Callable[[], datetime]) -> None:
    """Enrol every till the clinic file names into `folder`.

    Raises AlreadyEnrolled, BadClinicFile, NotTheRegion, RefusedByRegion, Unreachable, NoKeyring, DiskFull.
    """
    if (folder / CLINIC_NAME).exists():
        raise AlreadyEnrolled
    if clinic.code is None:
        raise BadClinicFile("code")
    try:
        for till in clinic.tills:
            if not journal_path(folder, till).exists():
                _enrol_till(folder, clinic, clinic.code, till, region, now())
        temporary = folder / f"{CLINIC_NAME}.part"
        temporary.write_text(clinic_text, encoding="utf-8")
        temporary.rename(folder / CLINIC_NAME)  # From here on the desk is enrolled: a missing journal is an alarm.
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise DiskFull from None
        raise DiskFailed(error.strerror) from None


def journal_path(folder: Path, till: str) -> Path:
    """Where a till's journal lies."""
    return folder / till / JOURNAL_NAME


def second_medium_path(folder: Path, clinic: Clinic, till: str, register: str) -> Path:
    """Where a till's shadow lies: on the second medium, or beside the journal when the clinic has named none."""
    if clinic.second_medium is None:
        return folder / till / "shadow.kj"
    return clinic.second_medium / f"{register}{till}.kj"


def _enrol_till(folder: Path, clinic: Clinic, code: str, till: str, region: Region, at: datetime) -> None:
    own_folder = folder / till
    own_folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    own = _secrets(own_folder, custody(clinic.custody, own_folder))
    try:
        register = region(code, till, own.signer)
    except Offline:
        raise Unreachable from None
    except Rejected as refusal:
        raise RefusedByRegion(refusal.why) from None
    except WireError:
        raise NotTheRegion from None
    enrolment = register.enrolment
    _check_configuration(register)
    path = journal_path(folder, till)
    unfinished = path.with_suffix(".new")
    for leftover in own_folder.glob(f"{unfinished.name}*"):  # Of an enrolment that was interrupted: no record is in it.
        leftover.unlink()
    second_medium = second_medium_path(folder, clinic, till, enrolment.register)
    _begin_second_medium(second_medium, enrolment.chain)
    with Journal.create(unfinished, register, own, second_medium=second_medium) as journal:
        journal.configurations.use(len(register.configuration) - 1)
        journal.append(RegisterOpened(at=at, register=enrolment.register, till=till, clinic=enrolment.clinic))
    unfinished.rename(path)
    (own_folder / _PENDING).unlink(missing_ok=True)


def _begin_second_medium(path: Path, chain: bytes) -> None:
    """Put aside what an interrupted enrolment left on the second medium. Raises JournalMissing when it holds more than
    a birth: then the journal is what is lost, and nothing may begin afresh."""
    if not path.exists():
        return
    try:
        held = shadow.read(path)
    except JournalUnreadable:
        held = None
    if held is not None and held.chain == chain and len(held.records) > 1:
        raise JournalMissing
    path.replace(path.with_suffix(f".{canonical.to_text(chain)[:8]}.aside"))


def _check_configuration(register: NewRegister) -> None:
    """A till whose configuration cannot be read would be of no use: say so before anything is kept."""
    contents = {part.name: part.content() for frame in register.configuration for part in frame.parts}
    configuration.read(0, contents, register.enrolment.clinic)


def _secrets(own_folder: Path, keeper: Custody) -> Secrets:
    """The till's secrets: those of an enrolment that was interrupted, or new ones, in custody either way."""
    pending = own_folder / _PENDING
    if pending.exists():
        try:
            public_key = canonical.from_text(json.loads(pending.read_text(encoding="ascii"))["public_key"])
            return Secrets.of(keeper.fetch(custody_name(public_key)))
        except (ValueError, KeyError, WireError, KeyMissing):
            pending.unlink()
    own, kept = Secrets.made()
    keeper.keep(custody_name(own.signer.public_key), kept)
    pending.write_text(json.dumps({"public_key": canonical.to_text(own.signer.public_key)}), encoding="ascii")
    return own
