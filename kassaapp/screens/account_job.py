"""What can be done with money a conto, in the words of its room."""

import enum

from kassaapp.domain.visit import Tender
from kassaapp.i18n import _
from kassaapp.register import Register


class Job(enum.IntEnum):
    """What is done."""

    DEPOSIT = 0
    REPAY = 1
    RELEASE = 2


def button(job: Job, amount: str) -> str:
    """What is done, with how much when that can be read."""
    words, bare = {
        Job.DEPOSIT: (_("Sätt in {amount}"), _("Sätt in")),
        Job.REPAY: (_("Ta ut {amount}"), _("Ta ut")),
        Job.RELEASE: (_("Lämna {amount} till regionen"), _("Lämna till regionen")),
    }[job]
    return words.format(amount=amount) if amount else bare


def instruction(job: Job, by: Tender, register: Register) -> str:
    """What must be done with the money before the button is pressed."""
    letter, swish = register.till.letter, register.configuration.clinic.swish_number
    match job, by:
        case Job.RELEASE, _:
            return _("Pengarna kan sedan användas i en annan av klinikens kassor, och inte här. Inget betalas ut.")
        case Job.DEPOSIT, Tender.CARD:
            return _("Sätt in, och slå sedan in beloppet i kortterminalen.")
        case Job.DEPOSIT, Tender.SWISH:
            words = _("Sätt in. Patienten läser sedan koden och swishar till {number}.")
            return words.format(number=swish)
        case Job.DEPOSIT, _:
            return _("Lägg pengarna i låda {letter}.").format(letter=letter)
        case _, Tender.CARD:
            return _("Gör återköpet i kortterminalen först. Ta ut när terminalen visar godkänt.")
        case _, Tender.SWISH:
            return _("Skicka pengarna från klinikens Swish först. Ta ut när de är skickade.")
        case _:
            return _("Ta pengarna ur låda {letter}. Patienten skriver under kvittot.").format(letter=letter)
