"""Reads one line: a JSON object that names an act, with each argument of the type that act wants.

Everything is read before anything is done, so a line that is no act changes nothing.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from kassaapp.app import Desk
from kassaapp.domain.fees import Wish
from kassaapp.domain.refund import GiveBack
from kassaapp.domain.tender import Offer
from kassaapp.domain.visit import Category, Tender
from kassaapp.pins import Signature

Answer = dict[str, Any]
Given = Mapping[str, Any]
Reader = Callable[[Any], Any]
MAX_LINE = 1_000_000


class MalformedAct(Exception):
    """The line is no act: what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Act:
    """What an act does, and how each argument is read. `optional` ones may be left out, and are then None."""

    do: Callable[[Desk, Given], Answer]
    required: Mapping[str, Reader] = field(default_factory=dict)
    optional: Mapping[str, Reader] = field(default_factory=dict)

    def read(self, given: Given) -> dict[str, Any]:
        """The arguments, each as its reader makes it. Raises MalformedAct."""
        return read_fields(given, self.required, self.optional)


def json_object(line: str) -> dict[str, Any]:
    """The object a line holds. Raises MalformedAct."""
    if len(line) > MAX_LINE:
        raise MalformedAct("line too long")
    try:
        value = json.loads(line, object_pairs_hook=_once_each, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise MalformedAct("not JSON") from None
    if not isinstance(value, dict):
        raise MalformedAct("not a JSON object")
    return value


def read_fields(given: Given, required: Mapping[str, Reader], optional: Mapping[str, Reader]) -> dict[str, Any]:
    """The fields of an object, each as its reader makes it; those not given are None. Raises MalformedAct."""
    readers = {**required, **optional}
    for name in given:
        if name not in readers:
            raise MalformedAct(f"unknown argument {name[:40]!a}")
    for name in required:
        if given.get(name) is None:
            raise MalformedAct(f"missing argument {name}")
    return {name: read_one(name, reader, given.get(name)) for name, reader in readers.items()}


def read_one(name: str, reader: Reader, value: Any) -> Any:
    """One value as its reader makes it. Raises MalformedAct."""
    if value is None:
        return None
    try:
        return reader(value)
    except (TypeError, ValueError):
        raise MalformedAct(f"wrong type or value for {name}") from None


# ── readers ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def text(value: Any) -> str:
    """Printable text."""
    if not isinstance(value, str) or not value.isprintable():
        raise TypeError
    value.encode()  # Refuses lone surrogates (a ValueError).
    return value


def whole(value: Any) -> int:
    """A whole number; never a float, never true or false."""
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > 2**53 - 1:
        raise TypeError
    return value


def truth(value: Any) -> bool:
    """true or false."""
    if not isinstance(value, bool):
        raise TypeError
    return value


def day(value: Any) -> date:
    """A day as 2026-11-23."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text(value)):
        raise ValueError
    return date.fromisoformat(value)


def instant(value: Any) -> datetime:
    """A moment with its offset."""
    at = datetime.fromisoformat(text(value))
    if at.tzinfo is None or not 2000 <= at.year <= 2100:
        raise ValueError
    return at


def patient(value: Any) -> dict[str, Any]:
    """A patient as given; who that is, the register judges."""
    return _fields(value, {}, _PATIENT)


def payer(value: Any) -> dict[str, Any]:
    """Who pays instead of the patient, as given."""
    return _fields(value, {"id": text, "name": text}, {})


def wishes(value: Any) -> list[Wish]:
    """The lines of a basket."""
    read = [_fields(row, {"article": whole}, {"quantity": whole}) for row in _list(value)]
    return [Wish(row["article"], 1 if row["quantity"] is None else row["quantity"]) for row in read]


def give_backs(value: Any) -> list[GiveBack]:
    """The lines of a refund: the row's place on the receipt, from 1, and how much."""
    read = [_fields(row, {"line": whole, "amount_ore": whole}, {}) for row in _list(value)]
    return [GiveBack(row["line"], row["amount_ore"]) for row in read]


def offers(value: Any) -> list[Offer]:
    """How something is paid."""
    optional: dict[str, Reader] = {
        "amount_ore": whole,
        "given_ore": whole,
        "reference": text,
        "could_not_pay": truth,
    }
    read = [_fields(row, {"by": Tender}, optional) for row in _list(value)]
    return [
        Offer(row["by"], row["amount_ore"], row["given_ore"], row["reference"], bool(row["could_not_pay"]))
        for row in read
    ]


def signature(value: Any) -> Signature:
    """A second person with the PIN."""
    read = _fields(value, {"user": text, "pin": text}, {})
    return Signature(read["user"], read["pin"])


def second(value: Any) -> Signature | str:
    """A second person: by id or name, or with the PIN."""
    return text(value) if isinstance(value, str) else signature(value)


def denominations(value: Any) -> dict[int, int]:
    """Pieces by value in öre."""
    if not isinstance(value, dict):
        raise TypeError
    if any(not name.isascii() or not name.isdigit() or name.startswith("0") for name in value):
        raise ValueError
    return {int(name): whole(pieces) for name, pieces in value.items()}


_PATIENT: dict[str, Reader] = {
    "id": text,
    "name": text,
    "category": Category,
    "category_reference": text,
    "protected": truth,
    "frikort_until": day,
    "paid_in_window_ore": whole,
    "window_from": day,
    "address": text,
}


def _fields(value: Any, required: Mapping[str, Reader], optional: Mapping[str, Reader]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError
    return read_fields(value, required, optional)


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError
    return value


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a name twice")
    return value


def _no_constant(_: str) -> Any:
    raise ValueError("not a number")
