"""What visits add up to on a day: how much of what counts has been paid in the window, and whether a frikort holds.

The rule is R24 to R26: the window begins with the first visit that counts and is so many months long; who has paid the
ceiling in it goes free until it ends, in every clinic. It is worked out anew for each question from what the records
say, with code of the region's own; a card or a sum that a desk has seen on paper counts as it was recorded there.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

USUAL_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit: `counts_ore` of what it cost counts, less what was given back. The other three are what the desk was
    shown at it: a sum paid before it, since when, and a frikort."""

    day: date
    counts_ore: int
    shown_ore: int = 0
    shown_from: date | None = None
    shown_until: date | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """The region's fee rules, as published: the ceiling (None: none was) and the length of the window."""

    ceiling_ore: int | None
    months: int = USUAL_MONTHS


@dataclass(slots=True)
class Standing:
    """How a patient stands: paid in the window that began then; free until then. None: there is none."""

    paid_ore: int = 0
    window_from: date | None = None
    until: date | None = None


def standing(visits: Iterable[Visit], day: date, rules: Rules) -> Standing:
    """How a patient with these visits stands on a day; later ones do not count yet."""
    now = Standing()
    for one in sorted((one for one in visits if one.day <= day), key=lambda one: one.day):
        _end_window(now, one.day, rules)
        _take_shown(now, one, rules)
        if one.counts_ore > 0:
            now.window_from = now.window_from or one.day
            now.paid_ore += one.counts_ore
        if now.window_from is not None and rules.ceiling_ore is not None and now.paid_ore >= rules.ceiling_ore:
            now.until = _later(now.until, window_end(now.window_from, rules.months))
    _end_window(now, day, rules)
    if now.until is not None and now.until < day:
        now.until = None
    return now


def window_end(window_from: date, months: int) -> date:
    """The last day of the window: the day before the same date so many months later."""
    years, month = divmod(window_from.month - 1 + months, 12)
    if window_from.year + years > date.max.year:
        return date.max
    for back in range(4):  # The month may be shorter: then its last day.
        try:
            same = date(window_from.year + years, month + 1, window_from.day - back)
        except ValueError:
            continue
        return same if back else same - timedelta(days=1)
    raise AssertionError("no month is that short")


def _end_window(now: Standing, day: date, rules: Rules) -> None:
    if now.window_from is not None and day > window_end(now.window_from, rules.months):
        now.window_from, now.paid_ore = None, 0


def _take_shown(now: Standing, one: Visit, rules: Rules) -> None:
    """A sum that was shown counts when it is said since when, and is more than what is known."""
    if one.shown_until is not None:
        now.until = _later(now.until, one.shown_until)
    begun = one.shown_from
    if begun is not None and begun <= one.day <= window_end(begun, rules.months):
        now.window_from = begun if now.window_from is None else min(begun, now.window_from)
        now.paid_ore = max(now.paid_ore, one.shown_ore)


def _later(one: date | None, other: date) -> date:
    return other if one is None else max(one, other)
