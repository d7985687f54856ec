"""Every head that a ledger ever had, by its hash: what a record's `ack` must be one of.

Each register writes into its records the hash of the newest head that it was shown. A region that shows one register
another ledger than the rest is therefore found by whoever has that register's records: they name a head that this
ledger never had (RECORDS 5, row 18).
"""

import base64
import hashlib

from sync.wire import tree

_KEY_BYTES = 16
"""Of each hash so many are kept: fifteen million heads fit in memory, and no two are taken for each other."""


class Heads:
    """Grows with the ledger, entry by entry."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._peaks: list[tuple[int, bytes]] = []
        self._size = 0
        self._hashes: set[bytes] = set()
        self._note_head(tree.EMPTY_ROOT)

    def grow(self, leaf_hash: bytes) -> None:
        """One more entry."""
        level, digest = 0, leaf_hash
        while self._peaks and self._peaks[-1][0] == level:
            _, left = self._peaks.pop()
            level, digest = level + 1, tree.node_hash(left, digest)
        self._peaks.append((level, digest))
        self._size += 1
        root = self._peaks[-1][1]
        for _, left in reversed(self._peaks[:-1]):
            root = tree.node_hash(left, root)
        self._note_head(root)

    def __contains__(self, ack: bytes) -> bool:
        """Whether the ledger ever had the head of that hash."""
        return ack[:_KEY_BYTES] in self._hashes

    def _note_head(self, root: bytes) -> None:
        signed = f"{self._origin}\n{self._size}\n{base64.b64encode(root).decode()}\n"
        self._hashes.add(hashlib.sha256(signed.encode()).digest()[:_KEY_BYTES])
