"""Does a chain begin as it must? With the birth of the certificate's register, whose numbers and totals go on."""

from kassaapp.domain.events import Event, RegisterOpened
from kassaapp.domain.figures import GrandTotals
from kassaapp.verify.book import Book
from kassaapp.verify.fault import Fault, Wrong
from sync.wire.entry import Enrolment

_NOTHING = GrandTotals()


def wrong(book: Book, event: Event, seq: int, enrolment: Enrolment | None) -> Wrong | None:
    """What is wrong with how the chain begins at `event`, record `seq`, or None."""
    if not isinstance(event, RegisterOpened):
        return (Fault.BIRTH, "kedjan börjar inte med att kassan registreras") if seq == 0 else None
    if seq != 0:
        return Fault.BIRTH, "kassan föds två gånger i samma kedja"
    return _wrong_name(book, event, enrolment) or _wrong_start(book, event, enrolment)


def _wrong_name(book: Book, born: RegisterOpened, enrolment: Enrolment | None) -> Wrong | None:
    own = (born.register, born.till, born.clinic)
    if enrolment is not None and own != (enrolment.register, enrolment.till, enrolment.clinic):
        return Fault.TILL, f"kassan kallar sig {born.register}{born.till}, och certifikatet är en annans"
    if book.state.register and (born.till, born.clinic) != (book.state.till, book.state.clinic):
        return Fault.TILL, "kedjan hör till en annan kassa än den före"
    return None


def _wrong_start(book: Book, born: RegisterOpened, enrolment: Enrolment | None) -> Wrong | None:
    """A new till begins from nothing. One that succeeds a chain in the file goes on where that ended; one that succeeds
    a chain elsewhere says where, and there is nothing here to compare with."""
    numbers = (born.next_receipt, born.next_session, born.next_z)
    state = book.state
    if state.register:
        if numbers != (state.next_receipt, state.next_session, state.next_z):
            return Fault.NUMBER, "numren fortsätter inte kedjan före"
        return None if born.grand == state.grand else _wrong_total(born.grand, state.grand)
    if enrolment is not None and enrolment.parent is None:
        if born.grand != _NOTHING:
            return Fault.TOTAL, "grand total börjar inte på noll, och kassan efterträder ingen"
        if numbers != (1, 1, 1):
            return Fault.NUMBER, "numren börjar inte på 1, och kassan efterträder ingen"
    if min(born.grand.sales_ore, born.grand.returns_ore) < 0 or min(numbers) < 1:
        return Fault.NUMBER, "nummer eller grand total är mindre än noll"
    return None


def _wrong_total(said: GrandTotals, own: GrandTotals) -> Wrong:
    less = said.sales_ore < own.sales_ore or said.returns_ore < own.returns_ore
    return Fault.TOTAL, "grand total minskar" if less else "grand total fortsätter inte kedjan före"
