"""T11: whatever happens to one till's files, in any order, the journal says what the model says.

Appends, one by one and together; proofs; restarts; a crash at any moment, also in the middle of an append; a second
medium that is taken away, torn, damaged, old, or of another history; a journal that is put back from a backup.
`KASSA_HISTORIES=1000` runs so many random histories instead of the same few.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import apsw
import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from kassaapp import demo
from kassaapp.domain.events import Event, Look, PatientSeen, ProgramStarted, SessionClosed, SignedIn
from kassaapp.domain.figures import Figures
from kassaapp.journal import shadow
from kassaapp.journal.journal import Journal, Written
from kassaapp.journal.signing_key import MachineCustody
from kassaapp.recovery import Opened, open_till
from kassaapp.trouble import Trouble
from sync.client.engine import Proof
from sync.wire import checkpoint, entry, record, tree
from sync.wire.demo_keys import demo_keys
from sync.wire.shadow import START
from tests.builders import a_patient
from tests.desks import MONDAY_MORNING, a_clock
from tests.journal.model import Medium, ModelTill, Records, Stops

ORIGIN = "kassa.demo/ledger/1"
HISTORIES = int(os.environ.get("KASSA_HISTORIES", "0"))
QUICK = Path("/dev/shm")  # noqa: S108 - a sync costs nothing there, and what is tested is not the disk
"""Where the histories' files lie, if there is such a place."""


class FakeLedger:
    """A region's ledger with the demo's key: proves any record it is told of."""

    def __init__(self, certificate: bytes) -> None:
        self._nodes: dict[tree.Place, bytes] = {}
        self._certificate = certificate
        self._add(certificate)

    def prove(self, following: int, digest: bytes, known: Proof | None) -> Proof:
        """The proof that everything before `following` is in the ledger."""
        leaf = entry.encode_record(1_763_881_200_000 + self._size, digest)
        index = self._size
        self._add(leaf)
        old = 0 if known is None else known.checkpoint.size
        nodes = self._nodes.__getitem__
        head = checkpoint.sign(ORIGIN, self._size, tree.root(self._size, nodes), demo_keys().ledger)
        inclusion = tree.inclusion(index, self._size, nodes)
        return Proof(following, leaf, index, tuple(inclusion), tuple(tree.consistency(old, self._size, nodes)), head)

    @property
    def _size(self) -> int:
        return sum(level == 0 for level, _ in self._nodes)

    def _add(self, leaf: bytes) -> None:
        self._nodes |= tree.append(self._size, [tree.leaf_hash(leaf)], self._nodes.__getitem__)


class Till(RuleBasedStateMachine):
    """The machine: real files on one side, `ModelTill` on the other."""

    born: ClassVar[Path]

    # ── a till is born ───────────────────────────────────────────────────────────────────────────────────────────

    @initialize()
    def begin(self) -> None:
        self.root = Path(tempfile.mkdtemp(dir=QUICK if QUICK.is_dir() else None, prefix="kassa-machine-"))
        self.lives = 0
        self.folder = shutil.copytree(self.born / "H", self.root / "0")
        self.model = ModelTill()
        self.events: dict[bytes, Event] = {}
        self.opened: Opened | None = None
        self.connections: list[tuple[str, apsw.Connection]] = []
        apsw.connection_hooks.append(self._connected)
        self.made = 0
        self.backups: list[tuple[bytes, bytes, Records, int]] = []
        self._open(born=True)
        self.ledger = FakeLedger(self.journal.enrolment.encode())

    def teardown(self) -> None:
        if hasattr(self, "root"):
            apsw.connection_hooks.remove(self._connected)
            self._let_go()
            shutil.rmtree(self.root)

    @property
    def journal(self) -> Journal:
        assert self.opened is not None
        return self.opened.journal

    @property
    def path(self) -> Path:
        return self.folder / "journal.db"

    @property
    def beside(self) -> Path:
        return self.folder / "shadow.kj"

    def _open(self, *, born: bool = False) -> None:
        """Start the till, compare what it found with what the model finds, and record it as the program does."""
        opened = self._opened(born=born)
        started = ProgramStarted(MONDAY_MORNING, "0.1.0", opened.check, opened.restored, opened.mark)
        self._take_in([opened.journal.append(started)])
        self.model.keep_mark()

    def _opened(self, *, born: bool = False) -> Opened:
        """The till's journal is open and whole, and its start is not recorded."""
        before = self.beside.read_bytes() if self.beside.exists() else b""
        self.connections.clear()
        opened = open_till(
            self.path,
            MachineCustody(self.folder),
            demo_keys().root.public_key,
            second_medium=lambda _: self.beside,
            link=None,
            now=a_clock(),
        )
        self.opened = opened
        opened.journal.configurations.use(0)
        if born:
            self._take_in(opened.past)
            return opened
        asides = self.model.asides
        found = self.model.start()
        if self.model.asides > asides:  # That none is written over by the next: test_asides.py.
            assert before in {path.read_bytes() for path in self.folder.glob("*.aside")}
        assert (opened.check, opened.restored, opened.mark) == (found.check, found.restored, found.mark)
        assert [written.hash for written in opened.past] == self.model.journal
        assert [written.event for written in opened.past] == [self.events[digest] for digest in self.model.journal]
        return opened

    def _connected(self, connection: apsw.Connection) -> None:
        self.connections.append((connection.filename, connection))

    @property
    def _connection(self) -> apsw.Connection:
        """The open journal's connection."""
        return next(one for name, one in reversed(self.connections) if Path(name).name == self.path.name)

    def _up(self) -> None:
        """The till runs."""
        if self.opened is None:
            self._start()

    def _down(self) -> None:
        """The till is closed, and its files lie still."""
        if self.opened is not None:
            self._let_go()
            state = self.model.journal, self.model.proved
            self.backups.append((self.path.read_bytes(), self.beside.read_bytes(), *state))

    def _let_go(self) -> None:
        if self.opened is not None:
            self.opened.journal.close()
            self.opened = None

    def _take_in(self, written: list[Written[Event]]) -> None:
        self.model.append([one.hash for one in written])
        self.events |= {one.hash: one.event for one in written}

    # ── what a till does ─────────────────────────────────────────────────────────────────────────────────────────

    def _events(self, count: int) -> list[Event]:
        """The next events, of which every third is about a patient."""
        made: list[Event] = []
        for _ in range(count):
            self.made += 1
            at = MONDAY_MORNING + timedelta(seconds=self.made)
            by = f"user{self.made}"
            about = PatientSeen(at, by, Look.LOOK_UP, a_patient(name=f"Patient {self.made}"))
            made.append(about if self.made % 3 == 0 else SignedIn(at, by))
        return made

    @rule(count=st.integers(1, 4))
    def append(self, count: int) -> None:
        """One event, or several together."""
        self._up()
        events = self._events(count)
        self._take_in([self.journal.append(events[0])] if count == 1 else self.journal.append_all(events))

    @rule()
    def close_session(self) -> None:
        """The mark is kept when a session is closed."""
        self._up()
        self.made += 1
        closed = SessionClosed(MONDAY_MORNING, "anber", 1, self.made, Figures(), 0)
        self._take_in([self.journal.append(closed)])
        self.model.keep_mark()

    @precondition(lambda self: self.model.proved < len(self.model.journal))
    @rule(data=st.data())
    def prove(self, data: st.DataObject) -> None:
        """The region proves some of what it had not, and the mark is kept."""
        self._up()
        following = data.draw(st.integers(self.model.proved + 1, len(self.model.journal)))
        self.journal.keep(self.ledger.prove(following, self.model.journal[following - 1], self.journal.proof()))
        self.model.proved = following
        self.model.keep_mark()

    # ── restarts and crashes ─────────────────────────────────────────────────────────────────────────────────────

    @rule()
    def restart(self) -> None:
        """Closed, if it was open, and started."""
        self._down()
        self._up()

    @rule()
    def start_and_die(self) -> None:
        """The machine dies when the journal is whole again, and before that is recorded."""
        self._down()
        self._start(self._opened)
        self._die(self._copy_all())

    @rule(torn=st.integers(0, 40))
    def crash(self, torn: int) -> None:
        """The machine dies between two acts; the newest frame of the second medium may be cut."""
        self._up()
        after = self._copy_all()
        self._die(after)
        if torn and self.model.medium is not None and self.model.medium.frames:
            os.truncate(self.beside, self.beside.stat().st_size - torn)
            self.model.medium = Medium(self.model.medium.frames[:-1], self.model.medium.damaged)
        self._start()

    @rule(count=st.integers(1, 3), moment=st.sampled_from(["before commit", "after commit"]))
    def crash_while_appending(self, count: int, moment: str) -> None:
        """The machine dies in the middle of an append: all of it has happened, or none."""
        self._up()
        copies: list[Path] = []
        with _at(self._connection, moment, lambda: copies.append(self._copy_all())):
            written = self.journal.append_all(self._events(count))
        if moment == "after commit":  # Durable, and not yet on the second medium.
            self.model.journal = self.model.journal + [one.hash for one in written]
            self.events |= {one.hash: one.event for one in written}
        self._die(copies[-1])
        self._start()

    def _copy_all(self) -> Path:
        self.lives += 1
        return shutil.copytree(self.folder, self.root / str(self.lives))

    def _die(self, after: Path) -> None:
        """What is done from here on is done to the copy."""
        self._let_go()
        shutil.rmtree(self.folder)
        self.folder = after

    def _start(self, how: Callable[[], object] | None = None) -> None:
        start = how or self._open
        for aside in self.folder.rglob("*.aside"):
            aside.unlink()  # Carried away, or the model would have to know it too: `test_asides` shows that it is used.
        try:
            start()
        except Trouble:
            with pytest.raises(Stops):
                self.model.start()
            self.beside.rename(self.beside.with_suffix(".taken"))  # A person takes the medium away, and starts again.
            self.model.medium = None
            start()

    # ── what is done to the files of a till that is closed ───────────────────────────────────────────────────────

    @rule(which=st.integers(0, 5), journal=st.booleans(), medium=st.booleans())
    def put_back(self, which: int, journal: bool, medium: bool) -> None:
        """A backup of the journal is put back, or a disk has lied; an older second medium is put in; or both."""
        self._down()
        raw, beside, records, proved = self.backups[-1 - which % len(self.backups)]
        if journal:
            self.path.write_bytes(raw)
            self.path.with_name("journal.db-wal").unlink(missing_ok=True)  # Of a machine that died: not the backup's.
            self.model.journal, self.model.proved = records, proved
        if medium:
            self.beside.write_bytes(beside)
            self.model.medium = Medium(records)

    @rule(count=st.integers(1, 4), journal=st.booleans(), data=st.data())
    def lose_what_was_appended(self, count: int, journal: bool, data: st.DataObject) -> None:
        """Records are made, and the journal, or the second medium, is as it was before; it may be damaged besides."""
        self._down()
        self._up()
        self._down()
        self.append(count)
        self.put_back(1, journal, not journal)
        if data.draw(st.booleans()):
            self.damage_the_medium(data)

    @rule(first=st.integers(1, 3), then=st.integers(1, 3), journal=st.booleans())
    def make_two_histories(self, first: int, then: int, journal: bool) -> None:
        """Records are made, both media are put back, and others are made; then one medium is of the first history."""
        self._down()
        self._up()
        self._down()
        self.append(first)
        self.put_back(1, True, True)  # noqa: FBT003
        self.append(then)
        self.put_back(1, journal, not journal)

    @precondition(lambda self: self.model.medium is not None)
    @rule()
    def take_the_medium(self) -> None:
        """The second medium is taken away; the next start begins another."""
        self._down()
        self.beside.unlink()
        self.model.medium = None

    @precondition(lambda self: self.model.is_medium_whole)
    @rule(data=st.data())
    def tear_the_medium(self, data: st.DataObject) -> None:
        """Its newest frame is cut short."""
        self._down()
        assert self.model.medium is not None
        *_, (begin, end) = self._frames()
        os.truncate(self.beside, data.draw(st.integers(begin, end - 1)))
        self.model.medium = Medium(self.model.medium.frames[:-1])

    @precondition(lambda self: self.model.is_medium_whole)
    @rule(data=st.data())
    def damage_the_medium(self, data: st.DataObject) -> None:
        """A bit of one of its frames is flipped."""
        self._down()
        assert self.model.medium is not None
        frames = self._frames()
        damaged = data.draw(st.integers(0, len(frames) - 1))
        begin, end = frames[damaged]
        raw = bytearray(self.beside.read_bytes())
        body = begin + 8 if damaged == len(frames) - 1 else begin  # A length that grows at the very end is a torn one.
        raw[data.draw(st.integers(body, end - 1))] ^= 1 << data.draw(st.integers(0, 7))
        self.beside.write_bytes(raw)
        self.model.medium = Medium(self.model.medium.frames, damaged)

    def _frames(self) -> list[tuple[int, int]]:
        """Where each frame of a whole medium begins and ends."""
        raw, found = self.beside.read_bytes(), list[tuple[int, int]]()
        begin = START
        while (end := begin + 8 + int.from_bytes(raw[begin : begin + 4], "big")) <= len(raw):
            found.append((begin, end))
            begin = end
        return found

    # ── always ───────────────────────────────────────────────────────────────────────────────────────────────────

    @invariant()
    def the_journal_says_what_the_model_says(self) -> None:
        if getattr(self, "opened", None) is None:
            return
        journal, model = self.journal, self.model
        proof = journal.proof()
        assert [journal.hash_of(seq) for seq in range(journal.count())] == model.journal
        assert [frame.record.hash for frame in journal.frames(0, 1_000)] == model.journal
        assert (0 if proof is None else proof.next, journal.unsent()) == (
            model.proved,
            len(model.journal) - model.proved,
        )
        assert model.medium is not None
        assert not journal.second_medium_lost

    @invariant()
    def the_second_medium_holds_what_the_model_says(self) -> None:
        if getattr(self, "opened", None) is None:
            return
        held = shadow.read(self.beside)
        assert (held.torn, held.damaged) == (False, None)
        assert [record.read(one.env).hash for one in held.records] == self.model.journal


@contextmanager
def _at(connection: apsw.Connection, moment: str, do: Callable[[], object]) -> Iterator[None]:
    """Do something in the middle of an append: just before SQLite commits, or just after."""

    def before_commit() -> bool:
        do()
        return False

    def after_commit(sql: str, _: int) -> None:
        if sql == "COMMIT":
            do()

    if moment == "before commit":
        connection.set_commit_hook(before_commit)
    else:
        connection.set_profile(after_commit)
    try:
        yield
    finally:
        connection.set_commit_hook(None)
        connection.set_profile(None)


@pytest.fixture(scope="module", autouse=True)
def born(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A till that has just been enrolled."""
    Till.born = tmp_path_factory.mktemp("machine") / "desk"
    demo.enrol(Till.born, now=a_clock(), tills=("H",))


TestTill = Till.TestCase
TestTill.settings = settings(
    max_examples=HISTORIES or 30,
    stateful_step_count=30,
    derandomize=not HISTORIES,
    database=None,
    deadline=None,
    print_blob=True,
    phases=[Phase.explicit, Phase.generate],  # A history is readable as it is, and shrinking one takes minutes.
)
