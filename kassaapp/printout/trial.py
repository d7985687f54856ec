"""The slip that a printer is tried with: letters, signs and sizes that every other slip needs (UX 2.19 step 4).

It is marked as no receipt, as high as a copy is marked as one (R42).
"""

from datetime import datetime

from kassaapp.configuration import Configuration, TillName
from kassaapp.printout import paper
from kassaapp.printout.slip import Align, Big, Columns, Emphasis, Qr, Row, Rule, Slip, Space, Text

MARK = "EJ KVITTO"
CODE = "1234567890" * 12
"""What the code on the slip holds: a scanner that types anything else is set to another keyboard."""


def trial(configuration: Configuration, till: TillName, *, at: datetime, demo: bool = False) -> Slip:
    """Make the slip. `at` is when it is printed."""
    own = paper.designation(configuration, till)
    mark: list[Row] = [Big(MARK), Space()]
    return Slip(
        title=f"Testutskrift {own}",
        rows=(
            *mark,
            *paper.head(configuration, demo=demo),
            Text("TESTUTSKRIFT", Emphasis.LARGE, Align.CENTRE),
            Space(),
            Columns(f"Kassa {own}", paper.moment(at), Emphasis.STRONG),
            Rule(),
            Text("å ä ö  Å Ä Ö  é ü  § %"),
            Columns("Ett belopp", paper.amount(123450)),
            Columns("Ett belopp under noll", paper.amount(-123450)),
            Columns("Ett stort belopp", paper.kronor(123450), Emphasis.LARGE),
            Rule(),
            Text(
                "Syns alla bokstäver, raderna hela och beloppen i en rak kant till höger, är skrivaren rätt inställd."
            ),
            Space(),
            Qr(CODE),
        ),
    )
