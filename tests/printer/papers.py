"""The papers that are printed in these tests, and what they should look like: `sheets/*.txt`.

Before each line stands how high its letters are, and `b` when they are bold. `KASSA_REWRITE_GOLDEN=1` writes the files
anew: then read the difference.
"""

import os
from pathlib import Path

from kassaapp.domain.fees import Wish
from kassaapp.domain.tender import Offer
from kassaapp.domain.visit import Tender
from kassaapp.printout import Marking, document, trial
from kassaapp.printout.day_report import z_report
from kassaapp.printout.slip import Slip
from tests.builders import AT, PROTECTED, a_closed_session, a_configuration, a_patient, a_record, a_sale
from tests.printer.escpos import Sheet

FOLDER = Path(__file__).parent / "sheets"
NAME = "Maximilian-Åke von Östergöthland-Älvkvist"


def a_receipt(*, protected: bool = False, marking: Marking | None = None) -> Slip:
    """A kontantfaktura paid in cash: every kind of row is on it."""
    settings = a_configuration()
    patient = a_patient(PROTECTED, NAME, protected=protected)
    sold = a_sale(patient, [Wish(101), Wish(105, 2)], [Offer(Tender.CASH, given_ore=100000)], till="E")
    return document(sold, settings, settings.till("E"), a_record().env, demo=False, marking=marking)


def a_z() -> Slip:
    """The Z of a day without sales."""
    settings = a_configuration()
    opened, closed = a_closed_session()
    return z_report(closed, settings, settings.till("H"), a_record().hash, opened=opened)


def a_trial() -> Slip:
    """What a printer is tried with."""
    settings = a_configuration()
    return trial.trial(settings, settings.till("H"), at=AT)


PAPERS = {
    "receipt": a_receipt(),
    "copy": a_receipt(marking=Marking.COPY),
    "training": a_receipt(marking=Marking.TRAINING),
    "protected": a_receipt(protected=True),
    "z": a_z(),
    "trial": a_trial(),
}


def check(sheet: Sheet, name: str) -> None:
    """Fail unless the sheet reads as `sheets/NAME.txt`."""
    rows = zip(sheet.sizes, sheet.bold, sheet.lines, strict=True)
    written = "".join(f"{size or ' '}{'b' if bold else ' '} {line}".rstrip() + "\n" for size, bold, line in rows)
    file = FOLDER / f"{name}.txt"
    if os.environ.get("KASSA_REWRITE_GOLDEN"):
        FOLDER.mkdir(exist_ok=True)
        file.write_text(written, encoding="utf-8")
    assert written == file.read_text(encoding="utf-8")
