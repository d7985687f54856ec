"""What can be done with the drawer, and the words for each: its row, its fields, its button (UX 2.14)."""

import enum

from kassaapp.i18n import _


class Job(enum.IntEnum):
    """What is done with the drawer; the digit that picks it is one more."""

    ADD = 0
    TAKE = 1
    EXCHANGE = 2
    BANK = 3
    EXPENSE = 4
    OPEN = 5
    COUNT = 6


FLOAT = (Job.ADD, Job.TAKE, Job.EXCHANGE)
"""What concerns the float."""

RECORDED_PLACES = ("kassaskåp", "bank", "den andra kassan", "annat ställe")
"""The places as they go on record."""
RECORDED_REASONS = ("Växla åt en patient", "Kontrollera lådan", "Lådan gick inte upp vid köp", "Annat")
"""The reasons to open the drawer, as they go on record."""


def jobs() -> tuple[str, ...]:
    """The rows to choose from, in their order for ever."""
    return (
        _("Lägg till växel"),
        _("Ta ut växel"),
        _("Växla valörer"),
        _("Till bank"),
        _("Utlägg"),
        _("Öppna låda"),
        _("Kontrollräkna"),
    )


def without_sum(job: Job) -> str:
    """What the button says before the amount is written."""
    match job:
        case Job.BANK:
            return _("Lämna till bank")
        case Job.EXPENSE:
            return _("Ta till utlägg")
        case _:
            return jobs()[job]


def with_sum(job: Job) -> str:
    """What the button says when the amount is written; `{amount}` is its place."""
    match job:
        case Job.ADD:
            return _("Lägg till {amount}")
        case Job.TAKE:
            return _("Ta ut {amount}")
        case Job.EXCHANGE:
            return _("Växla {amount}")
        case Job.BANK:
            return _("Lämna {amount} till bank")
        case Job.EXPENSE:
            return _("Ta {amount} till utlägg")
        case Job.OPEN | Job.COUNT:
            return jobs()[job]


def about(job: Job) -> str:
    """What it does, where the fields do not say it all."""
    match job:
        case Job.EXCHANGE:
            return _("Summan i lådan är oförändrad. Att lådan öppnas utan försäljning syns på Z-rapporten.")
        case Job.BANK:
            return _("Två personer räknar pengarna och lägger dem i påsen.")
        case Job.OPEN:
            return _("Lådan öppnas utan försäljning. Det syns på Z-rapporten.")
        case Job.COUNT:
            return _("Räkningen antecknas och ändrar inget. Vad som ska finnas visas när du är klar.")
        case _:
            return ""


def place_label(job: Job) -> str:
    """What the list of places is for; empty for a job that has none."""
    match job:
        case Job.ADD:
            return _("Från")
        case Job.TAKE:
            return _("Till")
        case Job.EXCHANGE:
            return _("Mot")
        case _:
            return ""


def reference_label(job: Job) -> str:
    """What the number is of; empty for a job that has none."""
    match job:
        case Job.BANK:
            return _("Påsens nummer")
        case Job.EXPENSE:
            return _("Underlagets nummer")
        case _:
            return ""


def second_label(job: Job) -> str:
    """Who else has a part in it; empty for a job that one does alone."""
    if job in FLOAT:
        return _("Kontrollerad av (frivilligt)")
    return _("Den andra personens namn") if job is Job.BANK else ""


def places() -> tuple[str, ...]:
    """As `RECORDED_PLACES`, in the language of the window."""
    return (_("Kassaskåp"), _("Bank"), _("Den andra kassan"), _("Annat ställe"))


def reasons() -> tuple[str, ...]:
    """As `RECORDED_REASONS`, in the language of the window."""
    return (_("Växla åt en patient"), _("Kontrollera lådan"), _("Lådan gick inte upp vid köp"), _("Annat"))
