"""What a till's journal, its second medium and its mark hold, as lists: the model that the real ones are compared with.

A record is its hash. What a start does with lists is written down here from RECORDS 2.2 and decision 0007, in as few
words as it can be said: for a till that has no region to ask.
"""

from dataclasses import dataclass, field

from kassaapp.domain.events import CheckResult

Records = list[bytes]


@dataclass(slots=True)
class Medium:
    """The second medium: its frames in order, and which of them is not as it was written, if one is."""

    frames: Records = field(default_factory=list)
    damaged: int | None = None

    @property
    def readable(self) -> Records:
        """What stands before the damage."""
        return self.frames[: self.damaged]


class Stops(Exception):
    """The till does not start: a record is known to exist that no copy at hand holds. Carries its number."""


@dataclass(slots=True)
class Found:
    """What a start says it found."""

    check: CheckResult
    restored: int
    mark: int


@dataclass(slots=True)
class ModelTill:
    """One till without a region. `medium` is None when there is none; `proved` how many records are proved."""

    journal: Records = field(default_factory=list)
    medium: Medium | None = field(default_factory=Medium)
    mark: tuple[int, bytes] | None = None
    proved: int = 0
    asides: int = 0

    @property
    def is_medium_whole(self) -> bool:
        """Whether there is a second medium with something on it, and all of it as it was written."""
        return self.medium is not None and self.medium.damaged is None and bool(self.medium.frames)

    def append(self, made: Records) -> None:
        """Records were made."""
        self.journal = self.journal + made
        if self.medium is not None:
            self.medium = Medium(self.medium.frames + made, self.medium.damaged)

    def keep_mark(self) -> None:
        """A session was closed, or the region answered."""
        self.mark = (len(self.journal) - 1, self.journal[-1])

    def start(self) -> Found:
        """What a start finds, and what lies on both media after it. Raises Stops."""
        own = len(self.journal)
        repaired = self._add_from_medium()
        restored = len(self.journal) - own
        self._make_medium_anew()
        beyond = self._beyond_mark()
        if beyond >= 0:
            check = CheckResult.TAIL_CUT
        elif repaired:
            check = CheckResult.REPAIRED
        else:
            check = CheckResult.RESTORED if restored else CheckResult.INTACT
        return Found(check, restored, beyond)

    def _add_from_medium(self) -> bool:
        """Take what only the medium has. True when the file had to be put together again for it."""
        if self.medium is None:
            return False
        own, readable = self.journal, self.medium.readable
        if self._is_another():  # It is kept, and not written to; that it is another may not be seen for its damage.
            if self.medium.damaged in range(len(own), len(self.medium.frames) - 1):
                raise Stops(len(own))  # Whose the records after the damage are cannot be told.
            return readable != own[: len(readable)] or bool(self._later(len(own)))
        self.journal = own + readable[len(own) :]
        if not self._later(len(self.journal)):
            return False
        assert self.medium.damaged is not None
        if self.medium.damaged >= len(self.journal):
            raise Stops(self.medium.damaged)
        self.journal = self.journal + self.medium.frames[len(self.journal) :]
        return True

    def _later(self, count: int) -> range:
        """The places from `count` on whose records stand after the damage."""
        assert self.medium is not None
        damaged = self.medium.damaged
        return range(0) if damaged is None else range(max(damaged + 1, count), len(self.medium.frames))

    def _make_medium_anew(self) -> None:
        if self.medium is not None and (self.medium.damaged is not None or self._is_another()):
            self.asides += 1
        self.medium = Medium(list(self.journal))

    def _is_another(self) -> bool:
        """Whether the medium's history is not the journal's, as far as both go."""
        assert self.medium is not None
        common = min(len(self.medium.frames), len(self.journal))
        return self.medium.frames[:common] != self.journal[:common]

    def _beyond_mark(self) -> int:
        if self.mark is None:
            return -1
        seq, digest = self.mark
        return -1 if seq < len(self.journal) and self.journal[seq] == digest else seq
