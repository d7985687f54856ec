"""Practice: everything works, nothing counts, and the day's Z says how much was practised (R43)."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nacl.public import PrivateKey

from kassaapp import demo
from kassaapp.app import Desk
from kassaapp.domain.errors import Refused
from kassaapp.domain.events import SaleRegistered
from kassaapp.journal import shadow
from kassaapp.journal.sealing import unseal_for_region
from kassaapp.trouble import JournalDamaged
from sync.wire.demo_keys import demo_keys
from tests.desks import a_clock
from tests.rules.counter import ADULT, BOSS, CARD, CASH, Counter, Edit, a_refund, at_counter


def test_r43_practice_is_on_its_own_marked_and_counted(counter: Counter) -> None:
    counter.sell(pay=CASH)
    before = counter.x()
    counter.ok("training", till="H", on=True)
    for _ in range(3):
        assert "ÖVNING" in counter.paper(counter.sell(pay=CASH)["receipt"])
    counter.ok("training", till="H", on=False)

    figures = counter.close()["figures"]

    assert figures["o"] == {"count": 3, "ore": 60_000}
    assert {letter: figures[letter] for letter in "fluvw"} == {letter: before[letter] for letter in "fluvw"}
    assert figures["expected_ore"]["cash"] == 120_000
    sales = [event for event in counter.events() if isinstance(event, SaleRegistered)]
    assert [sale.receipt for sale in sales] == [1]
    assert "ÖVNING" not in counter.paper(1)


def test_r43_every_act_of_the_day_can_be_practised_and_leaves_the_journal_alone(counter: Counter) -> None:
    counter.ok("training", till="H", on=True)
    before = counter.heads()
    counter.sell(lines=[{"article": 1, "quantity": 3}], pay=CASH)
    counter.refund(1, 60_000, CASH, approved_by=BOSS)
    counter.sell()
    counter.ok("void", till="H", receipt=3, reason="Öva")
    counter.sell()
    counter.ok("correct_tender", till="H", receipt=5, by="swish", reason="Öva")
    counter.ok("deposit", till="H", patient=ADULT, amount_ore=10_000, pay=[CASH])
    counter.ok("repay", till="H", patient=ADULT, amount_ore=10_000, pay=[CASH], reason="Öva", approved_by=BOSS)
    counter.ok("change_float", till="H", amount_ore=1_000, reason="Öva")
    counter.ok("cash_out", till="H", amount_ore=1_000, kind="bank", reference="P", second="Erik Lund")
    counter.ok("open_drawer", till="H", reason="Öva")
    counter.ok("count", till="H", counted_ore=100_000)
    counter.ok("park", till="H", patient=ADULT, lines=[{"article": 1}])
    counter.ok("recall", till="H", parked=1)
    counter.ok("copy_receipt", till="H", receipt=1)
    counter.ok("begin_payment", till="H", patient=ADULT, lines=[{"article": 1}], by="card")
    counter.ok("end_payment", till="H", outcome="paid")
    assert counter.x()["u"] > 0
    assert {row["kind"] for row in counter.rows()} >= {"sale", "refund", "void", "deposit"}

    assert counter.heads() == before


def test_r43_a_session_is_not_closed_and_practice_not_begun_twice(counter: Counter) -> None:
    assert counter.refused("training", till="H", on=False) == "NotInTraining"
    counter.ok("training", till="H", on=True)

    assert counter.refused("training", till="H", on=True) == "InTraining"
    assert counter.refused("close_session", till="H", counted_ore=100_000, pin="123456") == "InTraining"
    counter.ok("training", till="H", on=False)
    counter.close()


def test_r43_one_till_practises_and_the_other_sells(counter: Counter) -> None:
    counter.ok("training", till="E", on=True)
    counter.sell(101, CARD, "E")
    counter.sell()
    counter.ok("training", till="E", on=False)

    assert (counter.x("H")["f"], counter.x("E")["f"]) == (20_000, 0)
    assert counter.x("E")["o"] == {"count": 1, "ore": 68_800}


def test_r43_practice_goes_on_after_a_restart_and_is_still_practice(counter: Counter) -> None:
    counter.ok("training", till="H", on=True)
    counter.sell()
    folder = counter.desk.folder
    counter.desk.close()

    with at_counter(folder, opened=False) as again:
        assert again.ok("status")["tills"][0]["training"] is True
        again.sell()
        again.ok("training", till="H", on=False)
        figures = again.x()

    assert (figures["f"], figures["o"]) == (0, {"count": 2, "ore": 40_000})


def test_r43_two_rounds_of_practice_are_added_and_each_begins_afresh(counter: Counter) -> None:
    for _ in range(2):
        counter.ok("training", till="H", on=True)
        assert counter.sell()["receipt"] == 1
        counter.ok("training", till="H", on=False)

    assert counter.x()["o"] == {"count": 2, "ore": 40_000}


def test_r43_while_practice_lasts_the_real_till_sells_nothing(counter: Counter) -> None:
    counter.sell()
    counter.register().begin_training()  # And the power goes before there is anything to practise in.

    for act, arguments in REAL.items():
        answer = counter.ask(act, till="H", **arguments)
        assert answer.get("refused") == "InTraining", act
    assert counter.register().state.grand.sales_ore == 20_000


REAL: dict[str, dict[str, Any]] = {
    "sell": {"patient": ADULT, "lines": [{"article": 1}], "pay": [CARD]},
    "refund": {key: value for key, value in a_refund(1, 100).items() if key != "till"},
    "void": {"receipt": 1, "reason": "Fel"},
    "correct_tender": {"receipt": 1, "by": "swish", "reason": "Fel"},
    "deposit": {"patient": ADULT, "amount_ore": 100, "pay": [CASH]},
    "change_float": {"amount_ore": 100, "reason": "Fel"},
    "cash_out": {"amount_ore": 100, "kind": "expense", "reference": "Fel"},
    "open_drawer": {"reason": "Fel"},
    "park": {"patient": ADULT, "lines": [{"article": 1}]},
    "copy_receipt": {"receipt": 1},
}


def test_r43_a_practice_that_could_not_begin_leaves_the_till_at_work(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(demo, "enrol", full)
        with pytest.raises((OSError, Exception)):
            counter.desk.begin_training("H")

    assert counter.register().state.training is False
    counter.sell()
    assert counter.x()["f"] == 20_000


def test_r43_a_beginning_that_was_interrupted_leaves_the_till_at_work(counter: Counter) -> None:
    counter.ok("training", till="H", on=True)
    counter.sell()
    counter.ok("training", till="H", on=False)
    demo.enrol(counter.desk.folder / "H" / "training" / "0002", now=counter.desk.clock, tills=("H",))
    folder = counter.desk.folder
    counter.desk.close()  # The power goes when the practice is made and not begun.

    with at_counter(folder, opened=False) as again:
        assert again.register().state.training is False
        assert again.sell()["receipt"] == 1
        again.ok("training", till="H", on=True)
        assert again.sell()["receipt"] == 1
        again.ok("training", till="H", on=False)
        assert again.x()["o"] == {"count": 2, "ore": 40_000}


def test_r43_practice_has_the_prices_and_people_of_the_till(counter_with: Callable[[Edit], Counter]) -> None:
    counter = counter_with(lambda made: made["articles"][0].update(price_ore=12_300))
    counter.ok("training", till="H", on=True)

    assert counter.sell()["total_ore"] == 12_300
    counter.ok("lock")
    counter.sign_in("erilu")
    assert counter.sell()["total_ore"] == 12_300


def test_r43_what_is_practised_never_goes_to_the_region(counter: Counter) -> None:
    counter.ok("training", till="H", on=True)
    unsent = counter.ok("status")["unsent"]

    counter.sell()

    assert counter.ok("status")["unsent"] == unsent
    assert "server" not in (practice_folder(counter.desk) / "clinic.toml").read_text(encoding="utf-8")


def practice_folder(desk: Desk) -> Path:
    """Where the newest practice lies."""
    return sorted((desk.folder / "H" / "training").iterdir())[-1]


def test_r43_practice_before_opening_is_refused(tmp_path: Path) -> None:
    with at_counter(tmp_path / "desk", opened=False) as counter:
        assert counter.refused("training", till="H", on=True) == "NoOpenSession"
        with pytest.raises(Refused):
            counter.desk.end_training("H")


def test_r43_what_is_practised_is_sealed_to_the_region_and_not_to_the_published_key(tmp_path: Path) -> None:
    regions_own = PrivateKey.generate()
    place = demo.Place(recovery_key=bytes(regions_own.public_key))
    demo.enrol(tmp_path, now=a_clock(), place=place)
    with at_counter(tmp_path) as counter:
        counter.sell()
    held = shadow.read(tmp_path / "H" / "shadow.kj")
    sealed = next(part for record in held.records for part in record.parts if part.sealed)

    assert unseal_for_region(sealed.name, sealed.body, regions_own).content()
    with pytest.raises(JournalDamaged):
        unseal_for_region(sealed.name, sealed.body, demo_keys().recovery)
