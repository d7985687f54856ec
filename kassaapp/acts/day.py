"""Acts about the day: who is there, open and close, the drawer, reports, looking back, practice, the region."""

from datetime import date

from kassaapp import wording
from kassaapp.acts import answers, reading
from kassaapp.acts.reading import Act, Answer, Given, MalformedAct, Reader
from kassaapp.app import Desk
from kassaapp.domain.cash import sum_of
from kassaapp.domain.errors import AlreadyPrinted, InTraining, NotAllowed
from kassaapp.domain.events import KINDS, CashPurpose, Look
from kassaapp.domain.people import Role
from kassaapp.domain.session import Count
from kassaapp.domain.visit import Patient, Tender
from kassaapp.history import DIFFERENCE, Filter, Receipt
from kassaapp.pins import Signature
from kassaapp.printout.slip import lines as slip_lines


def _sign_in(desk: Desk, given: Given) -> Answer:
    user = desk.sign_in(given["user"], given["pin"])
    return {"name": user.name, "roles": sorted(role.value for role in user.roles)}


def _sign_out(desk: Desk, _: Given) -> Answer:
    desk.sign_out()
    return {}


def _lock(desk: Desk, _: Given) -> Answer:
    desk.lock()
    return {}


def _open_session(desk: Desk, given: Given) -> Answer:
    opened = desk.register(given["till"]).open_session(given["counted_ore"], given["reason"])
    return {"session": opened.session, "difference_ore": opened.difference_ore}


def _close_session(desk: Desk, given: Given) -> Answer:
    counted_ore, pieces, second = given["counted_ore"], given["denominations"], given["second"]
    if (counted_ore is None) == (pieces is None):
        raise MalformedAct("either counted_ore or denominations")
    if isinstance(second, str):
        raise MalformedAct("second needs user and pin")
    cash_ore = sum_of(pieces) if pieces is not None else counted_ore
    count = Count(cash_ore, given["card_ore"], given["swish_ore"], pieces or {})
    closed = desk.register(given["till"]).close_session(count, given["pin"], given["reason"], second).event
    return {"z": closed.z, "figures": {**answers.of_figures(closed.figures), "c": closed.z}}


def _x_report(desk: Desk, given: Given) -> Answer:
    return {"figures": answers.of_figures(desk.acting(given["till"]).x_report())}


def _change_float(desk: Desk, given: Given) -> Answer:
    desk.acting(given["till"]).change_float(given["amount_ore"], given["reason"] or "")
    return _expected(desk, given)


def _cash_out(desk: Desk, given: Given) -> Answer:
    second = given["second"]
    if isinstance(second, Signature):
        desk.acting(given["till"]).check_signature(second)
        second = second.user
    desk.acting(given["till"]).cash_out(given["amount_ore"], given["kind"], given["reference"] or "", second)
    return _expected(desk, given)


def _expected(desk: Desk, given: Given) -> Answer:
    """What should be in the drawer: told only to who does not count it blind."""
    register = desk.acting(given["till"])
    user = register.user
    if user is None or Role.SUPERVISOR not in user.roles:
        return {}
    return {"expected_cash_ore": register.expected_cash_ore()}


def _open_drawer(desk: Desk, given: Given) -> Answer:
    desk.acting(given["till"]).open_drawer(given["reason"] or "")
    return {}


def _count(desk: Desk, given: Given) -> Answer:
    counted = desk.acting(given["till"]).count({Tender.CASH.value: given["counted_ore"]})
    return {"difference_ore": counted.difference_ore[Tender.CASH]}


def _receipt(desk: Desk, given: Given) -> Answer:
    found = desk.memory(given["till"]).receipt(given["receipt"]).event
    desk.acting(given["till"]).saw(found.patient, Look.RECEIPT)
    return {"text": _as_text(desk, given["till"], found)}


def _copy_receipt(desk: Desk, given: Given) -> Answer:
    found = desk.memory(given["till"]).sale(given["receipt"]).event
    desk.acting(given["till"]).copy(given["receipt"])
    return {"text": _as_text(desk, given["till"], found, copy=True)}


def _print_receipt(desk: Desk, given: Given) -> Answer:
    """Put the original on paper; with protected identity there is none, and that is no fault (R58). Practice makes no
    paper: it would take the name of a real receipt's."""
    register = desk.register(given["till"])
    register.require_counter()
    if register.state.training:
        raise InTraining
    if register.receipts.is_printed(given["receipt"]):
        raise AlreadyPrinted(given["receipt"])
    path = desk.save_receipt(given["till"], given["receipt"])
    if path is None:
        return {}
    register.printed(given["receipt"])
    return {"file": path.name}


def _as_text(desk: Desk, letter: str, event: Receipt, *, copy: bool = False) -> str:
    return "\n".join(slip_lines(desk.slip(letter, event.receipt, copy=copy)))


def _training(desk: Desk, given: Given) -> Answer:
    if given["on"]:
        desk.begin_training(given["till"])
    else:
        desk.end_training(given["till"])
    return {}


def _history(desk: Desk, given: Given) -> Answer:
    register, history = desk.acting(given["till"]), desk.memory(given["till"])
    user = register.require_reader()
    patient = None if given["patient"] is None else register.read_id(given["patient"])
    first, last = given["from"], given["to"]
    sees_all = register.configuration.policy.cashier_sees_other_days or user.roles & {Role.SUPERVISOR, Role.AUDITOR}
    if not sees_all:
        first, last = _only_today(register.now().date(), first, last, user.id)
    if patient is not None:
        register.saw(Patient(patient, history.name_of(patient) or ""), Look.HISTORY)
    wanted = Filter(
        kind=given["kind"],
        patient=patient,
        user=given["user"],
        session=given["session"],
        receipt=given["receipt"],
        first=first,
        last=last,
        amount_ore=given["amount_ore"],
    )
    return {"rows": [answers.of_row(row, history) for row in history.find(wanted)]}


def _only_today(today: date, first: date | None, last: date | None, user: str) -> tuple[date, date]:
    """A cashier sees the day at hand and no other, unless the region grants it (R61)."""
    if (first or today) != today or (last or today) != today:
        raise NotAllowed(user)
    return today, today


def _sync(desk: Desk, _: Given) -> Answer:
    statuses = [desk.sync_now(letter) for letter in desk.tills]
    return {
        "unsent": sum(status.unsent for status in statuses),
        "reachable": all(status.reachable for status in statuses),
        "proved_seq": statuses[0].proved_seq,
    }


def _status(desk: Desk, _: Given) -> Answer:
    return {
        "desk": desk.name,
        "tills": [_till_status(desk, letter) for letter in desk.tills],
        "unsent": sum(desk.sync_status(letter).unsent for letter in desk.tills),
        **_disk_warning(desk),
    }


def _disk_warning(desk: Desk) -> Answer:
    """A disk that is getting full is said; one with room enough is not spoken of."""
    said = wording.disk_warning(desk.space.room(), support=desk.support)
    return {"warning": said} if said else {}


def _till_status(desk: Desk, letter: str) -> Answer:
    register, acting = desk.register(letter), desk.acting(letter)
    state = register.state
    answer: Answer = {"till": letter, "next_receipt": state.next_receipt, "records": desk.records(letter)}
    if state.training:
        answer["training"] = True
    if acting.open_payment is not None:
        answer["open_payment"] = answers.of_begun(acting.open_payment)
    if register.unprinted:
        answer["unprinted"] = list(register.unprinted)
    return answer if state.session is None else {**answer, "session": state.session.number}


def _kind(value: object) -> str:
    if value not in KINDS and value != DIFFERENCE:
        raise ValueError
    return str(value)


_TILL: dict[str, Reader] = {"till": reading.text}
_REASON: dict[str, Reader] = {"reason": reading.text}
_MONEY: dict[str, Reader] = {**_TILL, "amount_ore": reading.whole}
_RECEIPT: dict[str, Reader] = {**_TILL, "receipt": reading.whole}

ACTS: dict[str, Act] = {
    "sign_in": Act(_sign_in, {"user": reading.text, "pin": reading.text}),
    "sign_out": Act(_sign_out),
    "lock": Act(_lock),
    "open_session": Act(_open_session, {**_TILL, "counted_ore": reading.whole}, _REASON),
    "close_session": Act(
        _close_session,
        {**_TILL, "pin": reading.text},
        {
            "counted_ore": reading.whole,
            "denominations": reading.denominations,
            "card_ore": reading.whole,
            "swish_ore": reading.whole,
            "second": reading.second,
            **_REASON,
        },
    ),
    "x_report": Act(_x_report, _TILL),
    "change_float": Act(_change_float, _MONEY, _REASON),
    "cash_out": Act(_cash_out, {**_MONEY, "kind": CashPurpose}, {"reference": reading.text, "second": reading.second}),
    "open_drawer": Act(_open_drawer, _TILL, _REASON),
    "count": Act(_count, {**_TILL, "counted_ore": reading.whole}),
    "receipt": Act(_receipt, _RECEIPT),
    "copy_receipt": Act(_copy_receipt, _RECEIPT),
    "print_receipt": Act(_print_receipt, _RECEIPT),
    "training": Act(_training, {**_TILL, "on": reading.truth}),
    "history": Act(
        _history,
        _TILL,
        {
            "kind": _kind,
            "patient": reading.text,
            "user": reading.text,
            "session": reading.whole,
            "receipt": reading.whole,
            "from": reading.day,
            "to": reading.day,
            "amount_ore": reading.whole,
        },
    ),
    "sync": Act(_sync),
    "status": Act(_status),
}
"""Acts about the day, by name."""
