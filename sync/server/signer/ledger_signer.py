"""Signs the ledger's head, and never one that contradicts an earlier one.

The last signed (size, root) lies in a file outside the database, written before the signature is given away: a database
that was restored from a backup, or edited, is refused here. It may be killed at any moment: the file then says what was
signed last, or what would have been.
"""

import json
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sync.server.errors import LedgerBehind, Unavailable
from sync.server.settings import sync_folder
from sync.wire import checkpoint, tree
from sync.wire.canonical import from_text, to_text
from sync.wire.checkpoint import Checkpoint
from sync.wire.errors import BadProof, Malformed
from sync.wire.record import HASH_BYTES
from sync.wire.signature import Signer

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


@dataclass(frozen=True, slots=True)
class Head:
    """A tree of `size` leaves with this root."""

    size: int
    root: bytes


NOTHING = Head(0, tree.EMPTY_ROOT)


def remembered(file: Path) -> Head:
    """What a signer's file says was signed last. Raises FileNotFoundError, or Forgotten when it cannot be read."""
    try:
        value = json.loads(file.read_text())
        return Head(int(value["size"]), from_text(value["root"], HASH_BYTES))
    except (ValueError, TypeError, KeyError, Malformed):
        raise Forgotten(f"{file} does not say what was signed last") from None


class Forgotten(Unavailable):
    """What was signed last cannot be read: nothing more is signed."""

    why = "ledger-behind"


class Overtaken(Exception):
    """Another process has signed a newer head in the meantime; read again and try again."""


class LedgerSigner:
    """Holds the ledger's key, and remembers in `file` what it signed last."""

    def __init__(self, file: Path, origin: str, signer: Signer) -> None:
        self._file = file
        self._origin = origin
        self._signer = signer
        self._lock = threading.Lock()

    def begin(self) -> None:
        """Remember that nothing has been signed. Once in a ledger's life: raises FileExistsError the second time."""
        with self._file.open("x"):
            pass
        self._remember(NOTHING)

    def last(self) -> Head:
        """What was signed last. A missing file is an error: an amnesiac signer would sign anything."""
        return remembered(self._file)

    def sign(self, after: Head, head: Head, consistency: Sequence[bytes]) -> Checkpoint:
        """Sign `head`, which continues `after` as `consistency` proves. Raises Overtaken when `after` is no longer the
        last one, LedgerBehind when the tree shrank or was rewritten."""
        with self._alone():
            if self.last() != after:
                raise Overtaken
            try:
                tree.verify_consistency(after.size, head.size, consistency, after.root, head.root)
            except BadProof as broken:
                raise LedgerBehind(str(broken)) from None
            if head != after:
                self._remember(head)
            return checkpoint.sign(self._origin, head.size, head.root, self._signer)

    def _remember(self, head: Head) -> None:
        new = self._file.with_suffix(".new")
        with new.open("w") as file:
            json.dump({"size": head.size, "root": to_text(head.root)}, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, self._file)
        sync_folder(self._file.parent)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One thread of one process at a time."""
        with self._lock, self._file.with_suffix(".lock").open("a") as file:
            if sys.platform == "win32":
                msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
            else:
                fcntl.flock(file, fcntl.LOCK_EX)
            yield  # Closing the file ends the lock.
