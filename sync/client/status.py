"""How the register stands with its region, as the status line shows it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Attention(StrEnum):
    """Something a person should know. None of it stops the till from selling."""

    FORK = "fork"
    """The same key has signed another history of this register: a clone, or a restored backup."""
    REGION_AHEAD = "region-ahead"
    """The region holds records of this register that its journal lacks: the journal lost its tail."""
    REGION_LIED = "region-lied"
    """An answer did not prove what it claims. Nothing of it was kept."""
    RECORD_REFUSED = "record-refused"
    """The region could not read a record of ours: a fault in a program, or a damaged journal."""
    REGISTER_REFUSED = "register-refused"
    """The region does not know this register, or not with this key."""
    CONFIGURATION_REFUSED = "configuration-refused"
    """The configuration that was offered is not signed, or not the next; the one in force stays in force."""
    NOT_UNDERSTOOD = "not-understood"
    """Something answered, but not in the protocol: a proxy's page, or another version."""


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """`unsent` records are not yet proved to be at the region; `proved_seq` is the newest that is, or -1.

    `reachable`: the region itself answered. A proxy's page or a guest network's login is not the region.
    `last_contact` is when the region last answered with something true. `retry_after_s` is set when it asked for peace.
    """

    unsent: int
    reachable: bool
    proved_seq: int
    attention: Attention | None
    last_contact: datetime | None
    retry_after_s: float | None = None
