"""What the region knows of each register: where its chain stands, when it was last heard from, what is doubtful."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sync.server import configuration, storage
from sync.server.region import Region
from sync.wire.canonical import Json, to_text


@dataclass(frozen=True, slots=True)
class RegisterStatus:
    """One chain. `next` is the seq it will send next; `flags` are short words with the seq they concern; `parent` is
    the chain it succeeds; `closed` when it ended."""

    clinic: str
    register: str
    till: str
    chain: str
    next: int
    last_contact: datetime | None
    quarantined: int
    flags: tuple[str, ...]
    parent: str | None = None
    closed: datetime | None = None

    def as_json(self) -> Json:
        """For programs."""
        return {
            "clinic": self.clinic,
            "register": self.register,
            "till": self.till,
            "chain": self.chain,
            "next": self.next,
            "last_contact": _shown(self.last_contact),
            "quarantined": self.quarantined,
            "flags": list(self.flags),
            "parent": self.parent,
            "closed": _shown(self.closed),
        }


def registers(region: Region) -> list[RegisterStatus]:
    """Every register, by clinic, name and till."""
    with storage.reading(region.engine) as db:
        chains = storage.all_chains(db)
        quarantined = storage.quarantined(db)
        flags: dict[bytes, list[str]] = {}
        for chain, seq, why in storage.flags(db):
            flags.setdefault(chain, []).append(f"{why} {seq}")
    return [
        RegisterStatus(
            clinic=chain.clinic,
            register=chain.register,
            till=chain.till,
            chain=to_text(chain.chain),
            next=chain.next_seq,
            last_contact=_aware(chain.contact_ms),
            quarantined=quarantined.get(chain.chain, 0),
            flags=tuple(flags.get(chain.chain, ())),
            parent=None if chain.parent is None else to_text(chain.parent),
            closed=_aware(chain.closed_ms),
        )
        for chain in chains
    ]


def as_json(region: Region) -> Json:
    """The whole region, for programs."""
    with storage.reading(region.engine) as db:
        size, _ = storage.ledger_head(db)
    return {
        "region": region.settings.region,
        "origin": region.settings.origin,
        "ledger_size": size,
        "configuration": configuration.newest_seq(region),
        "registers": [register.as_json() for register in registers(region)],
    }


def _aware(at_ms: int | None) -> datetime | None:
    return None if at_ms is None else datetime.fromtimestamp(at_ms / 1000, UTC)


def _shown(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="seconds")
