"""One value has one sequence of bytes, and one sequence of bytes has one value.

The form is RFC 8785 (JSON canonicalisation) restricted to what needs no judgement: strings in Unicode NFC, integers
within ±(2^53-1), true, false, null, arrays, and objects whose keys are ASCII. Money is whole öre, so there are no
floats. Under that restriction the standard library's encoder already writes RFC 8785 (tests compare with an
independent implementation). Signed bytes are stored and sent as they were signed and are never encoded again; the
re-encoding in `decode` only refuses other spellings of a value.
"""

import binascii
import json
import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from sync.wire.errors import Malformed

Json = Any  # str | int | bool | None | list[Json] | dict[str, Json], which Python 3.11 cannot say of itself

MAX_BYTES = 65_536
"""No canonical text is longer (bytes)."""
MAX_DEPTH = 16
MAX_INTEGER = 2**53 - 1
_TO_URL, _FROM_URL = bytes.maketrans(b"+/", b"-_"), bytes.maketrans(b"-_", b"+/")


def encode(value: Json) -> bytes:
    """Return the one sequence of bytes for `value`.

    Raises Malformed for what the form cannot hold (floats, lone surrogates, text not in NFC, too deep, too long).
    """
    _check(value, 0)
    raw = _ENCODER.encode(value).encode()
    if len(raw) > MAX_BYTES:
        raise Malformed(f"longer than {MAX_BYTES} bytes")
    return raw


def decode(raw: bytes) -> Any:
    """Return the value of canonical bytes. Raises Malformed for anything else, also for another spelling of a value."""
    if len(raw) > MAX_BYTES:
        raise Malformed(f"longer than {MAX_BYTES} bytes")
    try:
        value = _DECODER.decode(raw.decode())
    except (ValueError, RecursionError):
        raise Malformed("not JSON") from None
    if not _is_plain(raw):
        _check(value, 0)
    if _ENCODER.encode(value).encode() != raw:
        raise Malformed("not in canonical form")
    return value


def _is_plain(raw: bytes) -> bool:
    """Whether text that reads as JSON without floats can hold nothing that `_check` refuses: all of it is ASCII and
    nothing escaped, no number has many digits, and there are too few brackets to be too deep. Most of it is so."""
    if not raw.isascii() or b"\\" in raw:
        return False
    return raw.count(b"{") + raw.count(b"[") <= MAX_DEPTH and not _MANY_DIGITS.search(raw)


def decode_object(raw: bytes) -> dict[str, Any]:
    """As `decode`, for bytes that must be an object."""
    value = decode(raw)
    if not isinstance(value, dict):
        raise Malformed("not an object")
    return value


def to_text(data: bytes) -> str:
    """Bytes as base64url without padding (RFC 4648 section 5)."""
    return binascii.b2a_base64(data, newline=False).rstrip(b"=").translate(_TO_URL).decode()


def bytes_of(text: bytes) -> bytes:
    """The bytes of text that is known to be as `to_text` writes it. Of any other it says nothing."""
    return binascii.a2b_base64(text.translate(_FROM_URL) + b"==")


def from_text(text: object, length: int | None = None) -> bytes:
    """Bytes of base64url text; only the one spelling `to_text` writes. Raises Malformed also for another length."""
    if not isinstance(text, str) or not text.isascii():
        raise Malformed("not base64url")
    try:
        data = bytes_of(text.encode())
    except binascii.Error:
        raise Malformed("not base64url") from None
    if to_text(data) != text or (length is not None and len(data) != length):
        raise Malformed("not base64url of the right length")
    return data


def _check(value: object, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise Malformed(f"deeper than {MAX_DEPTH}")
    match value:
        case None | bool():
            return
        case int():
            if abs(value) > MAX_INTEGER:
                raise Malformed("integer out of range")
        case str():
            _check_text(value)
        case list() | tuple():
            _check_all(value, depth + 1)
        case dict():
            _check_keys(value)
            _check_all(value.values(), depth + 1)
        case _:
            raise Malformed(f"cannot hold a {type(value).__name__}")


def _check_all(items: Iterable[Json], depth: int) -> None:
    """Each of them; the two that nearly all are, without a call."""
    for item in items:
        kind = type(item) if depth <= MAX_DEPTH else None
        if kind is str and item.isascii():
            continue
        if kind is int and -MAX_INTEGER <= item <= MAX_INTEGER:
            continue
        _check(item, depth)


def _check_keys(value: dict[Any, Any]) -> None:
    try:
        is_ascii = "".join(value).isascii()
    except TypeError:  # Not all of them are text.
        is_ascii = False
    if not is_ascii:
        raise Malformed("key not ASCII")


def _check_text(text: str) -> None:
    if text.isascii():
        return
    if not unicodedata.is_normalized("NFC", text):
        raise Malformed("text not in NFC")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Malformed("lone surrogate") from None


def _no_float(_: str) -> Any:
    raise ValueError("floats are not in the form")


# Made once: every record that the region takes is read and written again. A key that stands twice, or an integer in
# another spelling, does not come back as the same bytes; Python itself refuses one of more than 4,300 digits.
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
_DECODER = json.JSONDecoder(parse_float=_no_float, parse_constant=_no_float)
_MANY_DIGITS = re.compile(rb"[0-9]{16}")
