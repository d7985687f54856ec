"""The papers of a till on a real desk and a printer over a real socket: nothing lost, no original twice, and on record
when it is out."""

import pytest
from pytestqt.qtbot import QtBot

from kassaapp.domain.fees import Wish as Article
from kassaapp.domain.session import Count
from kassaapp.screens.after_sale import Paper
from kassaapp.screens.printing import Wish
from kassaapp.ui.papers import Papers
from tests.builders import CARD, PROTECTED, a_patient
from tests.printer.counters import CASH, UNTIL_MS, Counter, Opened

# ── What goes well ───────────────────────────────────────────────────────────────────────────────


def test_r40_an_original_comes_out_once_and_that_is_on_record(counter: Counter) -> None:
    number = counter.sell()

    counter.receipt(number)
    counter.until(Paper.UNDER_WAY, Paper.PRINTED)
    counter.receipt(number)

    assert counter.register.receipts.is_printed(number)
    (sheet,) = counter.sheets(1)
    assert f"Kvitto R0417H-{number}" in sheet.text
    assert counter.papers.view.text == ""


def test_cash_opens_the_drawer_and_a_card_does_not(counter: Counter) -> None:
    for number in (counter.sell(by=CARD), counter.sell(by=CASH)):
        counter.receipt(number)

    counter.sheets(2)
    assert counter.printer.kicks == 1


def test_the_drawer_opens_by_itself(counter: Counter) -> None:
    counter.papers.open_drawer(lambda outcome: None)

    counter.bot.waitUntil(lambda: counter.printer.kicks == 1, timeout=UNTIL_MS)


def test_r41_the_copy_is_marked_and_is_on_record_before(counter: Counter) -> None:
    number = counter.sell()
    with pytest.raises(AssertionError, match="on record"):
        counter.papers.copy(number, counter.news.append)
    counter.register.copy(number)

    counter.papers.copy(number, counter.news.append)
    counter.until(Paper.PRINTED)

    (sheet,) = counter.sheets(1)
    assert "KOPIA" in [line.strip() for line in sheet.lines]
    assert not counter.register.receipts.is_printed(number)


def test_r44_cash_that_moves_opens_the_drawer_and_has_its_slip(counter: Counter) -> None:
    counter.papers.cash(counter.register.open_drawer("växlade en sedel"), counter.news.append)
    counter.papers.cash(counter.register.change_float(20_000, "mer växel"), counter.news.append)

    first, second = counter.sheets(2)
    assert "LÅDA ÖPPNAD" in first.text
    assert "VÄXELKASSA ÄNDRAD" in second.text
    assert counter.printer.kicks == 2


def test_a_z_comes_out_and_its_copy_is_marked(counter: Counter) -> None:
    counter.register.close_session(Count(100_000), "123456", "dags att gå hem")

    counter.papers.last_z(counter.news.append)
    counter.until(Paper.PRINTED)
    counter.papers.z_again(1, counter.news.append)

    first, second = counter.sheets(2)
    assert "Z-DAGRAPPORT" in first.text
    assert "KOPIA" not in first.text
    assert "KOPIA" in second.text


def test_a_new_printer_can_be_tried(counter: Counter) -> None:
    counter.papers.test(counter.news.append)

    (sheet,) = counter.sheets(1)
    assert "EJ KVITTO" in sheet.text


# ── Protected identity ───────────────────────────────────────────────────────────────────────────


def test_r58_nothing_of_a_protected_patient_is_printed_unasked(counter: Counter) -> None:
    number = counter.desk.register("H").sell(a_patient(PROTECTED, protected=True), [Article(1)], [CARD]).event.receipt

    counter.receipt(number)

    assert counter.news == [Paper.UNDER_WAY, Paper.KEPT]
    counter.papers.receipt(number, counter.news.append, asked=True)
    counter.until(Paper.PRINTED)
    (sheet,) = counter.sheets(1)
    assert "Patient" not in sheet.text


# ── What goes wrong ──────────────────────────────────────────────────────────────────────────────


def test_e50_without_paper_the_receipt_waits_and_comes_out_as_original(counter: Counter) -> None:
    number = counter.sell(by=CASH)
    counter.printer.run_out_of_paper()

    counter.receipt(number)
    counter.until(Paper.WAITING)
    assert counter.papers.view.text.startswith("Papperet är slut i kvittoskrivaren. Betalningen är registrerad (kvitto")
    assert not counter.register.receipts.is_printed(number)
    counter.printer.new_roll()
    counter.papers.do(Wish.AGAIN)
    counter.until(Paper.PRINTED)

    (sheet,) = counter.sheets(1)
    assert "KOPIA" not in sheet.text
    assert counter.register.receipts.is_printed(number)
    assert counter.printer.kicks == 1
    assert counter.papers.view.text == ""


def test_e51_a_printer_that_is_off_keeps_every_receipt_in_its_order(
    counter: Counter, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter.printer.hangs = True
    numbers = [counter.sell(), counter.sell()]
    for number in numbers:
        counter.receipt(number)
        qtbot.waitUntil(lambda: counter.news[-1] is Paper.WAITING, timeout=UNTIL_MS)

    assert "Kvittoskrivaren svarar inte." in counter.papers.view.text
    assert "2 papper väntar" in counter.papers.view.text
    counter.printer.hangs = False
    counter.papers.do(Wish.AGAIN)

    first, second = counter.sheets(2)
    assert "Kvitto R0417H-1 " in first.text
    assert "Kvitto R0417H-2 " in second.text


def test_e51_the_result_box_asking_again_does_not_print_twice(counter: Counter) -> None:
    number = counter.sell()
    counter.printer.run_out_of_paper()
    counter.receipt(number)
    counter.until(Paper.WAITING)
    counter.printer.new_roll()

    counter.receipt(number)
    counter.receipt(number)

    counter.sheets(1)


def test_e51_what_waits_can_be_put_as_files(counter: Counter) -> None:
    number = counter.sell()
    counter.printer.close()
    counter.receipt(number)
    counter.until(Paper.WAITING)

    counter.papers.do(Wish.AS_FILES)
    counter.until(Paper.SAVED)

    assert [path.name for path in counter.desk.paper_folder("H").iterdir()] == ["kvitto-R0417H-000001.pdf"]
    assert counter.register.receipts.is_printed(number)


def test_e52_half_a_receipt_is_asked_about(counter: Counter) -> None:
    number = counter.sell()
    counter.printer.breaks_after = 700
    counter.receipt(number)
    counter.until(Paper.UNSURE)
    assert counter.papers.view.text.startswith("Kassan vet inte om kvitto R0417H-1 skrevs ut.")

    counter.receipt(number)
    assert counter.printer.sheets == []
    assert not counter.register.receipts.is_printed(number)
    counter.papers.do(Wish.DID_NOT)
    counter.until(Paper.PRINTED)

    counter.sheets(1)
    assert counter.register.receipts.is_printed(number)


def test_e52_what_came_out_is_put_on_record_and_not_printed(counter: Counter) -> None:
    number = counter.sell()
    counter.printer.run_out_of_paper(after_lines=20)
    counter.receipt(number)
    counter.until(Paper.UNSURE)

    counter.papers.do(Wish.CAME_OUT)

    assert counter.register.receipts.is_printed(number)
    counter.printer.new_roll()
    counter.sheets(1)


def test_what_waits_when_the_program_ends_is_asked_about_at_the_next_start_or_is_a_file(
    counter: Counter, open_counter: Opened
) -> None:
    number = counter.sell()
    counter.printer.cover_open = True
    counter.receipt(number)
    counter.papers.test(counter.news.append)
    counter.until(Paper.WAITING, Paper.WAITING)

    counter.papers.close()
    counter.desk.close()

    again = open_counter("")
    assert again.register.unprinted == (number,)
    assert [path.name for path in again.desk.paper_folder("H").iterdir()] == ["testutskrift.pdf"]


def test_papers_that_are_closed_leave_the_printer_to_others(counter: Counter) -> None:
    other = Papers(counter.desk, "H", counter.over, is_stopped=lambda: False)
    other.test(counter.news.append)
    counter.until(Paper.PRINTED)
    other.close()
    counter.printer.knows_gs_r = False

    counter.receipt(counter.sell())
    counter.until(Paper.PRINTED)

    counter.sheets(2)


# ── Without a printer, and with one for A4 ───────────────────────────────────────────────────────


def test_without_a_printer_papers_are_files(open_counter: Opened) -> None:
    counter = open_counter("")

    counter.receipt(counter.sell(by=CASH))
    counter.until(Paper.UNDER_WAY, Paper.SAVED)

    assert [path.name for path in counter.desk.paper_folder("H").iterdir()] == ["kvitto-R0417H-000001.pdf"]
    assert counter.printer.connections == 0


def test_a_printer_for_a4_that_the_system_does_not_know_is_said(open_counter: Opened) -> None:
    counter = open_counter('a4_printer = "Finns inte"\n')

    counter.receipt(counter.sell())
    counter.until(Paper.WAITING)

    assert counter.papers.view.text.startswith("Datorn hittar inte skrivaren för A4.")
