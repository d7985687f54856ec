"""A bounded share of the simulation, in every gate: new seeds, and every seed that has failed once.

`python tests/simulation/run.py --seeds N` runs as many as wanted.
"""

import logging
import time
from collections.abc import Iterator

import pytest

from tests.simulation.history import run, run_dense
from tests.simulation.run import SEEDS, kept_seeds

FIRST_SEED = 0
SHARE_S = 20.0
"""How long new seeds are tried (seconds), and at least so many:"""
AT_LEAST = 60
AT_MOST = 400


@pytest.fixture(autouse=True)
def _no_log() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def test_histories_of_faults_and_lies_end_well() -> None:
    failed: dict[int, list[str]] = {}
    until_s = time.monotonic() + SHARE_S

    for seed in range(FIRST_SEED, FIRST_SEED + AT_MOST):
        wrong = run(seed).wrong
        if wrong:
            failed[seed] = wrong
        if seed - FIRST_SEED >= AT_LEAST and time.monotonic() > until_s:
            break

    assert failed == {}, f"repeat with: python tests/simulation/run.py --seed {min(failed)}"


@pytest.mark.parametrize("seed", kept_seeds())
def test_a_history_that_went_wrong_once_ends_well(seed: int) -> None:
    wrong = run(seed).wrong

    assert wrong == [], f"repeat with: python tests/simulation/run.py --seed {seed}"


@pytest.mark.parametrize("seed", kept_seeds(dense=True))
def test_a_dense_history_that_went_wrong_once_ends_well(seed: int) -> None:
    wrong = run_dense(seed).wrong

    assert wrong == [], f"repeat with: python tests/simulation/run.py --seed {seed} --dense"


def test_the_same_seed_is_the_same_history() -> None:
    first, second = run(7), run(7)

    assert first == second
    assert SEEDS.exists()
