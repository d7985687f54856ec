"""The region: receives records, proves that it holds them, publishes prices, answers the auditor.

Read `ingest.py` first, then `ledger.py`. `storage.py` is the only file with queries; `audit.py` shares nothing with the
rest but `sync.wire`.
"""
