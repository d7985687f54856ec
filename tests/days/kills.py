"""Kills a selling till again and again, at any moment, and checks that nothing it acknowledged is ever lost.

    python -m tests.days.kills FOLDER KILLS SEED

A fresh process without threads: each till is a fork of it, sells as fast as it can and acknowledges each sale on a pipe
after `Register.sell` has returned; then it gets SIGKILL. Prints the outcome as JSON.
"""

import json
import os
import random
import select
import signal
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from kassaapp.app import Desk
from kassaapp.domain.fees import Wish
from kassaapp.domain.patient_id import read_patient_id
from kassaapp.domain.tender import Offer
from kassaapp.domain.visit import Patient, Tender
from kassaapp.verify.audit import audit
from tests.desks import MONDAY_MORNING, a_desk

LONGEST_START_S = 0.25
LONGEST_SELLING_S = 0.03
PATIENT = Patient(read_patient_id("196101182803", today=MONDAY_MORNING.date()), "Test Testsson")


def sell_for_ever(folder: Path, acknowledgements: int) -> None:
    """Start, sign in, open if need be, and sell until killed."""
    desk = a_desk(folder, MONDAY_MORNING + timedelta(minutes=1))
    register = desk.register("H")
    desk.sign_in("anber", "123456")
    if register.state.session is None:
        register.open_session(100_000)
    while True:
        sold = register.sell(PATIENT, [Wish(1)], [Offer(Tender.CASH)])
        os.write(acknowledgements, f"{sold.event.receipt} {sold.hash.hex()}\n".encode())


def one_life(folder: Path, chance: random.Random) -> Iterator[tuple[int, str]]:
    """Kill a till some time while it starts, or some time after its first sale; what it acknowledged before that."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ours)
        sell_for_ever(folder, theirs)
        os._exit(1)
    os.close(theirs)
    if chance.random() < 0.4:
        time.sleep(chance.uniform(0, LONGEST_START_S))
    else:
        select.select([ours], [], [], 60)
        time.sleep(chance.uniform(0, LONGEST_SELLING_S))
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), f"the till ended by itself: {status}"
    with os.fdopen(ours) as lines:
        for line in lines:
            receipt, digest = line.split()
            yield int(receipt), digest


def main(folder: Path, kills: int, seed: int) -> dict[str, object]:
    """Run the lives; the outcome."""
    chance = random.Random(seed)
    a_desk(folder).close()
    acknowledged: dict[int, str] = {}
    for _ in range(kills):
        acknowledged.update(one_life(folder, chance))
    with Desk.open(folder) as desk:
        held = {
            receipt: desk.history("H").sale(receipt).hash.hex()
            for receipt in range(1, desk.register("H").state.next_receipt)
        }
    report = audit(folder / "H" / "journal.db")
    return {
        "kills": kills,
        "acknowledged": len(acknowledged),
        "held": len(held),
        "lost": [receipt for receipt, digest in acknowledged.items() if held.get(receipt) != digest],
        "findings": [finding.text for finding in report.findings],
    }


if __name__ == "__main__":
    outcome = main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
    sys.stdout.write(json.dumps(outcome) + "\n")
