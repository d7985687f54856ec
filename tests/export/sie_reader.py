"""Reads SIE 4 as other programs write it, apart from the code that writes ours: what a receiver would make of a file.

It is held to files of Swedish bookkeeping programs (`test_sie.py`, where they lie beside the repository): fields parted
by spaces or tabs, quoted or not, `\\"` inside quotes, object lists in braces, amounts with or without decimals.
"""

import re
from dataclasses import dataclass, field
from decimal import Decimal

_FIELD = re.compile(r'"((?:\\.|[^"\\])*)"|\{([^}]*)\}|([^\s{}"]+)')


@dataclass
class Read:
    """A voucher as read."""

    day: str
    text: str
    rows: list[tuple[str, Decimal, str]] = field(default_factory=list)

    @property
    def sum(self) -> Decimal:
        return sum((amount for _, amount, _ in self.rows), Decimal(0))


@dataclass
class Sie:
    """A file as read: its labels, and its vouchers."""

    labels: dict[str, list[str]]
    vouchers: list[Read]


def fields(line: str) -> list[str]:
    """The fields of a line, unquoted."""
    found = _FIELD.finditer(line)
    return [
        re.sub(r"\\(.)", r"\1", one[1]) if one[1] is not None else one[2] if one[2] is not None else one[3]
        for one in found
    ]


def read(content: bytes) -> Sie:
    """Read a file. Raises ValueError for what is no SIE."""
    labels: dict[str, list[str]] = {}
    vouchers: list[Read] = []
    inside = False
    for line in content.decode("cp437").splitlines():
        stripped = line.strip()
        if stripped in ("{", "}"):
            inside = stripped == "{"
        elif stripped.startswith("#TRANS") and inside:
            _, account, _, amount, *rest = fields(stripped)
            vouchers[-1].rows.append((account, Decimal(amount), rest[1] if len(rest) > 1 else ""))
        elif stripped.startswith("#VER"):
            _, _, _, day, *rest = fields(stripped)
            vouchers.append(Read(day, rest[0] if rest else ""))
        elif stripped.startswith("#"):
            label, *values = fields(stripped)
            labels[label] = values
        elif stripped:
            raise ValueError(stripped)
    return Sie(labels, vouchers)
