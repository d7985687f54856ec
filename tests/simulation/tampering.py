"""What can be done to a till's files behind the program's back: bytes, or rows under right page checksums."""

import hashlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random

import apsw

from kassaapp.journal.database import VFS
from sync.wire.record import RECORD_DOMAIN, record_hash
from sync.wire.signature import Signer
from tests.simulation.disk import WAL, Media, envs, envs_and_bodies, shadow_frames


@contextmanager
def unguarded(path: Path) -> Iterator[apsw.Connection]:
    """A journal file without its guards, which are put back, and with right page checksums."""
    with closing(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE, vfs=VFS)) as db:
        guards = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            db.execute(f"DROP TRIGGER {name!s}")
        yield db
        for _, statement in guards:
            db.execute(str(statement))


def cut_journal(path: Path, count: int) -> None:
    """Take the newest records of the newest chain out, and leave a file in which nothing shows."""
    with unguarded(path) as db:
        newest_of = "SELECT n, (SELECT max(seq) FROM record WHERE chain = n) FROM chain ORDER BY n DESC"
        chain, newest = next(db.execute(newest_of))
        _remove(db, chain, max(1, (newest or 0) - count + 1), newest or 0)


def _remove(db: apsw.Connection, chain: int, first: int, last: int) -> None:
    doomed = "FROM record WHERE chain = ? AND seq BETWEEN ? AND ?"
    db.execute(f"DELETE FROM part WHERE hash IN (SELECT hash {doomed})", (chain, first, last))  # noqa: S608
    db.execute(f"DELETE {doomed}", (chain, first, last))


def _some_record(db: apsw.Connection, random: Random) -> tuple[int, int, bytes, bytes]:
    rows = db.execute("SELECT chain, seq, hash, env FROM record ORDER BY chain, seq").fetchall()
    return random.choice(rows[-6:])  # type: ignore[return-value]


def forge_content(db: apsw.Connection, random: Random) -> None:
    """Another amount, with the digest that a file of this content has."""
    _, _, digest, _ = _some_record(db, random)
    body = db.execute("SELECT body FROM part WHERE hash = ? AND name = 'a'", (digest,)).get
    assert isinstance(body, bytes)
    forged = body[:32] + body[32:].replace(b"2026", b"2025", 1)
    new = (forged, hashlib.sha256(forged).digest(), digest)
    db.execute("UPDATE part SET body = ?, digest = ? WHERE hash = ? AND name = 'a'", new)


def forge_header(db: apsw.Connection, random: Random) -> None:
    """Another header, under its own right hash, signed by another key."""
    chain, seq, digest, env = _some_record(db, random)
    header = env[64:]
    ack = header.index(b'"ack":"') + 7
    header = header[:ack] + (b"B" if header[ack : ack + 1] == b"A" else b"A") + header[ack + 1 :]
    forged = Signer(bytes(32)).sign(RECORD_DOMAIN + header) + header
    db.execute("PRAGMA foreign_keys=OFF")
    new = (record_hash(header), forged, chain, seq)
    db.execute("UPDATE record SET hash = ?, env = ? WHERE chain = ? AND seq = ?", new)
    db.execute("UPDATE part SET hash = ? WHERE hash = ?", (record_hash(header), digest))


def take_out(db: apsw.Connection, random: Random) -> None:
    """A record is taken out, and those after it move up."""
    chain, seq, _, _ = _some_record(db, random)
    _remove(db, chain, seq, seq)
    later = db.execute("SELECT seq FROM record WHERE chain = ? AND seq > ? ORDER BY seq", (chain, seq)).fetchall()
    for (one,) in later:
        assert isinstance(one, int)
        db.execute("UPDATE record SET seq = ? WHERE chain = ? AND seq = ?", (one - 1, chain, one))


def cut_shadow(path: Path, count: int) -> None:
    """Take the newest records off a second medium."""
    ends = [end for _, end in shadow_frames(path.read_bytes(), {})]
    if len(ends) > count:
        with path.open("r+b") as file:
            file.truncate(ends[-count - 1])


def flip_record(media: Media, random: Random, *, also_shadow: bool, newest: int | None = None) -> None:
    """Flip a bit of one record's header or of one part of it, wherever the journal's files hold it; of one of the
    `newest` headers, if so many are given."""
    if not media.journal.exists():
        return
    target = random.choice(envs_and_bodies(media.journal) if newest is None else envs(media.journal)[-newest:])
    at, bit = random.randrange(len(target)), 1 << random.randrange(8)
    paths = [media.journal, media.journal.with_name(WAL)]
    for path in paths + (sorted(media.stick.glob("*.kj")) if also_shadow else []):
        if path.exists():
            path.write_bytes(_flipped(path.read_bytes(), target, at, bit))


def _flipped(raw: bytes, target: bytes, at: int, bit: int) -> bytes:
    """With that bit flipped in every place where the target begins; a long one goes on in other pages."""
    flipped, begin = bytearray(raw), target[:64]
    found = raw.find(begin)
    while found >= 0:
        place = found + min(at, 200)
        flipped[min(place, len(raw) - 1)] ^= bit
        found = raw.find(begin, found + 1)
    return bytes(flipped)
