"""The protocol of a first start, for whoever deployed the desk: what was tried, how it went, and a line to sign on.

Of the width of a roll like every other slip, so that it comes out of the receipt printer too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kassaapp import VERSION
from kassaapp.configuration import Configuration
from kassaapp.printout import paper
from kassaapp.printout.slip import Align, Columns, Emphasis, Row, Rule, Signature, Slip, Space, Text


@dataclass(frozen=True, slots=True)
class Tried:
    """One row: what was tried, the verdict in a word, what was found, and what to do."""

    name: str
    verdict: str
    says: str
    do: str = ""


def protocol(
    configuration: Configuration, tried: Sequence[Tried], *, at: datetime, tills: Sequence[str], demo: bool
) -> Slip:
    """Make the slip."""
    rows: list[Row] = [
        *paper.head(configuration, demo=demo),
        Text("PROTOKOLL", Emphasis.LARGE, Align.CENTRE),
        Text("Första start av kassa", align=Align.CENTRE),
        Space(),
        Columns(f"Kassa {', '.join(tills)}", paper.moment(at), Emphasis.STRONG),
        Columns("Plats", configuration.desk),
        Columns("Program", VERSION),
        Rule(),
    ]
    for one in tried:
        rows.append(Columns(one.name, one.verdict, Emphasis.STRONG))
        rows.append(Text(one.says, indent=2))
        if one.do:
            rows.append(Text(f"Gör så här: {one.do}", indent=2))
    rows += [Rule(), Text(_summary(tried), Emphasis.STRONG), Space(), Signature("Driftsatt av, datum")]
    return Slip(title=f"Protokoll {', '.join(tills)}", rows=tuple(rows))


def _summary(tried: Sequence[Tried]) -> str:
    failed = sum(one.verdict == "FEL" for one in tried)
    if failed:
        return f"{failed} av {len(tried)} kontroller gick inte. Kassan är registrerad, men ta inte betalt än."
    return "Klart. Kassan är registrerad och provad."
