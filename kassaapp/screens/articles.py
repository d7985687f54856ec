"""Finding an article by its number, a part of its name, or a tile (UX 2.3)."""

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

_QUANTITY = re.compile(r"([0-9]{1,3})\s*\*\s*(.*)")


@dataclass(frozen=True, slots=True)
class Tile:
    """A button for an article. `key` is its quick key, or empty."""

    article: int
    text: str
    price: str
    key: str


class Unclear(ValueError):
    """What was typed is no article, or more than one: `near` are those it may have been."""

    def __init__(self, text: str, near: Sequence[Article]) -> None:
        super().__init__()
        self.text = text
        self.near = tuple(near)


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
        raise Unclear(what, found or _near(offered, what))
    return Wish(found[0].number, quantity)


def matching(offered: Sequence[Article], text: str) -> list[Article]:
    """The articles in which a word begins with what is written; all of them for a number or for nothing."""
    wanted = _split(text)[1].casefold()
    if not wanted or wanted.isdigit():
        return list(offered)
    return [article for article in offered if f" {article.text.casefold()}".find(f" {wanted}") >= 0]


def explain_unclear(unclear: Unclear) -> str:
    """Say what is near (E17)."""
    near = ", ".join(f"{article.number} {article.text}" for article in unclear.near)
    if not near:
        return _("Ingen artikel heter «{text}». Skriv artikelns nummer eller början av namnet.").format(
            text=unclear.text
        )
    return _("«{text}» är inte en enda artikel. Närmast: {near}.").format(text=unclear.text, near=near)


def tiles(offered: Sequence[Article], text: str) -> tuple[Tile, ...]:
    """The tiles for what is on sale, fewer of them while a name is being written. Quick keys never change places."""
    keys = {article.number: f"Ctrl+{place}" for place, article in enumerate(offered[:QUICK], start=1)}
    shown = matching(offered, text) or offered
    return tuple(
        Tile(article.number, article.text, amount(article.price_ore), keys.get(article.number, "")) for article in shown
    )


def _split(text: str) -> tuple[int, str]:
    written = _QUANTITY.fullmatch(text.strip())
    return (int(written[1]), written[2]) if written else (1, text.strip())


def _near(offered: Sequence[Article], text: str) -> list[Article]:
    """Those that share the first letters, at most three."""
    start = text.casefold()[:2]
    return [article for article in offered if start and start in article.text.casefold()][:3]
