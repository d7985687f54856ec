"""X and Z on paper: every figure of the regulation in its order, and what was counted."""

from dataclasses import replace
from datetime import timedelta

from kassaapp.domain import drawer
from kassaapp.domain.events import CashPurpose, SessionClosed, SessionOpened
from kassaapp.domain.fees import Wish
from kassaapp.domain.figures import CashierTally, Figures, GrandTotals, GroupTally, Tally
from kassaapp.domain.session import Count
from kassaapp.domain.state import Session, apply
from kassaapp.printout import qr
from kassaapp.printout.day_report import x_report, z_report
from kassaapp.printout.slip import Qr, Signature, Slip, lines
from tests.builders import (
    AT,
    CARD,
    CASH,
    EVENING,
    LATER,
    MORNING,
    OLD,
    PROTECTED,
    SWISH,
    a_closed_session,
    a_configuration,
    a_deposit,
    a_patient,
    a_record,
    a_refund,
    a_sale,
    an_open_till,
)
from tests.printout import golden

HEAD = a_record("session-close").hash

FIGURES = Figures(
    sales_ore=600_01,
    by_group=(GroupTally("Besök", 700_01), GroupTally("Intyg", 700_02)),
    by_vat={"6": 800_01, "12": 800_02, "25": 800_03, "exempt": 800_04},
    opening_ore=900_01,
    float_changes_ore=-900_02,
    goods=1001,
    services=1102,
    receipts=1203,
    drawer_openings=1304,
    copies=Tally(14, 1400_01),
    training=Tally(15, 1500_01),
    by_tender={"cash": 1600_01, "card": 1600_02, "swish": 1600_03, "invoice": 1600_04, "on_account": 1600_05},
    refunds=Tally(17, 1700_01),
    discounts=Tally(18, 1800_01),
    voids=Tally(19, 1900_01),
    unfinished=Tally(20, 2000_01),
    returned_vat={"25": 2500_01},
    paid_in={"cash": 2600_01, "swish": 2600_02},
    paid_out={"card": 2700_01},
    cash_out_ore=2800_01,
    grand=GrandTotals(sales_ore=2100_03, returns_ore=2200_01),
    zero_registrations={"frikort": 3, "under_age": 2},
    deposits_ore=3000_01,
    deposits_used_ore=3000_02,
    deposits_repaid_ore=3000_03,
    rounding_ore=-31,
    cashiers=(CashierTally("anber", 30, 3100_01), CashierTally("gone", 7, 3100_02)),
)

IN_ORDER = [
    *("600,01", "700,01", "700,02", "800,01", "800,02", "800,03", "800,04", "900,01", "-900,02"),  # f g h i
    *("1001", "1102", "1203", "1304", "14 st", "1 400,01", "15 st", "1 500,01"),  # j k l m n o
    *("1 600,01", "1 600,02", "1 600,03", "1 600,04", "1 600,05"),  # p
    *("17 st", "1 700,01", "18 st", "1 800,01"),  # q r
    *("1 900,01", "19 st", "20 st", "2 000,01", "2 100,03", "2 200,01", "-99,98"),  # s t u v w
    *("2 500,01", "-0,31"),  # and our own
    *("5 200,03", "2 600,01", "2 600,02", "2 700,01", "2 700,01", "2 800,01"),
    *("3 000,01", "3 000,02", "3 000,03"),
]


def z_of(opened: SessionOpened, closed: SessionClosed, till: str = "H", *, demo: bool = False) -> Slip:
    settings = a_configuration()
    return z_report(closed, settings, settings.till(till), HEAD, opened=opened, demo=demo)


def x_of(figures: Figures, *, demo: bool = False) -> Slip:
    settings = a_configuration()
    session = Session(1, MORNING, "anber", figures)
    return x_report(session, settings, settings.till("H"), at=AT, by="erilu", demo=demo)


def check_order(text: str, expected: list[str]) -> None:
    at = 0
    for word in expected:
        found = text.find(word, at)
        assert found >= 0, f"{word} is missing, or stands too early"
        at = found + len(word)


def test_an_x_in_the_middle_of_the_day() -> None:
    golden.check(x_of(FIGURES), "x_report")


def test_a_z_with_a_difference_counted_by_denomination() -> None:
    sales = [
        (a_patient(), [Wish(1)], [CARD]),
        (a_patient(), [Wish(2)], []),
        (a_patient(OLD, "Gammal Testsson"), [Wish(1)], []),
        (a_patient(PROTECTED, protected=True), [Wish(1)], [CASH]),
    ]
    pieces = {50000: 1, 20000: 0, 10000: 4, 5000: 2, 2000: 5, 1000: 3, 500: 3, 100: 5}
    count = Count(cash_ore=115000, card_ore=20000, denominations=pieces)

    opened, closed = a_closed_session(sales, count, reason="Fel växel", by="erilu")

    golden.check(z_of(opened, closed), "z_report_difference")


def test_a_z_of_the_own_till_closed_a_day_late_with_a_card_list_never_compared() -> None:
    sales = [(a_patient(), [Wish(101), Wish(104), Wish(105)], [SWISH]), (a_patient(), [Wish(101)], [CARD])]

    opened, closed = a_closed_session(sales, till="E", at=EVENING + timedelta(days=1))

    golden.check(z_of(opened, closed, "E", demo=True), "z_report_own_till_late")


def test_a_z_of_a_day_without_a_visit() -> None:
    opened, closed = a_closed_session()

    golden.check(z_of(opened, closed), "z_report_empty")


def test_every_figure_of_the_regulation_stands_on_both_in_its_order() -> None:
    opened, closed = a_closed_session()
    z = "\n".join(lines(z_of(opened, replace(closed, z=345, figures=FIGURES))))
    x = "\n".join(lines(x_of(FIGURES)))

    identity = ["Ekbacken Vård AB", "Org.nr 556016-0680", "{}-DAGRAPPORT", "2026-11-23", "R0417H"]
    check_order(x, [word.format("X") for word in identity] + IN_ORDER)
    check_order(z, [word.format("Z") for word in identity] + IN_ORDER)
    check_order(z, ["Z-DAGRAPPORT", "Z-nummer", "345"])
    assert "Z-nummer" not in x


def test_an_x_does_not_tell_what_should_be_in_the_drawer() -> None:
    text = "\n".join(lines(x_of(replace(FIGURES, expected_ore={"cash": 4000_01}))))

    assert "4 000,01" not in text
    assert "Enligt kassan" not in text


def test_a_count_that_differed_at_opening_is_told_with_its_reason() -> None:
    opened, closed = a_closed_session()
    short = replace(opened, counted_ore=opened.expected_ore - 10000, reason="Växel saknas")

    text = "\n".join(lines(z_of(short, closed)))

    check_order(text, ["Skillnad vid öppning", "-100,00", "Orsak: Växel saknas", "Total försäljning"])


def test_a_second_person_who_approved_the_difference_stands_on_the_z_and_signs() -> None:
    opened, closed = a_closed_session(count=Count(cash_ore=20000), reason="Stöld", second="erilu")

    slip = z_of(opened, closed)

    text = "\n".join(lines(slip))
    check_order(text, ["Signerad med pinkod av Anna Berg (anber).", "Skillnaden godkänd av Erik Lund (erilu)."])
    assert len([row for row in slip.rows if isinstance(row, Signature)]) == 2


def test_a_day_of_returns_deposits_and_cash_to_the_bank() -> None:
    sold = a_sale()
    state = apply(an_open_till(), sold)
    refunded = a_refund(sold, approved_by=None)
    taken = a_deposit(state=apply(state, refunded))
    state = apply(apply(state, refunded), taken)
    banked = drawer.take_out(
        state, 60000, CashPurpose.BANK, "P-1", second="erilu", at=LATER, by="anber", own_name="Någon"
    )

    opened, closed = a_closed_session(others=[sold, refunded, taken, banked])

    golden.check(z_of(opened, closed), "z_report_returns")


def test_the_z_carries_the_head_of_the_cash_journal() -> None:
    slip = z_of(*a_closed_session())
    code = next(row for row in slip.rows if isinstance(row, Qr))

    assert qr.read_digits(code.content) == (qr.Kind.HEAD, HEAD)
    assert HEAD.hex().upper() in "".join(line.strip() for line in lines(slip))
