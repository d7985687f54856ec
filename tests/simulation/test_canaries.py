"""Each check is taken out of the program in turn; a simulation that does not notice would prove nothing."""

import logging
from collections.abc import Iterator

import pytest

from tests.simulation.canaries import CANARIES, MOST_HISTORIES, Canary


@pytest.fixture(autouse=True)
def _no_log() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("canary", CANARIES, ids=lambda canary: canary.name)
def test_a_check_that_is_taken_out_is_missed(canary: Canary) -> None:
    noticed = canary.sings(MOST_HISTORIES)

    assert noticed is not None


@pytest.mark.parametrize("canary", [one for one in CANARIES if one.behind is not None], ids=lambda canary: canary.name)
def test_where_a_second_line_stands_the_first_alone_is_not_missed(canary: Canary) -> None:
    missed = canary.is_missed(8)

    assert not missed
