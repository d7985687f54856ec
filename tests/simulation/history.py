"""One seed is one history: tills, a region and a network live through some hours, are healed, and are judged.

kind        honest      network faults, crashes, wrong clocks: nothing may be lost, and nobody may be alarmed
            disks       and media that are restored, cloned, cut, damaged or lost
            byzantine   and a region that edits, drops, forgets, lies or shows two faces
"""

import traceback
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from kassaapp.trouble import Unreachable
from sync.client import engine
from sync.server.errors import Unavailable
from sync.wire.errors import WireError
from sync.wire.messages import MAX_BATCH_RECORDS
from tests.simulation.chance import drawn_from, swapped
from tests.simulation.damage import DAMAGES
from tests.simulation.deeds import DEEDS
from tests.simulation.judge import judge
from tests.simulation.line import FAIR, Weather
from tests.simulation.mould import mould
from tests.simulation.remembered import remembered
from tests.simulation.watch import watched_proofs
from tests.simulation.world import Plan, World

KINDS = {"honest": 5, "disks": 8, "byzantine": 5, "mixed": 2}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a seed: `wrong` is empty when everything held; each line of it begins with its sort. `found` is what
    the program noticed: what starts said, attentions, flags."""

    seed: int
    kind: str
    wrong: list[str]
    sales: int
    happened: Counter[str]
    found: Counter[str]


def planned(random: Random, aim: Plan | None = None) -> Plan:
    """The swarm's options for one history, or those that are aimed at something."""
    if aim is not None:
        return replace(aim, steps=random.randint(8, 14))
    (kind,) = random.choices(list(KINDS), list(KINDS.values()))
    (tills,) = random.choices((1, 2, 3, 4), (60, 27, 9, 4))
    happens = DAMAGES if kind == "disks" else DEEDS if kind == "byzantine" else DAMAGES | DEEDS
    chosen = [] if kind == "honest" else random.choices(list(happens), k=random.choice((1, 1, 1, 2)))
    return Plan(
        kind,
        tills,
        random.randint(4, 16),
        _weather(random, kind),
        clocks=random.random() < 0.3,
        chosen=tuple(chosen),
        lies=random.choice((0.0, 0.5)) if kind in ("byzantine", "mixed") else 0.0,
        batch=random.choice((MAX_BATCH_RECORDS, MAX_BATCH_RECORDS, 2, 3, 7)),
        is_audited=random.random() < 0.2,
    )


def dense(seed: int) -> Plan:
    """What a seed has in store when two or three things happen to the media of few tills: damage on damage, which the
    swarm meets seldom and in which faults are found ten times as often."""
    random = Random(seed * 7919 + 1)
    return Plan(
        chosen=tuple(random.choices(list(DAMAGES), k=random.choice((2, 2, 3)))),
        kind="disks",
        tills=random.choice((1, 1, 2)),
        steps=0,
        weather=_weather(random, "disks"),
        clocks=random.random() < 0.2,
        batch=random.choice((MAX_BATCH_RECORDS, MAX_BATCH_RECORDS, 2, 3, 7)),
        is_audited=random.random() < 0.3,
    )


def run_dense(seed: int) -> Outcome:
    """Live through the dense history of a seed and judge it."""
    return run(seed, dense(seed))


def _weather(random: Random, kind: str) -> Weather:
    if random.random() < 0.25:
        return FAIR
    return Weather(
        request_lost=random.choice((0.0, 0.1, 0.3)),
        answer_lost=random.choice((0.0, 0.1, 0.3)),
        twice=random.choice((0.0, 0.1, 0.3)),
        late=random.choice((0.0, 0.1, 0.3)),
        killed=random.choice((0.0, 0.0, 0.05)),
        region_stops=random.choice((0.0, 0.0, 0.1)),
        old_answers=random.choice((0.0, 0.2)) if kind in ("byzantine", "mixed") else 0.0,
    )


def _live(world: World) -> None:
    """Step by step, with what the plan has in store at some of them."""
    random, steps = world.random, world.plan.steps
    due: dict[int, list[Callable[[World], None]]] = {}
    for name in world.plan.chosen:
        world.happened[name] += 1
        things = (DAMAGES | DEEDS)[name]
        at = sorted(random.randrange(steps) for _ in things)
        for step, thing in zip(at, things, strict=True):
            due.setdefault(step, []).append(thing)
    for step in range(steps):
        for thing in due.get(step, ()):
            with suppress(*_NOT_SERVED if world.is_poisoned else ()):
                thing(world)
        if not world.machines:  # The only one was lost, and a region that has been found out gave no other.
            return
        world.step()


def run(seed: int, aim: Plan | None = None) -> Outcome:
    """Live through the history of a seed and judge it."""
    made = mould()
    random = Random(seed)
    plan = planned(random, aim)
    world = World(plan, random, made)
    with (
        drawn_from(random, world.elapsed),
        remembered(),
        watched_proofs(world.truth, world.wrong),
        swapped(engine, "MAX_BATCH_RECORDS", plan.batch),
    ):
        try:
            _live(world)
            world.heal()
            wrong = judge(world)
            found = _found(world)
        except Exception as bug:  # noqa: BLE001 - whatever the program raises here, this seed has failed
            wrong, found = [*world.wrong, _bug(bug)], Counter()
        finally:
            world.close()
    sales = sum(record.kind == "sale" for record in world.truth.records.values()) - made.sales
    return Outcome(seed, plan.kind, wrong, sales, world.happened, found)


_NOT_SERVED = (Unavailable, Unreachable, WireError)
"""A region that has been found out by its own signer, or cannot read what it has stored, helps nobody."""


def _found(world: World) -> Counter[str]:
    found = Counter(f"region flagged {why}" for _, why in world.site.flags())
    for machine in [*world.machines, *world.gone]:
        found.update(f"start: {start.check}" for start in machine.starts)
        found.update(f"attention: {attention}" for attention in machine.attentions)
        found["waited for the region"] += machine.waits
    return found


def _bug(bug: Exception) -> str:
    """Where and what, in one line."""
    frame = traceback.extract_tb(bug.__traceback__)[-1]
    return f"bug: {type(bug).__name__} {bug} ({Path(frame.filename).name}:{frame.lineno})"
