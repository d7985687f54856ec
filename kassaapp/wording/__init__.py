"""How things are written for the person at the till, and how an amount is typed: one place, so that it is one way.

All of it is in the language of the window. Paper is Swedish always and has its own words (`printout/paper.py`).

    amounts   amounts, dates, identity numbers
    words     tenders, categories, roles, and why a row costs what it does
    disk      the room that is left on the disk
    ahead     what is said before it is late
    history   what each kind of event is called
    payments  a payment that was begun, and how it ended
    explain   refusals
    leads     what may explain a difference
    trouble   troubles, and news of the contact with the region
"""

from kassaapp.wording.ahead import clock_behind, exemption_ends
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
from kassaapp.wording.disk import disk_left, disk_warning
from kassaapp.wording.explain import explain
from kassaapp.wording.history import cash_purpose, check_result, event_kind, look
from kassaapp.wording.leads import lead
from kassaapp.wording.payments import ask_about_payment, ask_about_return, outcome, payment_left_open, since
from kassaapp.wording.trouble import attention, ended, explain_trouble
from kassaapp.wording.words import category, fee_reason, reason, role, tender, vat_rate

__all__ = [
    "HIDDEN_NUMBER",
    "BadAmountText",
    "amount",
    "amount_plain",
    "amount_spoken",
    "ask_about_payment",
    "ask_about_return",
    "attention",
    "cash_purpose",
    "category",
    "check_result",
    "clock",
    "clock_behind",
    "day",
    "difference",
    "disk_left",
    "disk_warning",
    "ended",
    "event_kind",
    "exemption_ends",
    "explain",
    "explain_trouble",
    "fee_reason",
    "identity",
    "krona",
    "lead",
    "look",
    "moment",
    "outcome",
    "patient_name",
    "patient_number",
    "payment_left_open",
    "read_amount",
    "reason",
    "role",
    "shape_only",
    "since",
    "tender",
    "vat_rate",
]
