"""An adversary who has the machine and its key, and rewrites what the till has signed; and a region that proves it.

Everything is signed again from the first record that was changed, so that links, commitments and signatures hold. What
lay beside the journal (second medium, mark) goes too: whoever has the machine has those.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import apsw

from kassaapp.domain.events import Event, RecordsLost, RegisterOpened, kind_of
from kassaapp.domain.state import RegisterState, fold
from kassaapp.journal import payload
from kassaapp.journal.signing_key import MachineCustody
from sync.wire import canonical, checkpoint, entry, sealing, shadow, tree
from sync.wire.demo_keys import demo_keys
from sync.wire.entry import Enrolment
from sync.wire.messages import Pushed
from sync.wire.record import RECORD_DOMAIN, SALT_BYTES, Part, record_hash
from sync.wire.shadow import StoredPart, StoredRecord
from sync.wire.signature import Signer
from tests.verify.evidence import as_a_person_who_knows_sql, journal_in

ORIGIN = "kassa.demo/ledger/1"
STRANGER = Signer(hashlib.sha256(b"another till").digest())
SUCCESSOR = Signer(hashlib.sha256(b"the successor").digest())
Spell = Callable[[dict[str, Any]], bytes]


@dataclass(slots=True)
class Draft:
    """A record before it is signed again. `spell` writes the header; `keep` are fields that are not put right."""

    header: dict[str, Any]
    parts: dict[str, tuple[bool, bytes]]
    spell: Spell = canonical.encode
    keep: tuple[str, ...] = ()
    signer: Signer | None = None

    def content(self) -> dict[str, Any]:
        """What part "a" says."""
        content: dict[str, Any] = json.loads(self.parts["a"][1][SALT_BYTES:])
        return content

    def say(self, content: dict[str, Any]) -> None:
        """Let part "a" say something else."""
        self.say_bytes(canonical.encode(content))

    def say_bytes(self, data: bytes) -> None:
        """Let part "a" be these bytes."""
        self.parts["a"] = (False, self.parts["a"][1][:SALT_BYTES] + data)

    def sealed(self, seq: int, prev: bytes, signer: Signer) -> bytes:
        """The env, in its place and after `prev`."""
        due = {"seq": seq, "prev": canonical.to_text(prev)}
        self.header |= {name: value for name, value in due.items() if name not in self.keep}
        for name, (is_sealed, body) in self.parts.items():
            if not is_sealed and "parts" not in self.keep:
                commitment = Part(name, body[:SALT_BYTES], body[SALT_BYTES:]).commitment
                self.header["parts"][name] = canonical.to_text(commitment)
        raw = self.spell(self.header)
        return (self.signer or signer).sign(RECORD_DOMAIN + raw) + raw


# ── reading what the adversary has ───────────────────────────────────────────────────────────────


def secrets_of(folder: Path, till: str = "H") -> tuple[Signer, bytes]:
    """The signing key and the sealing key, from the file that custody "machine" keeps."""
    (path,) = (folder / till).glob("*.key")
    kept = MachineCustody(path.parent).fetch(path.stem)
    return Signer(kept[:32]), kept[32:]


def certificate_of(folder: Path, n: int = 1) -> Enrolment:
    """The certificate of a chain."""
    with as_a_person_who_knows_sql(journal_in(folder)) as sql:
        return entry.read_enrolment(sql.execute("SELECT certificate FROM chain WHERE n = ?", (n,)).get)


def drafts(folder: Path, n: int = 1) -> list[Draft]:
    """Every record of a chain."""
    with as_a_person_who_knows_sql(journal_in(folder)) as sql:
        found = []
        rows: list[Any] = sql.execute("SELECT hash, env FROM record WHERE chain = ? ORDER BY seq", (n,)).fetchall()
        for digest, env in rows:
            parts: list[Any] = sql.execute("SELECT name, sealed, body FROM part WHERE hash = ?", (digest,)).fetchall()
            header = json.loads(env[64:])
            found.append(Draft(header, {name: (bool(is_sealed), body) for name, is_sealed, body in parts}))
    return found


def events_of(folder: Path) -> list[Event]:
    """What the records of the first chain say, opened with the till's own key."""
    _, sealing_key = secrets_of(folder)
    return [_event(draft, sealing_key) for draft in drafts(folder)]


def _event(draft: Draft, sealing_key: bytes) -> Event:
    contents = {}
    for name, (is_sealed, body) in draft.parts.items():
        part = sealing.unseal(name, body, sealing_key) if is_sealed else Part(name, body[:32], body[32:])
        contents[name] = part.content()
    return payload.event_of(draft.header["kind"], contents)


def number_of(folder: Path, kind: str, which: int = 0) -> int:
    """The number of a record of that kind; the first when not said which."""
    return [number for number, draft in enumerate(drafts(folder)) if draft.header["kind"] == kind][which]


# ── writing ──────────────────────────────────────────────────────────────────────────────────────


def rewrite(
    folder: Path, change: Callable[[list[Draft]], None], *, with_medium: bool = False, by: Signer | None = None
) -> None:
    """Change the first chain's records, sign all of them again, and leave nothing beside that remembers. With
    `with_medium` the second medium is written anew too; `by` is who signs, the till when not said."""
    signer = by or secrets_of(folder)[0]
    changed, prev = drafts(folder), certificate_of(folder).hash
    change(changed)
    copies = []
    with as_a_person_who_knows_sql(journal_in(folder)) as sql, sql:
        sql.execute("DELETE FROM part; DELETE FROM record")
        for seq, draft in enumerate(changed):
            env = draft.sealed(seq, prev, signer)
            prev = insert(sql, 1, seq, env, draft.parts)
            copies.append(copy_of(env, draft.parts))
    forget(folder)
    if with_medium:
        write_medium(folder / "H" / "shadow.kj", certificate_of(folder).chain, copies)


def insert(sql: apsw.Connection, n: int, seq: int, env: bytes, parts: dict[str, tuple[bool, bytes]]) -> bytes:
    """Add a record with its parts; returns its hash."""
    digest = record_hash(env[64:])
    sql.execute("INSERT INTO record (chain, seq, hash, env) VALUES (?, ?, ?, ?)", (n, seq, digest, env))
    for name, (is_sealed, body) in parts.items():
        sql.execute(
            "INSERT INTO part (hash, name, sealed, digest, body) VALUES (?, ?, ?, ?, ?)",
            (digest, name, int(is_sealed), hashlib.sha256(body).digest(), body),
        )
    return digest


def forget(folder: Path) -> None:
    """Take away what lies beside the journal and remembers."""
    for path in [folder / "H" / "shadow.kj", *(folder / "H").glob("*.mark")]:
        path.unlink(missing_ok=True)


def copy_of(env: bytes, parts: dict[str, tuple[bool, bytes]]) -> StoredRecord:
    """The record as it lies on a second medium."""
    return StoredRecord(env, tuple(StoredPart(name, is_sealed, body) for name, (is_sealed, body) in parts.items()))


def write_medium(path: Path, chain: bytes, copies: Iterable[StoredRecord]) -> None:
    """A second medium with these records."""
    path.write_bytes(shadow.begin(chain) + b"".join(shadow.encode(copy) for copy in copies))


# ── the region ───────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class Ledger:
    """A demo region's ledger, which begins with a till's certificate as `demo.enrol` left it."""

    leaves: list[bytes]

    @classmethod
    def of(cls, folder: Path) -> "Ledger":
        """The ledger of a demo desk."""
        return cls([certificate_of(folder).encode()])

    def note(self, size: int | None = None) -> str:
        """The signed head."""
        count = len(self.leaves) if size is None else size
        root = tree.root(count, self._nodes().__getitem__)
        return checkpoint.sign(ORIGIN, count, root, demo_keys().ledger).note

    def inclusion(self, index: int) -> tuple[bytes, ...]:
        """The proof of a leaf in the whole ledger."""
        return tuple(tree.inclusion(index, len(self.leaves), self._nodes().__getitem__))

    def consistency(self, old: int) -> tuple[bytes, ...]:
        """The proof that the ledger begins with its first `old` leaves."""
        return tuple(tree.consistency(old, len(self.leaves), self._nodes().__getitem__))

    def _nodes(self) -> dict[tree.Place, bytes]:
        empty: dict[tree.Place, bytes] = {}
        return tree.append(0, [tree.leaf_hash(leaf) for leaf in self.leaves], empty.__getitem__)

    def take(self, hashes: Iterable[bytes]) -> None:
        """Enter records."""
        self.leaves += [entry.encode_record(1_800_000_000_000, digest) for digest in hashes]

    def pushed(self, following: int, leaf: int, known: int) -> Pushed:
        """The answer that says that every record before `following` is held."""
        return Pushed(
            next=following,
            leaf=self.leaves[leaf],
            index=leaf,
            inclusion=self.inclusion(leaf),
            note=self.note(),
            consistency=self.consistency(known),
            config_seq=0,
            nonce="nonce",
        )


def hashes_of(folder: Path, n: int = 1) -> list[bytes]:
    """The names of a chain's records."""
    with as_a_person_who_knows_sql(journal_in(folder)) as sql:
        rows: list[Any] = sql.execute("SELECT hash FROM record WHERE chain = ? ORDER BY seq", (n,)).fetchall()
    return [digest for (digest,) in rows]


def keep(folder: Path, answer: Pushed, size: int, n: int = 1) -> None:
    """Keep a proof as the till does, without asking whether it holds."""
    with as_a_person_who_knows_sql(journal_in(folder)) as sql:
        sql.execute(
            "INSERT INTO proof (id, chain, next, size, leaf, idx, inclusion, consistency, note)"
            " VALUES ((SELECT max(id) + 1 FROM proof), ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                n,
                answer.next,
                size,
                answer.leaf,
                answer.index,
                b"".join(answer.inclusion),
                b"".join(answer.consistency),
                answer.note,
            ),
        )


def proved(folder: Path, count: int | None = None) -> Ledger:
    """The region holds the first `count` records (all when not said) and has proved it."""
    ledger, hashes = Ledger.of(folder), hashes_of(folder)
    ledger.take(hashes[:count])
    following = len(ledger.leaves) - 1
    keep(folder, ledger.pushed(following, following, 1), len(ledger.leaves))
    return ledger


# ── a successor ──────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class Successor:
    """What a till that has been broken goes on with; every field can be forged."""

    lost: tuple[int, ...] = ()
    declared: bool = True
    parent: bytes | None = None
    has_parent: bool = True
    register: str = "R0417B"
    till: str = "H"
    signer: Signer = field(default_factory=lambda: SUCCESSOR)
    birth: dict[str, Any] = field(default_factory=dict)
    then: Callable[[RegisterState, list[Event]], Sequence[Event]] = lambda state, past: []


def lose(folder: Path, *numbers: int) -> None:
    """Records that are in no copy: their places are kept, with the hash that the next record names."""
    with as_a_person_who_knows_sql(journal_in(folder)) as sql:
        for number in sorted(numbers, reverse=True):
            sql.execute(
                "DELETE FROM part WHERE hash = (SELECT hash FROM record WHERE chain = 1 AND seq = ?)", (number,)
            )
            sql.execute("DELETE FROM record WHERE chain = 1 AND seq = ?", (number,))
            after = sql.execute("SELECT env FROM record WHERE chain = 1 AND seq = ?", (number + 1,)).get
            digest = None if after is None else canonical.from_text(json.loads(after[64:])["prev"], 32)
            sql.execute("INSERT INTO gap (chain, seq, hash) VALUES (1, ?, ?)", (number, digest))
    forget(folder)


def succeed(folder: Path, how: Successor) -> None:
    """Lose records, and let a successor go on in the same file, as `kassaapp.recovery` does it."""
    before = certificate_of(folder)
    whole = events_of(folder)
    kept = [event for number, event in enumerate(whole) if number not in how.lost]
    head = hashes_of(folder)[(min(how.lost) if how.lost else len(whole)) - 1]
    lose(folder, *how.lost)
    certificate = replace(
        before,
        chain=hashlib.sha256(before.chain).digest()[:16],
        register=how.register,
        till=how.till,
        public_key=how.signer.public_key,
        parent=(how.parent or head) if how.has_parent else None,
    )
    _enter(folder, certificate)
    state = fold(kept)
    at = kept[-1].at
    events: list[Event] = [replace(_birth(certificate, state, at), **how.birth)]
    if how.lost and how.declared:
        events.append(RecordsLost(at, min(how.lost), len(how.lost), _gap_hash(folder, min(how.lost))))
    state = fold([*kept, *events])
    append(folder, certificate, how.signer, [*events, *how.then(state, kept)])


def _birth(certificate: Enrolment, state: RegisterState, at: datetime) -> RegisterOpened:
    return RegisterOpened(
        at=at,
        register=certificate.register,
        till=certificate.till,
        clinic=certificate.clinic,
        grand=state.grand,
        next_receipt=state.next_receipt,
        next_session=state.next_session,
        next_z=state.next_z,
    )


def _gap_hash(folder: Path, seq: int) -> str:
    with as_a_person_who_knows_sql(journal_in(folder)) as sql:
        digest = sql.execute("SELECT hash FROM gap WHERE seq = ?", (seq,)).get
    return "" if digest is None else canonical.to_text(digest)


def _enter(folder: Path, certificate: Enrolment) -> None:
    """The region enters the successor's certificate after the records it has, and proves it."""
    ledger = Ledger.of(folder)
    ledger.leaves.append(certificate.encode())
    with as_a_person_who_knows_sql(journal_in(folder)) as sql:
        sql.execute(
            "INSERT INTO chain (n, id, public_key, certificate) VALUES (2, ?, ?, ?)",
            (certificate.chain, certificate.public_key, certificate.encode()),
        )
    answer = replace(ledger.pushed(0, 1, 1), consistency=())
    keep(folder, answer, 2, n=2)


def append(folder: Path, certificate: Enrolment, signer: Signer, events: Sequence[Event]) -> None:
    """Write events as the records of chain 2."""
    _, sealing_key = secrets_of(folder)
    last = drafts(folder)[-1].header
    prev = certificate.hash
    with as_a_person_who_knows_sql(journal_in(folder)) as sql, sql:
        for seq, event in enumerate(events):
            draft = _draft(event, certificate, last, sealing_key)
            prev = insert(sql, 2, seq, draft.sealed(seq, prev, signer), draft.parts)


def _draft(event: Event, certificate: Enrolment, like: dict[str, Any], sealing_key: bytes) -> Draft:
    parts, commitments = {}, {}
    for name, content in payload.contents(event).items():
        part = Part(name, hashlib.sha256(repr(event).encode()).digest(), canonical.encode(content))
        recovery_key = bytes(demo_keys().recovery.public_key)
        is_sealed = sealing.is_sealed(name)
        body = sealing.seal(part, sealing_key, recovery_key, _random) if is_sealed else part.salt + part.data
        parts[name] = (is_sealed, body)
        commitments[name] = canonical.to_text(part.commitment)
    header = {
        "v": 1,
        "chain": canonical.to_text(certificate.chain),
        "kind": kind_of(event),
        "parts": commitments,
        "ack": like["ack"],
        "cfg": like["cfg"],
    }
    return Draft(header, parts)


def _random(size: int) -> bytes:
    return hashlib.shake_256(b"not random").digest(size)
