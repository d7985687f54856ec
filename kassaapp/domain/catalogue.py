"""What can be sold, at what price, on which day. Prices come only from the region's signed list (R17–R19)."""

from dataclasses import dataclass
from datetime import date

from kassaapp.domain.errors import UnknownArticle, WrongTill
from kassaapp.domain.vat import VatRate


@dataclass(frozen=True, slots=True)
class Article:
    """One article as priced from `valid_from` to `valid_to` (both days included; None is open-ended).

    `counts_to_frikort`: the fee counts towards the ceiling and is covered by frikort (R24, R25).
    `age_exempt`: free under 20 and from 85 (R22, R23).
    `free_visit`: costs nothing for a resident but must be registered (R21).
    `missed_visit`: a fee for not coming (R28).
    `full_cost_ore`: the whole cost, for who has no right to the fee (R32).
    `asylum_ore`: what asylum seekers and undocumented persons pay instead (R31).
    """

    till: str
    number: int
    text: str
    price_ore: int
    vat: VatRate
    valid_from: date
    valid_to: date | None = None
    counts_to_frikort: bool = False
    age_exempt: bool = False
    free_visit: bool = False
    missed_visit: bool = False
    asylum_ore: int | None = None
    full_cost_ore: int | None = None
    minimum_ore: int | None = None
    group: str | None = None
    goods: bool = False
    no_invoice: bool = False

    def applies_on(self, day: date) -> bool:
        """Whether the price is in force on that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All articles of a signed price list, past and coming prices included."""

    articles: tuple[Article, ...]

    def article(self, number: int, *, till: str, day: date) -> Article:
        """The article as priced on `day` (the day of the visit, R19).

        Raises WrongTill when it belongs to the other till, UnknownArticle when it has no price that day.
        """
        named = [article for article in self.articles if article.number == number]
        for article in named:
            if article.till == till and article.applies_on(day):
                return article
        other = next((article for article in named if article.till != till), None)
        if other is not None and all(article.till != till for article in named):
            raise WrongTill(number, other.text)
        raise UnknownArticle(number, day)

    def on_sale(self, *, till: str, day: date) -> tuple[Article, ...]:
        """The till's articles with a price on `day`, by number."""
        offered = (article for article in self.articles if article.till == till and article.applies_on(day))
        return tuple(sorted(offered, key=lambda article: article.number))
