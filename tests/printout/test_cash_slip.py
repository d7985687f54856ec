"""What stands on the slip for cash that moves without a patient, and who signs it (R05, R44, R53)."""

from typing import Any

from kassaapp.domain import drawer
from kassaapp.domain.events import CashCounted, CashPurpose
from kassaapp.printout.cash_slip import CashMoved, cash_slip
from kassaapp.printout.slip import Signature, Slip, lines
from tests.builders import LATER, a_configuration, a_record, an_open_till
from tests.printout import golden

TILL = an_open_till()
ANNA: dict[str, Any] = {"at": LATER, "by": "anber", "own_name": "Anna Berg"}
ERIK: dict[str, Any] = {"at": LATER, "by": "erilu", "own_name": "Erik Lund"}


def printed(event: CashMoved) -> Slip:
    settings = a_configuration()
    return cash_slip(event, settings, settings.till("H"), a_record("float").env)


def test_more_in_the_float() -> None:
    golden.check(printed(drawer.change_float(TILL, 50000, "Från kassaskåp", at=LATER, by="anber")), "cash_float")


def test_less_in_the_float_is_told_in_words_and_not_by_a_sign() -> None:
    text = "\n".join(lines(printed(drawer.change_float(TILL, -30000, "Till kassaskåp", at=LATER, by="anber"))))

    assert "Taget ur växelkassan             300,00 kr\n" in text


def test_cash_to_the_bank_has_its_bag_and_two_signatures() -> None:
    taken = drawer.take_out(
        TILL,
        80000,
        CashPurpose.BANK,
        "P-4711",
        second="Karin Ek, vaktmästare",
        at=LATER,
        by="anber",
        own_name="Anna Berg",
    )

    slip = printed(taken)

    golden.check(slip, "cash_bank")
    assert len([row for row in slip.rows if isinstance(row, Signature)]) == 2


def test_an_expense() -> None:
    taken = drawer.take_out(
        TILL,
        12050,
        CashPurpose.EXPENSE,
        "Frimärken, kvitto 12",
        second=None,
        at=LATER,
        by="erilu",
        own_name="Erik Lund",
    )

    golden.check(printed(taken), "cash_expense")


def test_an_opened_drawer() -> None:
    golden.check(printed(drawer.open_drawer(TILL, "Växlade sedel", at=LATER, by="anber")), "cash_drawer")


def test_a_count_in_between_tells_each_tender_and_its_difference() -> None:
    counted = CashCounted(LATER, "anber", 1, {"cash": 119_900, "card": 20_000}, {"cash": -100, "card": 0})

    golden.check(printed(counted), "cash_count")
