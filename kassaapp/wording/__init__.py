"""How things are written for the person at the till, and how an amount is typed: one place, so that it is one way.

All of it is in the language of the window. Paper is Swedish always and has its own words (`printout/paper.py`).

    amounts   amounts, dates, identity numbers
    words     tenders, categories, roles, and why a row costs what it does
    explain   refusals and troubles
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
from kassaapp.wording.explain import attention, explain, explain_trouble
from kassaapp.wording.words import category, fee_reason, reason, role, tender, vat_rate

__all__ = [
    "HIDDEN_NUMBER",
    "BadAmountText",
    "amount",
    "amount_plain",
    "amount_spoken",
    "attention",
    "category",
    "clock",
    "day",
    "difference",
    "explain",
    "explain_trouble",
    "fee_reason",
    "identity",
    "krona",
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
