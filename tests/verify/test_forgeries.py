"""Forgeries by those who have the means: the seal that hides nothing, and the key's owner who signs what never was."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kassaapp.domain import refund, session
from kassaapp.domain.events import (
    CashCounted,
    Event,
    PaymentBegun,
    PaymentEnded,
    PaymentOutcome,
    RegisterOpened,
    SaleRecalled,
    SaleRegistered,
    SaleVoided,
    SessionClosed,
    SessionOpened,
)
from kassaapp.domain.fees import Wish
from kassaapp.domain.figures import GrandTotals
from kassaapp.domain.parked import park
from kassaapp.domain.receipts import Receipts
from kassaapp.domain.refund import Circumstances, GiveBack
from kassaapp.domain.session import Count
from kassaapp.domain.state import RegisterState, apply
from kassaapp.domain.visit import FeeReason, ParkedLine, Payment, Tender
from kassaapp.verify.fault import Fault
from tests.builders import CARD, EVENING, OLD, a_configuration, a_deposit, a_patient
from tests.verify.evidence import (
    SOLD_ON_MONDAY,
    as_a_person_who_knows_sql,
    as_the_owner_of_the_key,
    faults,
    journal_in,
    verdict,
)

Make = Callable[[RegisterState, list[Event]], list[Event]]
OTHER_TILLS = next(article for article in a_configuration().catalogue.articles if article.till == "E")
DRAWER_ORE = 100_000 + SOLD_ON_MONDAY * 40_000


# ── Without the key ──────────────────────────────────────────────────────────────────────────────


def test_an_amount_cannot_be_changed_by_calling_its_part_sealed(desk: Path) -> None:
    """A sealed part cannot be compared with its commitment without a key; the accounting part is never sealed."""
    (desk / "H" / "shadow.kj").unlink()
    with as_a_person_who_knows_sql(journal_in(desk)) as sql:
        last = sql.execute("SELECT max(seq) FROM record").get
        body = sql.execute(
            "SELECT body FROM part WHERE name = 'a' AND hash = (SELECT hash FROM record WHERE seq = ?)", (last,)
        ).get
        changed = body.replace(b'"card"', b'"cash"')
        assert changed != body
        sql.execute(
            "UPDATE part SET body = ?, digest = ?, sealed = 1 WHERE name = 'a' AND body = ?",
            (changed, hashlib.sha256(changed).digest(), body),
        )

    code, report = verdict(journal_in(desk))

    assert (code, report["first_bad"]) == (1, last)


def test_a_price_list_cannot_be_changed_by_calling_it_sealed(desk: Path) -> None:
    with as_a_person_who_knows_sql(journal_in(desk)) as sql:
        body = sql.execute("SELECT body FROM region_part WHERE kind = 'config' AND name = 'region'").get
        changed = body.replace(b'"price_ore":20000', b'"price_ore":10000')
        assert changed != body
        sql.execute(
            "UPDATE region_part SET body = ?, digest = ?, sealed = 1 WHERE body = ?",
            (changed, hashlib.sha256(changed).digest(), body),
        )

    assert "configuration" in faults(verdict(journal_in(desk))[1])


def test_patients_that_changed_places_differ_from_the_second_medium(desk: Path) -> None:
    """Without a key nobody sees whose part it is, but the second medium holds them in their places."""
    with as_a_person_who_knows_sql(journal_in(desk)) as sql:
        (one, one_body, one_digest), (other, other_body, other_digest) = sql.execute(
            "SELECT part.hash, body, digest FROM part JOIN record USING (hash) WHERE name = 'p' ORDER BY seq LIMIT 2"
        ).fetchall()
        change = "UPDATE part SET body = ?, digest = ? WHERE name = 'p' AND hash = ?"
        sql.execute(change, (other_body, other_digest, one))
        sql.execute(change, (one_body, one_digest, other))

    assert verdict(journal_in(desk))[0] == 1


# ── With the key ─────────────────────────────────────────────────────────────────────────────────


def next_sale(state: RegisterState, past: list[Event], **changes: Any) -> SaleRegistered:
    """The next sale of 200 kr by card as the rules would make it, with changes that they would not."""
    newest = [event for event in past if isinstance(event, SaleRegistered)][-1]
    grand = GrandTotals(state.grand.sales_ore + newest.total_ore, state.grand.returns_ore)
    return replace(replace(newest, receipt=state.next_receipt, grand=grand), **changes)


def next_close(state: RegisterState, **changes: Any) -> SessionClosed:
    return replace(rightly_closed(state, Count(DRAWER_ORE)), **changes)


def rightly_closed(state: RegisterState, count: Count, reason: str | None = None) -> SessionClosed:
    return session.close_session(state, count, reason=reason, second=None, limit_ore=10**9, at=EVENING, by="erilu")


def sale(**changes: Any) -> Make:
    return lambda state, past: [next_sale(state, past, **changes)]


def sale_of(amount_ore: int, **line: Any) -> Make:
    """A sale of one row that costs so much, with every other sum following from it."""

    def make(state: RegisterState, past: list[Event]) -> list[Event]:
        usual = next_sale(state, past)
        return [
            replace(
                usual,
                lines=(replace(usual.lines[0], amount_ore=amount_ore, **line),),
                total_ore=amount_ore,
                to_pay_ore=amount_ore,
                payments=(Payment(Tender.CARD, amount_ore),),
                grand=GrandTotals(state.grand.sales_ore + amount_ore, state.grand.returns_ore),
            )
        ]

    return make


def close(**changes: Any) -> Make:
    return lambda state, past: [next_close(state, **changes)]


def z_with(**figures: Any) -> Make:
    def make(state: RegisterState, past: list[Event]) -> list[Event]:
        usual = next_close(state)
        return [replace(usual, figures=replace(usual.figures, **figures))]

    return make


def close_and_open(**changes: Any) -> Make:
    """The till is closed and opened again with another float than was left."""

    def make(state: RegisterState, past: list[Event]) -> list[Event]:
        opening = SessionOpened(EVENING, "erilu", state.next_session, DRAWER_ORE, DRAWER_ORE)
        return [next_close(state), replace(opening, **changes)]

    return make


def given_back(*, twice: bool = False, line: dict[str, Any] | None = None, **changes: Any) -> Make:
    """The newest sale is given back to its card, with changes that the rules would not make."""

    def make(state: RegisterState, past: list[Event]) -> list[Event]:
        receipts = Receipts()
        for event in past:
            receipts.add(event)
        standing = receipts.sale(state.next_receipt - 1)
        given = Circumstances(past[-1].at, "erilu", limit_ore=10**9)
        whole = [GiveBack(1, standing.sale.lines[0].amount_ore)]
        usual = refund.refund(state, standing, whole, [CARD], "Fel", given)
        forged = replace(usual, lines=(replace(usual.lines[0], **(line or {})),), **changes)
        grand = GrandTotals(state.grand.sales_ore, state.grand.returns_ore + 2 * usual.total_ore)
        return [usual, replace(usual, receipt=usual.receipt + 1, grand=grand)] if twice else [forged]

    return make


def undone(**changes: Any) -> Make:
    """The newest sale is undone, with changes that the rules would not make."""

    def make(state: RegisterState, past: list[Event]) -> list[Event]:
        receipts = Receipts()
        for event in past:
            receipts.add(event)
        given = Circumstances(past[-1].at, "erilu", limit_ore=10**9)
        usual = refund.void(state, receipts.sale(state.next_receipt - 1), "Fel", given)
        return [replace(usual, **changes)]

    return make


def undone_twice(state: RegisterState, past: list[Event]) -> list[Event]:
    (once,) = undone()(state, past)
    assert isinstance(once, SaleVoided)
    grand = GrandTotals(once.grand.sales_ore, once.grand.returns_ore)
    return [once, replace(once, receipt=once.receipt + 1, lines=(), total_ore=0, grand=grand)]


def deposit(**changes: Any) -> Make:
    def make(state: RegisterState, past: list[Event]) -> list[Event]:
        return [replace(a_deposit(a_patient(OLD), state=state, at=past[-1].at), **changes)]

    return make


def parked(**changes: Any) -> Make:
    def make(state: RegisterState, past: list[Event]) -> list[Event]:
        usual = park(state, a_patient(), [Wish(1)], 20_000, at=past[-1].at, by="erilu")
        return [replace(usual, **changes)]

    return make


def payment_begun(state: RegisterState, past: list[Event], **changes: Any) -> PaymentBegun:
    sold = next_sale(state, past)
    usual = PaymentBegun(
        at=past[-1].at,
        by="erilu",
        session=sold.session,
        attempt=state.next_attempt,
        tender=Tender.CARD,
        amount_ore=sold.total_ore,
        patient=sold.patient,
        lines=sold.lines,
        visit_date=sold.visit_date,
    )
    return replace(usual, **changes)


def payment_ended(state: RegisterState, past: list[Event], **changes: Any) -> PaymentEnded:
    begun = payment_begun(state, past)
    usual = PaymentEnded(
        at=begun.at,
        by=begun.by,
        session=begun.session,
        attempt=begun.attempt,
        tender=begun.tender,
        amount_ore=begun.amount_ore,
        patient=begun.patient,
        outcome=PaymentOutcome.DECLINED,
    )
    return replace(usual, **changes)


def born_again(state: RegisterState, past: list[Event]) -> list[Event]:
    assert isinstance(past[0], RegisterOpened)
    return [past[0]]


def pays(state: RegisterState, past: list[Event]) -> list[Event]:
    """A payment is asked for, refused, asked for again, and comes."""
    again = payment_begun(state, past, attempt=2)
    ended = payment_ended(state, past, attempt=2, outcome=PaymentOutcome.PAID, receipt=state.next_receipt)
    return [payment_begun(state, past), payment_ended(state, past), again, next_sale(state, past), ended]


def gives_back(state: RegisterState, past: list[Event]) -> list[Event]:
    """A repayment is begun, and ends with the void that it is for."""
    (voided,) = undone()(state, past)
    assert isinstance(voided, SaleVoided)
    asked: dict[str, Any] = {"amount_ore": voided.total_ore, "patient": voided.patient}
    came = payment_ended(state, past, outcome=PaymentOutcome.PAID, receipt=voided.receipt, **asked)
    return [payment_begun(state, past, lines=(), returns=voided.sale_receipt, **asked), voided, came]


@pytest.mark.parametrize(
    "make",
    [sale(), sale_of(20_000), close(), close_and_open(), given_back(), undone(), deposit(), parked(), pays, gives_back],
)
def test_what_the_rules_would_make_is_no_forgery(desk: Path, make: Make) -> None:
    as_the_owner_of_the_key(desk, make)

    assert verdict(journal_in(desk))[1]["findings"] == []


FORGERIES: dict[str, tuple[Fault, Make]] = {
    "a receipt left out": (
        Fault.NUMBER,
        lambda state, past: [next_sale(state, past, receipt=state.next_receipt + 1)],
    ),
    "a receipt twice": (Fault.NUMBER, lambda state, past: [next_sale(state, past, receipt=state.next_receipt - 1)]),
    "another session": (Fault.SESSION, sale(session=1)),
    "a total that is not its rows": (Fault.FIGURES, sale(total_ore=10_000)),
    "a payment that is not the total": (Fault.FIGURES, sale(payments=(Payment(Tender.CARD, 10_000),))),
    "rounding out of nothing": (Fault.FIGURES, sale(rounding_ore=-50)),
    "grand total": (Fault.TOTAL, sale(grand=GrandTotals(20_000))),
    "rounding of a card": (
        Fault.FIGURES,
        sale(rounding_ore=-15_000, to_pay_ore=5_000, payments=(Payment(Tender.CARD, 5_000),)),
    ),
    "rounding of 150 kr": (
        Fault.FIGURES,
        sale(rounding_ore=-15_000, to_pay_ore=5_000, payments=(Payment(Tender.CASH, 5_000, given_ore=5_000),)),
    ),
    "vat": (Fault.FIGURES, sale(vat={"25": 4_000})),
    "change": (Fault.FIGURES, sale(change_ore=5_000)),
    "less than nothing": (Fault.TOTAL, sale_of(-20_000)),
    "not the region's price": (Fault.PRICE, sale_of(1, price_ore=1, counts_ore=0)),
    "below the price without a reason": (Fault.PRICE, sale_of(1, counts_ore=0)),
    "above the price": (Fault.PRICE, sale_of(30_000)),
    "an article the region does not have": (Fault.PRICE, sale_of(20_000, article=77, text="Guldtacka")),
    "more towards the ceiling than was paid": (Fault.FIGURES, sale_of(20_000, counts_ore=30_000)),
    "free for a reason and yet paid": (Fault.PRICE, sale_of(20_000, reason=FeeReason.FREE_VISIT)),
    "Z of less than was sold": (Fault.FIGURES, z_with(sales_ore=0)),
    "Z without its cash": (Fault.FIGURES, z_with(by_tender={"cash": 1})),
    "Z with another cashier": (Fault.FIGURES, z_with(cashiers=())),
    "Z with no difference": (Fault.FLOAT, z_with(counted_ore={"cash": 1}, difference_ore={"cash": 0})),
    "Z of another tender": (
        Fault.FIGURES,
        z_with(counted_ore={"cash": DRAWER_ORE, "gold": 1}, difference_ore={"cash": 0, "gold": 1}),
    ),
    "Z without a count": (Fault.FIGURES, z_with(counted_ore={}, difference_ore={})),
    "Z with another number": (Fault.NUMBER, close(z=7)),
    "Z of another session": (Fault.SESSION, close(session=1)),
    "Z during a payment": (Fault.SESSION, lambda state, past: [payment_begun(state, past), next_close(state)]),
    "a float that was not counted": (Fault.FLOAT, close(left_ore=1)),
    "a difference without a reason": (
        Fault.FIGURES,
        lambda state, past: [replace(rightly_closed(state, Count(DRAWER_ORE - 5_000), "Fel"), reason=None)],
    ),
    "a session left out": (Fault.NUMBER, close_and_open(session=9)),
    "a float out of nothing": (Fault.FLOAT, close_and_open(counted_ore=1, expected_ore=1)),
    "a float that differs without a reason": (Fault.FLOAT, close_and_open(counted_ore=1)),
    "a session in a session": (
        Fault.SESSION,
        lambda state, past: [SessionOpened(EVENING, "erilu", state.next_session, DRAWER_ORE, DRAWER_ORE)],
    ),
    "a second close": (
        Fault.SESSION,
        lambda state, past: [next_close(state), next_close(state, z=state.next_z + 1)],
    ),
    "a till born again": (Fault.BIRTH, born_again),
    "more given back than was sold": (Fault.RETURN, given_back(twice=True)),
    "given back of a receipt that is not there": (Fault.RETURN, given_back(sale_receipt=999)),
    "given back of another session's receipt": (Fault.RETURN, given_back(sale_session=9)),
    "a row given back that was not sold": (Fault.RETURN, given_back(line={"line": 7})),
    "another article given back": (Fault.RETURN, given_back(line={"article": 3})),
    "given back of less than nothing": (Fault.RETURN, given_back(line={"amount_ore": -1})),
    "given back a krona less": (Fault.FIGURES, given_back(payments=(Payment(Tender.CARD, 19_900),))),
    "given back with another rounding": (Fault.FIGURES, given_back(rounding_ore=-50, to_pay_ore=19_950)),
    "given back without what is to be paid": (Fault.FIGURES, given_back(to_pay_ore=19_900)),
    "given back with VAT": (Fault.FIGURES, given_back(vat={"25": 4_000})),
    "a return beside the grand total": (Fault.TOTAL, given_back(grand=GrandTotals())),
    "undone and paid back to another tender": (Fault.RETURN, undone(payments=(Payment(Tender.CASH, 20_000),))),
    "undone with another VAT": (Fault.FIGURES, undone(vat={"25": 4_000})),
    "undone twice": (Fault.RETURN, undone_twice),
    "given back to cash and rounded by a krona": (
        Fault.FIGURES,
        given_back(payments=(Payment(Tender.CASH, 19_900),), rounding_ore=-100, to_pay_ore=19_900),
    ),
    "a deposit that nobody paid": (Fault.FIGURES, deposit(payments=(Payment(Tender.CASH, 100),))),
    "a deposit of nothing": (Fault.FIGURES, deposit(amount_ore=0, payments=())),
    "a balance below the deposit": (Fault.FIGURES, deposit(balance_ore=1)),
    "a parked sale with another number": (Fault.NUMBER, parked(parked=7)),
    "a parked sale of the other till": (Fault.TILL, parked(lines=(ParkedLine(OTHER_TILLS.number, 1),))),
    "a parked sale taken up that is not there": (
        Fault.NUMBER,
        lambda state, past: [SaleRecalled(past[-1].at, "erilu", 2, 5, 100)],
    ),
    "a count of gold": (
        Fault.FIGURES,
        lambda state, past: [CashCounted(past[-1].at, "erilu", 2, {"gold": 1}, {"gold": 1})],
    ),
    "a count without its difference": (
        Fault.FIGURES,
        lambda state, past: [CashCounted(past[-1].at, "erilu", 2, {"cash": 1}, {})],
    ),
    "a count with another difference": (
        Fault.FIGURES,
        lambda state, past: [CashCounted(past[-1].at, "erilu", 2, {"cash": 1}, {"cash": 0})],
    ),
    "two payments at once": (
        Fault.SESSION,
        lambda state, past: [payment_begun(state, past), payment_begun(state, past, attempt=2)],
    ),
    "a payment with another number": (Fault.NUMBER, lambda state, past: [payment_begun(state, past, attempt=9)]),
    "a payment that ends and never began": (Fault.SESSION, lambda state, past: [payment_ended(state, past)]),
    "a payment that paid nothing": (
        Fault.FIGURES,
        lambda state, past: [
            payment_begun(state, past),
            payment_ended(state, past, outcome=PaymentOutcome.PAID, receipt=state.next_receipt - 1, amount_ore=20_000),
        ],
    ),
    "a payment that ends as another": (
        Fault.FIGURES,
        lambda state, past: [payment_begun(state, past), payment_ended(state, past, amount_ore=1)],
    ),
}


def test_a_deposit_that_was_asked_for_and_became_a_visit_is_found(desk: Path) -> None:
    def make(state: RegisterState, past: list[Event]) -> list[Event]:
        ended = payment_ended(state, past, outcome=PaymentOutcome.PAID, receipt=state.next_receipt)
        return [payment_begun(state, past, lines=()), next_sale(state, past), ended]

    first = as_the_owner_of_the_key(desk, make)

    assert verdict(journal_in(desk))[1]["first_bad"] == first + 2


def test_a_repayment_that_was_begun_and_ended_on_another_receipt_is_found(desk: Path) -> None:
    def make(state: RegisterState, past: list[Event]) -> list[Event]:
        (voided,) = undone()(state, past)
        assert isinstance(voided, SaleVoided)
        begun = payment_begun(state, past, lines=(), returns=voided.sale_receipt - 1, amount_ore=voided.total_ore)
        came = {"outcome": PaymentOutcome.PAID, "receipt": voided.receipt, "amount_ore": voided.total_ore}
        return [begun, voided, payment_ended(state, past, **came)]

    first = as_the_owner_of_the_key(desk, make)

    assert verdict(journal_in(desk))[1]["first_bad"] == first + 2


def test_a_payment_with_its_receipt_and_without_its_end_is_missed_and_the_rest_still_added_up(desk: Path) -> None:
    def make(state: RegisterState, past: list[Event]) -> list[Event]:
        sold = next_sale(state, past)
        (less,) = z_with(sales_ore=0)(apply(state, sold), past)
        return [payment_begun(state, past), sold, less]

    first = as_the_owner_of_the_key(desk, make)

    report = verdict(journal_in(desk))[1]
    found = [(one["fault"], one["seq"]) for one in report["findings"]]
    assert found == [("missing", first + 2), ("figures", first + 2)]


def test_a_receipt_that_a_payment_has_again_is_missed_where_its_end_should_have_been(desk: Path) -> None:
    """A till of before asked for it again: it has two receipts, and the end is after the second."""

    def make(state: RegisterState, past: list[Event]) -> list[Event]:
        sold = next_sale(state, past)
        twice = next_sale(apply(state, sold), [*past, sold])
        ended = payment_ended(state, past, outcome=PaymentOutcome.PAID, receipt=twice.receipt)
        return [payment_begun(state, past), sold, twice, ended]

    first = as_the_owner_of_the_key(desk, make)

    report = verdict(journal_in(desk))[1]
    assert [(one["fault"], one["seq"]) for one in report["findings"]] == [("missing", first + 2)]


@pytest.mark.parametrize("forgery", FORGERIES)
def test_what_the_rules_would_not_make_is_found_and_its_class_is_named(desk: Path, forgery: str) -> None:
    fault, make = FORGERIES[forgery]
    first = as_the_owner_of_the_key(desk, make)

    code, report = verdict(journal_in(desk))

    assert code == 1
    assert report["first_bad"] in (first, first + 1)
    assert report["trusted_to"] == report["first_bad"] - 1
    assert faults(report) == {fault.value}


def test_a_z_of_less_than_was_sold_is_named_as_the_first_bad_record(desk: Path) -> None:
    first = as_the_owner_of_the_key(desk, z_with(sales_ore=0))

    code, report = verdict(journal_in(desk))

    assert (code, report["first_bad"], report["trusted_to"]) == (1, first, first - 1)
    assert faults(report) == {"figures"}
