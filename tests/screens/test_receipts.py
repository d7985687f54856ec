"""Receipts: how they are listed and opened, what of that goes on record, their paper, what can be done (UX 2.11)."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from kassaapp.domain.events import Look
from kassaapp.history import Filter
from kassaapp.printout.qr import Kind, digits
from kassaapp.screens.receipt_rows import ReceiptRows
from kassaapp.screens.receipts import Act, Spot
from kassaapp.screens.undo import Void
from kassaapp.screens.undo_correct import CorrectPatient
from sync.client.status import SyncStatus
from tests.desks import SWEDISH_WINTER, an_open_till
from tests.screens.looking_back import ADULT, HIDDEN, OTHER, LookingBack

TUESDAY = datetime(2026, 11, 24, 8, 0, tzinfo=SWEDISH_WINTER)


@pytest.fixture
def back(tmp_path: Path) -> Iterator[LookingBack]:
    with an_open_till(tmp_path) as desk:
        yield LookingBack(desk)


# ── the list ─────────────────────────────────────────────────────────────────────────────────────


def test_the_newest_is_first_and_marked_and_nobody_is_named(back: LookingBack) -> None:
    back.sell()
    back.sell(4, patient=HIDDEN)

    back.screen.begin()

    view = back.screen.view
    assert [(row.number, row.patient, row.content, row.amount) for row in view.rows] == [
        ("R0417H-2", "Skyddad", "Psykolog", "200,00\u202fkr"),
        ("R0417H-1", "610118-••••", "Läkarbesök", "200,00\u202fkr"),
    ]
    assert (view.marked, back.screen.spot, view.detail) == (0, Spot.SEARCH, None)
    assert "Testsson" not in repr(view)
    assert back.looks == []


def test_what_has_become_of_a_receipt_is_said_in_words(back: LookingBack) -> None:
    for _ in range(4):
        back.sell(lines=[{"article": 1}, {"article": 3}])
    back.ask("void", till="H", receipt=1, reason="Fel person")
    give_back = {"till": "H", "pay": [{"by": "card"}], "reason": "Har frikort"}
    back.ask("refund", receipt=2, lines=[{"line": 1, "amount_ore": 5_000}], **give_back)
    back.ask("refund", receipt=3, lines=[{"line": n, "amount_ore": 20_000} for n in (1, 2)], **give_back)

    back.screen.begin()

    rows = {row.receipt: row for row in back.screen.view.rows}
    assert [rows[number].status for number in (1, 2, 3, 4)] == [
        "Makulerat",
        "Delvis återbetalt",
        "Återbetalt",
        "Väntar",
    ]
    assert [rows[number].struck for number in (1, 2, 3, 4)] == [True, False, False, False]
    assert (rows[5].content, rows[5].amount) == ("Makulering av R0417H-1", "\u2212400,00\u202fkr")
    assert rows[6].amount_spoken == "minus 50 kronor"


def test_a_deposit_and_what_is_no_receipt_have_their_words(back: LookingBack) -> None:
    back.ask("deposit", till="H", patient=ADULT, amount_ore=50_000, pay=[{"by": "card"}])
    back.ask("change_float", till="H", amount_ore=-4_000, reason="Till kassaskåpet")
    back.screen.begin()
    deposit = back.screen.view.rows[0]

    back.screen.search.choose_kind(4)
    back.screen.filtered()

    (changed,) = back.screen.view.rows
    assert (deposit.content, deposit.amount) == ("A conto insättning", "500,00\u202fkr")
    assert (changed.receipt, changed.content, changed.tender) == (None, "Växelkassa ändrad", "Anna Berg")
    back.screen.open_marked()
    assert (back.screen.view.detail, back.screen.view.acts) == (None, frozenset())


def test_what_the_region_has_is_sent_and_the_rest_waits(back: LookingBack) -> None:
    back.sell()
    back.sell()
    register, history = back.desk.register("H"), back.desk.history("H")
    one_waits = SyncStatus(unsent=1, reachable=True, proved_seq=0, attention=None, last_contact=None)

    shown = ReceiptRows(register, history, lambda: one_waits).shown(history.find(Filter(kind="sale")))

    assert [row.status for row in shown] == ["Skickat", "Väntar"]


# ── a receipt opened ─────────────────────────────────────────────────────────────────────────────


def test_enter_on_nothing_opens_the_newest_masked_and_on_record(back: LookingBack) -> None:
    back.sell(by="cash")
    back.screen.begin()

    back.screen.enter("")

    detail = back.screen.view.detail
    assert detail is not None
    assert (detail.patient, detail.lines) == ("610118-••••", (("Läkarbesök", "200,00", ""),))
    assert dict(detail.facts) == {
        "Betalsätt": "Kontant 200,00\u202fkr",
        "Kassör": "Anna Berg",
        "Utskrifter": "originalet inte utskrivet",
        "Journal": f"post {back.desk.history('H').receipt(1).seq}, skickad: nej",
    }
    back.screen.open_marked()
    assert back.looks == [(Look.RECEIPT, "610118-••••")]


def test_to_show_the_patient_is_on_record_and_is_masked_again(back: LookingBack) -> None:
    back.sell()
    back.screen.begin()
    back.screen.open_marked()

    back.screen.reveal()
    shown = back.screen.view.detail
    back.screen.mask_again()

    masked = back.screen.view.detail
    assert shown is not None
    assert masked is not None
    assert (shown.patient, masked.patient) == ("19610118-2803  ·  Test Testsson", "610118-••••")
    assert back.looks == [(Look.RECEIPT, "610118-••••")] * 2


def test_a_protected_patient_is_shown_as_a_number_only_when_asked_for(back: LookingBack) -> None:
    back.sell()
    back.sell(patient=HIDDEN)
    back.screen.begin()
    back.screen.open_marked()
    masked = back.screen.view.detail

    back.screen.reveal()

    shown = back.screen.view.detail
    assert masked is not None
    assert shown is not None
    assert (masked.patient, shown.patient) == ("Skyddade personuppgifter", "19500907-2553")


def test_another_row_closes_what_was_open(back: LookingBack) -> None:
    back.sell()
    back.sell()
    back.screen.begin()
    back.screen.open_marked()
    back.screen.reveal()

    back.screen.mark(1)

    assert (back.screen.view.detail, back.screen.view.marked) == (None, 1)
    assert len(back.looks) == 2


def test_esc_goes_out_of_the_act_out_of_the_receipt_and_away(back: LookingBack) -> None:
    back.sell()
    back.screen.begin()
    back.screen.open_marked()
    back.screen.begin_undo(Act.VOID)

    steps = []
    for _ in range(3):
        back.screen.back()
        steps.append((back.screen.undo is None, back.screen.view.detail is None, back.left))

    assert steps == [(True, False, 0), (True, True, 0), (True, True, 1)]


def test_a_receipt_can_be_shown_from_elsewhere(back: LookingBack) -> None:
    back.sell()
    back.sell()
    back.screen.show(1, Act.REFUND)

    back.screen.begin()

    assert back.numbers == [1]
    assert back.screen.undo is not None
    assert back.screen.undo.view.heading == "Återbetala från kvitto R0417H-1"


def test_a_slip_that_was_scanned_elsewhere_is_open_here(back: LookingBack) -> None:
    back.sell()
    back.sell()
    back.screen.show_scanned(digits(Kind.RECEIPT, back.desk.history("H").receipt(1).env))

    back.screen.begin()

    detail = back.screen.view.detail
    assert detail is not None
    assert detail.receipt == 1


def test_a_scan_is_the_right_patient_where_one_is_asked_for_and_nothing_over_another_act(back: LookingBack) -> None:
    back.sell()
    back.screen.begin()
    back.screen.begin_undo(Act.VOID)
    back.screen.scan("7010632391")
    void = back.screen.undo
    back.screen.back()
    back.screen.begin_undo(Act.PATIENT)

    back.screen.scan("701063+2391")

    assert isinstance(void, Void)
    assert isinstance(back.screen.undo, CorrectPatient)
    right = back.screen.undo.view.patient
    assert right is not None
    assert right.found == "19701063-2391"


# ── paper ────────────────────────────────────────────────────────────────────────────────────────


def test_the_original_comes_first_and_then_one_copy_ever(back: LookingBack) -> None:
    back.sell()
    back.screen.begin()
    words = []
    for after in ("nothing", "original", "copy"):
        back.screen.refresh()
        words.append((after, back.screen.view.paper.text, back.screen.view.paper.enabled))
        back.screen.print()
        back.desk.register("H").printed(1)
    back.screen.print()

    assert words == [
        ("nothing", "Skriv ut kvittot", True),
        ("original", "Kvittokopia", True),
        ("copy", "Kopian är utskriven 07:42", False),
    ]
    assert (back.printed, back.asked, back.copies) == ([], [1], [1])


def test_a_protected_patients_receipt_is_printed_only_when_asked_for_and_says_so(back: LookingBack) -> None:
    back.sell(patient=HIDDEN)
    back.screen.begin()
    words = back.screen.view.paper.text

    back.screen.print()

    assert (words, back.asked) == ("Skriv ut utan namn", [1])


def test_what_is_voided_is_not_printed(back: LookingBack) -> None:
    back.sell()
    back.ask("void", till="H", receipt=1, reason="Dubbelt")
    back.screen.show(1)
    back.screen.begin()

    back.screen.print()

    assert (back.screen.view.paper.text, back.asked) == ("Kvittot är makulerat", [])


def test_a_return_receipt_has_no_copy(back: LookingBack) -> None:
    back.sell()
    back.ask("void", till="H", receipt=1, reason="Dubbelt")
    back.desk.register("H").printed(2)
    back.screen.begin()

    back.screen.print()

    assert (back.screen.view.paper.text, back.screen.view.paper.enabled) == ("Originalet är utskrivet", False)
    assert back.copies == []


def test_a_copy_that_is_refused_is_not_made(back: LookingBack) -> None:
    back.sell()
    back.desk.register("H").printed(1)
    back.desk.clock.set(TUESDAY)
    back.screen.show(1)
    back.screen.begin()

    back.screen.print()

    assert back.screen.view.error.startswith("Kassan har varit öppen sedan 2026-11-23 07:42.")
    assert back.copies == []


# ── who may do what ──────────────────────────────────────────────────────────────────────────────


def test_only_what_makes_sense_is_offered(back: LookingBack) -> None:
    back.sell()
    back.sell(2, pay=[])
    back.sell(patient=OTHER, by="invoice")
    back.ask("void", till="H", receipt=1, reason="Dubbelt")
    offered = []

    for number in (1, 2, 3, 4):
        back.screen.show(number)
        back.screen.begin()
        offered.append(set(back.screen.view.acts))

    assert offered == [set(), {Act.VOID, Act.PATIENT}, {Act.VOID, Act.REFUND, Act.PATIENT}, set()]


def test_an_auditor_looks_and_does_nothing(back: LookingBack) -> None:
    back.sell()
    back.desk.sign_in("revis", "345678")
    back.screen.begin()
    back.screen.open_marked()

    back.screen.begin_undo(Act.VOID)
    back.screen.print()

    assert (back.screen.view.acts, back.screen.undo, back.asked) == (frozenset(), None, [])
    assert back.screen.view.search.scopes == ("I dag", "Den här sessionen", "Välj datum")
    assert back.looks == [(Look.RECEIPT, "610118-••••")]
