"""What can be sold on a day: only this till's articles, at the price in force that day."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassaapp.domain.catalogue import Article, Catalogue
from kassaapp.domain.errors import UnknownArticle, WrongTill
from kassaapp.domain.vat import VatRate
from tests.builders import a_configuration

DEMO = a_configuration().catalogue
DAY = date(2026, 11, 23)


def an_article(
    number: int = 1, price_ore: int = 100, *, till: str = "H", first: date = DAY, last: date | None = None
) -> Article:
    return Article(till, number, f"Artikel {number}", price_ore, VatRate.EXEMPT, first, last)


@pytest.mark.parametrize(
    ("day", "applies"),
    [
        (date(2026, 1, 31), False),
        (date(2026, 2, 1), True),
        (date(2026, 2, 28), True),
        (date(2026, 3, 1), False),
    ],
)
def test_a_price_is_in_force_on_both_its_first_and_its_last_day(day: date, applies: bool) -> None:  # R19
    article = an_article(first=date(2026, 2, 1), last=date(2026, 2, 28))

    assert article.applies_on(day) is applies


def test_a_price_without_an_end_goes_on() -> None:
    assert an_article(first=DAY).applies_on(date(9999, 12, 31))


@pytest.mark.parametrize(("day", "price_ore"), [(date(2026, 12, 31), 20_000), (date(2027, 1, 1), 25_000)])
def test_at_the_turn_of_the_year_the_price_changes(day: date, price_ore: int) -> None:  # R19
    assert DEMO.article(1, till="H", day=day).price_ore == price_ore


@pytest.mark.parametrize(("number", "till"), [(103, "H"), (1, "E")])
def test_an_article_of_the_other_till_is_refused_by_name(number: int, till: str) -> None:  # R15
    with pytest.raises(WrongTill) as refused:
        DEMO.article(number, till=till, day=DAY)

    assert refused.value.article == number
    assert refused.value.text in {"Vaccination influensa", "Läkarbesök"}


@pytest.mark.parametrize("number", [0, -1, 77, 2**53])
def test_an_article_that_nobody_has_is_unknown(number: int) -> None:
    with pytest.raises(UnknownArticle):
        DEMO.article(number, till="H", day=DAY)


@pytest.mark.parametrize("day", [date(2024, 12, 31), date(1, 1, 1)])
def test_an_article_without_a_price_that_day_is_unknown(day: date) -> None:
    with pytest.raises(UnknownArticle) as refused:
        DEMO.article(1, till="H", day=day)

    assert refused.value.day == day


def test_a_number_that_both_tills_use_means_each_its_own() -> None:
    catalogue = Catalogue((an_article(1, 100, till="E"), an_article(1, 200, till="H")))

    assert catalogue.article(1, till="H", day=DAY).price_ore == 200
    assert catalogue.article(1, till="E", day=DAY).price_ore == 100


def test_a_price_that_has_ended_here_does_not_point_to_the_other_till() -> None:
    ended = an_article(1, till="H", first=date(2025, 1, 1), last=date(2025, 12, 31))
    catalogue = Catalogue((ended, an_article(1, till="E")))

    with pytest.raises(UnknownArticle):
        catalogue.article(1, till="H", day=DAY)


@given(st.dates(date(2024, 1, 1), date(2029, 1, 1)), st.sampled_from("HE"))
def test_what_is_on_sale_is_just_what_can_be_sold(day: date, till: str) -> None:
    on_sale = DEMO.on_sale(till=till, day=day)

    assert [article.number for article in on_sale] == sorted({article.number for article in on_sale})
    for article in DEMO.articles:
        if article in on_sale:
            assert DEMO.article(article.number, till=till, day=day) == article
        elif article.number not in {offered.number for offered in on_sale}:
            with pytest.raises((UnknownArticle, WrongTill)):
                DEMO.article(article.number, till=till, day=day)
