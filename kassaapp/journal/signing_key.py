"""Where the till's secrets are kept: its signing seed and its sealing key, 32 bytes each. And, away from the journal,
the mark: how far the journal had come at the last close or contact, so that a tail that is cut off is missed.

Default is the operating system's keyring, on this machine only: never a roaming profile, never a silent plaintext file.
Where several accounts share a desk the clinic file says custody = "machine" and the secrets lie in a file that only the
kassa group reads (DESIGN 3, keys). Which one is chosen openly at enrolment.
"""

import base64
import binascii
import hashlib
import logging
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import keyring
import keyring.errors

from kassaapp.journal import durable
from kassaapp.trouble import DiskFailed, KeyMissing, NoKeyring
from sync.wire import canonical
from sync.wire.errors import Malformed
from sync.wire.record import CHAIN_BYTES, HASH_BYTES

SECRET_BYTES = 64
_CHECKSUM_BYTES = 8
_SERVICE = "kassa"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Mark:
    """The newest record there was: its chain, number and hash."""

    chain: bytes
    seq: int
    hash: bytes

    def as_text(self) -> str:
        """The mark as it is kept."""
        text = f"{canonical.to_text(self.chain)}.{self.seq}.{canonical.to_text(self.hash)}"
        return f"{text}.{_checksum(text)}"


def _checksum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def read_mark(text: str | None) -> Mark | None:
    """The mark from what was kept; None for no mark, and for one that is not as it was kept: it would raise an alarm
    about a journal that is whole."""
    said, _, checksum = (text or "").rpartition(".")
    if checksum != _checksum(said):
        return None
    chain, _, rest = said.partition(".")
    seq, _, digest = rest.partition(".")
    try:
        return Mark(canonical.from_text(chain, CHAIN_BYTES), int(seq), canonical.from_text(digest, HASH_BYTES))
    except (Malformed, ValueError):
        return None


class Custody(Protocol):
    """Keeps one secret per name."""

    def keep(self, name: str, secret: bytes) -> None:
        """Keep a secret. Raises NoKeyring."""

    def fetch(self, name: str) -> bytes:
        """Give it back. Raises KeyMissing, NoKeyring."""

    def keep_mark(self, name: str, mark: Mark) -> None:
        """Keep a key's mark in place of the one before. A mark that cannot be kept is a line in the log, no more."""

    def mark(self, name: str) -> Mark | None:
        """The key's mark, or None."""


class KeyringCustody:
    """The operating system's keyring, under the service "kassa"."""

    def keep(self, name: str, secret: bytes) -> None:
        _stay_on_this_machine()
        try:
            keyring.set_password(_SERVICE, name, _encoded(secret))
        except keyring.errors.KeyringError as error:
            raise NoKeyring(type(error).__name__) from None
        if self.fetch(name) != secret:
            raise NoKeyring("the keyring did not keep the key")

    def fetch(self, name: str) -> bytes:
        try:
            text = keyring.get_password(_SERVICE, name)
        except keyring.errors.KeyringError as error:
            raise NoKeyring(type(error).__name__) from None
        return _decoded(text)

    def keep_mark(self, name: str, mark: Mark) -> None:
        _stay_on_this_machine()
        try:
            keyring.set_password(_SERVICE, f"{name}.mark", mark.as_text())
        except keyring.errors.KeyringError as error:
            log.warning("mark not kept: %s", type(error).__name__)

    def mark(self, name: str) -> Mark | None:
        try:
            return read_mark(keyring.get_password(_SERVICE, f"{name}.mark"))
        except keyring.errors.KeyringError as error:
            log.warning("mark not read: %s", type(error).__name__)
            return None


class MachineCustody:
    """A file in the till's folder that its owner and the kassa group may read, and nobody else."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, name: str, secret: bytes) -> None:
        path = self._path(name)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640), "wb") as file:
            file.write(_encoded(secret).encode("ascii"))
            file.flush()
            os.fsync(file.fileno())
        durable.sync_folder(self._folder)

    def fetch(self, name: str) -> bytes:
        path = self._path(name)
        try:
            if os.name == "posix" and path.stat().st_mode & stat.S_IRWXO:
                raise KeyMissing("the key file is readable by everyone")
            return _decoded(path.read_text(encoding="ascii"))
        except FileNotFoundError:
            raise KeyMissing("no key file") from None
        except UnicodeDecodeError:
            raise KeyMissing("the key is not readable") from None
        except OSError as error:
            raise DiskFailed(type(error).__name__) from None

    def keep_mark(self, name: str, mark: Mark) -> None:
        temporary = self._folder / f"{name}.mark.new"
        try:
            with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o660), "w") as file:
                file.write(mark.as_text())
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self._folder / f"{name}.mark")
            durable.sync_folder(self._folder)
        except OSError as error:
            log.warning("mark not kept: %s", type(error).__name__)

    def mark(self, name: str) -> Mark | None:
        try:
            return read_mark((self._folder / f"{name}.mark").read_text(encoding="ascii"))
        except (OSError, UnicodeDecodeError):
            return None

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.key"


def custody(kind: str, folder: Path) -> Custody:
    """The custody the clinic file names: "user" (keyring) or "machine"."""
    return MachineCustody(folder) if kind == "machine" else KeyringCustody()


def _encoded(secret: bytes) -> str:
    """The secret as it is kept, with a checksum: with one wrong bit in it a whole journal would look damaged."""
    return base64.b64encode(secret + hashlib.sha256(secret).digest()[:_CHECKSUM_BYTES]).decode("ascii")


def _decoded(text: str | None) -> bytes:
    if not text:
        raise KeyMissing("no key in the keyring")
    try:
        kept = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise KeyMissing("the key is not readable") from None
    secret = kept[:SECRET_BYTES]
    if len(secret) != SECRET_BYTES or _encoded(secret) != text:
        raise KeyMissing("the key is not as it was kept")
    return secret


def _stay_on_this_machine() -> None:
    """Windows' default persistence roams with the profile, which would clone the key (RECORDS 2.8)."""
    backend = keyring.get_keyring()
    if hasattr(backend, "persist"):
        backend.persist = "local machine"
