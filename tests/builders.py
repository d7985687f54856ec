"""Makes what tests talk about: a configuration, patients, sales, whole days. The rules make them, as at the counter.

Everything is of the demo clinic and its times stand still. Identity numbers are published test numbers (DOMAIN 3.6).
"""

import functools
from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone

from kassaapp import configuration
from kassaapp.configuration import Configuration
from kassaapp.domain import day_report, fees, on_account, refund, sale, session
from kassaapp.domain.events import (
    DepositRepaid,
    DepositTaken,
    Event,
    RegisterOpened,
    SaleRefunded,
    SaleRegistered,
    SaleVoided,
    SessionClosed,
    SessionOpened,
    SignedIn,
)
from kassaapp.domain.fees import Wish
from kassaapp.domain.patient_id import read_patient_id
from kassaapp.domain.receipts import Standing
from kassaapp.domain.refund import Circumstances, GiveBack
from kassaapp.domain.session import Count
from kassaapp.domain.state import RegisterState, apply, fold
from kassaapp.domain.tender import Offer
from kassaapp.domain.visit import Category, Patient, Payer, Tender
from kassaapp.paths import resource
from sync.wire import document, record
from sync.wire.demo_keys import demo_seed
from sync.wire.record import Header, Part, Record
from sync.wire.signature import Signer

ZONE = timezone(timedelta(hours=1))
MORNING = datetime(2026, 11, 23, 7, 42, tzinfo=ZONE)
AT = datetime(2026, 11, 23, 8, 2, 11, tzinfo=ZONE)
LATER = datetime(2026, 11, 23, 9, 30, tzinfo=ZONE)
EVENING = datetime(2026, 11, 23, 17, 5, tzinfo=ZONE)

ADULT = "196101182803"
OLD = "194004057032"
YOUNG = "200512312398"
"""Twenty on 2025-12-31."""
PROTECTED = "195009072553"
ADDRESS = "Testvägen 7, 123 45 Teststad"

CASH = Offer(Tender.CASH)
CARD = Offer(Tender.CARD)
SWISH = Offer(Tender.SWISH)
INVOICE = Offer(Tender.INVOICE)


@functools.cache
def a_configuration(number: int = 0) -> Configuration:
    """The demo clinic's configuration, read as a till reads it."""
    read = document.read(resource("demo/demo.toml").read_text(encoding="utf-8"))
    return configuration.read(number, document.contents(read), document.clinic_of(read))


def a_patient(
    number: str = ADULT,
    name: str = "Test Testsson",
    *,
    category: Category = Category.RESIDENT,
    category_reference: str | None = None,
    protected: bool = False,
    frikort_until: date | None = None,
    paid_in_window_ore: int | None = None,
    window_from: date | None = None,
    address: str | None = ADDRESS,
    payer: Payer | None = None,
) -> Patient:
    """A patient with a published test number, and an address for a till that writes it."""
    return Patient(
        id=read_patient_id(number, today=AT.date()),
        name=name,
        category=category,
        category_reference=category_reference,
        protected=protected,
        frikort_until=frikort_until,
        paid_in_window_ore=paid_in_window_ore,
        window_from=window_from,
        address=address,
        payer=payer,
    )


def a_payer(number: str = ADULT, name: str = "Vera Testsson") -> Payer:
    """Somebody's guardian."""
    return Payer(read_patient_id(number, today=AT.date()), name)


def opening_events(till: str = "H", *, counted_ore: int | None = None, reason: str | None = None) -> list[Event]:
    """A till is enrolled, Anna signs in and opens the first session."""
    settings = a_configuration()
    float_ore = settings.till(till).float_ore
    opened = RegisterOpened(at=MORNING, register=settings.register, till=till, clinic=settings.clinic.id)
    signed_in = SignedIn(at=MORNING, by="anber")
    session_opened = session.open_session(
        fold([opened, signed_in]),
        float_ore if counted_ore is None else counted_ore,
        float_ore=float_ore,
        reason=reason,
        at=MORNING,
        by="anber",
    )
    return [opened, signed_in, session_opened]


def an_open_till(till: str = "H") -> RegisterState:
    """The state of a till just opened."""
    return fold(opening_events(till))


def a_sale(
    patient: Patient | None = None,
    wishes: Sequence[Wish] = (Wish(1),),
    offers: Sequence[Offer] = (CASH,),
    *,
    till: str = "H",
    state: RegisterState | None = None,
    visit_date: date | None = None,
    at: datetime = AT,
    by: str = "anber",
    replaces: int | None = None,
) -> SaleRegistered:
    """A visit as the rules register it, in `state` or in a session just opened."""
    settings = a_configuration()
    who = a_patient() if patient is None else patient
    day = visit_date or at.date()
    quoted = fees.quote(settings.catalogue, settings.fees, who, wishes, till=till, visit_date=day)
    return sale.sell(
        an_open_till(till) if state is None else state,
        _rules_of(till),
        who,
        quoted,
        offers if quoted.total_ore else (),
        visit_date=day,
        at=at,
        by=by,
        acknowledged=True,
        replaces=replaces,
    )


def _rules_of(till: str) -> sale.Till:
    settings = a_configuration()
    needs_address = settings.till(till).document == "kontantfaktura"
    return sale.Till(till, needs_address=needs_address, invoice_fee_ore=settings.policy.invoice_fee_ore)


def a_refund(
    sold: SaleRegistered | None = None,
    wishes: Sequence[GiveBack] = (),
    offers: Sequence[Offer] = (CASH,),
    *,
    till: str = "H",
    reason: str = "Har frikort",
    approved_by: str | None = "erilu",
    at: datetime = LATER,
    by: str = "anber",
) -> SaleRefunded:
    """Money given back for `sold`, a sale in a session just opened: all of it, when not said how much of what."""
    original = a_sale(till=till) if sold is None else sold
    given_back = wishes or [GiveBack(row, line.amount_ore) for row, line in enumerate(original.lines, start=1)]
    return refund.refund(
        apply(an_open_till(till), original),
        Standing(original),
        given_back,
        offers,
        reason,
        _circumstances(at, by, approved_by),
    )


def a_void(
    sold: SaleRegistered | None = None,
    *,
    till: str = "H",
    reason: str = "Fel patient",
    approved_by: str | None = "erilu",
    at: datetime = LATER,
    by: str = "anber",
) -> SaleVoided:
    """A whole receipt undone: `sold`, a sale in a session just opened."""
    original = a_sale(till=till) if sold is None else sold
    state = apply(an_open_till(till), original)
    return refund.void(state, Standing(original), reason, _circumstances(at, by, approved_by))


def _circumstances(at: datetime, by: str, approved_by: str | None) -> Circumstances:
    limit_ore = a_configuration().policy.refund_approval_over_ore
    return Circumstances(at, by, limit_ore=limit_ore, approved_by=approved_by)


def a_deposit(
    patient: Patient | None = None,
    amount_ore: int = 50000,
    offers: Sequence[Offer] = (CASH,),
    *,
    state: RegisterState | None = None,
    at: datetime = AT,
    by: str = "anber",
) -> DepositTaken:
    """Money put in a conto, in `state` or in a session just opened."""
    who = a_patient() if patient is None else patient
    return on_account.deposit(an_open_till() if state is None else state, who, amount_ore, offers, at=at, by=by)


def a_repayment(
    deposit: DepositTaken | None = None,
    amount_ore: int = 30000,
    offers: Sequence[Offer] = (CASH,),
    *,
    reason: str = "Patienten flyttar",
    approved_by: str = "erilu",
    at: datetime = LATER,
    by: str = "anber",
) -> DepositRepaid:
    """Some of a `deposit` paid back to the patient."""
    taken = a_deposit() if deposit is None else deposit
    state = apply(an_open_till(), taken)
    return on_account.repay(state, taken.patient, amount_ore, offers, reason, at=at, by=by, approved_by=approved_by)


def a_closed_session(
    sales: Sequence[tuple[Patient, Sequence[Wish], Sequence[Offer]]] = (),
    count: Count | None = None,
    *,
    till: str = "H",
    reason: str | None = None,
    second: str | None = None,
    others: Sequence[Event] = (),
    at: datetime = EVENING,
    by: str = "anber",
) -> tuple[SessionOpened, SessionClosed]:
    """The first session of a till: opened, `others` first and these sales, counted (right, when not said), closed."""
    events = opening_events(till)
    state = fold([*events, *others])
    for minutes, (patient, wishes, offers) in enumerate(sales):
        sold = a_sale(patient, wishes, offers, till=till, state=state, at=AT + timedelta(minutes=minutes))
        state = apply(state, sold)
    opened = events[-1]
    assert isinstance(opened, SessionOpened)
    counted = _right_count(state) if count is None else count
    limit_ore = a_configuration().policy.difference_second_person_over_ore
    closed = session.close_session(state, counted, reason=reason, second=second, limit_ore=limit_ore, at=at, by=by)
    return opened, closed


def _right_count(state: RegisterState) -> Count:
    return Count(cash_ore=day_report.expected(session.require_session(state).figures)[Tender.CASH])


def a_record(kind: str = "sale", seq: int = 5) -> Record:
    """A signed record of the size a till makes, the same each time. Its parts say nothing."""
    parts = [Part(name, bytes([number]) * record.SALT_BYTES, b"{}") for number, name in enumerate("ap")]
    header = Header(
        chain=bytes(range(record.CHAIN_BYTES)),
        seq=seq,
        prev=b"\x11" * record.HASH_BYTES,
        kind=kind,
        parts={part.name: part.commitment for part in parts},
        ack=b"\x22" * record.HASH_BYTES,
        cfg=b"\x33" * record.HASH_BYTES,
    )
    return record.seal(header, Signer(demo_seed("ledger")))
