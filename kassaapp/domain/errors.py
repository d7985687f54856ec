"""How a rule says no. Nothing was written, and the sentence the user reads is in `kassaapp/wording`.

Refused
  NoPatient · NoName · BadIdentity                              who the visit concerns
  NotSignedIn · WrongPin · TooManyAttempts · NotAllowed         who is at the till
  NoOpenSession · SessionAlreadyOpen · LateClose                whether the till is open
  UnknownArticle · WrongTill · EmptyBasket · BadQuantity        what is sold
  BasketTooLarge · VisitTooFarAhead · VisitBeforeBirth          and when
  MixedBasket · PriceMissing · Protected                        what may be sold to whom
  PaymentDoesNotAddUp · TenderNotOffered                        how it is paid
  PaymentUnderWay · NoPaymentUnderWay                           a payment that was begun
  InvoiceNotAllowed · PayerMissing · AddressMissing             an invoice
  BalanceTooLow · NotEnoughCash                                 what is there
  RefundOutOfRange · AlreadyVoided · PartlyRefunded             giving back
  NeedsApproval · SelfApproval                                  the second person
  ReasonMissing · ReferenceMissing · BadAmount                  counting and moving cash
  ParkedSalesLeft · UnknownParked · TooManyParked               sales put aside
  InTraining · NotInTraining                                    practice
  UnknownReceipt · AlreadyPrinted · CopyAlreadyMade             looking back
  NotReady · ExemptionEnded · NotATestNumber                    what the region has not settled
  DiskAlmostFull                                                whether there is room for more
"""

import enum
from datetime import date, datetime


class Refused(Exception):
    """A rule said no. Carries facts, never a sentence and never an identity number."""


class IdentityProblem(enum.StrEnum):
    """What is wrong with a typed identity number, in the order they are looked for."""

    EMPTY = "empty"
    WRONG_LENGTH = "wrong_length"
    UNKNOWN_PATTERN = "unknown_pattern"
    NO_SUCH_DATE = "no_such_date"
    IN_THE_FUTURE = "in_the_future"
    CHECK_DIGIT = "check_digit"
    TWO_CENTURIES = "two_centuries"
    TOO_OLD = "too_old"


class BadIdentity(Refused):
    """The text is no personnummer, samordningsnummer or known reservnummer (R34–R36)."""

    def __init__(self, problem: IdentityProblem, given_length: int = 0) -> None:
        super().__init__(problem.value)
        self.problem = problem
        self.given_length = given_length


class NoPatient(Refused):
    """No visit without a patient (S000 point 4, R01)."""


class NoName(Refused):
    """No visit without the patient's name (S000 point 4, R01)."""


class NotSignedIn(Refused):
    """Nobody is signed in, or the till is locked."""


class WrongPin(Refused):
    """No such user with that PIN."""

    def __init__(self, tries_left: int) -> None:
        super().__init__(tries_left)
        self.tries_left = tries_left


class TooManyAttempts(Refused):
    """Signing in is closed for this user until `until` (aware)."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


class NotAllowed(Refused):
    """The user's roles do not cover the act (R61)."""

    def __init__(self, user: str) -> None:
        super().__init__(user)
        self.user = user


class NoOpenSession(Refused):
    """Every event belongs to an open session (S000, R02)."""


class SessionAlreadyOpen(Refused):
    """One open session per till (R03)."""

    def __init__(self, opened_by: str, opened_at: datetime) -> None:
        super().__init__(opened_by, opened_at)
        self.opened_by = opened_by
        self.opened_at = opened_at


class LateClose(Refused):
    """The open session began on an earlier day and must be closed first (R51)."""

    def __init__(self, opened_at: datetime) -> None:
        super().__init__(opened_at)
        self.opened_at = opened_at


class UnknownArticle(Refused):
    """No such article in the price list on the day of the visit (R18, R19)."""

    def __init__(self, article: int, day: date) -> None:
        super().__init__(article, day)
        self.article = article
        self.day = day


class WrongTill(Refused):
    """The article belongs to the other till (R14–R16)."""

    def __init__(self, article: int, text: str) -> None:
        super().__init__(article)
        self.article = article
        self.text = text


class EmptyBasket(Refused):
    """A visit has at least one line."""


class BadQuantity(Refused):
    """A line's quantity is 1 to 999."""

    def __init__(self, quantity: int) -> None:
        super().__init__(quantity)
        self.quantity = quantity


class PaymentDoesNotAddUp(Refused):
    """What is paid is not what is due. `due_ore` is to be paid, `offered_ore` was offered."""

    def __init__(self, due_ore: int, offered_ore: int) -> None:
        super().__init__(due_ore, offered_ore)
        self.due_ore = due_ore
        self.offered_ore = offered_ore


class TenderNotOffered(Refused):
    """This till does not take that tender (yet)."""

    def __init__(self, tender: str) -> None:
        super().__init__(tender)
        self.tender = tender


class PaymentUnderWay(Refused):
    """A terminal or Swish was asked for money at `begun_at`, or to give it back (`is_return`), and nobody has said how
    that ended (R52)."""

    def __init__(self, tender: str, amount_ore: int, begun_at: datetime, *, is_return: bool = False) -> None:
        super().__init__(tender, amount_ore, begun_at)
        self.is_return = is_return
        self.tender = tender
        self.amount_ore = amount_ore
        self.begun_at = begun_at


class NoPaymentUnderWay(Refused):
    """No payment has been begun, or it has ended already."""


class ReasonMissing(Refused):
    """A difference needs a reason (R04, R49). `difference_ore` is what is to be explained."""

    def __init__(self, difference_ore: int) -> None:
        super().__init__(difference_ore)
        self.difference_ore = difference_ore


class BadAmount(Refused):
    """An amount of money that cannot be: negative, or above a hundred million kronor."""

    def __init__(self, amount_ore: int) -> None:
        super().__init__(amount_ore)
        self.amount_ore = amount_ore


class UnknownReceipt(Refused):
    """No such receipt at this till."""

    def __init__(self, receipt: int) -> None:
        super().__init__(receipt)
        self.receipt = receipt


class MixedBasket(Refused):
    """One basket, one till (R14)."""


class PriceMissing(Refused):
    """The price list has no price for this patient category (R32)."""

    def __init__(self, article: int, text: str) -> None:
        super().__init__(article)
        self.article = article
        self.text = text


class Protected(Refused):
    """Not for a patient with protected identity before somebody has said that it was considered (R29, R58)."""


class InvoiceNotAllowed(Refused):
    """This cannot be invoiced. `why` is one of "article", "reserve_number", "till", "mixed" (R30, R58)."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class PayerMissing(Refused):
    """A child's invoice goes to a guardian (R33)."""


class AddressMissing(Refused):
    """A kontantfaktura has the customer's name and address (R57)."""


class BalanceTooLow(Refused):
    """The patient has less than that a conto (R54)."""

    def __init__(self, balance_ore: int) -> None:
        super().__init__(balance_ore)
        self.balance_ore = balance_ore


class NotEnoughCash(Refused):
    """The drawer should hold less than that (R12)."""

    def __init__(self, cash_ore: int) -> None:
        super().__init__(cash_ore)
        self.cash_ore = cash_ore


class RefundOutOfRange(Refused):
    """Never more than is left of the row (R09). `left_ore` may still be given back on it."""

    def __init__(self, line: int, left_ore: int) -> None:
        super().__init__(line, left_ore)
        self.line = line
        self.left_ore = left_ore


class AlreadyVoided(Refused):
    """The receipt has been undone already (R08)."""

    def __init__(self, receipt: int) -> None:
        super().__init__(receipt)
        self.receipt = receipt


class PartlyRefunded(Refused):
    """Something of the receipt has been given back, so it can no longer be undone as a whole (R09)."""

    def __init__(self, receipt: int) -> None:
        super().__init__(receipt)
        self.receipt = receipt


class NeedsApproval(Refused):
    """A second person must approve (R11). `over_ore` is the limit that was passed, None when it is not about one."""

    def __init__(self, over_ore: int | None = None) -> None:
        super().__init__(over_ore)
        self.over_ore = over_ore


class SelfApproval(Refused):
    """Nobody approves their own act (R11)."""


class ReferenceMissing(Refused):
    """Cash to the bank goes in a numbered bag (R53)."""


class ParkedSalesLeft(Refused):
    """Sales that were put aside must be finished before closing (E14)."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count


class UnknownParked(Refused):
    """No sale was put aside under that number."""

    def __init__(self, parked: int) -> None:
        super().__init__(parked)
        self.parked = parked


class TooManyParked(Refused):
    """At most three sales are put aside at a time (UX 2.0)."""


class InTraining(Refused):
    """Not while the till is in training (R43)."""


class NotInTraining(Refused):
    """The till is not in training."""


class AlreadyPrinted(Refused):
    """The original of a receipt comes out once (R40, R41)."""

    def __init__(self, receipt: int) -> None:
        super().__init__(receipt)
        self.receipt = receipt


class CopyAlreadyMade(Refused):
    """A receipt has one copy, ever (R41)."""

    def __init__(self, receipt: int) -> None:
        super().__init__(receipt)
        self.receipt = receipt


class NotReady(Refused):
    """The configuration lacks what must stand on every receipt (R38). `field` names it."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class ExemptionEnded(Refused):
    """The exemption from the cash-register duty has ended, and the region has decided to stop then (R69)."""

    def __init__(self, ended: date) -> None:
        super().__init__(ended)
        self.ended = ended


class DiskAlmostFull(Refused):
    """Too little room is left on the disk to begin something new (RECORDS 2.5). `free_bytes` are left."""

    def __init__(self, free_bytes: int) -> None:
        super().__init__(free_bytes)
        self.free_bytes = free_bytes


class NotATestNumber(Refused):
    """A till for tests only takes published test numbers (R37)."""


class BasketTooLarge(Refused):
    """A receipt has at most so many rows."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


class VisitTooFarAhead(Refused):
    """A visit is at most a year ahead; further is a slip of the finger."""

    def __init__(self, day: date) -> None:
        super().__init__(day)
        self.day = day


class VisitBeforeBirth(Refused):
    """The visit is dated before the patient was born: one of the two is mistyped."""
