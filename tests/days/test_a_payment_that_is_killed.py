"""A till killed with -9 between a payment and its sale, or a sale and its paper: the next start knows which."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from kassaapp.verify.audit import audit

KILLS = 60
SEED = 20261124

Act = dict[str, Any]

AT = "2026-11-23T10:14:00+01:00"
SIGN_IN: Act = {"do": "sign_in", "user": "anber", "pin": "123456", "at": AT}
OPEN: Act = {"do": "open_session", "till": "H", "counted_ore": 100_000}
BASKET = {"till": "H", "patient": {"id": "6101182803", "name": "Test Testsson"}, "lines": [{"article": 1}]}
BEGIN = {"do": "begin_payment", **BASKET, "by": "card"}
SELL = {"do": "sell", **BASKET, "pay": [{"by": "card", "reference": "004217"}]}
DECLINED = {"do": "end_payment", "till": "H", "outcome": "declined"}
PAID = {"do": "end_payment", "till": "H", "outcome": "paid"}
PRINT = {"do": "print_receipt", "till": "H", "receipt": 1}
STATUS = {"do": "status", "at": AT}

LEFT_OPEN = {"attempt": 1, "at": AT, "by": "card", "amount_ore": 20_000}


class Process:
    """A headless till in a process of its own."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", "kassaapp", "acts", "--data", str(folder), "--demo"]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, encoding="utf-8")

    def send(self, act: Act) -> None:
        """Ask, and do not wait."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(act) + "\n")
        self._process.stdin.flush()

    def ask(self, act: Act) -> Act:
        """Ask, and wait until it is done."""
        self.send(act)
        assert self._process.stdout is not None
        answer: Act = json.loads(self._process.stdout.readline())
        assert answer["ok"], answer
        return answer

    def kill(self) -> None:
        """SIGKILL: nothing is flushed, nothing is told."""
        self._process.kill()
        self._process.communicate()


@contextmanager
def a_till(folder: Path) -> Iterator[Process]:
    """A till that is killed at the end, whatever happens."""
    process = Process(folder)
    try:
        yield process
    finally:
        process.kill()


def after(folder: Path, *acts: Act) -> Act:
    """The till's status at the start after it was killed with these acts done."""
    with a_till(folder) as process:
        for act in (SIGN_IN, OPEN, *acts):
            process.ask(act)
    with a_till(folder) as process:
        status: Act = process.ask(STATUS)["tills"][0]
    return {name: status[name] for name in ("open_payment", "unprinted") if name in status}


def test_killed_before_anything_was_begun_nothing_is_left(tmp_path: Path) -> None:
    assert after(tmp_path) == {}


def test_killed_between_the_payment_and_the_sale_the_payment_is_open(tmp_path: Path) -> None:
    assert after(tmp_path, BEGIN) == {"open_payment": LEFT_OPEN}


def test_killed_between_the_sale_and_its_paper_the_receipt_is_unprinted(tmp_path: Path) -> None:
    assert after(tmp_path, BEGIN, SELL) == {"unprinted": [1]}


def test_killed_after_the_paper_nothing_is_left(tmp_path: Path) -> None:
    assert after(tmp_path, BEGIN, SELL, PRINT) == {}


def test_killed_after_a_card_was_declined_nothing_is_left(tmp_path: Path) -> None:
    assert after(tmp_path, BEGIN, DECLINED) == {}


def test_what_was_left_open_is_registered_at_the_next_start_and_survives_that_too(tmp_path: Path) -> None:
    after(tmp_path, BEGIN)
    with a_till(tmp_path) as process:
        process.ask(SIGN_IN)
        receipt = process.ask(PAID)["receipt"]

    with a_till(tmp_path) as process:
        (till, _) = process.ask(STATUS)["tills"]

    assert (receipt, till["unprinted"], till["next_receipt"], "open_payment" in till) == (1, [1], 2, False)
    assert audit(tmp_path / "H" / "journal.db").findings == []


@pytest.mark.slow
def test_at_any_moment_a_payment_has_its_sale_or_a_question(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.days.killed_payments", str(tmp_path), str(KILLS), str(SEED)]

    ended = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)

    assert ended.returncode == 0, f"seed {SEED}: {ended.stderr[-2000:]}"
    outcome = json.loads(ended.stdout)
    assert (outcome["wrong"], outcome["findings"]) == ([], []), f"seed {SEED}"
    assert outcome["sold"] > KILLS, "the lives were too short to prove anything"
    assert outcome["left_open"] > 0, "no kill came between a payment and its sale"
    assert outcome["left_unprinted"] > 0, "no kill came between a sale and its paper"
