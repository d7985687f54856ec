"""What the region knows of each register: where its chain stands, when it was last heard from, what is doubtful.

`whole` also looks at what has come since the last time (`watch`) and says what does not follow, what is silent and what
was left open; `of_day` answers whether all visits of a clinic on a day are here (`clinic_day`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from sync.server import clinic_day, configuration, missing, storage, watch
from sync.server.clinic_day import ClinicDay, Proof
from sync.server.memory import FILE, Memory
from sync.server.region import Region
from sync.server.settings import write_private
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
        for chain, seq, why in missing.flags(db):
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


def as_json(region: Region) -> dict[str, Json]:
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


def whole(region: Region, silent_after_h: float = watch.SILENT_H) -> dict[str, Json]:
    """The same, and in `findings` what the watch has found. Raises OSError when its memory cannot be kept."""
    with _remembering(region) as memory:
        watch.look(region, memory)
        findings = [*memory.findings(), *watch.standing(region, memory, silent_after_h)]
    return as_json(region) | {
        "findings": [
            {
                "chain": to_text(one.chain),
                "record": one.seq,
                "day": one.day,
                "word": one.found.word,
                "says": one.found.says,
            }
            for one in findings
        ]
    }


def of_day(region: Region, clinic: str, day: date) -> ClinicDay:
    """Whether all visits of a clinic on a day are here. Raises OSError as `whole` does, and Unavailable."""
    with _remembering(region) as memory:
        watch.look(region, memory)
        return clinic_day.answer(region, memory, clinic, day)


def save_proofs(answer: ClinicDay, folder: Path) -> list[Path]:
    """Write each proof of an answer to a folder: the answer that `kassaapp verify` reads, and the tlog-proof.

    Raises FileExistsError rather than replace one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for till in answer.tills:
        proofs: list[Proof | None] = [till.head, *(one.proof for one in till.sessions)]
        for proof in filter(None, proofs):
            name = f"{answer.day}-{till.register}-{till.till}-{proof.seq}"
            for ending, raw in (("json", proof.answer.encode()), ("tlog-proof", proof.tlog_proof().encode())):
                written.append(folder / f"{name}.{ending}")
                write_private(written[-1], raw)
    return written


@contextmanager
def _remembering(region: Region) -> Iterator[Memory]:
    memory = Memory(region.settings.folder / FILE)
    try:
        yield memory
    finally:
        memory.close()


def _aware(at_ms: int | None) -> datetime | None:
    return None if at_ms is None else datetime.fromtimestamp(at_ms / 1000, UTC)


def _shown(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="seconds")
