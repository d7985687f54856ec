"""What the region knows of each register: where its chain stands, when it was last heard from, what is doubtful."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sync.server import configuration, storage
from sync.server.region import Region
from sync.wire.canonical import Json, to_text


@dataclass(frozen=True, slots=True)
class RegisterStatus:
    """One chain. `next` is the seq it will send next; `flags` are short words with the seq they concern."""

    clinic: str
    register: str
    till: str
    chain: str
    next: int
    last_contact: datetime | None
    quarantined: int
    flags: tuple[str, ...]

    def as_json(self) -> Json:
        """For programs."""
        contact = None if self.last_contact is None else self.last_contact.isoformat(timespec="seconds")
        return {
            "clinic": self.clinic,
            "register": self.register,
            "till": self.till,
            "chain": self.chain,
            "next": self.next,
            "last_contact": contact,
            "quarantined": self.quarantined,
            "flags": list(self.flags),
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
            last_contact=None if chain.contact_ms is None else datetime.fromtimestamp(chain.contact_ms / 1000, UTC),
            quarantined=quarantined.get(chain.chain, 0),
            flags=tuple(flags.get(chain.chain, ())),
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
