"""A register that comes back: it rests as `sync.client.loop` rests, pushes, and believes only what proves itself.

Rests are divided by `factor`, so that a minute of a region's life fits into seconds.
"""

import asyncio
import gzip
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from sync.client import engine
from sync.client.engine import Proof, Proved, Push, Resend
from sync.client.loop import Pace, Rests
from sync.client.status import Attention, SyncStatus
from sync.client.transport import MAX_RETRY_AFTER_S, Sender
from sync.wire import frame
from sync.wire.config import Trust
from sync.wire.entry import Enrolment
from sync.wire.errors import WireError
from sync.wire.frame import Frame
from sync.wire.messages import Conflict, Pushed, Refusal
from sync.wire.record import Header, Record
from tests.storm.chains import Paper, Written
from tests.storm.line import Answer, Line


@dataclass
class Tally:
    """What the registers of a storm met with. Times are seconds, of a clock that only runs forward."""

    began_s: float = field(default_factory=time.monotonic)
    first_s: float | None = None
    last_s: float = 0.0
    proved: int = 0
    records: int = 0
    latencies_s: list[float] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


class Book:
    """`sync.client.engine.Records` over what is packed: it holds hashes, and makes frames when asked for them."""

    def __init__(self, paper: Paper, written: Written, proof: Proof) -> None:
        self._paper = paper
        self._written = written
        self._proof = proof

    @property
    def enrolment(self) -> Enrolment:
        return self._paper.enrolment

    def count(self) -> int:
        return len(self._written.hashes)

    def hash_of(self, seq: int) -> bytes:
        return self._written.hashes[seq]

    def frames(self, first: int, at_most: int) -> Sequence[Frame]:
        made = [one for pack in self._written.packs for one in pack.frames()]
        return made[first : first + at_most]

    def proof(self) -> Proof:
        return self._proof

    def keep(self, proof: Proof) -> None:
        self._proof = proof

    def packed(self, start: int) -> tuple[int, bytes] | None:
        """How many records the pack carries that begins at `start`, and its body, if there is one."""
        at = 0
        for pack in self._written.packs:
            if at == start:
                return pack.records, pack.body
            at += pack.records
        return None


class Register:
    """One of them, until everything it wrote is proved."""

    def __init__(self, book: Book, paper: Paper, trust: Trust, port: int, tally: Tally, factor: float) -> None:
        random = Random(f"{paper.seed}/{paper.number}/pace")
        self._book = book
        self._trust = trust
        self._line = Line(port, Sender(paper.enrolment.chain, paper.signer))
        self._rests = Rests(Pace(), random.uniform)
        self._tally = tally
        self._factor = factor
        self._start: int | None = None

    async def come_back(self) -> None:
        """Rest, push, and so on. Ends also when something is wrong that a retry cannot heal."""
        await asyncio.sleep(self._rests.first().seconds / self._factor)
        while True:
            status = await self._contact()
            if status.unsent == 0 or status.attention is not None:
                break
            rest = self._rests.after(status)
            if rest is not None:
                await asyncio.sleep(rest.seconds / self._factor)
        self._line.close()

    async def _contact(self) -> SyncStatus:
        push, body = self._next()
        began_s = time.monotonic()
        self._tally.first_s = self._tally.first_s or began_s
        try:
            answer = await self._line.push(push.start, push.known_size, body)
        except (OSError, EOFError, TimeoutError) as trouble:
            self._tally.refused[type(trouble).__name__] += 1
            return self._status(reachable=False)
        if answer.status not in (200, 409):
            return self._refused(answer)
        status = self._settle(push, answer)
        if status.attention is None and self._start is None:
            self._tally.last_s = time.monotonic()
            self._tally.latencies_s.append(self._tally.last_s - began_s)
            self._tally.records += len(push.frames)
        return status

    def _next(self) -> tuple[Push, bytes]:
        """What to send: the pack that begins where the proof ends, or frames from elsewhere packed anew."""
        proof = self._book.proof()
        start = proof.next if self._start is None else self._start
        packed = self._book.packed(start)
        if packed is None:
            push = engine.next_push(self._book, start=start)
            return push, gzip.compress(frame.encode_all(push.frames), 1, mtime=0)
        return Push(start, _stand_ins(packed[0]), proof.checkpoint.size), packed[1]

    def _settle(self, push: Push, answer: Answer) -> SyncStatus:
        read = Pushed.read if answer.status == 200 else Conflict.read
        try:
            outcome = engine.read_answer(self._book, self._trust, push, read(answer.body))
        except WireError as garbage:
            return self._status(wrong=f"not understood: {garbage}")
        match outcome:
            case Proved():
                self._book.keep(outcome.proof)
                self._start = None
                self._tally.proved += 1
                return self._status()
            case Resend():
                self._start = outcome.start
                self._tally.refused["resend"] += 1
                return self._status(reachable=False)
        return self._status(wrong=repr(outcome))

    def _refused(self, answer: Answer) -> SyncStatus:
        why = Refusal.read(answer.body).why
        self._tally.refused[f"{answer.status} {why}"] += 1
        if answer.status < 500 and answer.status not in (408, 429):
            return self._status(wrong=f"{answer.status} {why}")
        text = answer.headers.get("retry-after", "")
        peace_s = min(float(text), MAX_RETRY_AFTER_S) if text.isdigit() else None
        return self._status(reachable=False, retry_after_s=peace_s)

    def _status(
        self, *, reachable: bool = True, retry_after_s: float | None = None, wrong: str | None = None
    ) -> SyncStatus:
        if wrong is not None:
            self._tally.wrong.append(wrong)
        unsent = engine.unsent(self._book)
        return SyncStatus(
            unsent=unsent,
            reachable=reachable,
            proved_seq=self._book.count() - unsent - 1,
            attention=None if wrong is None else Attention.REGION_LIED,
            last_contact=None,
            retry_after_s=retry_after_s,
        )


_STAND_IN = Frame(Record(b"", Header(b"", 0, b"", "stand-in", {}), b""), ())


def _stand_ins(count: int) -> tuple[Frame, ...]:
    """So many frames: an answer is judged by where a push began and ended, not by what was in it."""
    return (_STAND_IN,) * count
