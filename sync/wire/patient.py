"""What a register asks about one patient across the region's clinics: how far to frikort, and until when one holds.

    POST /v1/patients/lookups    signed, by a till H that has not ended    PatientAsk → Frikort

    PatientAsk  {"day":"2026-11-23","kind":"personnummer","value":"196101182803"}
    Frikort     {"as_of":ms,"basis":"region","day":D,"frikort_until":D,"paid_in_window_ore":N,"protected":false,
                 "window_from":D}

The number is whole, and stands in a signed body: never in a path, a log or a name. D is a day, or "" for none. The
answer is the region's word and proves nothing; what a till makes of it stands in its own signed record of the sale.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sync.wire import canonical
from sync.wire.canonical import MAX_INTEGER
from sync.wire.errors import Malformed

PATIENTS_PATH = "/v1/patients/lookups"
_KIND = re.compile(r"[a-z_]{1,32}")
_VALUE = re.compile(r"[0-9A-Z]{12}")
_BASIS = re.compile(r"[a-z][a-z0-9-]{0,31}")


@dataclass(frozen=True, slots=True)
class PatientName:
    """Whom it is about: `kind` and `value` of the record's PatientId (docs/JOURNAL.md, section 8). Hides itself."""

    kind: str
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PatientAsk:
    """How the patient stands on `day`, the day of the visit."""

    who: PatientName
    day: date

    def encode(self) -> bytes:
        return canonical.encode({"day": self.day.isoformat(), "kind": self.who.kind, "value": self.who.value})

    @classmethod
    def read(cls, raw: bytes) -> "PatientAsk":
        value = _fields(raw, {"day", "kind", "value"})
        day = _day(value["day"])
        if day is None:
            raise Malformed("day")
        return cls(PatientName(_matching(_KIND, value["kind"]), _matching(_VALUE, value["value"])), day)


@dataclass(frozen=True, slots=True)
class Frikort:
    """How a patient stands on `day`: `paid_in_window_ore` of what counts towards the ceiling was paid since
    `window_from`; a frikort holds until `frikort_until` (each None: not known of). With `protected` nothing else is
    said. `basis` names who knows it, and `as_of_ms` when."""

    day: date
    as_of_ms: int
    basis: str
    paid_in_window_ore: int = 0
    window_from: date | None = None
    frikort_until: date | None = None
    protected: bool = False

    def encode(self) -> bytes:
        return canonical.encode(
            {
                "as_of": self.as_of_ms,
                "basis": self.basis,
                "day": self.day.isoformat(),
                "frikort_until": _text(self.frikort_until),
                "paid_in_window_ore": self.paid_in_window_ore,
                "protected": self.protected,
                "window_from": _text(self.window_from),
            }
        )

    @classmethod
    def read(cls, raw: bytes) -> "Frikort":
        names = {"as_of", "basis", "day", "frikort_until", "paid_in_window_ore", "protected", "window_from"}
        value = _fields(raw, names)
        day = _day(value["day"])
        if day is None or not isinstance(value["protected"], bool):
            raise Malformed("fields of a message")
        return cls(
            day,
            _whole(value["as_of"]),
            _matching(_BASIS, value["basis"]),
            _whole(value["paid_in_window_ore"]),
            _day(value["window_from"]),
            _day(value["frikort_until"]),
            value["protected"],
        )


def _fields(raw: bytes, names: set[str]) -> dict[str, Any]:
    value = canonical.decode_object(raw)
    if set(value) != names:
        raise Malformed("fields of a message")
    return value


def _matching(form: re.Pattern[str], value: Any) -> str:
    if not isinstance(value, str) or not form.fullmatch(value):
        raise Malformed("a word in a message")
    return value


def _whole(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= MAX_INTEGER:
        raise Malformed("number in a message")
    return value


def _text(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _day(value: Any) -> date | None:
    """A day as written by `_text`. Raises Malformed, also for another spelling of the same day."""
    if value == "":
        return None
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        day = None
    if day is None or day.isoformat() != value:
        raise Malformed("day")
    return day
