"""A till's day as the parts of its records, made as `kassaapp.journal.payload` makes them.

The rules make a few sales, payments, refunds and a session once; a day takes them at random, with other times and
numbers. A record with its signature, salts and header comes to 1.2 kB on average.
"""

import dataclasses
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from random import Random
from typing import Any

from kassaapp.domain.events import Event, PaymentBegun, PaymentEnded, PaymentOutcome, SaleRegistered, kind_of
from kassaapp.domain.fees import Wish
from kassaapp.domain.visit import Tender
from kassaapp.journal import payload
from tests import builders

PATIENTS = (
    (builders.ADULT, "Test Testsson"),
    (builders.OLD, "Göran Åström Testsson"),
    (builders.YOUNG, "Älva Nilsdotter Provberg"),
)
WISHES = tuple(tuple(map(Wish, numbers)) for numbers in ((1, 2, 3), (1, 2, 3, 5), (1, 2, 3, 5, 7)))
Contents = dict[str, dict[str, Any]]


def day(random: Random, records: int) -> Iterator[tuple[str, Contents]]:
    """The kind and the parts of each of a day's records: sign-in, opening, visits, close."""
    morning, visits, evening = _events()
    at = builders.MORNING + timedelta(days=random.randrange(365))
    receipt = random.randrange(1, 9000)
    for event in morning:
        yield _stored(event, at)
    for number in range(records - len(morning) - len(evening)):
        at += timedelta(seconds=random.randrange(60, 900))
        event = visits[random.randrange(len(visits))]
        if isinstance(event, SaleRegistered):
            event = dataclasses.replace(event, receipt=receipt + number)
        yield _stored(event, at)
    for event in evening:
        yield _stored(event, at + timedelta(hours=1))


def _stored(event: Event, at: datetime) -> tuple[str, Contents]:
    return kind_of(event), payload.contents(dataclasses.replace(event, at=at))


@cache
def _events() -> tuple[list[Event], list[Event], list[Event]]:
    """Morning, visits, evening."""
    who = [builders.a_patient(number, name) for number, name in PATIENTS]
    cash = [builders.a_sale(one, wishes, (builders.CASH,)) for one in who for wishes in WISHES]
    card = [builders.a_sale(one, wishes, (builders.CARD,)) for one in who for wishes in WISHES]
    paid = [event for sold in card if sold.payments for event in (_begun(sold), _ended(sold))]
    rare: list[Event] = [builders.a_refund(), builders.a_void(), builders.a_deposit(), builders.a_repayment()]
    opened, closed = builders.a_closed_session([(who[0], WISHES[0], (builders.CASH,))])
    return [*builders.opening_events()[1:2], opened], [*cash, *cash, *card, *paid, *rare], [closed]


def _begun(sold: SaleRegistered) -> PaymentBegun:
    return PaymentBegun(
        at=sold.at,
        by=sold.by,
        session=sold.session,
        attempt=sold.receipt,
        tender=Tender.CARD,
        amount_ore=sold.to_pay_ore,
        patient=sold.patient,
        lines=sold.lines,
        visit_date=sold.visit_date,
    )


def _ended(sold: SaleRegistered) -> PaymentEnded:
    return PaymentEnded(
        at=sold.at,
        by=sold.by,
        session=sold.session,
        attempt=sold.receipt,
        tender=Tender.CARD,
        amount_ore=sold.to_pay_ore,
        patient=sold.patient,
        outcome=PaymentOutcome.PAID,
        receipt=sold.receipt,
        reference="T-889123",
    )
