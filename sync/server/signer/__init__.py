"""What signs the ledger's head: in the server's own process, or in one of its own under an account of its own.

`ledger_signer` holds the key and remembers what it signed last; `process` puts it behind a Unix socket, `line` is the
server's end of that, `messages` what goes over it, `move` how a region gets there. `python -m sync.server.signer`
runs the process (`__main__`). Read `ledger_signer` first.
"""

from sync.server.signer.ledger_signer import NOTHING, Head, LedgerSigner, Overtaken

__all__ = ["NOTHING", "Head", "LedgerSigner", "Overtaken"]
