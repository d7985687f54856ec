"""What leaves the till as a file: the journal as Skatteverket's XML, SIE vouchers, and tables for special reports.

Every format reads the same `past.Past`, record by record from the beginning, and writes as it reads, so that a journal
of any length fits in memory. Nothing here reads a clock, opens a journal or decides who may: `kassaapp/exporting`
does, and puts each export on record. No format names a patient, but a table that somebody who is signed in asks to.
Read `past.py` first; what each file holds, and why, is in docs/EXPORT.md.
"""
