"""Where one is, what stands round it, and what the menu offers."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from kassaapp.app import Desk
from kassaapp.domain.fees import Wish
from kassaapp.domain.tender import Offer
from kassaapp.domain.visit import Patient, Tender
from kassaapp.screens.frame import Frame, Place
from kassaapp.screens.reports import XReportScreen
from sync.client.status import SyncStatus
from tests.desks import MONDAY_MORNING, a_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path) as desk:
        yield desk


def framed(
    desk: Desk,
    *,
    in_sale: bool = False,
    lost_medium: bool = False,
    stranded: Sequence[str] = (),
    status: SyncStatus | None = None,
    is_paying: bool = False,
) -> Frame:
    return Frame(
        desk.register("H"),
        lambda: status or desk.sync_status("H"),
        in_sale=lambda: in_sale,
        lock=desk.lock,
        sign_out=desk.sign_out,
        lost_medium=lost_medium,
        stranded=stranded,
        is_paying=lambda: is_paying,
    )


def at_counter(desk: Desk) -> None:
    desk.sign_in("anber", "123456")
    desk.register("H").open_session(100_000)


def test_home_is_where_the_work_is(desk: Desk) -> None:
    frame = framed(desk)
    places = [frame.view.place]

    desk.sign_in("anber", "123456")
    frame.home()
    places.append(frame.view.place)
    desk.register("H").open_session(100_000)
    frame.home()
    places.append(frame.view.place)

    assert places == [Place.LOGIN, Place.OPEN, Place.SALE]
    assert frame.view.title == "Försäljning – Hälsovalskassan 1 – Kassa"
    assert frame.view.who == "Anna Berg · Öppen sedan 07:42"


def test_an_auditor_comes_to_the_status_and_can_neither_sell_nor_close(desk: Desk) -> None:
    at_counter(desk)
    desk.sign_out()
    desk.sign_in("revis", "345678")
    frame = framed(desk)

    assert frame.view.place is Place.STATUS
    assert [row.text for row in frame.view.menu] == [
        "Kvitton",
        "Rapporter",
        "Synkstatus",
        "Visning och om kassan",
        "Logga ut",
        "Lås kassan",
    ]


def test_locking_leads_to_the_login_from_anywhere(desk: Desk) -> None:
    at_counter(desk)
    frame = framed(desk)
    frame.go(Place.CLOSE)

    frame.lock()

    assert frame.view.place is Place.LOGIN
    assert not frame.view.can_lock


def test_the_till_is_not_closed_in_the_middle_of_a_sale(desk: Desk) -> None:
    at_counter(desk)
    frame = framed(desk, in_sale=True)

    frame.go(Place.CLOSE)

    assert frame.view.place is Place.SALE
    assert [strip.text for strip in frame.view.strips] == [
        "En försäljning pågår. Slutför den eller ta bort raderna innan du stänger kassan."
    ]


def test_a_till_that_is_open_since_yesterday_says_so_with_a_way_to_close_it(desk: Desk) -> None:
    at_counter(desk)
    frame = framed(desk)
    desk.clock.set(MONDAY_MORNING + timedelta(days=1))

    (strip,) = frame.view.strips

    assert strip.text.startswith("Kassan har varit öppen sedan i går 07:42. Stäng den först")
    assert (strip.action, strip.place) == ("Stäng kassan från 2026-11-23", Place.CLOSE)


def test_what_support_must_know_is_a_strip_and_never_stops_the_till(desk: Desk) -> None:
    at_counter(desk)
    long_ago = SyncStatus(
        4, reachable=False, proved_seq=1, attention=None, last_contact=MONDAY_MORNING - timedelta(hours=73)
    )

    strips = framed(desk, lost_medium=True, stranded=["R0417BH.kj"], status=long_ago).view.strips

    assert [strip.text[:40] for strip in strips] == [
        "Kassan kan inte skriva sin extra kopia p",
        "På det andra lagringsmediet kan det ligg",
        "Kassan har varit frånkopplad i 73 timmar",
    ]
    assert all("Du kan fortsätta ta betalt" in strip.text for strip in strips)


def test_the_x_report_shows_the_day_and_never_what_should_lie_in_the_drawer(desk: Desk) -> None:
    at_counter(desk)
    screen = XReportScreen(desk.register("H"))

    screen.begin()

    assert screen.view.about == "Hälsovalskassan 1 · session 1 · 07:42–07:42"
    assert ("Kvitton", "0 st") in screen.view.rows
    assert not any("Enligt kassan" in label for label, _ in screen.view.rows)


# ── what was left when the program ended ─────────────────────────────────────────────────────────


def sell(desk: Desk, *, protected: bool = False) -> None:
    register = desk.register("H")
    patient = Patient(register.read_id("195009072553" if protected else "6101182803"), "Test", protected=protected)
    register.sell(patient, [Wish(1)], [Offer(Tender.CASH)])


def begin(desk: Desk) -> None:
    register = desk.register("H")
    register.begin_payment(Patient(register.read_id("6101182803"), "Test Testsson"), [Wish(1)], Tender.CARD)


def test_a_payment_that_has_no_end_is_a_strip_that_names_nobody(desk: Desk) -> None:
    at_counter(desk)
    begin(desk)
    strip = framed(desk).view.strips[0]
    desk.lock()

    locked = framed(desk).view.strips[0]

    assert strip.text == locked.text
    assert strip.text == (
        "En kortbetalning på 200,00\u202fkr påbörjades 07:42 och avslutades aldrig. Se på terminalen om den gick "
        "igenom."
    )
    assert (strip.action, strip.place) == ("Svara på vad som hände", Place.SALE)
    assert locked.action == ""


def test_a_payment_that_is_being_taken_is_no_strip(desk: Desk) -> None:
    at_counter(desk)
    begin(desk)

    assert framed(desk, is_paying=True).view.strips == ()


def test_the_till_is_not_closed_before_the_payment_is_answered_for(desk: Desk) -> None:
    at_counter(desk)
    begin(desk)
    frame = framed(desk)

    frame.go(Place.CLOSE)

    assert frame.view.place is Place.SALE


def test_a_receipt_that_did_not_come_out_is_offered_at_the_next_start(desk: Desk) -> None:
    at_counter(desk)
    sell(desk)
    frame = framed(desk)

    (strip,) = frame.view.strips

    assert strip.text == "Kvitto R0417H-1 var inte utskrivet när programmet stängdes. Betalningen är registrerad."
    assert (strip.action, strip.key, strip.receipts) == ("Skriv ut", "Ctrl+P", (1,))
    desk.register("H").printed(1)
    assert frame.view.strips == ()


def test_of_many_receipts_a_few_are_named(desk: Desk) -> None:
    at_counter(desk)
    for _ in range(4):
        sell(desk)

    (strip,) = framed(desk).view.strips

    assert strip.text.startswith(
        "4 kvitton var inte utskrivna när programmet stängdes: R0417H-1, R0417H-2, R0417H-3 och fler. "
    )
    assert strip.receipts == (1, 2, 3, 4)


def test_what_is_sold_now_is_no_strip_while_its_paper_is_made(desk: Desk) -> None:
    at_counter(desk)
    frame = framed(desk)

    sell(desk)

    assert frame.view.strips == ()


def test_a_protected_patients_receipt_is_not_offered(desk: Desk) -> None:
    at_counter(desk)
    sell(desk, protected=True)

    assert framed(desk).view.strips == ()


def test_nobody_prints_before_signing_in(desk: Desk) -> None:
    at_counter(desk)
    sell(desk)
    desk.sign_out()

    (strip,) = framed(desk).view.strips

    assert (strip.action, strip.receipts) == ("", ())


def test_e56_a_clock_that_was_set_back_is_told_until_it_is_right_again(desk: Desk) -> None:
    at_counter(desk)
    frame = framed(desk)
    desk.clock.set(MONDAY_MORNING - timedelta(hours=3))
    behind = [strip.text for strip in frame.view.strips]
    desk.register("H").change_float(10_000, "Från kassaskåp")
    still = [strip.text for strip in frame.view.strips]

    desk.clock.set(MONDAY_MORNING + timedelta(minutes=1))

    assert behind == still
    assert behind[0].startswith("Datorns klocka visar 04:42 men den senaste registreringen gjordes 07:42.")
    assert frame.view.strips == ()


def test_e69_whoever_answers_for_the_till_is_told_that_the_exemption_ends(desk: Desk) -> None:
    desk.clock.set(MONDAY_MORNING.replace(year=2029, month=12, day=3))
    desk.sign_in("erilu", "234567")
    told = [strip.text for strip in framed(desk).view.strips]
    desk.sign_out()
    desk.sign_in("anber", "123456")

    assert told[0].startswith("Undantaget från Skatteverket gäller till 2029-12-31, 28 dagar kvar.")
    assert framed(desk).view.strips == ()
