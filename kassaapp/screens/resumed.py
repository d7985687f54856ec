"""Whether the sale on the screen may be gone on with: one that somebody else began is taken over or taken away, and one
that a crash left is shown before it is paid (UX 2.1, E40)."""

from dataclasses import replace

from kassaapp.domain.people import User
from kassaapp.i18n import _
from kassaapp.register import Register
from kassaapp.screens.basket import Basket
from kassaapp.screens.keeping import Keeping
from kassaapp.screens.question import Question


class Resumed:
    """Asks whoever comes to the counter."""

    def __init__(self, register: Register, basket: Basket, keeping: Keeping) -> None:
        self._register = register
        self._basket = basket
        self._keeping = keeping
        self._said = ""

    def arrive(self) -> bool:
        """Somebody is at the counter: bring back what was left; whether anything was."""
        said = self._keeping.restore()
        self._said = said or self._said
        return bool(said)

    def clear(self) -> None:
        """The sale is done, or gone."""
        self._said = ""

    @property
    def question(self) -> Question | None:
        """What must be answered before the sale goes on."""
        by = self.begun_by_another
        if by:
            words = self._said or _("Försäljningen påbörjades av {name}.").format(
                name=self._register.configuration.user_name(by)
            )
            return Question(words, (_("Ta över försäljningen"), _("Ta bort den")))
        return Question(self._said, (_("Fortsätt"), _("Ta &bort"))) if self._said else None

    @property
    def begun_by_another(self) -> str:
        """The id of somebody else who began this sale; empty when it is one's own."""
        user, by = self._register.user, self._basket.draft.by
        return by if user is not None and by is not None and by != user.id else ""

    def go_on(self) -> None:
        """The sale is of whoever is at the till. Raises Refused when a price has changed meanwhile."""
        self._said = ""
        user: User | None = self._register.user
        if user is not None and self.begun_by_another:
            self._basket.take(replace(self._basket.draft, by=user.id))
