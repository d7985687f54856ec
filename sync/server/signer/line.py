"""The server's end of the line to a signer in a process of its own: the two calls of `LedgerSigner`, on a Unix socket.

The server believes a note only when the ledger's key signed it for exactly the head that was asked for. A signer that
is not there, does not answer in time or answers nonsense is `NoSigner`: 503, and the register comes back.
"""

import logging
import socket
import time
from collections.abc import Sequence
from pathlib import Path

from sync.server.errors import LedgerBehind, Unavailable
from sync.server.settings import Settings
from sync.server.signer import messages
from sync.server.signer.ledger_signer import Head, Overtaken, remembered
from sync.server.signer.messages import No, Note
from sync.wire import checkpoint
from sync.wire.checkpoint import Checkpoint
from sync.wire.errors import WireError

PATIENCE_S = 5.0
"""How long an answer may take, waiting for other servers' turns included (seconds)."""
_PIECE = 4096
_log = logging.getLogger("kassa.region")


class NoSigner(Unavailable):
    """The signer does not answer, or nothing that holds."""

    why = "signer"


class SignerLine:
    """A signer that is reached at the socket `path`; its notes are checked with the ledger's public key."""

    def __init__(self, path: Path, origin: str, public_key: bytes) -> None:
        self._path = path
        self._origin = origin
        self._public_key = public_key

    def last(self) -> Head:
        """What was signed last. Raises NoSigner."""
        return ask_last(self._path)

    def sign(self, after: Head, head: Head, consistency: Sequence[bytes]) -> Checkpoint:
        """As `LedgerSigner.sign`, and raises NoSigner."""
        answer = _ask(self._path, messages.Sign(after, head, tuple(consistency)).encode())
        match answer:
            case No(messages.OVERTAKEN):
                raise Overtaken
            case No(messages.LEDGER_BEHIND):
                raise LedgerBehind(f"the signer does not take {head.size} entries for a continuation of {after.size}")
            case Note(text):
                return self._checked(text, head)
        raise _no_signer("answers something else than it was asked")

    def _checked(self, text: str, head: Head) -> Checkpoint:
        try:
            signed = checkpoint.read(text, self._origin, self._public_key)
        except WireError as wrong:
            raise _no_signer(f"does not hold the ledger's key: {wrong}") from None
        if Head(signed.size, signed.root) != head:
            raise _no_signer("signed another head than it was asked for")
        return signed


def ask_last(path: Path) -> Head:
    """What the signer at the socket `path` signed last. Raises NoSigner."""
    answer = _ask(path, messages.Last().encode())
    if isinstance(answer, Head):
        return answer
    raise _no_signer("answers something else than it was asked")


def last_signed(chosen: Settings) -> Head:
    """What the region signed last, wherever its signer is: for who checks it. Raises NoSigner, FileNotFoundError."""
    return remembered(chosen.signed_head) if chosen.signer is None else ask_last(chosen.signer)


def receive(connection: socket.socket, deadline_s: float) -> bytes:
    """Everything until the other end has said all. Raises TimeoutError at the deadline (of `time.monotonic`), and
    stops reading where a message must have ended."""
    raw = b""
    while len(raw) <= messages.MAX_BYTES:
        connection.settimeout(max(deadline_s - time.monotonic(), 0.001))
        piece = connection.recv(_PIECE)
        if not piece:
            break
        raw += piece
    return raw


def _ask(path: Path, message: bytes) -> Head | Note | No:
    deadline_s = time.monotonic() + PATIENCE_S
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(PATIENCE_S)
            connection.connect(str(path))
            connection.sendall(message)
            connection.shutdown(socket.SHUT_WR)
            return messages.read_answer(receive(connection, deadline_s))
    except OSError as trouble:
        raise _no_signer(f"cannot be reached: {trouble.strerror or trouble}") from None
    except WireError as wrong:  # Also an empty answer: it was killed while it worked.
        raise _no_signer(f"gives no answer: {wrong}") from None


def _no_signer(said: str) -> NoSigner:
    _log.error("the signer %s", said)
    return NoSigner(f"the signer {said}")
