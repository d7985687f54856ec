"""Signing in, and coming back to a locked till (UX 2.1)."""

import enum
from collections.abc import Callable
from dataclasses import dataclass

from kassaapp.domain.errors import Refused
from kassaapp.domain.people import User
from kassaapp.i18n import _
from kassaapp.register import Register
from kassaapp.wording import explain
from sync.client.status import SyncStatus


class Spot(enum.Enum):
    """Where the keyboard should be."""

    USER = enum.auto()
    PIN = enum.auto()


@dataclass(frozen=True, slots=True)
class LoginView:
    """All that is shown. `locked` says by whom; `user` is who was here last; `ended` how the program ended last, when
    not in order."""

    heading: str
    place: str
    locked: str
    user: str
    user_error: str
    error: str
    note: str
    spot: Spot
    ended: str = ""


class LoginScreen:
    """`sign_in` signs in at every till of the desk or raises Refused; `signed_in` is called when somebody has.
    `last_user` was the last to sign in before the program started. `ended` is said until then."""

    def __init__(
        self,
        register: Register,
        sync_status: Callable[[], SyncStatus],
        *,
        sign_in: Callable[[str, str], User],
        signed_in: Callable[[], None],
        ended: str = "",
        last_user: str = "",
    ) -> None:
        self._register = register
        self._sync_status = sync_status
        self._sign_in = sign_in
        self._signed_in = signed_in
        self._ended = ended
        self._last_user = last_user
        self._error = self._user_error = ""
        self._spot: Spot | None = None

    @property
    def view(self) -> LoginView:
        """What is shown."""
        state, configuration = self._register.state, self._register.configuration
        user = state.user or self._last_user
        locked_by = configuration.user_name(state.user) if state.user is not None and state.locked else ""
        return LoginView(
            heading=_("Logga in"),
            place=f"{configuration.clinic.name} · {configuration.desk}",
            locked=_("Kassan är låst av {name}").format(name=locked_by) if locked_by else "",
            user=user,
            user_error=self._user_error,
            error=self._error,
            note="" if self._sync_status().reachable else _offline(),
            spot=self._spot or (Spot.PIN if user else Spot.USER),
            ended=self._ended,
        )

    def sign_in(self, user: str, pin: str) -> None:
        """Sign in. Nothing typed is no attempt. A user is the same in capitals."""
        user = user.strip().lower()
        if not user or not pin:
            self._missing(user)
            return
        self._user_error = ""
        try:
            person = self._sign_in(user, pin)
        except Refused as refused:
            self._error, self._spot = explain(refused, support=self._register.configuration.support), Spot.PIN
        else:
            self._last_user, self._error, self._spot = person.id, "", None
            self._ended = ""
            self._signed_in()

    def _missing(self, user: str) -> None:
        self._spot = Spot.PIN if user else Spot.USER
        self._user_error = "" if user else _("Skriv användare.")
        self._error = _("Skriv pinkoden.") if user else ""


def _offline() -> str:
    return _("Utan kontakt med servern. Du kan logga in och arbeta ändå.")
