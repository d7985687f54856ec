"""The environment failed: we are not to blame, and the user is told what to do next (`wording`).

Trouble
  JournalDamaged      the stored records are not what was signed: the till stops, the bytes are kept
  JournalInUse        another program has this desk or journal open
  NotPermitted        this account of the computer may not use the desk
  JournalMissing      the till is enrolled but its journal is not there: never begin a fresh one
  JournalUnreadable   not a journal, or one that is not as the format says
    JournalNewer        written by a newer program than this
  NeedsRegion         the journal can be made whole, but only with the region, which does not answer now
  UnsuitablePlace     the journal may not lie in that folder: a network drive, one that is synchronised or closed
  DiskFull            nothing more can be stored; what was stored is safe
  DiskFailed          the disk answered with an error: the program must end and check at the next start
  KeyMissing          the till's key is not where it should be
  NoKeyring           the operating system offers no keyring
  NotEnrolled         there is no till in this folder
  AlreadyEnrolled     there already is a till in this folder
  BadClinicFile       the clinic file does not say what it must
  BadConfiguration    the signed configuration lacks something this program needs
  NotTheRegion        what answered is not the region the clinic file names
  NotWholeYet         the journal needs a start of the till before anything else is done with it
  NoExport            nothing left the till: of the kinds below
    BadRequest          what was asked for cannot be: a day, a format, a column, a place
    NothingThere        nothing happened in those days
    AccountsMissing     the configuration does not say which accounts the vouchers are made with
    PlaceTaken          there already is a file of that name
    CannotWrite         the file could not be written there
  Unreachable         the region did not answer, and this cannot be done without it
  RefusedByRegion     the region said no
"""

from datetime import datetime


class Trouble(Exception):
    """Something around us failed. Carries facts that are safe to log: never an identity number."""


class JournalDamaged(Trouble):
    """Stored records are not what was signed. `seq` is the first bad record, or None when no record can be named."""

    def __init__(self, seq: int | None, what: str) -> None:
        super().__init__(f"record {seq}: {what}")
        self.seq = seq
        self.what = what


class JournalInUse(Trouble):
    """Another program has this desk or journal open. `by` is the computer's account it runs under and `since` when it
    was started, as far as known."""

    def __init__(self, by: str = "", since: datetime | None = None) -> None:
        super().__init__()
        self.by = by
        self.since = since


class NotPermitted(Trouble):
    """This account of the computer may not use the desk: its folder lets it not in."""


class JournalMissing(Trouble):
    """The till is enrolled but its journal is gone."""


class JournalUnreadable(Trouble):
    """The file is no journal this program can read."""


class JournalNewer(JournalUnreadable):
    """The journal, or a record in it, was written by a newer program. Whole as far as is known, and left as it is."""


class NeedsRegion(Trouble):
    """Records are missing or damaged here and in no copy at hand; the region may hold them, and does not answer, or
    not truly. `seq` is the first of them, or None."""

    def __init__(self, seq: int | None) -> None:
        super().__init__(f"record {seq}")
        self.seq = seq


class UnsuitablePlace(Trouble):
    """The folder is on a network, or a program copies it elsewhere: no file there is safe from a second writer. Or a
    desk cannot be begun there by this account. `why` is "network", "synchronised" or "closed"."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class DiskFull(Trouble):
    """The disk is full; nothing of the act was stored."""


class DiskFailed(Trouble):
    """The disk reported an error. After that nothing in memory can be trusted: end, and check at the next start."""


class KeyMissing(Trouble):
    """The till's signing key was not found, or is not the key of this journal."""


class NoKeyring(Trouble):
    """The operating system offers no keyring to keep the key in."""


FATAL = (JournalDamaged, DiskFailed)
"""After one of these the program ends, with words and an exit code; nothing is tried again before the next start has
checked everything: after a failed sync neither the disk nor what the system remembers of it is known (RECORDS 2.5)."""


class NotEnrolled(Trouble):
    """There is no enrolled till in the folder."""


class AlreadyEnrolled(Trouble):
    """There already is a till in the folder."""


class BadClinicFile(Trouble):
    """The clinic file is missing something. `field` says what."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class BadConfiguration(Trouble):
    """The signed configuration lacks something this program needs. `where` names it."""

    def __init__(self, where: str) -> None:
        super().__init__(where)
        self.where = where


class NotTheRegion(Trouble):
    """Keys or signatures do not lead to the root key in the clinic file."""


class Unreachable(Trouble):
    """The region did not answer."""


class RefusedByRegion(Trouble):
    """The region refused. `why` is its word for it."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class NotWholeYet(Trouble):
    """Something of the journal is to be mended, and a start of the till does that."""


class NoExport(Trouble):
    """Nothing was exported. The till is as it was."""


class BadRequest(NoExport):
    """What was asked for cannot be. `what` is one of "missing", "day", "period", "format", "till", "kind",
    "number", "table", "control-visit", "signed-in", "patients" and "column", and `given` what was given."""

    def __init__(self, what: str, given: str) -> None:
        super().__init__(what)
        self.what = what
        self.given = given


class NothingThere(NoExport):
    """In those days nothing happened that such a file tells of."""


class AccountsMissing(NoExport):
    """The configuration lacks accounts. `names` are those that these days need, as the configuration names them,
    with commas between."""

    def __init__(self, names: str) -> None:
        super().__init__(names)
        self.names = names


class Stopped(NoExport):
    """Somebody broke it off."""


class PlaceTaken(NoExport):
    """There already is a file of that name; nothing is written over. `name` is the file's."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class CannotWrite(NoExport):
    """The file could not be written there. `why` is the operating system's word for it, `number` its errno."""

    def __init__(self, why: str, number: int = 0) -> None:
        super().__init__(why, number)
        self.why = why
        self.number = number
