"""A desk's folder as each released format was written, kept for good: what a newer program must still open.

    python -m tests.upgrade.kept        keeps what this program writes, as tests/upgrade/format-N.zip

To be run when a version is released, before the next one changes the format; a file that is kept is never made again.
"""

import json
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from kassaapp.app import Desk
from kassaapp.domain.errors import WrongPin
from kassaapp.domain.events import CashPurpose
from kassaapp.domain.fees import Wish
from kassaapp.domain.refund import GiveBack
from kassaapp.domain.session import Count
from kassaapp.domain.visit import Tender
from kassaapp.history import Filter
from kassaapp.journal import database
from tests.builders import CARD, CASH, PROTECTED, a_patient
from tests.desks import a_clock, an_open_till

HERE = Path(__file__).parent
TOLD = "told.json"
NOT_KEPT = {"in-use", "ballast", "standing.json"}


def a_day(folder: Path) -> None:
    """A day with something of most kinds in it, and the beginning of the next."""
    with an_open_till(folder) as desk:
        register = desk.register("H")
        register.sell(a_patient(), [Wish(1)], [CARD])
        register.sell(a_patient(), [Wish(2)], [CASH])
        register.sell(a_patient(PROTECTED, protected=True), [Wish(1)], [CASH])
        register.printed(1)
        register.copy(1)
        line = register.sell(a_patient(), [Wish(3)], [CARD])
        register.refund(line.event.receipt, [GiveBack(1, line.event.lines[0].amount_ore)], [CARD], "Avbokat")
        register.void(2, "Fel patient")
        register.park(a_patient(), [Wish(1)])
        register.recall(1)
        register.deposit(a_patient(), 10_000, [CASH])
        register.change_float(110_000, "Mer växel")
        register.cash_out(20_000, CashPurpose.BANK, "Påse 7", "evalun")
        register.open_drawer("Växla")
        register.x_report()
        with_wrong_pin(desk)
        desk.lock()
        desk.sign_in("anber", "123456")
        desk.register("E").open_session(50_000)
        desk.register("E").sell(a_patient(), [Wish(101)], [CARD])
        register.close_session(Count(register.expected_cash_ore()), "123456", "Räknat")
        register.open_session(110_000, "Växel")
        register.begin_payment(a_patient(), [Wish(1)], Tender.CARD)


def with_wrong_pin(desk: Desk) -> None:
    """Somebody types a PIN that is not theirs."""
    try:
        desk.sign_in("anber", "000000")
    except WrongPin:
        return


def told(desk: Desk) -> dict[str, Any]:
    """What a desk says of its past: every event of each till in order, and what it adds up to."""
    said: dict[str, Any] = {}
    for letter in desk.tills:
        state = desk.register(letter).state
        rows = desk.history(letter).find(Filter())
        said[letter] = {
            "rows": [[row.seq, row.kind, row.at.isoformat(), row.receipt, row.amount_ore] for row in rows],
            "next": [state.next_receipt, state.next_session, state.next_z],
            "grand": [state.grand.sales_ore, state.grand.returns_ore],
            "session": None if state.session is None else state.session.number,
        }
    return said


def keep(out: Path) -> Path:
    """Write the ZIP of what this program writes; where it is."""
    made = out / f"format-{database.FORMAT}.zip"
    if made.exists():
        raise SystemExit(f"{made} is kept, and not made again")
    folder = Path(tempfile.mkdtemp())
    try:
        a_day(folder)
        with Desk.open(folder, a_clock()) as desk:
            said = told(desk)
        with zipfile.ZipFile(made, "x", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(TOLD, json.dumps(said, indent=1))
            for path in sorted(folder.rglob("*")):
                if path.is_file() and path.name not in NOT_KEPT:
                    archive.write(path, f"till/{path.relative_to(folder).as_posix()}")
    finally:
        shutil.rmtree(folder)
    return made


if __name__ == "__main__":
    sys.stdout.write(f"{keep(HERE)}\n")
