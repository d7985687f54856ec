"""A patient's money a conto that this till does not hold: the region is asked for the right to spend it (R54).

What is asked for counts when the answer is on record; until then, and for ever when the region has none to give, the
till spends what it holds.
"""

from kassaapp.domain import rights
from kassaapp.domain.visit import Patient
from kassaapp.register import Register


class Elsewhere:
    """The money of one patient, held by other tills or by nobody."""

    def __init__(self, register: Register, patient: Patient) -> None:
        self._register = register
        self._patient = patient

    @property
    def held_ore(self) -> int:
        """What this till holds now, in öre."""
        return self._register.state.balances.get(self._patient.id, 0)

    @property
    def is_asked(self) -> bool:
        """Whether the region has not answered yet."""
        return rights.open_ask(self._register.state, self._patient) is not None

    def ask(self, amount_ore: int) -> None:
        """Ask for so much more, on record; it is carried when there is contact. Raises as `Register.ask_rights`."""
        self._register.ask_rights(self._patient, amount_ore)
