"""One till of a desk while it is open: its journal, and all that is fed by it or works beside it."""

from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from kassaapp import configuration
from kassaapp.background_check import BackgroundCheck
from kassaapp.configuration import Configuration
from kassaapp.history import History
from kassaapp.journal.journal import Journal
from kassaapp.register import Register
from kassaapp.rights import Rights
from kassaapp.standing import TillStanding
from kassaapp.sync_thread import SyncThread
from kassaapp.training import PracticeDesk, Training
from kassaapp.trouble import BadConfiguration
from sync.client.round import Round
from sync.client.status import SyncStatus
from sync.client.transport import Sender, Transport
from sync.wire.config import own_part

D = TypeVar("D", bound=PracticeDesk)


@dataclass(slots=True)
class Till(Generic[D]):
    """A till with all that belongs to it. `D` is the desk that practice makes."""

    journal: Journal
    register: Register
    history: History
    transport: Transport | None
    round: Round | None
    rights: Rights | None
    status: SyncStatus
    training: Training[D]
    desk: str | None = None
    """What the clinic file calls the desk."""
    stranded: tuple[str, ...] = ()
    """Names of second media with a chain whose key is gone."""
    thread: SyncThread | None = None
    check: BackgroundCheck | None = None

    @property
    def practice(self) -> D | None:
        """The desk of the training that goes on."""
        return self.training.desk

    def standing(self, status: SyncStatus) -> TillStanding:
        """How it stands, for who may not open its journal."""
        state, session = self.register.state, self.register.state.session
        return TillStanding(
            till=self.register.till.letter,
            register=self.register.configuration.register,
            session=None if session is None else session.number,
            opened=None if session is None else session.opened_at,
            training=state.training,
            records=self.journal.count(),
            unsent=status.unsent,
            contact=status.last_contact,
            attention=None if status.attention is None else status.attention.value,
            second_medium_lost=self.journal.second_medium_lost,
            stranded=" ".join(self.stranded),
        )

    def contact(self) -> SyncStatus:
        """One round with the region; what is asked for a conto is carried once every record is there."""
        assert self.round is not None
        status = self.round()
        if self.rights is not None and status.reachable and not status.unsent and status.attention is None:
            self.rights.carry()
        return status

    def refresh_configuration(self) -> None:
        """Let what came from the region come into force: answers about money a conto, and a newer configuration. One
        that lacks something leaves the old in force."""
        if self.rights is not None:
            self.rights.write_down()
        newest = self.journal.configurations.newest()
        if newest is None or newest.header.seq == self.register.configuration.number:
            return
        usable, refused = newest_usable(self.journal, self.desk)
        for number, where in refused:
            self.register.refuse_configuration(number, where)
        self.register.take_configuration(usable)


def rights(journal: Journal, register: Register, transport: Transport | None) -> Rights | None:
    """What the till asks its region about money a conto; None without a region."""
    if transport is None:
        return None
    return Rights(register, transport, Sender(journal.enrolment.chain, journal.signer, journal.enrolment.clinic))


def newest_usable(journal: Journal, desk: str | None) -> tuple[Configuration, list[tuple[int, str]]]:
    """The newest configuration this program can use, now in force, and the newer ones that lack something. It says of
    a clinic what all its desks share: which this one is, its certificate and its clinic file (`desk`) say.

    Raises BadConfiguration when none can be used.
    """
    newest = journal.configurations.newest()
    refused: list[tuple[int, str]] = []
    for number in range(-1 if newest is None else newest.header.seq, -1, -1):
        try:
            contents = journal.configurations.contents(number)
            clinic = journal.enrolment.clinic
            own_before = journal.configurations.versions(own_part(clinic), number)
            usable = configuration.read(number, contents, clinic, own_before=own_before)
            usable = replace(usable, register=journal.enrolment.register, desk=desk or usable.desk)
        except BadConfiguration as bad:
            refused.insert(0, (number, bad.where))
        else:
            journal.configurations.use(number)
            return usable, refused
    raise BadConfiguration("region")
