"""Makes requests fresh without remembering anything: a nonce is the region's time and an HMAC over it.

The region judges freshness by its own clock, since clinic clocks are wrong. A request that is replayed within ten
minutes stores nothing twice, so a nonce need not be single-use.
"""

import hmac

from sync.wire.canonical import from_text, to_text
from sync.wire.errors import Malformed

VALID_MS = 600_000
_DOMAIN = b"kassa/nonce/v1\0"
_TIME_BYTES = 8
_MAC_BYTES = 16


class Nonces:
    """Hands out nonces, and knows its own."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def make(self, now_ms: int) -> str:
        """A nonce of this moment."""
        time = now_ms.to_bytes(_TIME_BYTES, "big")
        return to_text(time + self._mac(time))

    def fresh(self, nonce: str, now_ms: int) -> bool:
        """Whether we made `nonce`, at most ten minutes ago."""
        try:
            raw = from_text(nonce, _TIME_BYTES + _MAC_BYTES)
        except Malformed:
            return False
        time, mac = raw[:_TIME_BYTES], raw[_TIME_BYTES:]
        return hmac.compare_digest(mac, self._mac(time)) and abs(now_ms - int.from_bytes(time, "big")) <= VALID_MS

    def _mac(self, time: bytes) -> bytes:
        return hmac.digest(self._secret, _DOMAIN + time, "sha256")[:_MAC_BYTES]
