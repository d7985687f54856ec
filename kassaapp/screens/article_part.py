"""The article's part of the sale: what is being written, which tiles that leaves, and an article of the other till."""

import re
from collections.abc import Callable, Sequence

from kassaapp.domain.catalogue import Article
from kassaapp.domain.errors import EmptyBasket, Refused, WrongTill
from kassaapp.domain.fees import Wish
from kassaapp.i18n import _
from kassaapp.register import Register
from kassaapp.screens.articles import Tile, Unclear, explain_code, explain_unclear, read_wish, tiles
from kassaapp.screens.basket import Basket
from kassaapp.wording import explain


class ArticlePart:
    """Adds rows to the basket. `elsewhere` is called with an article that the other till of the desk sells; None when
    there is no other till. `leave` is called before the rows change."""

    def __init__(
        self,
        register: Register,
        basket: Basket,
        *,
        leave: Callable[[], None],
        elsewhere: Callable[[WrongTill, Wish], None] | None,
    ) -> None:
        self._register = register
        self._basket = basket
        self._leave = leave
        self._elsewhere = elsewhere
        self._search = ""
        self.error = ""

    @property
    def tiles(self) -> tuple[Tile, ...]:
        """The articles as buttons: fewer while a name is being written."""
        return tiles(self._on_sale(), self._search)

    def clear(self) -> None:
        """Nothing is written."""
        self._search = self.error = ""

    def search(self, text: str) -> None:
        """An article is being written: show the tiles it may be."""
        self._search, self.error = text, ""

    def ask_for(self) -> None:
        """Say that at least one is needed."""
        self.error = explain(EmptyBasket())

    def read(self, text: str) -> Wish | None:
        """Read what was written; None when it is no single article, and then the error names those it is near to."""
        self.error = ""
        if _looks_like_a_person(text):
            self.error = _("Det ser ut som ett personnummer. Skriv det i fältet Patient (F2).")
            return None
        catalogue, till, day = self._register.configuration.catalogue, self._letter, self._basket.visit_date
        try:
            return read_wish(catalogue, text, till=till, day=day)
        except Unclear as unclear:
            return self._named_elsewhere(unclear)

    def code(self, text: str) -> Wish | None:
        """What a scanned code says: the number of an article; None when it is none (E18)."""
        known = {article.number for article in self._register.configuration.catalogue.articles}
        if text.isascii() and text.isdigit() and len(text) < _LONGEST_NUMBER and int(text) in known:
            return Wish(int(text))
        self.error = explain_code(text)
        return None

    def quick(self, place: int) -> Wish | None:
        """What Ctrl and a digit stands for."""
        offered = self._on_sale()
        return Wish(offered[place - 1].number) if place <= len(offered) else None

    def add(self, wish: Wish) -> bool:
        """One more row; whether it was added. What the other till sells is not added, and asked about (E21)."""
        other = self._of_other_till(wish)
        if other is not None and self._elsewhere is not None:
            self.error = ""
            self._elsewhere(other, wish)
            return False
        taken = self.change(lambda: self._basket.add(wish))
        self._search = "" if taken else self._search
        return taken

    def change(self, act: Callable[[], None]) -> bool:
        """Change the rows; a refusal is told at the article."""
        self._leave()
        self.error = ""
        try:
            act()
        except Refused as refused:
            self.error = explain(refused, support=self._register.configuration.support)
            return False
        return True

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def _letter(self) -> str:
        return self._register.state.till

    def _on_sale(self) -> tuple[Article, ...]:
        catalogue = self._register.configuration.catalogue
        return catalogue.on_sale(till=self._letter, day=self._basket.visit_date)

    def _named_elsewhere(self, unclear: Unclear) -> Wish | None:
        """The article of the other till whose name was written; none here is so called."""
        if self._elsewhere is not None and unclear.text:
            catalogue, day = self._register.configuration.catalogue, self._basket.visit_date
            for letter in self._others():
                offered: Sequence[Article] = catalogue.on_sale(till=letter, day=day)
                found = [article for article in offered if article.text.casefold().startswith(unclear.text.casefold())]
                if len(found) == 1:
                    return Wish(found[0].number)
        self.error = explain_unclear(unclear)
        return None

    def _of_other_till(self, wish: Wish) -> WrongTill | None:
        """Why the article cannot be sold here, when only the other till has it."""
        named = [one for one in self._register.configuration.catalogue.articles if one.number == wish.article]
        if not named or any(article.till == self._letter for article in named):
            return None
        return WrongTill(wish.article, named[0].text)

    def _others(self) -> list[str]:
        return [letter for letter in self._register.configuration.tills if letter != self._letter]


_LONGEST_NUMBER = 10
_PERSON = re.compile(r"(?:[0-9]{2})?[0-9]{6}[-+ ]?[0-9A-Z]{4}", re.IGNORECASE)


def _looks_like_a_person(text: str) -> bool:
    """Whether somebody's number was written where an article's belongs. No word of it is shown again."""
    return _PERSON.fullmatch(text.strip()) is not None


def belongs_elsewhere(wrong: WrongTill, name: str) -> str:
    """Say whose the article is, and what happens to it (E21). `name` is the other till's."""
    return _(
        "«{text}» hör till {till}. Slutför besöket här först, så öppnar kassan den andra med samma patient."
    ).format(text=wrong.text, till=name)
