"""What stands on an a conto slip: that it is no sale, what moved, and what the patient has afterwards (R54)."""

from dataclasses import replace

from kassaapp.domain.events import DepositRepaid, DepositTaken
from kassaapp.printout.deposit import deposit_slip
from kassaapp.printout.slip import Signature, Slip, lines
from tests.builders import (
    CARD,
    PROTECTED,
    a_configuration,
    a_deposit,
    a_patient,
    a_record,
    a_repayment,
)
from tests.printout import golden


def printed(event: DepositTaken | DepositRepaid) -> Slip:
    settings = a_configuration()
    return deposit_slip(event, settings, settings.till("H"), a_record("deposit").env)


def test_a_deposit() -> None:
    golden.check(printed(a_deposit(offers=[replace(CARD, reference="1234")])), "deposit")


def test_a_balance_paid_back_in_cash_is_signed_for() -> None:
    golden.check(printed(a_repayment()), "deposit_repaid")


def test_a_balance_paid_back_to_the_card_needs_no_signature() -> None:
    assert not any(isinstance(row, Signature) for row in printed(a_repayment(offers=[CARD])).rows)


def test_a_balance_of_nothing_is_told_without_what_can_be_done_with_it() -> None:
    text = "\n".join(lines(printed(a_repayment(amount_ore=50000))))

    assert "Innestående efteråt                0,00 kr\n" in text
    assert "Pengarna" not in text


def test_a_protected_patients_money_names_nobody() -> None:
    taken = a_deposit(a_patient(PROTECTED, "Hemlig Testsson", protected=True))
    slips = [printed(taken), printed(a_repayment(taken, reason="Bor på annan ort"))]

    text = "\n".join(line for slip in slips for line in lines(slip))

    assert "Innestående efteråt" in text
    for word in ("Patient ", "Patientens underskrift", "Testsson", "500907", "annan ort", "kydda"):
        assert word not in text
