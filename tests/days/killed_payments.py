"""Kills a till again and again while it takes card payments, and checks after each what the next start knows of them.

    python -m tests.days.killed_payments FOLDER KILLS SEED

A fresh process without threads: each till is a fork of it. It first says what was left, answers that the payment that
was left open went through, and then begins, sells and prints as fast as it can, saying each thing on a pipe after it is
done; then it gets SIGKILL. Prints the outcome as JSON.
"""

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

from kassaapp.app import Desk
from kassaapp.domain import payment_attempt
from kassaapp.domain.events import DepositTaken, Event, PaymentBegun, PaymentEnded, PaymentOutcome, SaleRegistered
from kassaapp.domain.fees import Wish
from kassaapp.domain.visit import Tender
from kassaapp.register import Register
from kassaapp.verify.audit import audit
from tests.days.kills import PATIENT
from tests.desks import MONDAY_MORNING, a_desk
from tests.rules.counter import events_of

MOST_WORDS = 12
LONGEST_WAIT_S = 0.006
"""A till is killed when it has said up to so many things more, and a moment later, about as long as the next takes."""


def live(folder: Path, told: int) -> None:
    """Start, say what was left, deal with it, and take payments until killed."""

    def tell(*words: object) -> None:
        os.write(told, (" ".join(map(str, words)) + "\n").encode())

    desk = a_desk(folder, MONDAY_MORNING + timedelta(minutes=1))
    register = desk.register("H")
    begun = register.open_payment
    left = ("left", 0 if begun is None else begun.attempt, *register.unprinted)
    desk.sign_in("anber", "123456")
    if register.state.session is None:
        register.open_session(100_000)
    tell(*left)
    if begun is not None:
        tell("sold", _settle(register, None))
    for receipt in register.unprinted:
        register.printed(receipt)
        tell("printed", receipt)
    while True:
        _one_payment(register, tell)
        _one_payment(register, tell, a_conto=True)


def _settle(register: Register, reference: str | None) -> int:
    """What was begun has come: the receipt number."""
    if payment_attempt.under_way(register.state).is_deposit:
        return register.settle_deposit(reference).event.receipt
    return register.settle_payment(reference).event.receipt


def _one_payment(register: Register, tell: Callable[..., None], *, a_conto: bool = False) -> None:
    if a_conto:
        begun = register.begin_deposit(PATIENT, 50_000, Tender.CARD)
    else:
        begun = register.begin_payment(PATIENT, [Wish(1)], Tender.CARD)
    tell("begun", begun.attempt)
    receipt = _settle(register, "004217")
    tell("sold", receipt)
    register.printed(receipt)
    tell("printed", receipt)


def one_life(folder: Path, chance: random.Random) -> Iterator[list[str]]:
    """Kill a till some time after it has said what was left; all that it said."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ours)
        live(folder, theirs)
        os._exit(1)
    os.close(theirs)
    said, enough = b"", 1 + chance.randrange(MOST_WORDS)
    while said.count(b"\n") < enough and (more := os.read(ours, 65_536)):
        said += more
    time.sleep(chance.uniform(0, LONGEST_WAIT_S))
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), f"the till ended by itself: {status}"
    with os.fdopen(ours, "rb") as rest:
        said += rest.read()
    for line in said.decode().splitlines():
        yield line.split()


def wrong_start(last: list[str], left: list[str]) -> str:
    """What the till should have known when it started after its last words, and did not; empty when all is well."""
    attempt, unprinted = int(left[1]), [int(receipt) for receipt in left[2:]]
    match last:
        case ["begun", begun] if attempt not in (0, int(begun)) or (attempt == 0 and len(unprinted) != 1):
            return f"{last} was followed by {left}"
        case ["sold", _] if attempt != 0 or len(unprinted) > 1:
            return f"{last} was followed by {left}"
        case ["printed", receipt] if int(receipt) in unprinted:
            return f"{last} was followed by {left}"
    return ""


def wrong_pairs(events: list[Event]) -> list[str]:
    """Payments and sales in the journal that do not belong together, two by two."""
    found = []
    begun: PaymentBegun | None = None
    for before, event in zip([None, *events], events, strict=False):
        if isinstance(event, PaymentBegun):
            found += [f"{event.attempt} was begun before {begun.attempt} ended"] if begun is not None else []
            begun = event
        if isinstance(event, PaymentEnded):
            own = isinstance(before, SaleRegistered | DepositTaken) and before.receipt == event.receipt
            own = own and begun is not None and begun.is_deposit is isinstance(before, DepositTaken)
            right = begun is not None and begun.attempt == event.attempt and event.outcome is PaymentOutcome.PAID
            found += [] if own and right else [f"payment {event.attempt} ended without its sale"]
            begun = None
    paid = (SaleRegistered | DepositTaken, PaymentEnded)
    sales, ends = (sum(isinstance(event, kind) for event in events) for kind in paid)
    return found if sales == ends else [*found, f"{sales} sales of {ends} payments"]


def main(folder: Path, kills: int, seed: int) -> dict[str, object]:
    """Run the lives; the outcome."""
    chance = random.Random(seed)
    a_desk(folder).close()
    wrong: list[str] = []
    last, left_open, left_unprinted, sold = ["nothing"], 0, 0, 0
    for _ in range(kills):
        for words in one_life(folder, chance):
            if words[0] == "left":
                wrong += [text] if (text := wrong_start(last, words)) else []
                left_open += words[1] != "0"
                left_unprinted += len(words) > 2
            sold += words[0] == "sold"
            last = words
    with Desk.open(folder) as desk:
        events = events_of(desk._tills["H"].journal)
    report = audit(folder / "H" / "journal.db")
    return {
        "wrong": wrong + wrong_pairs(events),
        "left_open": left_open,
        "left_unprinted": left_unprinted,
        "sold": sold,
        "findings": [finding.text for finding in report.findings],
    }


if __name__ == "__main__":
    outcome = main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
    sys.stdout.write(json.dumps(outcome) + "\n")
