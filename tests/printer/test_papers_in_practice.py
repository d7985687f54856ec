"""Papers while somebody practises: marked, without the drawer, and never in the place of real ones (R43)."""

from kassaapp.screens.after_sale import Paper
from kassaapp.screens.printing import Wish
from tests.printer.counters import CASH, Counter


def test_r43_practice_is_marked_opens_no_drawer_and_takes_no_real_name(counter: Counter) -> None:
    real = counter.sell(by=CASH)
    counter.desk.begin_training("H")

    practised = counter.sell(by=CASH)
    counter.receipt(practised)
    counter.until(Paper.PRINTED)

    (sheet,) = counter.sheets(1)
    assert real == practised
    assert "ÖVNING" in sheet.text
    assert counter.printer.kicks == 0
    assert not counter.register.receipts.is_printed(real)
    assert counter.desk.acting("H").receipts.is_printed(practised)


def test_r43_a_practised_receipt_is_never_saved_over_a_real_one(counter: Counter) -> None:
    real = counter.sell()
    first = counter.desk.save_receipt("H", real)
    assert first is not None
    kept = first.read_bytes()

    counter.desk.begin_training("H")
    practised = counter.desk.save_receipt("H", counter.sell())

    assert practised is not None
    assert practised.name == "ovning-R0417H-000001.pdf"
    assert first.read_bytes() == kept
    assert practised.parent != first.parent


def test_a_real_receipt_that_waited_is_recorded_as_real_although_practice_began(counter: Counter) -> None:
    number = counter.sell()
    counter.printer.run_out_of_paper()
    counter.receipt(number)
    counter.until(Paper.WAITING)

    counter.desk.begin_training("H")
    counter.printer.new_roll()
    counter.papers.do(Wish.AGAIN)
    counter.until(Paper.PRINTED)

    (sheet,) = counter.sheets(1)
    assert "ÖVNING" not in sheet.text
    assert counter.register.receipts.is_printed(number)


def test_practice_that_is_over_is_not_recorded_on_the_real_till(counter: Counter) -> None:
    real = counter.sell()
    counter.desk.begin_training("H")
    counter.printer.run_out_of_paper()
    counter.receipt(counter.sell())
    counter.until(Paper.WAITING)

    counter.desk.end_training("H")
    counter.printer.new_roll()
    counter.papers.do(Wish.AGAIN)
    counter.until(Paper.PRINTED)

    (sheet,) = counter.sheets(1)
    assert "ÖVNING" in sheet.text
    assert counter.register.unprinted == (real,)


def test_a_receipt_that_comes_out_while_an_auditor_reads_is_asked_about_later(counter: Counter) -> None:
    number = counter.sell()
    counter.printer.run_out_of_paper()
    counter.receipt(number)
    counter.until(Paper.WAITING)
    counter.desk.sign_out()
    counter.desk.sign_in("revis", "345678")

    counter.printer.new_roll()
    counter.papers.do(Wish.AGAIN)
    counter.until(Paper.PRINTED)

    counter.sheets(1)
    assert counter.register.unprinted == (number,)
