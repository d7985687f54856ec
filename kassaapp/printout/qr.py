"""What a QR code on paper carries: bytes as decimal digits, with a first byte that tells what they are.

Digits, because a desk scanner types like a keyboard: digits come through whatever layout and letter case it is set for,
and QR's numeric mode packs them as tightly as raw bytes. The digits are the integer, big-endian, of `kind ‖ data`.

kind 1   data = env (sig ‖ header) of the receipt's record: who holds the paper can prove that the register made it
kind 2   data = hash of the record that closed the session: the head of the chain when the Z was printed
"""

import enum

MAX_BYTES = 1200
"""A larger code could not be scanned from an 80 mm roll. An env is about 400."""

_MAX_DIGITS = 3000


class Kind(enum.IntEnum):
    """What the bytes are. Never renumbered."""

    RECEIPT = 1
    HEAD = 2


def digits(kind: Kind, data: bytes) -> str:
    """Write `data` as the digits of a QR code."""
    assert 0 < len(data) <= MAX_BYTES
    return str(int.from_bytes(bytes([kind]) + data))


def read_digits(text: str) -> tuple[Kind, bytes]:
    """Return what was scanned. Raises ValueError for what no slip of ours carries."""
    if not (text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS) or text.startswith("0"):
        raise ValueError("not the code of a slip")
    number = int(text)
    raw = number.to_bytes((number.bit_length() + 7) // 8)
    if len(raw) < 2:
        raise ValueError("not the code of a slip")
    return Kind(raw[0]), raw[1:]
