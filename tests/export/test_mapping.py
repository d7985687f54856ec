"""The page on exports tells what becomes of every kind of event, so that a new one is not forgotten."""

import re
from pathlib import Path

from kassaapp.domain.events import KINDS
from kassaapp.export.accounts import Account
from tests.builders import a_configuration

TEXT = (Path(__file__).parents[2] / "docs" / "EXPORT.md").read_text(encoding="utf-8")


def test_every_kind_of_event_has_its_row() -> None:
    table = TEXT.partition("## xml")[2].partition("**What an exempt")[0]
    told = {word for line in table.splitlines() for word in re.findall(r"`([a-z-]+)`", line.partition(" | ")[0])}

    assert told == set(KINDS)


def test_the_demo_clinic_has_every_account() -> None:
    for letter in "HE":
        assert set(a_configuration().till(letter).accounts) == set(Account)
