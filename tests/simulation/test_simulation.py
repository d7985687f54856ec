"""A bounded share of the simulation, in every gate: new seeds, and every seed that has failed once.

`python tests/simulation/run.py --seeds N` runs as many as wanted.
"""

import logging
import time
from collections.abc import Iterator
from random import Random

import pytest

from tests.simulation.chance import drawn_from
from tests.simulation.history import run, run_dense
from tests.simulation.line import FAIR
from tests.simulation.mould import mould
from tests.simulation.run import SEEDS, kept_seeds
from tests.simulation.world import Plan, World

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


def test_a_further_face_of_a_region_leaves_the_one_before_it_as_it_is() -> None:
    random = Random(1)
    world = World(Plan("byzantine", tills=1, steps=0, weather=FAIR), random, mould())
    with drawn_from(random, world.elapsed):
        first = world.another_face()
        shown = first.copied()
        world.switch_on(world.machines[0])
        world.sell(world.machines[0])
        world.contact(world.machines[0])

        second = world.another_face()

        kept, newer = first.copied(), second.leaves()
        world.close()
    assert kept == shown
    assert len(newer) > len(first.leaves())


def test_the_same_seed_is_the_same_history() -> None:
    first, second = run(7), run(7)

    assert first == second
    assert SEEDS.exists()
