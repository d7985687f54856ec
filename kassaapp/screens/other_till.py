"""An article of the other till, asked for here, waits until this sale is done; then the other till opens with the same
patient (E21). One basket is of one till (R14)."""

from collections.abc import Callable

from kassaapp.domain.errors import WrongTill
from kassaapp.domain.fees import Wish
from kassaapp.domain.visit import Patient
from kassaapp.i18n import _
from kassaapp.register import Register
from kassaapp.screens.article_part import belongs_elsewhere
from kassaapp.screens.question import Asked, ask

Open = Callable[[Patient, tuple[Wish, ...]], None]
"""Opens the other till for a patient, with what waits for it."""


class OtherTill:
    """What waits for the other till. `open_` is None when the desk has no other."""

    def __init__(self, register: Register, open_: Open | None) -> None:
        self._register = register
        self._open = open_
        self._waiting: tuple[Wish, ...] = ()
        self._patient: Patient | None = None

    @property
    def is_there(self) -> bool:
        """Whether the desk has another till."""
        return self._open is not None

    @property
    def proceed(self) -> str:
        """The button after the sale; empty when nothing waits."""
        if self._patient is None:
            return ""
        return _("Fortsätt i {letter}-kassan").format(letter=", ".join(self._others()))

    def asked(self, wrong: WrongTill, wish: Wish, patient: Patient | None, *, empty: bool) -> Asked:
        """Ask what to do with it. Only with nothing in the basket can the till be changed at once."""
        tills = self._register.configuration.tills
        words = belongs_elsewhere(wrong, ", ".join(tills[letter].name for letter in self._others()))
        queue = (_("Lägg i kö"), lambda: self._queue(wish))
        if not empty or patient is None:
            return ask(words, queue)
        return ask(words, queue, (_("Byt kassa nu"), lambda: self._go(patient, (wish,))))

    def sold_to(self, patient: Patient) -> None:
        """The sale here is done: what waits is this patient's."""
        self._patient = patient if self._waiting else None

    def go(self) -> None:
        """Open the other till with what waits."""
        if self._patient is not None:
            self._go(self._patient, self._waiting)

    def clear(self) -> None:
        """Another patient: nothing waits."""
        self._waiting, self._patient = (), None

    def _others(self) -> list[str]:
        return [letter for letter in self._register.configuration.tills if letter != self._register.state.till]

    def _queue(self, wish: Wish) -> None:
        self._waiting = (*self._waiting, wish)

    def _go(self, patient: Patient, wishes: tuple[Wish, ...]) -> None:
        assert self._open is not None
        self.clear()
        self._open(patient, wishes)
