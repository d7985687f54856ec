"""Rights to a patient's money a conto, moved between the region and a till.

    POST /v1/accounts/grants     Ask → Stands      the region gives the till rights that nobody holds
    POST /v1/accounts/releases   Ask → Stands      the till gives rights back that it holds

    Ask      {"account":H,"amount_ore":N,"id":I}      I: 16 random bytes; the same one again is the same request
    Stands   {"account":H,"free_ore":N,"held_ore":N,"id":I,"moved_ore":N}

Who deposits at a till gives that till the right to spend it (RECORDS 2.10). An account is named by a hash, so that no
identity number stands in a request: SHA-256("kassa/account/v1\\0" ‖ canonical JSON of {clinic, kind, till, value}). It
hides nothing from who can guess the number.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

from sync.wire import canonical
from sync.wire.canonical import MAX_INTEGER, from_text, to_text
from sync.wire.errors import Malformed
from sync.wire.record import HASH_BYTES

ACCOUNT_DOMAIN = b"kassa/account/v1\0"
GRANTS_PATH = "/v1/accounts/grants"
RELEASES_PATH = "/v1/accounts/releases"
ID_BYTES = 16


def account(clinic: str, till: str, kind: str, value: str) -> bytes:
    """The name (32 bytes) of a patient's account at a clinic's tills of one letter. `kind` and `value` are those of the
    record's PatientId."""
    whose = {"clinic": clinic, "kind": kind, "till": till, "value": value}
    return hashlib.sha256(ACCOUNT_DOMAIN + canonical.encode(whose)).digest()


@dataclass(frozen=True, slots=True)
class Ask:
    """Move rights to `amount_ore`, once, however often it is asked. 0: move nothing, say how the account stands."""

    account: bytes
    amount_ore: int
    id: bytes

    def encode(self) -> bytes:
        return canonical.encode(
            {"account": to_text(self.account), "amount_ore": self.amount_ore, "id": to_text(self.id)}
        )

    @classmethod
    def read(cls, raw: bytes) -> "Ask":
        value = _fields(raw, {"account", "amount_ore", "id"})
        return cls(
            from_text(value["account"], HASH_BYTES), _amount(value["amount_ore"]), from_text(value["id"], ID_BYTES)
        )


@dataclass(frozen=True, slots=True)
class Stands:
    """How an account stands after a request. `free_ore`: what the region may still grant; `held_ore`: what the asking
    till holds, by the records that the region has of it, and is below 0 when a copy of it has spent the same twice."""

    account: bytes
    id: bytes
    moved_ore: int
    free_ore: int
    held_ore: int

    def encode(self) -> bytes:
        return canonical.encode(
            {
                "account": to_text(self.account),
                "id": to_text(self.id),
                "moved_ore": self.moved_ore,
                "free_ore": self.free_ore,
                "held_ore": self.held_ore,
            }
        )

    @classmethod
    def read(cls, raw: bytes) -> "Stands":
        value = _fields(raw, {"account", "id", "moved_ore", "free_ore", "held_ore"})
        held_ore = value["held_ore"]
        if type(held_ore) is not int:
            raise Malformed("amount")
        return cls(
            from_text(value["account"], HASH_BYTES),
            from_text(value["id"], ID_BYTES),
            _amount(value["moved_ore"]),
            _amount(value["free_ore"]),
            held_ore,
        )


def _fields(raw: bytes, names: set[str]) -> dict[str, Any]:
    value = canonical.decode_object(raw)
    if set(value) != names:
        raise Malformed("fields of a message")
    return value


def _amount(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= MAX_INTEGER:
        raise Malformed("amount")
    return value
