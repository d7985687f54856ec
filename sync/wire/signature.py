"""Ed25519, the only signature there is (RFC 8032, by libsodium).

libsodium refuses public keys of small order and signatures that are not in the one canonical form, so a signature that
is accepted here was made with the private key of exactly this public key.
"""

from nacl.exceptions import BadSignatureError
from nacl.exceptions import ValueError as NaclValueError
from nacl.signing import SigningKey, VerifyKey

from sync.wire.errors import BadSignature, Malformed

SIGNATURE_BYTES = 64
KEY_BYTES = 32


class Signer:
    """Holds one private key and signs with it. Never shows the key; `repr` does not either."""

    def __init__(self, seed: bytes) -> None:
        if len(seed) != KEY_BYTES:
            raise Malformed("a seed is 32 bytes")
        self._key = SigningKey(seed)
        self.public_key = bytes(self._key.verify_key)

    def sign(self, message: bytes) -> bytes:
        """Return the 64 bytes of the signature over `message`."""
        return self._key.sign(message).signature

    def __repr__(self) -> str:
        return f"Signer({self.public_key.hex()[:16]}…)"


def verify(public_key: bytes, signature: bytes, message: bytes) -> None:
    """Return if `signature` over `message` was made with the private half of `public_key`; else raise BadSignature."""
    try:
        VerifyKey(public_key).verify(message, signature)
    except (BadSignatureError, NaclValueError):
        raise BadSignature("signature does not verify") from None
