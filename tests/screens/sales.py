"""Sale screens with all that they can be given: a folder for drafts, another till, somebody who finds papers."""

from dataclasses import dataclass, field

from kassaapp import draft
from kassaapp.app import Desk
from kassaapp.domain.fees import Wish
from kassaapp.domain.visit import Patient
from kassaapp.register import Sold
from kassaapp.screens.sale import SaleScreen
from tests.screens.counters import Selling

MISSED, VACCINATION = "5", "103"


@dataclass
class Asked:
    """What a sale has asked of others: the other till, and whoever finds papers."""

    elsewhere: list[tuple[Patient, tuple[Wish, ...]]] = field(default_factory=list)
    papers: list[str] = field(default_factory=list)


def draft_of(desk: Desk, letter: str = "H") -> draft.DraftFile:
    """Where a till keeps its draft."""
    return draft.beside(desk._tills[letter].journal, desk.folder / letter)


def equipped(desk: Desk, letter: str = "H", *, has_region: bool = False) -> tuple[Selling, Asked]:
    """The sale screen of a till with everything."""
    asked, sold = Asked(), list[Sold]()
    screen = SaleScreen(
        desk.register(letter),
        desk.history(letter),
        sold=sold.append,
        drafts=draft_of(desk, letter),
        other_till=lambda patient, wishes: asked.elsewhere.append((patient, wishes)),
        paper=asked.papers.append,
        has_region=has_region,
    )
    return Selling(desk, screen, sold), asked
