"""An event becomes the parts of a record, and back.

Part "a" (accounting) is the event without its patient; part "p" (person) is the patient. A field's name is its key; a
field that has its default is left out, so that a field added later changes no stored byte. Times are ISO 8601 with
offset, to the second; days are ISO dates; enumerations are their words; text is in Unicode NFC. Reading is strict: an
unknown key means that a newer program wrote the record, and it is refused rather than half understood.
"""

import dataclasses
import enum
import types
import typing
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import Any

from kassaapp.domain.events import KINDS, Event, kind_of
from kassaapp.domain.patient_id import IdKind, PatientId
from kassaapp.trouble import JournalUnreadable

ACCOUNTING = "a"
PERSON = "p"
_PERSON_FIELD = "patient"


def contents(event: Event) -> dict[str, dict[str, Any]]:
    """The content of each part of the event's record, by part name."""
    accounting = _encode_fields(event)
    patient = accounting.pop(_PERSON_FIELD, None)
    return {ACCOUNTING: accounting} if patient is None else {ACCOUNTING: accounting, PERSON: patient}


def event_of(kind: str, parts: Mapping[str, dict[str, Any]]) -> Event:
    """The event of a record of `kind` with these parts. Raises JournalUnreadable."""
    event_type = KINDS.get(kind)
    if event_type is None or ACCOUNTING not in parts:
        raise JournalUnreadable(f"kind {kind}")
    fields = dict(parts[ACCOUNTING])
    if PERSON in parts:
        fields[_PERSON_FIELD] = parts[PERSON]
    event: Event = _decode_object(event_type, fields)
    assert kind_of(event) == kind
    return event


_UNNAMED = {"id": {"kind": "reserve_other", "value": "000000000000", "oid": ""}, "name": "-"}


def impersonal_event_of(kind: str, accounting: dict[str, Any], *, has_person: bool) -> Event:
    """The event of a record whose person part cannot be opened: right in every sum, with nobody in it."""
    parts = {ACCOUNTING: accounting, PERSON: _UNNAMED} if has_person else {ACCOUNTING: accounting}
    return event_of(kind, parts)


def _encode_fields(value: Any) -> dict[str, Any]:
    encoded: dict[str, Any] = {}
    for field in dataclasses.fields(value):
        item = getattr(value, field.name)
        if item is None or item == _default(field):
            continue
        encoded[field.name] = _encode(item)
    return encoded


def _encode(value: Any) -> Any:
    match value:
        case PatientId():
            return {"kind": value.kind.value, "value": value.reveal(), "oid": value.oid}
        case enum.Enum():
            return value.value
        case datetime():
            assert value.tzinfo is not None, "a time without offset"
            assert value.microsecond == 0, "a time finer than a second"
            return value.isoformat()
        case date():
            return value.isoformat()
        case tuple() | list():
            return [_encode(item) for item in value]
        case Mapping():
            return {str(_encode(key)): _encode(item) for key, item in value.items()}
        case str():
            return unicodedata.normalize("NFC", value)
        case bool() | int():
            return value
    if dataclasses.is_dataclass(value):
        return _encode_fields(value)
    raise TypeError(f"a record cannot hold a {type(value).__name__}")


def _decode_object(wanted: type, value: Any) -> Any:
    if not isinstance(value, dict):
        raise JournalUnreadable(f"{wanted.__name__} is not an object")
    hints = _hints(wanted)
    unknown = value.keys() - hints.keys()
    if unknown:
        raise JournalUnreadable(f"{wanted.__name__} has an unknown field {sorted(unknown)[0]}")
    try:
        return wanted(**{name: _decode(hints[name], item) for name, item in value.items()})
    except TypeError:
        raise JournalUnreadable(f"{wanted.__name__} lacks a field") from None


def _decode(wanted: Any, value: Any) -> Any:
    origin = typing.get_origin(wanted)
    if origin in (typing.Union, types.UnionType):
        return _decode(next(kind for kind in typing.get_args(wanted) if kind is not types.NoneType), value)
    if origin is tuple:
        return tuple(_decode(typing.get_args(wanted)[0], item) for item in _expect(list, value))
    if origin is Mapping:
        return {key: _decode(typing.get_args(wanted)[1], item) for key, item in _expect(dict, value).items()}
    if wanted is PatientId:
        return _decode_id(_expect(dict, value))
    if wanted is datetime or wanted is date:
        return _decode_time(wanted, _expect(str, value))
    if isinstance(wanted, type) and issubclass(wanted, enum.Enum):
        return _decode_word(wanted, value)
    if dataclasses.is_dataclass(wanted):
        return _decode_object(typing.cast("type", wanted), value)
    return _expect(wanted, value)


def _decode_id(value: dict[str, Any]) -> PatientId:
    if value.keys() != {"kind", "value", "oid"}:
        raise JournalUnreadable("not an identity")
    kind = _decode_word(IdKind, value["kind"])
    assert isinstance(kind, IdKind)
    return PatientId(kind, _expect(str, value["value"]), _expect(str, value["oid"]))


def _decode_time(wanted: type[datetime] | type[date], text: str) -> datetime | date:
    try:
        made = wanted.fromisoformat(text)
    except ValueError:
        raise JournalUnreadable("not a time") from None
    if isinstance(made, datetime) and made.tzinfo is None:
        raise JournalUnreadable("a time without offset")
    return made


def _decode_word(wanted: type[enum.Enum], value: Any) -> enum.Enum:
    try:
        return wanted(value)
    except ValueError:
        raise JournalUnreadable(f"unknown {wanted.__name__}") from None


def _expect(wanted: Any, value: Any) -> Any:
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        raise JournalUnreadable(f"expected {wanted.__name__}")
    return value


def _default(field: dataclasses.Field[Any]) -> Any:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default


@cache
def _hints(wanted: type) -> dict[str, Any]:
    return typing.get_type_hints(wanted)
