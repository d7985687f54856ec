"""The chain that a till writes: its certificate, the hash in each place, and how the next record is made and judged."""

import secrets
from collections.abc import Sequence

from kassaapp.domain.events import Event, kind_of
from kassaapp.journal import payload
from kassaapp.trouble import JournalDamaged
from sync.wire import canonical, record
from sync.wire.entry import Enrolment
from sync.wire.errors import WireError
from sync.wire.frame import Frame
from sync.wire.record import SALT_BYTES, Header, Part, Record
from sync.wire.signature import Signer


class Chain:
    """One chain as far as it has come, in memory. Number `n` of the journal's chains; `hashes` holds the hash in each
    place, and `gaps` the places of records that no copy holds, with the hash they are known by."""

    def __init__(self, n: int, enrolment: Enrolment) -> None:
        self.n = n
        self.enrolment = enrolment
        self.hashes: list[bytes] = []
        self.gaps: dict[int, bytes | None] = {}

    def count(self) -> int:
        """How many places are filled: the seq of the next record."""
        return len(self.hashes)

    @property
    def head(self) -> bytes:
        """What the next record follows."""
        return self.hashes[-1] if self.hashes else self.enrolment.hash

    def holds(self, other: Record) -> bool:
        """Whether the chain has this very record."""
        seq = other.header.seq
        return seq < len(self.hashes) and self.hashes[seq] == other.hash

    def is_later(self, env: bytes) -> bool:
        """Whether these bytes are a record of ours, for a place that is not filled yet."""
        other = self._own(env)
        return other is not None and other.header.seq >= self.count()

    def fills(self, env: bytes) -> int | None:
        """The gap that these bytes fill, or None."""
        other = self._own(env)
        if other is None or other.header.seq not in self.gaps:
            return None
        return other.header.seq if self.gaps[other.header.seq] in (None, other.hash) else None

    def _own(self, env: bytes) -> Record | None:
        """The record, if it is one of ours."""
        try:
            other = record.read(env)
            record.check_signature(other, self.enrolment.public_key)
        except WireError:
            return None
        return other if other.header.chain == self.enrolment.chain else None

    def sealed(self, events: Sequence[Event], signer: Signer, *, ack: bytes, cfg: bytes | None) -> list[Frame]:
        """The events' records, each after the one before. They are not yet part of the chain."""
        frames: list[Frame] = []
        prev = self.head
        for event in events:
            parts = tuple(
                Part(name, secrets.token_bytes(SALT_BYTES), canonical.encode(content))
                for name, content in payload.contents(event).items()
            )
            header = Header(
                chain=self.enrolment.chain,
                seq=self.count() + len(frames),
                prev=prev,
                kind=kind_of(event),
                parts={part.name: part.commitment for part in parts},
                ack=ack,
                cfg=cfg,
            )
            frames.append(Frame(record.seal(header, signer), parts))
            prev = frames[-1].record.hash
        return frames

    def check_next(self, frame: Frame) -> None:
        """A record from another copy must be our own next. Raises JournalDamaged."""
        try:
            record.check_link(frame.record, chain=self.enrolment.chain, seq=self.count(), prev=self.head)
            record.check_signature(frame.record, self.enrolment.public_key)
            record.check_parts(frame.record, frame.parts)
        except WireError as error:
            raise JournalDamaged(self.count(), f"another copy: {error}") from None
