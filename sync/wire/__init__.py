"""The formats that are for ever: records, the configuration chain, the ledger's proofs, and what carries them.

Pure functions on bytes: no network, no clock, no disk. Everything here has known bytes in `tests/vectors`, which are
added to and never edited. `docs/JOURNAL.md` is the specification in words. Read `canonical.py`, then `record.py`.
"""
