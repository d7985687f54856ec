"""Where the till's secrets are kept: its signing seed and its sealing key, 32 bytes each.

Default is the operating system's keyring, on this machine only: never a roaming profile, never a silent plaintext file.
Where several accounts share a desk the clinic file says custody = "machine" and the secrets lie in a file that only the
kassa group reads (DESIGN 3, keys). Which one is chosen openly at enrolment.
"""

import base64
import binascii
import os
import stat
from pathlib import Path
from typing import Protocol

import keyring
import keyring.errors

from kassaapp.trouble import KeyMissing, NoKeyring

SECRET_BYTES = 64
_SERVICE = "kassa"


class Custody(Protocol):
    """Keeps one secret per name."""

    def keep(self, name: str, secret: bytes) -> None:
        """Keep a secret. Raises NoKeyring."""

    def fetch(self, name: str) -> bytes:
        """Give it back. Raises KeyMissing, NoKeyring."""


class KeyringCustody:
    """The operating system's keyring, under the service "kassa"."""

    def keep(self, name: str, secret: bytes) -> None:
        _stay_on_this_machine()
        try:
            keyring.set_password(_SERVICE, name, base64.b64encode(secret).decode())
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


class MachineCustody:
    """A file in the till's folder that its owner and the kassa group may read, and nobody else."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, name: str, secret: bytes) -> None:
        path = self._path(name)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640), "wb") as file:
            file.write(base64.b64encode(secret))
            file.flush()
            os.fsync(file.fileno())

    def fetch(self, name: str) -> bytes:
        path = self._path(name)
        try:
            if os.name == "posix" and path.stat().st_mode & stat.S_IRWXO:
                raise KeyMissing("the key file is readable by everyone")
            return _decoded(path.read_text(encoding="ascii"))
        except OSError:
            raise KeyMissing("no key file") from None

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.key"


def custody(kind: str, folder: Path) -> Custody:
    """The custody the clinic file names: "user" (keyring) or "machine"."""
    return MachineCustody(folder) if kind == "machine" else KeyringCustody()


def _decoded(text: str | None) -> bytes:
    try:
        secret = base64.b64decode(text or "", validate=True)
    except (binascii.Error, ValueError):
        raise KeyMissing("the key is not readable") from None
    if len(secret) != SECRET_BYTES:
        raise KeyMissing("no key in the keyring")
    return secret


def _stay_on_this_machine() -> None:
    """Windows' default persistence roams with the profile, which would clone the key (RECORDS 2.8)."""
    backend = keyring.get_keyring()
    if hasattr(backend, "persist"):
        backend.persist = "local machine"
