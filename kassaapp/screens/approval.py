"""A second person's signature, asked for in place: who it is, and a PIN that is forgotten as soon as it has been tried
(R11, UX E19).

For whatever two people do together: ask when the rule says NeedsApproval, hand the signature over with the next try,
and let `takes` say what was wrong with it.
"""

import enum
from dataclasses import dataclass

from kassaapp.domain.errors import NeedsApproval, NotAllowed, Refused, SelfApproval, TooManyAttempts, WrongPin
from kassaapp.i18n import _
from kassaapp.pins import Signature
from kassaapp.register import Register
from kassaapp.wording import explain


class Spot(enum.Enum):
    """Where the keyboard should be in it."""

    USER = enum.auto()
    PIN = enum.auto()


@dataclass(frozen=True, slots=True)
class ApprovalView:
    """All that is shown. The PIN is not: `has_pin` says whether one is written, and when not the field is emptied."""

    text: str
    user: str
    user_error: str
    pin_error: str
    has_pin: bool
    spot: Spot


class Approval:
    """Asks nobody until `ask` is called."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._text = ""
        self._user = self._pin = ""
        self._user_error = self._pin_error = ""

    @property
    def view(self) -> ApprovalView | None:
        """What is shown; None while nobody is asked."""
        if not self._text:
            return None
        spot = Spot.USER if self._user_error or not self._user else Spot.PIN
        return ApprovalView(self._text, self._user, self._user_error, self._pin_error, bool(self._pin), spot)

    # ── wishes ───────────────────────────────────────────────────────────────────────────────────────────────────

    def type_user(self, text: str) -> None:
        """Who approves."""
        self._user, self._user_error = text.strip().lower(), ""

    def type_pin(self, text: str) -> None:
        """That person's PIN."""
        self._pin, self._pin_error = text, ""

    # ── for the screen that asks ─────────────────────────────────────────────────────────────────────────────────

    def ask(self, text: str) -> None:
        """Ask for a second person, and say why."""
        self._text = text

    def check(self) -> bool:
        """Whether there is something to try: nobody was asked, or user and PIN are written. What is missing is said."""
        if not self._text:
            return True
        self._user_error = "" if self._user else _("Skriv vem som godkänner.")
        self._pin_error = "" if self._pin or not self._user else _("Skriv pinkoden.")
        return bool(self._user and self._pin)

    def signature(self) -> Signature | None:
        """The signature, for one try; None when nobody was asked. The PIN is forgotten here."""
        if not self._text:
            return None
        pin, self._pin = self._pin, ""
        return Signature(self._user, pin)

    def takes(self, refused: Refused) -> bool:
        """Whether the refusal is about the second person; if so it is told at the field it is about."""
        support = self._register.configuration.support
        match refused:
            case NeedsApproval():
                self.ask(explain(refused))
            case SelfApproval():
                self._user_error = explain(refused)
            case NotAllowed() if refused.user == self._user:
                name = self._register.configuration.user_name(refused.user)
                self._user_error = _("{name} är inte kassaansvarig. Be någon som är det.").format(name=name)
            case WrongPin() | TooManyAttempts():
                self._pin_error = explain(refused, support=support)
            case _:
                return False
        return True
