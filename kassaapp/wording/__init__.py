"""How things are written for the person at the till, and how an amount is typed: one place, so that it is one way.

All of it is in the language of the window. Paper is Swedish always and has its own words (`printout/paper.py`).

    amounts   amounts, dates, identity numbers
    words     tenders, categories, roles, and why a row costs what it does
    history   what each kind of event is called
    explain   refusals
    trouble   troubles, and news of the contact with the region
"""

from kassaapp.wording.amounts import (
    HIDDEN_NUMBER,
    BadAmountText,
    amount,
    amount_plain,
    amount_spoken,
    clock,
    day,
    difference,
    identity,
    krona,
    moment,
    patient_name,
    patient_number,
    read_amount,
    shape_only,
)
from kassaapp.wording.explain import explain
from kassaapp.wording.history import cash_purpose, event_kind, look
from kassaapp.wording.trouble import attention, explain_trouble
from kassaapp.wording.words import category, fee_reason, reason, role, tender, vat_rate

__all__ = [
    "HIDDEN_NUMBER",
    "BadAmountText",
    "amount",
    "amount_plain",
    "amount_spoken",
    "attention",
    "cash_purpose",
    "category",
    "clock",
    "day",
    "difference",
    "event_kind",
    "explain",
    "explain_trouble",
    "fee_reason",
    "identity",
    "krona",
    "look",
    "moment",
    "patient_name",
    "patient_number",
    "read_amount",
    "reason",
    "role",
    "shape_only",
    "tender",
    "vat_rate",
]
