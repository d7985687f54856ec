"""Acts about a patient and a visit: look up, quote, sell, put aside, give back, a conto."""

from typing import Any

from kassaapp.acts import answers, reading
from kassaapp.acts.reading import Act, Answer, Given, MalformedAct, Reader
from kassaapp.app import Desk
from kassaapp.domain.errors import NoName, NoPatient
from kassaapp.domain.events import PaymentOutcome
from kassaapp.domain.payment_attempt import as_priced, under_way
from kassaapp.domain.visit import Category, Patient, Payer, Tender
from kassaapp.register import Register
from kassaapp.wording import shape_only


def who(register: Register, given: Given | None, payer: Given | None = None) -> Patient:
    """The patient as given. Raises NotSignedIn, NoPatient, NoName, BadIdentity."""
    register.require_reader()
    if given is None or not given["id"]:
        raise NoPatient
    patient_id = register.read_id(given["id"])
    if not given["name"] and not given["protected"]:
        raise NoName
    return Patient(
        id=patient_id,
        name=given["name"] or "",
        category=given["category"] or Category.RESIDENT,
        category_reference=given["category_reference"],
        protected=bool(given["protected"]),
        frikort_until=given["frikort_until"],
        paid_in_window_ore=given["paid_in_window_ore"],
        window_from=given["window_from"],
        address=given["address"],
        payer=None if payer is None else Payer(register.read_id(payer["id"]), payer["name"]),
    )


def _look_up(desk: Desk, given: Given) -> Answer:
    letter = desk.tills[0]
    register, history = desk.acting(letter), desk.memory(letter)
    register.require_reader()
    name = history.name_of(register.read_id(given["id"]))
    patient = register.look_up(given["id"], name=name or "")
    age = patient.age_on(register.now().date())
    answer: Answer = {"kind": patient.kind.value, "oid": patient.oid, "id": patient.reveal(), "age": age}
    if name is not None:
        answer["name"] = name
    if history.is_protected(patient):
        answer["protected"] = True
    if patient.is_shape_only:
        answer["warning"] = shape_only()
    return answer


def _quote(desk: Desk, given: Given) -> Answer:
    register = desk.acting(given["till"])
    return answers.of_quote(register.quote(who(register, given["patient"]), given["lines"], given["visit_date"]))


def _sell(desk: Desk, given: Given) -> Answer:
    register = desk.acting(given["till"])
    sold = register.sell(
        who(register, given["patient"], given["payer"]),
        given["lines"],
        given["pay"],
        given["visit_date"],
        acknowledged=bool(given["acknowledged"]),
    )
    return answers.of_sold(sold)


def _begin_payment(desk: Desk, given: Given) -> Answer:
    register = desk.acting(given["till"])
    begun = register.begin_payment(
        who(register, given["patient"], given["payer"]),
        given["lines"],
        given["by"],
        given["visit_date"],
        amount_ore=given["amount_ore"],
        mark=given["mark"] or "",
        acknowledged=bool(given["acknowledged"]),
    )
    return {**answers.of_quote(as_priced(begun)), **answers.of_begun(begun)}


def _begin_deposit(desk: Desk, given: Given) -> Answer:
    register = desk.acting(given["till"])
    patient = who(register, given["patient"])
    return answers.of_begun(register.begin_deposit(patient, given["amount_ore"], given["by"], mark=given["mark"] or ""))


def _end_payment(desk: Desk, given: Given) -> Answer:
    """`paid` registers what the payment was begun for; every other word says that no money came."""
    register, outcome = desk.acting(given["till"]), given["outcome"]
    if outcome is PaymentOutcome.PAID:
        register.require_counter()
        if under_way(register.state).is_return:
            raise MalformedAct("a repayment that is done ends with its refund or void")
        if under_way(register.state).is_deposit:
            if given["pay"] is not None:
                raise MalformedAct("pay only for a visit")
            taken = register.settle_deposit(given["reference"]).event
            return {"receipt": taken.receipt, "balance_ore": taken.balance_ore}
        return answers.of_sold(register.settle_payment(given["reference"], given["pay"] or ()))
    if given["reference"] is not None or given["pay"] is not None:
        raise MalformedAct("reference and pay only when paid")
    return {"attempt": register.abandon_payment(outcome).attempt}


def _park(desk: Desk, given: Given) -> Answer:
    register = desk.acting(given["till"])
    return {"parked": register.park(who(register, given["patient"]), given["lines"]).parked}


def _recall(desk: Desk, given: Given) -> Answer:
    put_aside = desk.acting(given["till"]).recall(given["parked"])
    return {
        "patient": _given_again(put_aside.patient),
        "lines": [{"article": line.article, "quantity": line.quantity} for line in put_aside.lines],
    }


def _given_again(patient: Patient) -> Answer:
    """A patient as `sell` takes it, with everything that was given."""
    days = {"frikort_until": patient.frikort_until, "window_from": patient.window_from}
    shown: dict[str, Any] = {
        "id": patient.id.reveal(),
        "name": patient.name,
        "category": patient.category.value,
        "category_reference": patient.category_reference,
        "protected": patient.protected or None,
        "paid_in_window_ore": patient.paid_in_window_ore,
        "address": patient.address,
        **{name: None if day is None else day.isoformat() for name, day in days.items()},
    }
    return {name: value for name, value in shown.items() if value is not None}


def _refund(desk: Desk, given: Given) -> Answer:
    register = desk.acting(given["till"])
    refunded = register.refund(
        given["receipt"], given["lines"], given["pay"], given["reason"] or "", given["approved_by"]
    ).event
    left_ore = register.receipts.sale(refunded.sale_receipt).all_left_ore
    return {"receipt": refunded.receipt, "amount_ore": refunded.to_pay_ore, "left_ore": left_ore}


def _void(desk: Desk, given: Given) -> Answer:
    voided = desk.acting(given["till"]).void(given["receipt"], given["reason"] or "", given["approved_by"])
    return {"receipt": voided.event.receipt}


def _begin_refund(desk: Desk, given: Given) -> Answer:
    begun = desk.acting(given["till"]).begin_refund(
        given["receipt"], given["lines"], given["pay"], given["reason"] or "", given["approved_by"]
    )
    return {} if begun is None else answers.of_begun(begun)


def _begin_void(desk: Desk, given: Given) -> Answer:
    begun = desk.acting(given["till"]).begin_void(given["receipt"], given["reason"] or "", given["approved_by"])
    return {} if begun is None else answers.of_begun(begun)


def _correct_tender(desk: Desk, given: Given) -> Answer:
    both = desk.acting(given["till"]).correct_tender(given["receipt"], given["by"], given["reason"] or "")
    return {"receipts": [event.receipt for event in both]}


def _correct_patient(desk: Desk, given: Given) -> Answer:
    register = desk.acting(given["till"])
    right = who(register, given["patient"])
    both = register.correct_patient(given["receipt"], right, given["reason"] or "")
    return {"receipts": [event.receipt for event in both]}


def _deposit(desk: Desk, given: Given) -> Answer:
    register = desk.acting(given["till"])
    taken = register.deposit(who(register, given["patient"]), given["amount_ore"], given["pay"]).event
    return {"receipt": taken.receipt, "balance_ore": taken.balance_ore}


def _repay(desk: Desk, given: Given) -> Answer:
    register = desk.acting(given["till"])
    repaid = register.repay(
        who(register, given["patient"]),
        given["amount_ore"],
        given["pay"],
        given["reason"] or "",
        given["approved_by"],
    ).event
    return {"receipt": repaid.receipt, "balance_ore": repaid.balance_ore}


def _balance(desk: Desk, given: Given) -> Answer:
    register = desk.acting(given["till"])
    given_patient = given["patient"]
    if given_patient is not None and given_patient["id"] and not given_patient["name"]:
        name = desk.memory(given["till"]).name_of(register.read_id(given_patient["id"]))
        given_patient = {**given_patient, "name": name or "-"}
    return {"balance_ore": register.balance(who(register, given_patient))}


def _ask_rights(desk: Desk, given: Given) -> Answer:
    register = desk.acting(given["till"])
    asked = register.ask_rights(who(register, given["patient"]), given["amount_ore"])
    return {"amount_ore": asked.amount_ore}


def _release_rights(desk: Desk, given: Given) -> Answer:
    register = desk.acting(given["till"])
    patient = who(register, given["patient"])
    register.release_rights(patient, given["amount_ore"])
    return {"balance_ore": register.state.balances.get(patient.id, 0)}


_TILL: dict[str, Reader] = {"till": reading.text}
_RECEIPT: dict[str, Reader] = {**_TILL, "receipt": reading.whole}
_WHY: dict[str, Reader] = {"reason": reading.text, "approved_by": reading.signature}
_BASKET: dict[str, Reader] = {**_TILL, "lines": reading.wishes}
_AMOUNT: dict[str, Reader] = {**_TILL, "amount_ore": reading.whole, "pay": reading.offers}
_PATIENT: dict[str, Reader] = {"patient": reading.patient}
_VISIT: dict[str, Reader] = {
    **_PATIENT,
    "visit_date": reading.day,
    "payer": reading.payer,
    "acknowledged": reading.truth,
}

ACTS: dict[str, Act] = {
    "look_up": Act(_look_up, {"id": reading.text}),
    "quote": Act(_quote, _BASKET, {**_PATIENT, "visit_date": reading.day}),
    "sell": Act(
        _sell,
        {**_BASKET, "pay": reading.offers},
        _VISIT,
    ),
    "begin_payment": Act(
        _begin_payment,
        {**_BASKET, "by": Tender},
        {**_VISIT, "amount_ore": reading.whole, "mark": reading.text},
    ),
    "begin_deposit": Act(
        _begin_deposit,
        {**_TILL, "amount_ore": reading.whole, "by": Tender},
        {**_PATIENT, "mark": reading.text},
    ),
    "end_payment": Act(
        _end_payment,
        {**_TILL, "outcome": PaymentOutcome},
        {"reference": reading.text, "pay": reading.offers},
    ),
    "park": Act(_park, _BASKET, _PATIENT),
    "recall": Act(_recall, {**_TILL, "parked": reading.whole}),
    "refund": Act(_refund, {**_RECEIPT, "lines": reading.give_backs, "pay": reading.offers}, _WHY),
    "void": Act(_void, _RECEIPT, _WHY),
    "begin_refund": Act(_begin_refund, {**_RECEIPT, "lines": reading.give_backs, "pay": reading.offers}, _WHY),
    "begin_void": Act(_begin_void, _RECEIPT, _WHY),
    "correct_tender": Act(_correct_tender, {**_RECEIPT, "by": Tender}, {"reason": reading.text}),
    "correct_patient": Act(_correct_patient, _RECEIPT, {**_PATIENT, "reason": reading.text}),
    "deposit": Act(_deposit, _AMOUNT, _PATIENT),
    "repay": Act(_repay, _AMOUNT, {**_PATIENT, **_WHY}),
    "balance": Act(_balance, _TILL, _PATIENT),
    "ask_rights": Act(_ask_rights, {**_TILL, "amount_ore": reading.whole}, _PATIENT),
    "release_rights": Act(_release_rights, {**_TILL, "amount_ore": reading.whole}, _PATIENT),
}
"""Acts about a patient, by name."""
