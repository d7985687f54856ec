"""Each figure of a Z is added up again from the records alone: one öre or one piece off, and verify names it."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from kassaapp.domain.events import Event
from kassaapp.domain.figures import CashierTally, CountTally, Figures, GroupTally
from kassaapp.domain.state import RegisterState
from kassaapp.verify.z_figures import NAMES, differing
from tests.builders import a_closed_session
from tests.verify.evidence import as_the_owner_of_the_key, journal_in, verdict
from tests.verify.test_forgeries import next_close

_ONE_MORE = {
    "by_group": GroupTally("Påhittat", 1),
    "counts": CountTally(1, 1),
    "cashiers": CashierTally("anber", 1, 1),
}
ANY = replace(a_closed_session()[1].figures, counts=(CountTally(1, 2),), cashiers=(CashierTally("anber", 1, 2),))


def wrong(value: Any, name: str) -> Iterator[Any]:
    """The value with one thing in it changed, every way there is: a number, a key more, a row less or more."""
    if isinstance(value, int):
        yield value + 1
    elif isinstance(value, Mapping):
        yield {**value, "swish": value.get("swish", 0) + 1}
        yield from ({**value, key: amount - 1} for key, amount in value.items())
    elif isinstance(value, tuple):
        yield (*value, _ONE_MORE[name])
        yield from (value[:at] + value[at + 1 :] for at in range(len(value)))
        yield from ((*value[:at], one, *value[at + 1 :]) for at in range(len(value)) for one in wrong(value[at], name))
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from (replace(value, **{field.name: one}) for one in wrong(getattr(value, field.name), field.name))


FIGURES = [field.name for field in fields(Figures)]
_OTHERWISE = {
    "counted_ore": "Z-rapport 2 är inte lika med summan av sina poster: skillnad",
    "difference_ore": "kassan skiljer sig utan att någon orsak är angiven",
}
"""What was counted no record can tell; the difference to it follows, and asks for a reason."""


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_that_does_not_follow_from_the_records_is_found_and_named(desk: Path, name: str) -> None:
    def forge(state: RegisterState, past: list[Event]) -> list[Event]:
        usual = next_close(state)
        other = next(wrong(getattr(usual.figures, name), name))
        return [replace(usual, figures=replace(usual.figures, **{name: other}))]

    first = as_the_owner_of_the_key(desk, forge)
    code, report = verdict(journal_in(desk))

    said = f"Z-rapport 2 är inte lika med summan av sina poster: {NAMES[name]}"
    assert (code, report["first_bad"]) == (1, first)
    assert [one["text"] for one in report["findings"]] == [_OTHERWISE.get(name, said)]


def test_every_way_to_change_one_figure_is_told_by_its_name() -> None:
    for name in FIGURES:
        for other in wrong(getattr(ANY, name), name):
            assert differing(replace(ANY, **{name: other}), ANY) == NAMES[name]


def test_each_figure_has_its_name_on_paper() -> None:
    assert list(NAMES) == FIGURES
    assert len(set(NAMES.values())) == len(FIGURES)
