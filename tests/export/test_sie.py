"""Vouchers balance to the öre, follow the drawer, name nobody, and are read as other programs' files are."""

import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from random import Random

import pytest

from kassaapp.configuration import TillName
from kassaapp.domain.events import (
    CashTakenOut,
    DepositRepaid,
    DepositTaken,
    Event,
    SaleRefunded,
    SaleRegistered,
    SaleVoided,
    SessionClosed,
    SessionOpened,
)
from kassaapp.export import sie
from kassaapp.export.past import Period
from kassaapp.trouble import AccountsMissing, NothingThere
from tests.builders import ADULT, OLD, PROTECTED, a_configuration
from tests.export.sie_reader import Sie, read
from tests.export.test_xml import SHARED, YEAR
from tests.export.years import Year, past_of

E_TILL = a_configuration().till("E")
SESSIONS = replace(E_TILL, document="kvitto")
RECEIPTS = (SaleRegistered, SaleRefunded, SaleVoided, DepositTaken, DepositRepaid)


@cache
def a_year() -> tuple[Event, ...]:
    return tuple(Year(Random(20260102), 365).events)


def written(events: Sequence[Event], till: TillName = SESSIONS, period: Period = YEAR) -> bytes:
    out = io.StringIO(newline="")
    clinic = a_configuration().clinic
    sie.write(out, past_of(events), period, clinic=clinic, till=till, made_on=date(2027, 1, 4))
    return out.getvalue().encode("cp437")


@cache
def its_sie(till: str) -> Sie:
    return read(written(a_year(), {"sessions": SESSIONS, "invoices": E_TILL}[till]))


E_TILLS = pytest.mark.parametrize("kind", ["sessions", "invoices"])


@E_TILLS
def test_every_voucher_balances_to_nothing(kind: str) -> None:
    vouchers = its_sie(kind).vouchers

    assert [voucher for voucher in vouchers if voucher.sum != 0] == []
    assert len(vouchers) > 365


def test_there_is_a_voucher_for_each_session_and_each_time_cash_left() -> None:
    texts = [voucher.text for voucher in its_sie("sessions").vouchers]

    sessions = [event for event in a_year() if isinstance(event, SessionClosed)]
    out = [event for event in a_year() if isinstance(event, CashTakenOut)]
    told = [f"Dagskassa R0417E session {event.session} Z {event.z}" for event in sessions]
    assert [text for text in texts if text.startswith("Dagskassa")] == told
    assert sum(text.startswith("Uttag") for text in texts) == len(out) > 0


def test_there_is_a_voucher_for_each_invoice() -> None:
    texts = [voucher.text for voucher in its_sie("invoices").vouchers]

    numbers = sorted(int(text.rpartition("-")[2]) for text in texts if "R0417E-" in text)
    worth = [one.receipt for one in a_year() if isinstance(one, RECEIPTS) and _paid(one)]
    assert numbers == sorted(worth)


def _paid(event: Event) -> bool:
    return any(payment.amount_ore for payment in getattr(event, "payments", ())) or bool(
        getattr(event, "total_ore", getattr(event, "amount_ore", 0))
    )


def balances(read_back: Sie) -> Mapping[str, int]:
    """What each account came to, in öre."""
    sums: Counter[str] = Counter()
    for voucher in read_back.vouchers:
        for account, amount, _ in voucher.rows:
            sums[account] += int(amount * 100)
    return sums


@E_TILLS
def test_the_books_say_what_the_journal_adds_up_to(kind: str) -> None:
    sums = balances(its_sie(kind))
    of = E_TILL.accounts

    sales = [one for one in a_year() if isinstance(one, SaleRegistered)]
    returns = [one for one in a_year() if isinstance(one, SaleRefunded | SaleVoided)]
    net_ore = sum(one.total_ore for one in sales) - sum(one.total_ore for one in returns)
    vat_ore = sum(sum(one.vat.values()) for one in sales) - sum(sum(one.vat.values()) for one in returns)
    assert sum(sums[str(of[f"vat_{rate}"])] for rate in (6, 12, 25)) == -vat_ore != 0
    assert sum(sums[str(of[f"sales_{rate}"])] for rate in ("exempt", 6, 12, 25)) == vat_ore - net_ore != 0


@E_TILLS
def test_the_account_of_the_drawer_moves_as_the_counted_cash_does(kind: str) -> None:
    opened = next(event for event in a_year() if isinstance(event, SessionOpened))
    closed = [event for event in a_year() if isinstance(event, SessionClosed)][-1]

    assert balances(its_sie(kind))[str(E_TILL.accounts["cash"])] == closed.left_ore - opened.expected_ore


def test_the_books_are_the_same_whether_invoices_are_given_or_not() -> None:
    assert balances(its_sie("sessions")) == balances(its_sie("invoices"))


def test_differences_stand_gross_a_row_for_each() -> None:
    rows = [
        row for one in its_sie("sessions").vouchers for row in one.rows if row[0] == str(E_TILL.accounts["difference"])
    ]

    closings = [event.figures.difference_ore for event in a_year() if isinstance(event, SessionClosed)]
    assert len(rows) >= sum(1 for differed in closings for ore in differed.values() if ore)
    assert any(amount > 0 for _, amount, _ in rows)


def test_what_a_receiver_needs_first_is_there() -> None:
    labels = its_sie("sessions").labels

    assert labels == {
        "#FLAGGA": ["0"],
        "#PROGRAM": ["Kassa", "0.1.0"],
        "#FORMAT": ["PC8"],
        "#GEN": ["20270104"],
        "#SIETYP": ["4"],
        "#ORGNR": ["556016-0680"],
        "#FNAMN": ["Ekbacken Vård AB"],
    }


def test_letters_are_those_of_pc8_and_lines_end_as_everywhere() -> None:
    content = written(a_year()[:60])

    assert "Ekbacken V\x86rd".encode("latin-1") in content
    assert b"\x99resavrundning" in content
    assert content.count(b"\n") == content.count(b"\r\n")


def test_no_patient_and_nothing_a_person_wrote_is_in_it() -> None:
    text = written(a_year()).decode("cp437") + written(a_year(), E_TILL).decode("cp437")

    for secret in (ADULT[2:], OLD[2:], PROTECTED[2:], "Test", "Äldre", "SKYDD", "Påse", "Växel ", "Fel"):
        assert secret not in text


def test_a_quotation_mark_and_a_letter_that_pc8_lacks_do_no_harm() -> None:
    clinic = replace(a_configuration().clinic, company='A "B" – 漢')
    out = io.StringIO(newline="")

    sie.write(out, past_of(a_year()), YEAR, clinic=clinic, till=SESSIONS, made_on=date(2027, 1, 4))

    assert read(out.getvalue().encode("cp437")).labels["#FNAMN"] == ['A "B" ? ?']


def test_a_voucher_is_of_the_day_its_session_was_opened() -> None:
    day = date(2026, 5, 5)

    vouchers = read(written(a_year(), period=Period(day, day))).vouchers

    assert {voucher.day for voucher in vouchers} == {"20260505"}


# ── Refusals ─────────────────────────────────────────────────────────────────────────────────────


def test_accounts_that_are_missing_are_all_named() -> None:
    kept = {name: number for name, number in E_TILL.accounts.items() if name not in ("cash", "vat_25", "vat_12")}

    with pytest.raises(AccountsMissing) as refused:
        written(a_year(), replace(SESSIONS, accounts=kept))

    assert refused.value.names == "cash, vat_25"


def test_days_without_a_voucher_are_refused() -> None:
    with pytest.raises(NothingThere):
        written(a_year(), period=Period(date(2025, 1, 1), date(2025, 1, 2)))


# ── The reader itself ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "unbalanced"),
    [
        ("FAKT.SI", 0),
        ("BL0001_typ4I.SI", 0),
        ("Sie4.si", 0),
        ("SIE4_Exempelfil_med_underdim.SE", 0),
        ("transaktioner_ovnbolag-bad-balance.se", 1),
    ],
)
def test_the_reader_reads_other_programs_files(name: str, unbalanced: int) -> None:
    """Written by Swedish bookkeeping programs; they lie beside the repository, or the test says that they do not."""
    path = SHARED / "data" / "sie" / name
    if not path.exists():
        pytest.skip(f"no file at {path}")

    read_back = read(path.read_bytes())

    assert read_back.vouchers
    assert sum(voucher.sum != Decimal(0) for voucher in read_back.vouchers) == unbalanced
