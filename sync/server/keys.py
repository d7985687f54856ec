"""The region's private keys: one file each under DIR/keys, readable by their owner only.

root      names the other keys in the trust chain; needed for nothing else, so keep it on paper and off this machine
config    signs price lists
ledger    signs the ledger's head; only the ledger signer reads it, in a folder of its own where it is another process
recovery  X25519: opens the personal parts of a register whose machine is gone; off this machine too
nonce     the secret behind the nonces that make requests fresh
patient   the secret behind what patients are called in DIR/patients.db and in the table `access`; never changed
"""

import secrets
from contextlib import suppress
from pathlib import Path

from nacl.public import PrivateKey

from sync.server.settings import write_private
from sync.wire.canonical import from_text, to_text
from sync.wire.demo_keys import demo_seed
from sync.wire.signature import KEY_BYTES, Signer

SIGNING = ("root", "config", "ledger")


def make(folder: Path, *, demo: bool) -> None:
    """Make every key. `demo` uses the published ones. Raises FileExistsError rather than replace a key."""
    folder.mkdir(mode=0o700)
    for name in (*SIGNING, "recovery"):
        _write(folder, name, demo_seed(name) if demo else secrets.token_bytes(KEY_BYTES))
    for name in ("nonce", "patient"):
        _write(folder, name, secrets.token_bytes(KEY_BYTES))


def signer(folder: Path, name: str) -> Signer:
    """One of the signing keys. Raises FileNotFoundError when it is kept elsewhere."""
    return Signer(_read(folder, name))


def recovery_public(folder: Path) -> bytes:
    """The public half of the recovery key."""
    return bytes(PrivateKey(_read(folder, "recovery")).public_key)


def nonce_secret(folder: Path) -> bytes:
    """The secret behind the nonces."""
    return _read(folder, "nonce")


def patient_secret(folder: Path) -> bytes:
    """The secret behind what patients are called; made now in a region of an older version. Raises OSError."""
    with suppress(FileExistsError):
        _write(folder, "patient", secrets.token_bytes(KEY_BYTES))
    return _read(folder, "patient")


def _write(folder: Path, name: str, seed: bytes) -> None:
    write_private(folder / f"{name}.key", to_text(seed).encode() + b"\n")


def _read(folder: Path, name: str) -> bytes:
    return from_text((folder / f"{name}.key").read_text().strip(), KEY_BYTES)
