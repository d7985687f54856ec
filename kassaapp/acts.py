"""The headless till: one JSON object a line in, one a line out. The same Register as the window's, with no Qt.

For acceptance tests, load, training material and programs that drive the till. Amounts are whole öre. A refusal and
a trouble answer with their name and a Swedish sentence; what is no act at all answers `malformed` and the till goes on.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from kassaapp import wording
from kassaapp.app import Desk
from kassaapp.domain.cash import sum_of
from kassaapp.domain.errors import NoName, NoPatient, Refused
from kassaapp.domain.events import Category, Figures, Line, Patient, Tally, Tender
from kassaapp.domain.fees import Quote, Wish
from kassaapp.domain.patient_id import read_patient_id
from kassaapp.domain.session import Count
from kassaapp.domain.tender import Offer
from kassaapp.printout import receipt as receipt_slip
from kassaapp.printout.slip import lines as slip_lines
from kassaapp.register import Register
from kassaapp.trouble import DiskFailed, Trouble
from sync.wire.canonical import to_text

Answer = dict[str, Any]
MAX_LINE = 1_000_000


class MalformedAct(Exception):
    """The line is no act: what is wrong with it."""


def perform_all(desk: Desk, lines: Iterable[str]) -> Iterator[str]:
    """Perform each line and answer it, in order. Raises DiskFailed after the answer that says so."""
    for line in lines:
        answer, fatal = perform(desk, line)
        yield _written(answer)
        if fatal is not None:
            raise fatal


def perform(desk: Desk, line: str) -> tuple[Answer, DiskFailed | None]:
    """Perform one line; the answer, and the failure after which the program must end, if any."""
    try:
        act, arguments = _read(desk, line)
        return {"ok": True, **act.do(desk, arguments)}, None
    except MalformedAct as malformed:
        return {"ok": False, "malformed": str(malformed)}, None
    except Refused as refused:
        return {"ok": False, "refused": type(refused).__name__, "message": wording.explain(refused)}, None
    except Trouble as trouble:
        return _trouble(trouble), trouble if isinstance(trouble, DiskFailed) else None


def trouble_answer(trouble: Trouble) -> str:
    """The line that says a desk could not be opened."""
    return _written(_trouble(trouble))


def _trouble(trouble: Trouble) -> Answer:
    return {"ok": False, "trouble": type(trouble).__name__, "message": wording.explain_trouble(trouble)}


def _written(answer: Answer) -> str:
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":"))


# ── reading a line ───────────────────────────────────────────────────────────────────────────────────────────────────

Reader = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Act:
    """What an act does, and how each argument is read. `optional` ones may be left out, and are then None."""

    do: Callable[[Desk, Mapping[str, Any]], Answer]
    required: Mapping[str, Reader] = field(default_factory=dict)
    optional: Mapping[str, Reader] = field(default_factory=dict)

    def read(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments, each as its reader makes it. Raises MalformedAct before anything is done."""
        readers = {**self.required, **self.optional}
        for name in given:
            if name not in readers:
                raise MalformedAct(f"unknown argument {name[:40]}")
        for name in self.required:
            if name not in given:
                raise MalformedAct(f"missing argument {name}")
        return {name: _read_one(name, reader, given.get(name)) for name, reader in readers.items()}


def _read(desk: Desk, line: str) -> tuple[Act, dict[str, Any]]:
    given = _object(line)
    name = given.pop("do", None)
    if not isinstance(name, str) or name not in ACTS:
        raise MalformedAct("unknown act")
    at = given.pop("at", None) if desk.clinic.demo else None
    arguments = ACTS[name].read(given)
    if arguments.get("till") is not None and arguments["till"] not in desk.tills:
        raise MalformedAct("no such till")
    if at is not None:
        desk.clock.set(_read_one("at", _instant, at))
    return ACTS[name], arguments


def _object(line: str) -> dict[str, Any]:
    if len(line) > MAX_LINE:
        raise MalformedAct("line too long")
    try:
        value = json.loads(line, object_pairs_hook=_once_each, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise MalformedAct("not JSON") from None
    if not isinstance(value, dict):
        raise MalformedAct("not a JSON object")
    return value


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a name twice")
    return value


def _no_constant(_: str) -> Any:
    raise ValueError("not a number")


def _read_one(name: str, reader: Reader, value: Any) -> Any:
    if value is None:
        return None
    try:
        return reader(value)
    except (TypeError, ValueError):
        raise MalformedAct(f"wrong type or value for {name}") from None


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.isprintable():
        raise TypeError
    value.encode()  # Refuses lone surrogates (a ValueError).
    return value


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > 2**53 - 1:
        raise TypeError
    return value


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _day(value: Any) -> date:
    return date.fromisoformat(_text(value))


def _instant(value: Any) -> datetime:
    at = datetime.fromisoformat(_text(value))
    if at.tzinfo is None:
        raise ValueError
    return at


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError
    return value


def _record(value: Any, required: Mapping[str, Reader], optional: Mapping[str, Reader]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError
    return Act(_nothing, required, optional).read(value)


def _nothing(_: Desk, __: Mapping[str, Any]) -> Answer:
    return {}


_PATIENT: dict[str, Reader] = {
    "id": _text,
    "name": _text,
    "category": Category,
    "category_reference": _text,
    "protected": _truth,
    "frikort_until": _day,
    "paid_in_window_ore": _whole,
    "window_from": _day,
    "address": _text,
}


def _patient(value: Any) -> dict[str, Any]:
    return _record(value, {}, _PATIENT)


def _wishes(value: Any) -> list[Wish]:
    read = [_record(row, {"article": _whole}, {"quantity": _whole}) for row in _list(value)]
    return [Wish(row["article"], 1 if row["quantity"] is None else row["quantity"]) for row in read]


def _offers(value: Any) -> list[Offer]:
    optional: dict[str, Reader] = {"amount_ore": _whole, "given_ore": _whole, "reference": _text}
    read = [_record(row, {"by": Tender}, optional) for row in _list(value)]
    return [Offer(row["by"], row["amount_ore"], row["given_ore"], row["reference"]) for row in read]


def _denominations(value: Any) -> dict[int, int]:
    if not isinstance(value, dict):
        raise TypeError
    return {int(name): _whole(pieces) for name, pieces in value.items()}


# ── performing ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _who(register: Register, given: Mapping[str, Any] | None) -> Patient:
    """The patient as given. Raises NoPatient, NoName, BadIdentity."""
    if given is None or not given["id"]:
        raise NoPatient
    patient_id = read_patient_id(given["id"], today=register.now().date())
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
    )


def _sign_in(desk: Desk, given: Mapping[str, Any]) -> Answer:
    user = desk.sign_in(given["user"], given["pin"])
    return {"name": user.name, "roles": sorted(role.value for role in user.roles)}


def _sign_out(desk: Desk, _: Mapping[str, Any]) -> Answer:
    desk.sign_out()
    return {}


def _lock(desk: Desk, _: Mapping[str, Any]) -> Answer:
    desk.lock()
    return {}


def _open_session(desk: Desk, given: Mapping[str, Any]) -> Answer:
    opened = desk.register(given["till"]).open_session(given["counted_ore"], given["reason"])
    return {"session": opened.session, "difference_ore": opened.difference_ore}


def _look_up(desk: Desk, given: Mapping[str, Any]) -> Answer:
    letter = desk.tills[0]
    register = desk.register(letter)
    patient = register.look_up(given["id"])
    answer: Answer = {"kind": patient.kind.value, "oid": patient.oid, "id": patient.reveal()}
    answer["age"] = patient.age_on(register.now().date())
    name = desk.history(letter).name_of(patient)
    if name is not None:
        answer["name"] = name
    if patient.is_shape_only:
        answer["warning"] = wording.shape_only()
    return answer


def _quote(desk: Desk, given: Mapping[str, Any]) -> Answer:
    register = desk.register(given["till"])
    register.require_counter()
    quoted = register.quote(_who(register, given["patient"]), given["lines"], given["visit_date"])
    return _quoted(quoted)


def _sell(desk: Desk, given: Mapping[str, Any]) -> Answer:
    register = desk.register(given["till"])
    register.require_counter()
    sold = register.sell(_who(register, given["patient"]), given["lines"], given["pay"], given["visit_date"])
    sale = sold.event
    return {
        "receipt": sale.receipt,
        **_quoted(Quote(sale.lines, sale.total_ore, sale.counts_ore, sale.frikort_reached)),
        "rounding_ore": sale.rounding_ore,
        "to_pay_ore": sale.to_pay_ore,
        "change_ore": sale.change_ore,
        "vat": dict(sale.vat),
        "seq": sold.seq,
        "hash": to_text(sold.hash),
    }


def _quoted(quoted: Quote) -> Answer:
    return {
        "lines": [_line(line) for line in quoted.lines],
        "total_ore": quoted.total_ore,
        "counts_ore": quoted.counts_ore,
        "frikort_reached": quoted.frikort_reached,
    }


def _line(line: Line) -> Answer:
    row: Answer = {
        "article": line.article,
        "text": line.text,
        "quantity": line.quantity,
        "amount_ore": line.amount_ore,
    }
    return row if line.reason is None else {**row, "reason": line.reason.value}


def _x_report(desk: Desk, given: Mapping[str, Any]) -> Answer:
    return {"figures": figures(desk.register(given["till"]).x_report())}


def _close_session(desk: Desk, given: Mapping[str, Any]) -> Answer:
    counted_ore, pieces = given["counted_ore"], given["denominations"]
    if (counted_ore is None) == (pieces is None):
        raise MalformedAct("either counted_ore or denominations")
    cash_ore = sum_of(pieces) if pieces is not None else counted_ore
    count = Count(cash_ore, given["card_ore"], given["swish_ore"], pieces or {})
    closed = desk.register(given["till"]).close_session(count, given["pin"], given["reason"])
    return {"z": closed.event.z, "figures": {**figures(closed.event.figures), "c": closed.event.z}}


def _receipt(desk: Desk, given: Mapping[str, Any]) -> Answer:
    register = desk.register(given["till"])
    register.require_reader()
    sold = desk.history(given["till"]).sale(given["receipt"])
    slip = receipt_slip.receipt(sold.event, register.configuration, register.till, sold.env, demo=desk.clinic.demo)
    return {"text": "\n".join(slip_lines(slip))}


def _sync(desk: Desk, _: Mapping[str, Any]) -> Answer:
    statuses = [desk.sync_now(letter) for letter in desk.tills]
    return {
        "unsent": sum(status.unsent for status in statuses),
        "reachable": all(status.reachable for status in statuses),
        "proved_seq": statuses[0].proved_seq,
    }


def _status(desk: Desk, _: Mapping[str, Any]) -> Answer:
    return {
        "tills": [_till_status(desk, letter) for letter in desk.tills],
        "unsent": sum(desk.sync_status(letter).unsent for letter in desk.tills),
    }


def _till_status(desk: Desk, letter: str) -> Answer:
    state = desk.register(letter).state
    answer: Answer = {"till": letter, "next_receipt": state.next_receipt, "records": desk.records(letter)}
    return answer if state.session is None else {**answer, "session": state.session.number}


def figures(made: Figures) -> Answer:
    """The figures of an X or Z by the letters of DOMAIN 1.3, and the lines this product adds."""
    return {
        "f": made.sales_ore,
        "g": dict(made.by_group),
        "h": dict(made.by_vat),
        "i": {"opening_ore": made.opening_ore, "changes_ore": made.float_changes_ore},
        "j": made.goods,
        "k": made.services,
        "l": made.receipts,
        "m": made.drawer_openings,
        "n": _tally(made.copies),
        "o": _tally(made.training),
        "p": dict(made.by_tender),
        "q": _tally(made.refunds),
        "r": _tally(made.discounts),
        "s": _tally(made.voids),
        "t": _tally(made.unfinished),
        "u": made.grand.sales_ore,
        "v": made.grand.returns_ore,
        "w": made.grand.net_ore,
        "zero_registrations": dict(made.zero_registrations),
        "deposits_ore": made.deposits_ore,
        "deposits_used_ore": made.deposits_used_ore,
        "deposits_repaid_ore": made.deposits_repaid_ore,
        "rounding_ore": made.rounding_ore,
        "expected_ore": dict(made.expected_ore),
        "counted_ore": dict(made.counted_ore),
        "difference_ore": dict(made.difference_ore),
        "cashiers": [{"user": tally.user, "count": tally.count, "ore": tally.ore} for tally in made.cashiers],
    }


def _tally(tally: Tally) -> Answer:
    return {"count": tally.count, "ore": tally.ore}


_TILL: dict[str, Reader] = {"till": _text}

ACTS: dict[str, Act] = {
    "sign_in": Act(_sign_in, {"user": _text, "pin": _text}),
    "sign_out": Act(_sign_out),
    "lock": Act(_lock),
    "open_session": Act(_open_session, {**_TILL, "counted_ore": _whole}, {"reason": _text}),
    "look_up": Act(_look_up, {"id": _text}),
    "quote": Act(_quote, {**_TILL, "lines": _wishes}, {"patient": _patient, "visit_date": _day}),
    "sell": Act(_sell, {**_TILL, "lines": _wishes, "pay": _offers}, {"patient": _patient, "visit_date": _day}),
    "x_report": Act(_x_report, _TILL),
    "close_session": Act(
        _close_session,
        {**_TILL, "pin": _text},
        {
            "counted_ore": _whole,
            "denominations": _denominations,
            "card_ore": _whole,
            "swish_ore": _whole,
            "reason": _text,
        },
    ),
    "receipt": Act(_receipt, {**_TILL, "receipt": _whole}),
    "sync": Act(_sync),
    "status": Act(_status),
}
"""Every act there is, by name."""
