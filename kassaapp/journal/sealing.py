"""Personal parts lie sealed on disk: openable with the till's own key, or by the region's recovery key.

    sealed   u8 1 ‖ key for this till (72) ‖ key for the region (80) ‖ nonce (24) ‖ ciphertext

Each part has a random key of its own (XSalsa20-Poly1305); that key is sealed once with the till's sealing key and once
to the region's X25519 recovery key, so a second medium can be read when its machine is gone (RECORDS 2.11). The salt of
the commitment is inside the seal: without it the commitment says nothing.
"""

from collections.abc import Callable

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.secret import SecretBox

from kassaapp.trouble import JournalDamaged
from sync.wire.record import SALT_BYTES, Part

_VERSION = b"\x01"
_OWN = slice(1, 73)
_REGION = slice(73, 153)
_BOX = slice(153, None)


def is_sealed(name: str) -> bool:
    """Whether parts of that name lie sealed: persons, and the clinic's people with their PIN verifiers."""
    return name == "p" or name.startswith("users/")


class Sealer:
    """Seals and opens the personal parts of one till."""

    def __init__(self, key: bytes, recovery_key: bytes, random: Callable[[int], bytes]) -> None:
        self._own = SecretBox(key)
        self._region = SealedBox(PublicKey(recovery_key))
        self._random = random

    def seal(self, part: Part) -> bytes:
        """The sealed form of a part."""
        key = self._random(SecretBox.KEY_SIZE)
        box = SecretBox(key).encrypt(part.salt + part.data, self._random(SecretBox.NONCE_SIZE))
        own = self._own.encrypt(key, self._random(SecretBox.NONCE_SIZE))
        return _VERSION + bytes(own) + self._region.encrypt(key) + bytes(box)

    def unseal(self, name: str, sealed: bytes) -> Part:
        """The part called `name`. Raises JournalDamaged when the bytes are not as sealed."""
        try:
            return _open(name, sealed, self._own.decrypt(sealed[_OWN]))
        except (CryptoError, ValueError, TypeError):
            raise JournalDamaged(None, f"sealed part {name} does not open") from None


def unseal_for_region(name: str, sealed: bytes, recovery_key: PrivateKey) -> Part:
    """The part called `name`, opened with the region's recovery key. Raises JournalDamaged."""
    try:
        return _open(name, sealed, SealedBox(recovery_key).decrypt(sealed[_REGION]))
    except (CryptoError, ValueError, TypeError):
        raise JournalDamaged(None, f"sealed part {name} does not open") from None


def _open(name: str, sealed: bytes, key: bytes) -> Part:
    if sealed[:1] != _VERSION:
        raise ValueError("version")
    plain = SecretBox(key).decrypt(sealed[_BOX])
    return Part(name, plain[:SALT_BYTES], plain[SALT_BYTES:])
