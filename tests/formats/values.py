"""Values by the thousand for the canonical form, and wrong bytes by the hundred: the same for the same seed."""

import unicodedata
from random import Random
from typing import Any

MAX_INTEGER = 2**53 - 1
ALPHABETS = (
    "abcåäöÅÄÖéß",
    '"\\/\b\t\n\f\r',
    "".join(map(chr, range(0x20))),
    "\x7f\x80\x9f\u2028\u2029\ufeff\ufffd\uffff\ud7ff\ue000",
    "€\u20ac한글देか\u0301\u0323ﬁ\u212b",
    "\U00010000\U0001f4b6\U0010ffff\U0001f1f8\U0001f1ea",
)


def a_value(random: Random, depth: int = 0) -> Any:
    """Any value of the form, not deeper than it may be."""
    kind = random.randrange(8 if depth < 5 else 5)
    if kind < 2:
        return an_integer(random)
    if kind < 4:
        return a_text(random)
    if kind == 4:
        return random.choice((None, True, False))
    count = random.choice((0, 1, 1, 2, 3, 5))
    if kind == 5:
        return [a_value(random, depth + 1) for _ in range(count)]
    return {a_key(random): a_value(random, depth + 1) for _ in range(count)}


def an_integer(random: Random) -> int:
    """Mostly near where numbers are written differently."""
    near = random.choice((0, 10, 100, 2**31, 2**32, 10**15, MAX_INTEGER - 3))
    return random.choice((-1, 1)) * (near + random.randrange(4))


def a_text(random: Random) -> str:
    """Text in NFC of what is escaped, of what must not be, and of what people write."""
    alphabet = random.choice(ALPHABETS)
    return unicodedata.normalize("NFC", "".join(random.choices(alphabet, k=random.randrange(6))))


def a_key(random: Random) -> str:
    """An ASCII key, also of what is escaped."""
    return "".join(random.choices('abzAZ019_-/"\\\n\x00\x1f\x7f ', k=random.randrange(5)))


def bit_edits(raw: bytes) -> list[bytes]:
    """Every text that differs in one bit."""
    number = int.from_bytes(raw, "big")
    return [(number ^ 1 << bit).to_bytes(len(raw), "big") for bit in range(len(raw) * 8)]


def byte_edits(raw: bytes, inserted: bytes = b' \n\t\r0-+.e"\\,:[]{}/\x00\xef\xbb\xbf') -> list[bytes]:
    """Every text with one byte left out, written twice, or one of `inserted` put in."""
    left_out = [raw[:at] + raw[at + 1 :] for at in range(len(raw))]
    twice = [raw[:at] + raw[at : at + 1] + raw[at:] for at in range(len(raw))]
    put_in = [raw[:at] + bytes([one]) + raw[at:] for at in range(len(raw) + 1) for one in inserted]
    return left_out + twice + put_in


_SURROGATE = b"\xed\xa0\xbd"  # U+D83D in CESU-8

MALFORMED: dict[str, bytes] = {
    # ── nothing, too much, something else ──
    "nothing": b"",
    "a blank": b" ",
    "zero byte": b"\0",
    "text after": b"1 2",
    "line feed after": b"{}\n",
    "zero byte after": b"{}\0",
    "comma after": b"[],",
    "a second value after": b"{}{}",
    "blank before": b" {}",
    "byte order mark": b"\xef\xbb\xbf{}",
    "byte order mark after": b"{}\xef\xbb\xbf",
    "UTF-16": '{"a":1}'.encode("utf-16"),
    "UTF-16 without a mark": '{"a":1}'.encode("utf-16-le"),
    "UTF-32": '{"a":1}'.encode("utf-32"),
    "Latin-1": '"å"'.encode("latin-1"),
    "a comment": b"{}//x",
    "a bare word": b"sale",
    "True": b"True",
    "tru": b"tru",
    "undefined": b"undefined",
    "one bracket": b"[",
    "a cut object": b'{"a":1',
    "a cut text": b'"a',
    "a comma too many": b"[1,]",
    "a comma too few": b"[1 2]",
    "an empty place": b"[,1]",
    "single quotes": b"{'a':1}",
    "a key without quotes": b"{a:1}",
    "a key that is a number": b"{1:1}",
    "a key without a value": b'{"a"}',
    # ── objects ──
    "a key twice": b'{"a":1,"a":2}',
    "a key twice with one value": b'{"a":1,"a":1}',
    "a key twice, inside": b'{"a":{"b":1,"b":1}}',
    "a key twice, once escaped": b'{"a":1,"\\u0061":1}',
    "the empty key twice": b'{"":1,"":1}',
    "keys out of order": b'{"b":1,"a":1}',
    "keys in order of small letters": b'{"a":1,"B":1}',
    "blank after a colon": b'{"a": 1}',
    "blank before a colon": b'{"a" :1}',
    "blank after a comma": b'{"a":1, "b":1}',
    "blank inside": b"[ ]",
    "line feed inside": b"[\n]",
    "a key that is not ASCII": '{"å":1}'.encode(),
    "an escaped key that is not ASCII": b'{"\\u00e5":1}',
    # ── numbers ──
    "a fraction": b"1.5",
    "a fraction of nothing": b"1.0",
    "an exponent": b"1e3",
    "a capital exponent": b"1E3",
    "an exponent of nothing": b"1e0",
    "infinity by exponent": b"1e999",
    "NaN": b"NaN",
    "-NaN": b"-NaN",
    "Infinity": b"Infinity",
    "-Infinity": b"-Infinity",
    "nan": b"nan",
    "minus zero": b"-0",
    "minus zero inside": b"[-0]",
    "plus": b"+1",
    "two signs": b"--1",
    "a leading zero": b"01",
    "a leading zero below zero": b"-01",
    "two zeros": b"00",
    "a point first": b".5",
    "a point last": b"5.",
    "hexadecimal": b"0x10",
    "an underscore": b"1_000",
    "digits of another script": "١".encode(),
    "2^53": b"9007199254740992",
    "-2^53": b"-9007199254740992",
    "2^64": b"18446744073709551616",
    "17 nines": b"9" * 17,
    "5,000 digits": b"1" * 5000,
    "60,000 digits": b"1" * 60_000,
    "a big number inside": b'{"a":[9007199254740993]}',
    # ── text ──
    "an escape that is not needed": b'"\\u0041"',
    "a slash escaped": b'"\\/"',
    "a capital escape": b'"\\u001F"',
    "a short escape written long": b'"\\u000a"',
    "a quote written long": b'"\\u0022"',
    "U+007F escaped": b'"\\u007f"',
    "U+2028 escaped": b'"\\u2028"',
    "a letter escaped": b'"\\u00e5"',
    "a pair escaped": b'"\\ud83d\\udcb6"',
    "half a pair escaped": b'"\\ud83d"',
    "the other half escaped": b'"\\udcb6"',
    "a pair the wrong way round": b'"\\udcb6\\ud83d"',
    "half a pair, as a key": b'{"\\ud83d":1}',
    "half a pair in bytes": b'"' + _SURROGATE + b'"',
    "a pair in six bytes": b'"' + _SURROGATE + b'\xed\xb2\xb6"',
    "above U+10FFFF": b'"\xf4\x90\x80\x80"',
    "overlong quote": b'"\xc0\xa2"',
    "overlong slash": b'"\xe0\x80\xaf"',
    "overlong zero": b'"\xc0\x80"',
    "a lone continuation": b'"\x80"',
    "cut UTF-8": b'"\xc3"',
    "byte FF": b'"\xff"',
    "a control character": b'"\x1f"',
    "a zero byte in a text": b'"\x00"',
    "a raw line feed": b'"\n"',
    "an unknown escape": b'"\\x41"',
    "a short escape cut": b'"\\u12"',
    "a backslash last": b'"\\"',
    "NFD": '"a\u030a"'.encode(),
    "marks in another order": '"a\u0301\u0323"'.encode(),
    "the Ångström sign": '"\u212b"'.encode(),
    "the Kelvin sign": '"\u212a"'.encode(),
    "Hangul in pieces": '"\u1112\u1161\u11ab"'.encode(),
    "an excluded composition": '"\u0958"'.encode(),
    "NFD inside": '{"a":["e\u0301"]}'.encode(),
    # ── size ──
    "deeper than 16, a value": b"[" * 17 + b"1" + b"]" * 17,
    "deeper than 16, empty": b"[" * 18 + b"]" * 18,
    "deeper than 16, objects": b'{"a":' * 17 + b"1" + b"}" * 17,
    "100,000 brackets": b"[" * 100_000,
    "60,000 brackets": b"[" * 60_000,
    "60,000 brackets, closed": b"[" * 30_000 + b"]" * 30_000,
    "60,000 objects": b'{"a":' * 12_000,
    "a byte too long": b'"' + b"x" * 65_535 + b'"',
    "a letter too long": b'"' + "å".encode() * 32_768 + b'"',
}
"""Bytes that are no value, by what is wrong with them."""

ON_THE_EDGE: tuple[bytes, ...] = (
    b"9007199254740991",
    b"-9007199254740991",
    b"[" * 17 + b"]" * 17,
    b"[" * 16 + b"1" + b"]" * 16,
    b'{"a":' * 16 + b"1" + b"}" * 16,
    b'"' + b"x" * 65_534 + b'"',
    b'{"":{"":""}}',
    b'{"\\"":1,"\\\\":1}',
    '"\x7f\u2028\ufeff\uffff"'.encode(),
)
"""Bytes that are just a value."""
