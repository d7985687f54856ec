"""Compares a slip with the text in `slips/`. `KASSA_REWRITE_GOLDEN=1` writes it anew: then read the difference."""

import os
from pathlib import Path

from kassaapp.printout.slip import Slip, lines

FOLDER = Path(__file__).parent / "slips"


def check(slip: Slip, name: str) -> None:
    """Fail unless the slip reads as `slips/NAME.txt`."""
    written = "".join(f"{line}\n" for line in lines(slip))
    file = FOLDER / f"{name}.txt"
    if os.environ.get("KASSA_REWRITE_GOLDEN"):
        file.write_text(written, encoding="utf-8")
    assert written == file.read_text(encoding="utf-8")
