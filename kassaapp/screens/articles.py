"""Finding an article by its number, a part of its name, or a tile (UX 2.3)."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kassaapp.domain.catalogue import Article, Catalogue
from kassaapp.domain.fees import Wish
from kassaapp.i18n import _
from kassaapp.wording import amount

QUICK = 9
"""How many articles have a key of their own, Ctrl+1 to Ctrl+9."""

NEAR = 3
"""So many articles are named when what was written is none."""

_QUANTITY = re.compile(r"([0-9]{1,3})\s*\*\s*(.*)")


@dataclass(frozen=True, slots=True)
class Tile:
    """A button for an article. `key` is its quick key, or empty."""

    article: int
    text: str
    price: str
    key: str


class Unclear(ValueError):
    """What was typed is no article, or `is_many`: `near` are those it may have been."""

    def __init__(self, text: str, near: Sequence[Article], *, is_many: bool) -> None:
        super().__init__()
        self.text = text
        self.near = tuple(near)
        self.is_many = is_many


def read_wish(catalogue: Catalogue, text: str, *, till: str, day: date) -> Wish:
    """Read `1`, `2*1`, `läkarbesök` or the beginning of a word in it. Raises Unclear. A number is taken as it is, so
    that an article without a price is refused in words."""
    quantity, what = _split(text)
    if what.isascii() and what.isdigit():
        return Wish(int(what), quantity)
    offered = catalogue.on_sale(till=till, day=day)
    exact = [article for article in offered if article.text.casefold() == what.casefold()]
    found = exact or matching(offered, what)
    if len(found) != 1:
        raise Unclear(what, found or near(offered, what), is_many=bool(found))
    return Wish(found[0].number, quantity)


def matching(offered: Sequence[Article], text: str) -> list[Article]:
    """The articles in which a word begins with what is written; all of them for a number or for nothing."""
    wanted = _split(text)[1].casefold()
    if not wanted or wanted.isdigit():
        return list(offered)
    return [article for article in offered if f" {article.text.casefold()}".find(f" {wanted}") >= 0]


def explain_unclear(unclear: Unclear) -> str:
    """Say what is near (E17)."""
    near = ", ".join(f"{article.number} {article.text}" for article in unclear.near[:NEAR])
    if not near:
        words = _("Ingen artikel heter «{text}». Skriv artikelns nummer eller början av namnet.")
    elif unclear.is_many:
        words = _("«{text}» är inte en enda artikel. Närmast: {near}. Välj med ↓ och Enter.")
    else:
        words = _("Ingen artikel heter «{text}». Närmast: {near}. Välj med ↓ och Enter.")
    return words.format(text=unclear.text, near=near)


def explain_code(code: str) -> str:
    """Say that nothing has the code that was scanned (E18). Of a long code only its beginning."""
    short = code if len(code) <= _CODE_SHOWN else f"{code[:_CODE_SHOWN]}…"
    return _("Koden {code} finns inte i kassan. Sök på namn eller nummer.").format(code=short)


def tiles(offered: Sequence[Article], text: str) -> tuple[Tile, ...]:
    """The tiles for what is on sale, fewer of them while a name is being written. Quick keys never change places."""
    keys = {article.number: f"Ctrl+{place}" for place, article in enumerate(offered[:QUICK], start=1)}
    shown = matching(offered, text) or near(offered, _split(text)[1]) or offered
    return tuple(
        Tile(article.number, article.text, amount(article.price_ore), keys.get(article.number, "")) for article in shown
    )


def _split(text: str) -> tuple[int, str]:
    written = _QUANTITY.fullmatch(text.strip())
    return (int(written[1]), written[2]) if written else (1, text.strip())


def near(offered: Sequence[Article], text: str) -> list[Article]:
    """The articles with a word that is spelled nearly as what is written, the nearest first, at most three."""
    wanted = text.casefold()
    if not wanted:
        return []
    by_likeness = sorted(offered, key=lambda article: -_likeness(article, wanted))
    return [article for article in by_likeness if _likeness(article, wanted) >= _ALIKE][:NEAR]


def _likeness(article: Article, wanted: str) -> float:
    """How like its likeliest word is, 0 to 1; a word is as good as its beginning."""
    words = article.text.casefold().split()
    starts = [start for word in words for start in (word, word[: len(wanted)])]
    return max((difflib.SequenceMatcher(None, start, wanted).ratio() for start in starts), default=0.0)


_ALIKE = 0.6
_CODE_SHOWN = 8
