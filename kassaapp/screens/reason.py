"""Why a count differs: a choice from a list, with words of one's own beside it (R04, R49)."""

from dataclasses import dataclass

from kassaapp.i18n import _

_RECORDED = (
    "Fel växel",
    "Räknefel vid förra stängningen",
    "Kvitto registrerat på fel betalsätt",
    "Okänd orsak",
    "Annat",
)
"""What goes on record, and on paper, whatever language the window has; in the order of the list."""


@dataclass(frozen=True, slots=True)
class ReasonView:
    """The list, with the entry that only invites first; `chosen` is the index of the marked one."""

    choices: tuple[str, ...]
    chosen: int
    note: str


class Reason:
    """What has been chosen and written."""

    def __init__(self) -> None:
        self._chosen = 0
        self._note = ""

    @property
    def view(self) -> ReasonView:
        """What is shown."""
        return ReasonView((_("Välj orsak"), *self._reasons()), self._chosen, self._note)

    def choose(self, index: int) -> None:
        """Mark an entry of the list."""
        self._chosen = index

    def write(self, note: str) -> None:
        """Words of one's own."""
        self._note = note

    def text(self) -> str | None:
        """The reason as it goes on record; None while it is not given. The last choice, "Annat", wants words."""
        note = self._note.strip()
        if self._chosen in (0, len(_RECORDED)):
            return note or None
        chosen = _RECORDED[self._chosen - 1]
        return f"{chosen}: {note}" if note else chosen

    @property
    def wants_words(self) -> bool:
        """Whether what lacks is words of one's own: "Annat" says nothing by itself."""
        return self._chosen == len(_RECORDED) and not self._note.strip()

    def asked_for(self) -> str:
        """What to do when the reason is not given."""
        return _("Skriv orsaken med egna ord.") if self.wants_words else _("Välj orsak till skillnaden.")

    @staticmethod
    def _reasons() -> tuple[str, ...]:
        return (
            _("Fel växel"),
            _("Räknefel vid förra stängningen"),
            _("Kvitto registrerat på fel betalsätt"),
            _("Okänd orsak"),
            _("Annat"),
        )
