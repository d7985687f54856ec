"""Personal parts lie sealed on every disk: openable with the till's own key, or by the region's recovery key.

    sealed   u8 1 ‖ key for this till (72) ‖ key for the region (80) ‖ nonce (24) ‖ ciphertext

Each part has a random key of its own (XSalsa20-Poly1305); that key is sealed once with the till's sealing key and once
to the region's X25519 recovery key, so a second medium can be read when its machine is gone (RECORDS 2.11). The salt of
the commitment is inside the seal: without it the commitment says nothing.
"""

from collections.abc import Callable

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.secret import SecretBox

from sync.wire.errors import BadSeal
from sync.wire.record import SALT_BYTES, Part

_VERSION = b"\x01"
_OWN = slice(1, 73)
_REGION = slice(73, 153)
_BOX = slice(153, None)


def is_sealed(name: str) -> bool:
    """Whether parts of that name lie sealed: persons, and the clinic's people with their PIN verifiers."""
    return name == "p" or name.startswith("users/")


def seal(part: Part, own_key: bytes, recovery_key: bytes, random: Callable[[int], bytes]) -> bytes:
    """The sealed form of a part. Both keys are 32 bytes, `recovery_key` the public half of the region's."""
    key = random(SecretBox.KEY_SIZE)
    box = SecretBox(key).encrypt(part.salt + part.data, random(SecretBox.NONCE_SIZE))
    own = SecretBox(own_key).encrypt(key, random(SecretBox.NONCE_SIZE))
    return _VERSION + bytes(own) + SealedBox(PublicKey(recovery_key)).encrypt(key) + bytes(box)


def unseal(name: str, sealed: bytes, own_key: bytes) -> Part:
    """The part called `name`, opened with the till's own key. Raises BadSeal."""
    return _opened(name, sealed, lambda: SecretBox(own_key).decrypt(sealed[_OWN]))


def unseal_for_region(name: str, sealed: bytes, recovery_key: PrivateKey) -> Part:
    """The part called `name`, opened with the region's recovery key. Raises BadSeal."""
    return _opened(name, sealed, lambda: SealedBox(recovery_key).decrypt(sealed[_REGION]))


def _opened(name: str, sealed: bytes, key: Callable[[], bytes]) -> Part:
    try:
        plain = SecretBox(key()).decrypt(sealed[_BOX])
    except (CryptoError, ValueError, TypeError):
        raise BadSeal(f"sealed part {name} does not open") from None
    if sealed[:1] != _VERSION:
        raise BadSeal(f"sealed part {name} is of another version")
    return Part(name, plain[:SALT_BYTES], plain[SALT_BYTES:])
