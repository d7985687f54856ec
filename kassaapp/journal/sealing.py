"""Personal parts lie sealed on the till's disks; the bytes are in `sync.wire.sealing`, which the region reads with too.

Here the till's own key is kept at hand, and a part that does not open is damage to the journal.
"""

from collections.abc import Callable

from nacl.public import PrivateKey

from kassaapp.trouble import JournalDamaged
from sync.wire import sealing
from sync.wire.errors import BadSeal
from sync.wire.record import Part
from sync.wire.sealing import is_sealed

__all__ = ["Sealer", "is_sealed", "unseal_for_region"]


class Sealer:
    """Seals and opens the personal parts of one till."""

    def __init__(self, key: bytes, recovery_key: bytes, random: Callable[[int], bytes]) -> None:
        self._own_key = key
        self._recovery_key = recovery_key
        self._random = random

    def seal(self, part: Part) -> bytes:
        """The sealed form of a part."""
        return sealing.seal(part, self._own_key, self._recovery_key, self._random)

    def unseal(self, name: str, sealed: bytes) -> Part:
        """The part called `name`. Raises JournalDamaged when the bytes are not as sealed."""
        try:
            return sealing.unseal(name, sealed, self._own_key)
        except BadSeal as mistake:
            raise JournalDamaged(None, str(mistake)) from None


def unseal_for_region(name: str, sealed: bytes, recovery_key: PrivateKey) -> Part:
    """The part called `name`, opened with the region's recovery key. Raises JournalDamaged."""
    try:
        return sealing.unseal_for_region(name, sealed, recovery_key)
    except BadSeal as mistake:
        raise JournalDamaged(None, str(mistake)) from None
