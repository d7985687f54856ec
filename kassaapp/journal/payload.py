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
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache, partial
from typing import Any

from kassaapp.domain.events import KINDS, Event, kind_of
from kassaapp.domain.patient_id import IdKind, PatientId
from kassaapp.trouble import JournalNewer, JournalUnreadable

ACCOUNTING = "a"
PERSON = "p"
_PERSON_FIELD = "patient"


def contents(event: Event) -> dict[str, dict[str, Any]]:
    """The content of each part of the event's record, by part name."""
    accounting = _encode_fields(event)
    patient = accounting.pop(_PERSON_FIELD, None)
    return {ACCOUNTING: accounting} if patient is None else {ACCOUNTING: accounting, PERSON: patient}


def event_of(kind: str, parts: Mapping[str, dict[str, Any]]) -> Event:
    """The event of a record of `kind` with these parts.

    Raises JournalUnreadable, and JournalNewer for a kind, field or word that this program does not know: the parts are
    as they were signed, so a newer program has written it.
    """
    event_type = KINDS.get(kind)
    if event_type is None:
        raise JournalNewer(f"kind {kind}")
    if ACCOUNTING not in parts:
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


Reader = Callable[[Any], Any]
"""Makes a value of one type from its JSON. Raises JournalUnreadable."""


def _decode_object(wanted: type, value: Any) -> Any:
    if not isinstance(value, dict):
        raise JournalUnreadable(f"{wanted.__name__} is not an object")
    readers = _readers(wanted)
    try:
        return wanted(**{name: readers[name](item) for name, item in value.items()})
    except KeyError as unknown:
        raise JournalNewer(f"{wanted.__name__} has an unknown field {unknown.args[0]}") from None
    except TypeError:
        raise JournalUnreadable(f"{wanted.__name__} lacks a field") from None


@cache
def _readers(wanted: type) -> dict[str, Reader]:
    """How each field of a dataclass is read."""
    return {name: _reader(hint) for name, hint in typing.get_type_hints(wanted).items()}


def _reader(wanted: Any) -> Reader:
    """How a value of a type is read: found out once for each field, for ten years of records are read at each start."""
    origin, arguments = typing.get_origin(wanted), typing.get_args(wanted)
    if origin in (typing.Union, types.UnionType):
        return _reader(next(kind for kind in arguments if kind is not types.NoneType))
    if origin is tuple:
        of_item = _reader(arguments[0])
        return lambda value: tuple(map(of_item, _expect(list, value)))
    if origin is Mapping:
        of_value = _reader(arguments[1])
        return lambda value: {key: of_value(item) for key, item in _expect(dict, value).items()}
    if wanted is PatientId:
        return _decode_id
    if wanted is datetime or wanted is date:
        return partial(_decode_time, wanted)
    if isinstance(wanted, type) and issubclass(wanted, enum.Enum):
        return partial(_decode_word, wanted)
    if dataclasses.is_dataclass(wanted):
        return partial(_decode_object, typing.cast("type", wanted))
    return partial(_expect, wanted)


def _decode_id(value: Any) -> PatientId:
    if not isinstance(value, dict) or value.keys() != {"kind", "value", "oid"}:
        raise JournalUnreadable("not an identity")
    kind = _decode_word(IdKind, value["kind"])
    assert isinstance(kind, IdKind)
    return PatientId(kind, _expect(str, value["value"]), _expect(str, value["oid"]))


def _decode_time(wanted: type[datetime] | type[date], value: Any) -> datetime | date:
    try:
        made = wanted.fromisoformat(_expect(str, value))
    except ValueError:
        raise JournalUnreadable("not a time") from None
    if isinstance(made, datetime) and made.tzinfo is None:
        raise JournalUnreadable("a time without offset")
    return made


def _decode_word(wanted: type[enum.Enum], value: Any) -> enum.Enum:
    try:
        return wanted(value)
    except ValueError:
        raise JournalNewer(f"unknown {wanted.__name__}") from None


def _expect(wanted: Any, value: Any) -> Any:
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        raise JournalUnreadable(f"expected {wanted.__name__}")
    return value


def _default(field: dataclasses.Field[Any]) -> Any:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default
