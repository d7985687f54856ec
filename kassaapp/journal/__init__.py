"""The cash journal (never the patient's record): an append-only, signed memory on one local disk and a second medium.

What is stored here has happened; what is not stored has not. Plain SQL lives only in this package. Read `journal.py`,
then `schema.sql` and `payload.py`. Nothing here decides what may be recorded: that is `domain`.
"""
