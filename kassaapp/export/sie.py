"""Vouchers as a SIE 4I file (`.si`): what a sub-system gives to whoever keeps the books (DOMAIN 7.1, R67).

Written in CP437, which SIE calls PC8, with a decimal point and CRLF; series and number of each voucher are left for the
receiver to give. A voucher without a row that came to anything is left out.
"""

from datetime import date
from typing import TextIO

from kassaapp import VERSION
from kassaapp.configuration import ClinicName, TillName
from kassaapp.export.accounts import Chart
from kassaapp.export.elements import kronor
from kassaapp.export.past import Past, Period
from kassaapp.export.vouchers import Bookkeeper, Voucher
from kassaapp.trouble import NothingThere

ENCODING = "cp437"
LINE_END = "\r\n"
INVOICE_DOCUMENT = "kontantfaktura"
"""What a till's `document` is when each sale has an invoice, and so a voucher, of its own."""


def write(out: TextIO, past: Past, period: Period, *, clinic: ClinicName, till: TillName, made_on: date) -> int:
    """Write the vouchers whose day is in the period; how many records they tell of. `out` writes CP437 and ends lines
    as they are. Raises NothingThere, AccountsMissing."""
    _head(out, clinic, made_on)
    chart, records = Chart(till.accounts), 0
    keeper = Bookkeeper(invoices=till.document == INVOICE_DOCUMENT)
    for entry in past.entries():
        for voucher in keeper.read(entry):
            if period.first <= voucher.day <= period.last and _voucher(out, voucher, chart):
                records += voucher.records
    chart.require_whole()
    if not records:
        raise NothingThere
    return records


def _head(out: TextIO, clinic: ClinicName, made_on: date) -> None:
    _line(out, "#FLAGGA 0")
    _line(out, f'#PROGRAM "Kassa" {_text(VERSION)}')
    _line(out, "#FORMAT PC8")
    _line(out, f"#GEN {made_on:%Y%m%d}")
    _line(out, "#SIETYP 4")
    _line(out, f"#ORGNR {_text(clinic.organisation_number)}")
    _line(out, f"#FNAMN {_text(clinic.company)}")


def _voucher(out: TextIO, voucher: Voucher, chart: Chart) -> bool:
    """Write a voucher, if there is something in it."""
    rows = voucher.booked()
    if not rows:
        return False
    _line(out, f'#VER "" "" {voucher.day:%Y%m%d} {_text(voucher.text)}')
    _line(out, "{")
    for account, text, ore in rows:
        _line(out, f'   #TRANS {chart.number(account)} {{}} {kronor(ore)} "" {_text(text)}')
    _line(out, "}")
    return True


def _line(out: TextIO, text: str) -> None:
    out.write(text + LINE_END)


def _text(value: str) -> str:
    """A text between quotation marks, in characters that CP437 has."""
    printable = "".join(character if character.isprintable() else " " for character in value)
    known = printable.encode(ENCODING, "replace").decode(ENCODING)
    return '"' + known.replace("\\", "/").replace('"', '\\"') + '"'
