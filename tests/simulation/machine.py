"""One machine with one till on it: the real journal, the real start and the real rounds, on media that can be copied.

Every record that an append has returned, and every one that a start has shown, is noted as acknowledged. A machine may
lose power at any message, and in the middle of an append: it then goes on from its media as they lay at that moment.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from kassaapp.domain import day_report
from kassaapp.domain.events import (
    CheckResult,
    ConfigurationTaken,
    Event,
    ProgramStarted,
    RecordsLost,
    RegisterOpened,
    SaleRegistered,
    SessionOpened,
)
from kassaapp.domain.figures import GrandTotals
from kassaapp.domain.session import Count, close_session
from kassaapp.domain.state import RegisterState, apply, fold
from kassaapp.journal.journal import Journal, Written
from kassaapp.journal.signing_key import Mark
from kassaapp.journal.till_secrets import CERTIFICATE_NAME
from kassaapp.recovery import Opened, open_till
from kassaapp.trouble import NeedsRegion, Trouble
from sync.client.round import Round
from sync.client.status import Attention, SyncStatus
from sync.wire.canonical import to_text
from sync.wire.demo_keys import demo_keys
from sync.wire.entry import read_enrolment
from tests import builders
from tests.simulation.disk import WAL, Keyring, Media, records_in, records_on
from tests.simulation.line import Killed, Line, Post
from tests.simulation.truth import Acknowledged, Truth

ROOT_KEY = demo_keys().root.public_key
VERSION = "0"
BY = "anber"
SOLD = builders.a_sale()
FLOAT_ORE = 100_000


@dataclass(frozen=True, slots=True)
class Start:
    """How one start of a till went."""

    check: CheckResult
    restored: int
    mark: int
    asked: bool
    """Whether the region could be asked, answered truly, and nothing went wrong on the way."""
    stranded: tuple[str, ...] = ()
    """Second media that it said somebody has to bring to the region."""


class Machine:
    """A till's machine: off at first."""

    def __init__(self, name: str, media: Media, keyring: Keyring, post: Post, truth: Truth, clock: "Clock") -> None:
        self.name = name
        self.media = media
        self.keyring = keyring
        self.line = Line(post, self._power_lost)
        self.clock_off = timedelta(0)
        self.starts: list[Start] = []
        self.attentions: list[Attention] = []
        self.declared: dict[str, set[int]] = {}
        self.waits = 0
        self.failures: list[tuple[str, str]] = []
        self.touched = False
        """Whether its media have been changed behind the program's back."""
        self.has_forgotten = False
        """Whether it was put back or lost, or given another second medium: it cannot say any more what it knew."""
        self.chain = _chain_on(media)
        self.journal: Journal | None = None
        self.status: SyncStatus | None = None
        self.state = RegisterState()
        self._post = post
        self._truth = truth
        self._clock = clock
        self._round: Round | None = None
        self._left: tuple[Media, Keyring] | None = None

    def now(self) -> datetime:
        """The till's clock, to the second."""
        return self._clock() + self.clock_off

    @property
    def is_on(self) -> bool:
        """Whether the program runs."""
        return self.journal is not None

    @property
    def running(self) -> Journal:
        """The open journal."""
        assert self.journal is not None
        return self.journal

    # ── starting and stopping ────────────────────────────────────────────────────────────────────────────────────

    def start(self) -> None:
        """Start the program as `kassaapp.app` does. It stays off when it needs the region, or loses power."""
        assert self.journal is None
        troubles, lie = self.line.troubles, self._post.lie
        self.keyring.disturb = self.line.maybe_kill
        try:
            opened = open_till(
                self.media.journal,
                self.keyring,
                ROOT_KEY,
                second_medium=self.media.shadow,
                link=self.line,
                now=self.now,
            )
        except NeedsRegion:
            self.waits += 1
            if not self.touched or self.line.troubles == troubles:
                self.failures.append(("stopped", "waited for the region without need"))
        except Trouble as trouble:
            self.waits += 1
            self.failures.append(("stopped", f"did not start: {type(trouble).__name__} {trouble}"))
        except Killed:
            self._go_on_from_what_is_left()
        else:
            if opened.journal.configurations.newest() is None:
                opened.journal.close()
                self.waits += 1
                self.failures.append(("stopped", "has no price list"))
            else:
                self._begin(opened, asked=self.line.troubles == troubles and lie is None)

    def _begin(self, opened: Opened, *, asked: bool) -> None:
        self.journal = journal = opened.journal
        newest = journal.configurations.newest()
        assert newest is not None
        journal.configurations.use(newest.header.seq)
        self.chain = journal.enrolment.chain
        self.state = fold(written.event for written in opened.past)
        self._note(opened.past, is_new=False)
        self.starts.append(Start(opened.check, opened.restored, opened.mark, asked, opened.stranded))
        self._round = Round(journal, journal.configurations, journal.trust, self.line, journal.signer, clock=self.now)
        self.record(ProgramStarted(self.now(), VERSION, opened.check, opened.restored, opened.mark))
        if self.is_on and self.state.configuration != newest.header.seq:
            self.record(ConfigurationTaken(self.now(), newest.header.seq))

    def stop(self) -> None:
        """End the program as people do."""
        if self.journal is not None:
            self.journal.close()
            self.journal = None

    def crash(self) -> None:
        """Lose power, here and now."""
        self._power_lost()
        self._go_on_from_what_is_left()

    def _power_lost(self) -> None:
        """What lies on the media and in the keyring at this moment is what will be left."""
        self._left = self.media.copied(self._post.new_folder()), self.keyring.copied()

    def _go_on_from_what_is_left(self) -> None:
        assert self._left is not None
        self.stop()
        self.media.remove()
        (self.media, self.keyring), self._left = self._left, None

    # ── what people do ───────────────────────────────────────────────────────────────────────────────────────────

    def record(self, event: Event) -> None:
        """Append an event; from then on it has happened. The power may go when the mark is kept, after that."""
        try:
            (written,) = self.running.append_all([event])
        except Killed:
            last = self.running.count() - 1
            self._truth.unfinished[self.running.hash_of(last)] = to_text(self.chain), last
            self._go_on_from_what_is_left()
            return
        self.state = apply(self.state, event)
        self._note([written])

    def sell(self) -> None:
        """A sale, in a session of the day, which is opened for it if need be."""
        self._close_yesterday()
        if self.is_on:
            self.record(self._next_event())

    def sell_and_crash(self, at: float) -> None:
        """Lose power while a sale is written: `at` says how far it came, from 0 to 1. Nobody was told that it was."""
        self._close_yesterday()
        if not self.is_on:
            return
        before = self._written_bytes()
        keyring = self.keyring.copied()
        self.keyring.disturb = lambda: None
        written = self.running.append(self._next_event())
        self._truth.unfinished[written.hash] = to_text(self.chain), written.seq
        after = self._written_bytes()
        self._left = self.media.copied(self._post.new_folder()), keyring
        grown = [max(0, new - old) for old, new in zip(before, after, strict=True)]
        reached = int(at * (sum(grown) + 1))
        for path, old, growth in zip(self._written_paths(self._left[0]), before, grown, strict=True):
            if growth:
                with path.open("r+b") as file:
                    file.truncate(old + min(reached, growth))
            reached = max(0, reached - growth)
        self._go_on_from_what_is_left()

    def _close_yesterday(self) -> None:
        """A session may not pass midnight."""
        session = self.state.session
        if session is not None and session.opened_at.date() < self.now().date():
            self.close_session()

    def close_session(self) -> None:
        """Count the till and close the day, if a session is open."""
        session = self.state.session
        if session is None:
            return
        counted = day_report.expected(session.figures)["cash"]
        self.record(
            close_session(self.state, Count(counted), reason=None, second=None, limit_ore=0, at=self.now(), by=BY)
        )
        if self.is_on:
            self._expect_mark()

    def _expect_mark(self) -> None:
        """At a close and at a contact the keyring learns how far the journal has come."""
        newest = self.running.count() - 1
        if Mark(self.chain, newest, self.running.hash_of(newest)) not in self.keyring.marks.values():
            self.failures.append(("missed", "did not keep a mark"))

    def _next_event(self) -> SessionOpened | SaleRegistered:
        state, at = self.state, self.now()
        if state.session is None:
            left_ore = FLOAT_ORE if state.left_ore is None else state.left_ore
            return SessionOpened(at, BY, state.next_session, left_ore, left_ore)
        grand = GrandTotals(state.grand.sales_ore + SOLD.total_ore, state.grand.returns_ore)
        return replace(SOLD, at=at, session=state.session.number, receipt=state.next_receipt, grand=grand)

    def _written_paths(self, media: Media) -> list[Path]:
        """The two files that an append writes, in that order."""
        return [media.journal.with_name(WAL), media.shadow(self.running.enrolment.register)]

    def _written_bytes(self) -> list[int]:
        return [path.stat().st_size if path.exists() else 0 for path in self._written_paths(self.media)]

    # ── sync ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def sync(self) -> SyncStatus | None:
        """One round of contact; None when the power was lost in it."""
        assert self._round is not None
        journal = self.running
        before = journal.proof()
        try:
            self.status = status = self._round()
        except Killed:
            self._go_on_from_what_is_left()
            return None
        if status.attention is not None:
            self.attentions.append(status.attention)
        after = journal.proof()
        if after is not None and after is not before:
            self._expect_mark()
        return status

    def note_birth(self) -> None:
        """Note what the enrolment has written: a record that no start has shown yet."""
        ((digest, env),) = records_in(self.media.journal)
        header = json.loads(env[64:])
        born = Acknowledged(header["chain"], 0, header["prev"], header["kind"], None, self.name, env, None)
        self._truth.records[digest] = born

    # ── what has been acknowledged ───────────────────────────────────────────────────────────────────────────────

    def _note(self, all_written: list[Written[Event]], *, is_new: bool = True) -> None:
        records = self._truth.records
        self._truth.destroyed.difference_update(written.hash for written in all_written)  # It has found them again.
        for written in all_written:
            if written.hash not in records:
                records[written.hash] = self._acknowledged(written)
                self._check_own(written, is_new=is_new)
                self._check_lost(written)
            elif records[written.hash].event not in (None, written.event):
                self.failures.append(("believed", "another content than was recorded"))
            if isinstance(written.event, RecordsLost):
                self._declare(written.event, records[written.hash].chain)

    def _check_lost(self, written: Written[Event]) -> None:
        """What a till declares lost is neither on its own media nor at the region at that moment. Nobody can ask a twin
        of it, which may have it all the same."""
        if not isinstance(written.event, RecordsLost):
            return
        site, records = self.line.site, self._truth.records
        before = self._before(records[written.hash].chain)
        known = {d: one for d, one in records.items() if one.chain == before}
        held = site.main_hashes() | site.quarantined() | records_on(self.media, self._truth.envs(), self._post.folder)
        for seq in range(written.event.first, written.event.first + written.event.count):
            there = [digest in held - self._truth.destroyed for digest, one in known.items() if one.seq == seq]
            if all(there) and (there or (before, seq) not in self._truth.unfinished.values()):  # There never was one.
                self.failures.append(("false alarm", f"declares {seq} of {to_text(self.chain)[:8]} lost"))

    def _before(self, chain: str) -> str:
        """The chain before that one in this machine's journal."""
        names = [to_text(enrolment.chain) for enrolment in self.running.chains]
        return names[names.index(chain) - 1]

    def _declare(self, event: RecordsLost, chain: str) -> None:
        """A successor says what is lost of the chain before it."""
        lost = range(event.first, event.first + event.count)
        self.declared.setdefault(self._before(chain), set()).update(lost)

    def _check_own(self, written: Written[Event], *, is_new: bool) -> None:
        """What a start shows for the first time is a successor's first record, or was being written at a power cut."""
        births = RegisterOpened | RecordsLost
        if not is_new and written.hash not in self._truth.unfinished and not isinstance(written.event, births):
            self.failures.append(("believed", "a record that nobody made"))

    def _acknowledged(self, written: Written[Event]) -> Acknowledged:
        header = json.loads(written.env[64:])
        event = written.event
        receipt = event.receipt if isinstance(event, SaleRegistered) else None
        return Acknowledged(
            chain=header["chain"],
            seq=written.seq,
            prev=header["prev"],
            kind=header["kind"],
            receipt=None if receipt is None else (self.running.enrolment.register, receipt),
            machine=self.name,
            env=written.env,
            event=written.event,
        )


def _chain_on(media: Media) -> bytes:
    """The chain that the certificate beside the journal names; none before there is one."""
    certificate = media.journal.with_name(CERTIFICATE_NAME)
    return read_enrolment(certificate.read_bytes()).chain if certificate.exists() else b""


Clock = Callable[[], datetime]
