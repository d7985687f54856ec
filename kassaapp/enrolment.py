"""The first start: a code becomes a key, a certificate, a configuration and a journal with one record in it.

May be interrupted anywhere and run again: the key is in custody before the region is asked, the region gives the same
certificate to the same key and code, and only a whole journal gets its final name.
"""

import errno
import json
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from kassaapp import configuration
from kassaapp.clinic import Clinic
from kassaapp.journal import birth, durable, place, shadow, sharing
from kassaapp.journal.journal import Journal
from kassaapp.journal.signing_key import Custody, custody
from kassaapp.journal.till_secrets import Secrets, custody_name
from kassaapp.trouble import (
    AlreadyEnrolled,
    BadClinicFile,
    DiskFailed,
    DiskFull,
    JournalMissing,
    JournalUnreadable,
    KeyMissing,
    NotPermitted,
    NotTheRegion,
    RefusedByRegion,
    Unreachable,
    UnsuitablePlace,
)
from sync.client.enrol import NewRegister
from sync.client.errors import Offline, Rejected
from sync.wire import canonical
from sync.wire.entry import Enrolment
from sync.wire.errors import WireError
from sync.wire.frame import Frame
from sync.wire.signature import Signer

log = logging.getLogger(__name__)
JOURNAL_NAME = "journal.db"
CLINIC_NAME = "clinic.toml"
_PENDING = "enrolling.json"
_CLOSED = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR)
"""What a healthy disk says of a place that this account may not write in, or that is no folder."""


class Region(Protocol):
    """Who enrols a till: the region over the network, or the demo's own."""

    def __call__(self, code: str, till: str, signer: Signer) -> NewRegister:
        """The certificate for a new key. Raises Offline, Rejected, WireError."""


class Parent(Protocol):
    """Gives back what the till before this one did, when a lost machine is replaced."""

    def __call__(self, enrolment: Enrolment, signer: Signer, /) -> Sequence[Frame]:
        """Every record of the chain that this certificate succeeds, proved to be that chain's; none for a chain that
        held none. Raises Offline, Rejected, WireError."""


def enrol(
    folder: Path,
    clinic: Clinic,
    clinic_text: str,
    region: Region,
    *,
    now: Callable[[], datetime],
    parent: Parent | None = None,
) -> None:
    """Enrol every till the clinic file names into `folder`. `parent` is asked when a certificate names one.

    Raises AlreadyEnrolled, BadClinicFile, UnsuitablePlace, NotTheRegion, RefusedByRegion, Unreachable, NoKeyring,
    BadConfiguration, JournalUnreadable (the till before was of a newer program), JournalMissing, DiskFull, DiskFailed.
    """
    if is_enrolled(folder):
        raise AlreadyEnrolled
    if clinic.code is None:
        raise BadClinicFile("code")
    require_place(folder, clinic)
    try:
        for till in clinic.tills:
            if not journal_path(folder, till).exists():
                _enrol_till(folder, clinic, till, _Line(clinic.code, region, parent), now())
        durable.sync_folder(folder)
        durable.write_text(folder / CLINIC_NAME, clinic_text)  # Now it is enrolled: a missing journal is an alarm.
        durable.sync_folder(folder.parent)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise DiskFull from None
        if error.errno in _CLOSED:
            raise UnsuitablePlace("closed") from None
        raise DiskFailed(error.strerror) from None


def is_enrolled(folder: Path) -> bool:
    """Whether there is a desk in the folder. Raises NotPermitted when this account may not look."""
    try:
        return (folder / CLINIC_NAME).exists()
    except PermissionError:
        raise NotPermitted from None


def require_place(folder: Path, clinic: Clinic) -> None:
    """The desk may lie in that folder. Asked before anything is made there, and each time it is opened: a folder may
    become synchronised on another day. Raises UnsuitablePlace."""
    for till in clinic.tills:
        place.require_local(journal_path(folder, till))


def journal_path(folder: Path, till: str) -> Path:
    """Where a till's journal lies."""
    return folder / till / JOURNAL_NAME


def second_medium_path(folder: Path, clinic: Clinic, till: str, register: str) -> Path:
    """Where a till's shadow lies: on the second medium, or beside the journal when the clinic has named none."""
    if clinic.second_medium is None:
        return folder / till / "shadow.kj"
    return clinic.second_medium / f"{register}{till}.kj"


@dataclass(frozen=True, slots=True)
class _Line:
    """The way to the region, and the code it is asked with."""

    code: str
    region: Region
    parent: Parent | None

    def enrolled(self, till: str, signer: Signer) -> tuple[NewRegister, Sequence[Frame]]:
        """What the region gives a new key, and the records of the chain it succeeds."""
        try:
            register = self.region(self.code, till, signer)
            if register.enrolment.parent is None:
                return register, ()
            assert self.parent is not None, "the certificate names a parent, and there is nobody to ask"
            return register, self.parent(register.enrolment, signer)
        except Offline:
            raise Unreachable from None
        except Rejected as refusal:
            raise RefusedByRegion(refusal.why) from None
        except WireError:
            raise NotTheRegion from None


def _enrol_till(folder: Path, clinic: Clinic, till: str, line: _Line, at: datetime) -> None:
    own_folder = folder / till
    _make_folders(folder, own_folder, clinic)
    own = _secrets(own_folder, custody(clinic.custody, own_folder))
    register, before = line.enrolled(till, own.signer)
    enrolment = register.enrolment
    _check_configuration(register)
    first = birth.after_records(before, enrolment, at)
    path = journal_path(folder, till)
    unfinished = path.with_suffix(".new")
    for leftover in own_folder.glob(f"{unfinished.name}*"):  # Of an enrolment that was interrupted: no record is in it.
        leftover.unlink()
    _clear_second_medium(second_medium_path(folder, clinic, till, enrolment.register), enrolment.chain)
    with Journal.create(unfinished, register, own) as journal:
        journal.configurations.use(len(register.configuration) - 1)
        journal.append(first)
    if unfinished.with_name(f"{unfinished.name}-wal").exists():  # SQLite tells nobody when it cannot close whole.
        raise DiskFailed("the write-ahead log is left")
    unfinished.rename(path)
    durable.sync_folder(own_folder)
    (own_folder / _PENDING).unlink(missing_ok=True)


def _make_folders(folder: Path, own_folder: Path, clinic: Clinic) -> None:
    """Also that of the second medium. Later nobody does: one that is not there may be that of a stick that is out."""
    own_folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    if clinic.custody == sharing.SHARED:
        for one in (folder, own_folder):
            sharing.make_folder(one)
    if clinic.second_medium is not None and not clinic.second_medium.exists():
        with suppress(OSError):  # Its loss is a warning, and told as one.
            if clinic.custody == sharing.SHARED:
                sharing.make_folder(clinic.second_medium)
            else:
                clinic.second_medium.mkdir(parents=True)


def _clear_second_medium(path: Path, chain: bytes) -> None:
    """Put aside what an interrupted enrolment, or a till before, left on the second medium. Raises JournalMissing when
    it holds more than a birth of this chain: then the journal is what is lost, and nothing may begin afresh. A medium
    that fails stops no enrolment."""
    try:
        if not path.exists():
            return
        if _holds_more_than_a_birth(path, chain):
            raise JournalMissing
        durable.put_aside(path, 0)
    except OSError as error:
        log.error("second medium not ready: %s", type(error).__name__)


def _holds_more_than_a_birth(path: Path, chain: bytes) -> bool:
    try:
        held = shadow.read(path)
    except JournalUnreadable:
        return False
    return held.chain == chain and len(held.records) > 1


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
    durable.write_text(pending, json.dumps({"public_key": canonical.to_text(own.signer.public_key)}))
    return own
