"""A table as a Swedish spreadsheet opens it: UTF-8 with a mark, semicolons, and nothing that is taken for a formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

from kassaapp.export.csv import BYTE_ORDER_MARK, plain

_FIGURE = re.compile(r"-?[0-9]+(,[0-9]+)?")
"""A number is no formula, though it may begin with a minus."""


def as_csv(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Write the headings and the rows."""
    out = io.StringIO()
    written = csv.writer(out, delimiter=";", lineterminator="\r\n")
    written.writerow(headings)
    for row in rows:
        written.writerow([cell if _FIGURE.fullmatch(cell) else plain(cell) for cell in row])
    return (BYTE_ORDER_MARK + out.getvalue()).encode()
