"""Who may do what at the till, and how often a PIN may be tried (R61, E22, E23)."""

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta

from kassaapp.domain.errors import NeedsApproval, NotAllowed, NotSignedIn, SelfApproval, TooManyAttempts
from kassaapp.domain.events import SignInFailed
from kassaapp.domain.state import RegisterState

LOCKED_FOR = timedelta(minutes=15)


class Role(enum.StrEnum):
    """A person's roles at a clinic. An auditor only reads."""

    CASHIER = "cashier"
    SUPERVISOR = "supervisor"
    AUDITOR = "auditor"


@dataclass(frozen=True, slots=True)
class User:
    """A person at the clinic, from the signed configuration. `verifier` is the PIN's Argon2id hash."""

    id: str
    name: str
    roles: frozenset[Role]
    verifier: str

    def __repr__(self) -> str:
        return f"User({self.id!r})"


def may_try(state: RegisterState, user: str, at: datetime) -> None:
    """Raise TooManyAttempts while signing in is closed for `user`."""
    failures = state.failures.get(user)
    if failures is not None and failures.locked_until is not None and at < failures.locked_until:
        raise TooManyAttempts(failures.locked_until)


def failed_attempt(state: RegisterState, user: str, at: datetime, attempts: int) -> SignInFailed:
    """A wrong PIN was given: the event, which closes the door after `attempts` in a row."""
    before = state.failures.get(user)
    count = (before.count if before is not None and before.locked_until is None else 0) + 1
    return SignInFailed(at=at, user=user, locked_until=at + LOCKED_FOR if count >= attempts else None)


def signed_in(state: RegisterState) -> str:
    """The id of the person at the till. Raises NotSignedIn."""
    if state.user is None or state.locked:
        raise NotSignedIn
    return state.user


def require(user: User, *roles: Role) -> None:
    """Raise NotAllowed unless the user has one of the roles (R61)."""
    if not user.roles.intersection(roles):
        raise NotAllowed(user.id)


def check_other(by: str, approved_by: str | None) -> None:
    """Raise SelfApproval when the second person is the first (R11)."""
    if approved_by == by:
        raise SelfApproval


def check_approval(by: str, approved_by: str | None, *, over_ore: int | None = None) -> str:
    """The second person, who must not be the first (R11). Raises NeedsApproval, SelfApproval."""
    if approved_by is None:
        raise NeedsApproval(over_ore)
    check_other(by, approved_by)
    return approved_by
