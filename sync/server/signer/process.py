"""The signer's own process: answers one server after the other on a Unix socket, until it is killed.

It may be killed at any moment and started again (`ledger_signer`); whoever waited gets no answer and comes back. A
fault of its disk ends it too, for after a failed sync nobody knows what the disk holds: started again it reads the file
anew. Whoever may open the socket can have any growing tree signed, and nothing else; so the socket is for the server's
group only. A request that is not whole in time, too long or malformed is refused and costs the next one that time.
"""

import logging
import os
import shutil
import socket
import time
from pathlib import Path

from sync.server.errors import LedgerBehind, RegionError
from sync.server.signer import messages
from sync.server.signer.ledger_signer import LedgerSigner, Overtaken
from sync.server.signer.line import NoSigner, ask_last, receive
from sync.server.signer.messages import No, Note, Sign
from sync.wire.errors import Malformed

REQUEST_S = 1.0
"""How long a request may take to arrive, and its answer to be taken (seconds)."""
_WAITING = 128
_OWNER_AND_GROUP = 0o117
_log = logging.getLogger("kassa.signer")


class AlreadyThere(RegionError):
    """Another signer answers at the socket."""


def listen(path: Path, group: str | None = None) -> socket.socket:
    """A socket at `path` for this account and `group`. A socket that a killed signer left is replaced.

    Raises AlreadyThere when a signer answers there, LookupError for a group that is none, OSError.
    """
    if path.is_socket():
        _make_way(path)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(_OWNER_AND_GROUP)
    try:
        listener.bind(str(path))
    finally:
        os.umask(before)
    if group is not None:
        shutil.chown(path, group=group)
    listener.listen(_WAITING)
    return listener


def serve(signer: LedgerSigner, listener: socket.socket) -> None:
    """Answer for ever. Raises OSError or Forgotten when the signer's own file cannot be written or read."""
    while True:
        connection, _ = listener.accept()
        with connection:
            _answer(signer, connection)


def _make_way(path: Path) -> None:
    try:
        ask_last(path)
    except NoSigner:
        path.unlink()
    else:
        raise AlreadyThere(f"a signer answers at {path} already")


def _answer(signer: LedgerSigner, connection: socket.socket) -> None:
    try:
        raw = receive(connection, time.monotonic() + REQUEST_S)
    except OSError as trouble:
        _log.warning("a request did not arrive: %s", trouble)
        return
    answer = _answer_to(signer, raw)
    try:
        connection.settimeout(REQUEST_S)
        connection.sendall(answer)
    except OSError as trouble:
        _log.warning("an answer was not taken: %s", trouble)


def _answer_to(signer: LedgerSigner, raw: bytes) -> bytes:
    try:
        request = messages.read_request(raw)
        if isinstance(request, Sign):
            return Note(signer.sign(request.after, request.head, request.consistency).note).encode()
        return messages.encode_head(signer.last())
    except Malformed as wrong:
        _log.warning("a request that is none: %s", wrong)
        return No(messages.MALFORMED).encode()
    except Overtaken:
        return No(messages.OVERTAKEN).encode()
    except LedgerBehind as behind:
        _log.error("not signed: %s", behind)
        return No(messages.LEDGER_BEHIND).encode()
