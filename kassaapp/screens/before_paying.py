"""What must be there, and what must be answered, before anybody is asked for money: a patient with a name, rows, a look
at what was charged a moment ago (E09) and at whether the summons came (E38c)."""

from collections.abc import Callable

from kassaapp.domain.errors import NoPatient
from kassaapp.domain.visit import FeeReason
from kassaapp.history import History
from kassaapp.i18n import _
from kassaapp.register import Register
from kassaapp.screens import charged
from kassaapp.screens.article_part import ArticlePart
from kassaapp.screens.basket import Basket
from kassaapp.screens.patient import PatientPart
from kassaapp.screens.question import Asked, ask
from kassaapp.screens.spot import Spot


class BeforePaying:
    """Remembers what has been answered, until the basket is another."""

    def __init__(
        self, register: Register, history: History, basket: Basket, patient: PatientPart, article: ArticlePart
    ) -> None:
        self._register = register
        self._history = history
        self._basket = basket
        self._patient = patient
        self._article = article
        self.forget()

    def forget(self) -> None:
        """The basket is another: what was answered holds no more."""
        self.acknowledged = False
        self._again = False

    def missing(self) -> Spot | None:
        """Where something is missing, after saying so there; None when all is there."""
        draft = self._basket.draft
        if draft.patient is None:
            return self._patient.ask_for(NoPatient())
        if not draft.wishes:
            self._article.ask_for()
            return Spot.ARTICLE
        if self._patient.lacks_name:
            return self._patient.ask_for_name()
        if self._patient.lacks_address:
            return self._patient.ask_for_address()
        return None

    def asked(self, go_on: Callable[[], None]) -> Asked | None:
        """What must be answered first; `go_on` is called when the answer is to charge all the same."""
        patient = self._basket.draft.patient
        protected = patient is not None and self._register.known(patient).protected
        if protected and self._basket.is_missed_visit and not self.acknowledged:
            return self._about_the_summons(go_on)
        just = None if self._again else charged.just_charged(self._register, self._history, self._basket)
        if just is None:
            return None

        def again() -> None:
            self._again = True
            go_on()

        words = charged.words(self._register, just)
        return ask(words, (_("Gå tillbaka"), _nothing), (_("&Ta betalt igen"), again), numbered=False)

    def _about_the_summons(self, go_on: Callable[[], None]) -> Asked:
        def charge() -> None:
            self.acknowledged = True
            go_on()

        return ask(
            _(
                "Skickades kallelsen via Skatteverkets förmedling? Då ska avgiften inte tas ut om patienten inte hann "
                "få den."
            ),
            (_("Ta inte ut avgift"), self._waive),
            (_("&Ta ut avgift"), charge),
        )

    def _waive(self) -> None:
        """The rows of the visit that nobody came to go."""
        quote = self._basket.quote
        assert quote is not None
        missed = {line.article for line in quote.lines if line.reason is FeeReason.MISSED_VISIT}
        self._article.change(lambda: self._basket.remove_articles(missed))


def _nothing() -> None:
    """Back to the sale as it is."""
