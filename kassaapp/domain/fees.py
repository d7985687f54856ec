"""What this patient pays for this visit, and the one-line reason why. Age, frikort and price are judged on the day of
the visit, never on the day of payment (R19, R22–R26)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kassaapp.domain.cash import checked_amount
from kassaapp.domain.catalogue import Article, Catalogue
from kassaapp.domain.errors import BadQuantity, BasketTooLarge, EmptyBasket, MixedBasket, PriceMissing, VisitBeforeBirth
from kassaapp.domain.text import tidy
from kassaapp.domain.visit import Category, FeeReason, Line, Patient

MAX_QUANTITY = 999
MAX_LINES = 50


@dataclass(frozen=True, slots=True)
class FeeRules:
    """The region's fee rules, from the configuration (R22, R23, R25, R26)."""

    free_under_age: int
    free_from_age: int
    frikort_ceiling_ore: int
    window_months: int = 12


@dataclass(frozen=True, slots=True)
class Wish:
    """A line as asked for: so many of an article."""

    article: int
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class Quote:
    """What a basket costs. `counts_ore` counts towards the ceiling; `frikort_reached` when this sale reaches it."""

    lines: tuple[Line, ...]
    total_ore: int
    counts_ore: int
    frikort_reached: bool


@dataclass(frozen=True, slots=True)
class _Fee:
    amount_ore: int
    counts_ore: int = 0
    reason: FeeReason | None = None
    until: date | None = None


def quote(
    catalogue: Catalogue, rules: FeeRules, patient: Patient, wishes: Sequence[Wish], *, till: str, visit_date: date
) -> Quote:
    """Price a basket for a patient on the day of the visit.

    Raises EmptyBasket, BadQuantity, UnknownArticle, WrongTill.
    """
    if not wishes:
        raise EmptyBasket
    if len(wishes) > MAX_LINES:
        raise BasketTooLarge(MAX_LINES)
    room_ore = _room_to_ceiling(rules, patient, visit_date)
    lines: list[Line] = []
    counted_ore = 0
    born = patient.id.birth_date()
    if born is not None and visit_date < born:
        raise VisitBeforeBirth
    _check_one_till(catalogue, wishes, till, visit_date)
    for wish in wishes:
        if not 1 <= wish.quantity <= MAX_QUANTITY:
            raise BadQuantity(wish.quantity)
        article = catalogue.article(wish.article, till=till, day=visit_date)
        left_ore = None if room_ore is None else room_ore - counted_ore
        line = _line(article, wish.quantity, _fee(article, wish.quantity, rules, patient, visit_date, left_ore))
        counted_ore += line.counts_ore
        lines.append(line)
    return Quote(
        lines=tuple(lines),
        total_ore=sum(line.amount_ore for line in lines),
        counts_ore=counted_ore,
        frikort_reached=room_ore is not None and 0 < room_ore <= counted_ore,
    )


def ceiling_of(price_base_ore: int) -> int:
    """The statutory ceiling in öre: 0.025 price base amounts, down to whole fifty kronor (HSL 17:6, R27).

    A check of what the price list says, never used in its place.
    """
    return price_base_ore * 25 // 1000 // 5_000 * 5_000


def window_end(window_from: date, months: int) -> date:
    """The last day of the ceiling's window: the day before the same date `months` later (R26)."""
    years, month = divmod(window_from.month - 1 + months, 12)
    year, month = window_from.year + years, month + 1
    try:
        return date(year, month, window_from.day) - timedelta(days=1)
    except ValueError:  # The month is shorter: its last day.
        return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _check_one_till(catalogue: Catalogue, wishes: Sequence[Wish], till: str, day: date) -> None:
    """One basket is of one till (R14)."""
    tills = {article.till for article in catalogue.articles for wish in wishes if article.number == wish.article}
    if till in tills and len(tills) > 1:
        numbers = {article.number for article in catalogue.articles if article.till == till and article.applies_on(day)}
        if any(wish.article not in numbers for wish in wishes):
            raise MixedBasket


def _line(article: Article, quantity: int, fee: _Fee) -> Line:
    return Line(
        article=article.number,
        text=article.text,
        quantity=quantity,
        price_ore=article.price_ore,
        amount_ore=fee.amount_ore,
        vat=article.vat,
        counts_ore=fee.counts_ore,
        reason=fee.reason,
        until=fee.until,
        group=article.group,
        goods=article.goods,
        no_invoice=article.no_invoice,
    )


def _fee(article: Article, quantity: int, rules: FeeRules, patient: Patient, day: date, left_ore: int | None) -> _Fee:
    """The fee of one row. The order of the questions is the rule."""
    full_ore = max(article.price_ore * quantity, article.minimum_ore or 0)
    if _pays_full_cost(article, patient):
        if article.full_cost_ore is None:
            raise PriceMissing(article.number, article.text)
        return _Fee(article.full_cost_ore * quantity, reason=FeeReason.FULL_COST)
    age = patient.id.age_on(day)
    if article.missed_visit:  # Adults only; frikort does not apply and nothing counts (R28).
        under = age is not None and age < rules.free_under_age
        return _Fee(0, reason=FeeReason.MISSED_UNDER_AGE) if under else _Fee(full_ore, reason=FeeReason.MISSED_VISIT)
    if article.age_exempt and age is not None and age < rules.free_under_age:
        return _Fee(0, reason=FeeReason.UNDER_AGE)
    if article.age_exempt and age is not None and age >= rules.free_from_age:
        return _Fee(0, reason=FeeReason.OVER_AGE)
    if patient.category in (Category.ASYLUM, Category.UNDOCUMENTED) and article.asylum_ore is not None:
        return _Fee(article.asylum_ore * quantity, reason=FeeReason.ASYLUM_FEE)
    if article.free_visit:
        return _Fee(0, reason=FeeReason.FREE_VISIT)
    if not article.counts_to_frikort or patient.category in (Category.ASYLUM, Category.UNDOCUMENTED):
        return _Fee(full_ore)
    return _fee_under_ceiling(full_ore, patient, day, left_ore)


def _pays_full_cost(article: Article, patient: Patient) -> bool:
    """From outside the EU, or from within it without a card: the full cost of care (R32). Other sales are as listed."""
    is_care = article.counts_to_frikort or article.free_visit
    without_card = patient.category is Category.EU and not tidy(patient.category_reference)
    return is_care and (patient.category is Category.OUTSIDE_EU or without_card)


def _fee_under_ceiling(full_ore: int, patient: Patient, day: date, left_ore: int | None) -> _Fee:
    """Free with a valid frikort (R24); else at most what is left to the ceiling (R25)."""
    if patient.frikort_until is not None and day <= patient.frikort_until:
        return _Fee(0, reason=FeeReason.FRIKORT, until=patient.frikort_until)
    if left_ore is None or left_ore >= full_ore:
        return _Fee(full_ore, counts_ore=full_ore)
    if left_ore <= 0:
        return _Fee(0, reason=FeeReason.CEILING_REACHED)
    return _Fee(left_ore, counts_ore=left_ore, reason=FeeReason.CEILING_PART)


def _room_to_ceiling(rules: FeeRules, patient: Patient, day: date) -> int | None:
    """What may still be charged in the window, in öre; None when what has been paid is not known."""
    if patient.paid_in_window_ore is None:
        return None
    checked_amount(patient.paid_in_window_ore)
    begun = patient.window_from
    if begun is not None and (day < begun or day > window_end(begun, rules.window_months)):
        return rules.frikort_ceiling_ore  # A new window begins with this visit (R26).
    return max(0, rules.frikort_ceiling_ore - patient.paid_in_window_ore)
