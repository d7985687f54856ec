"""A till's two media and its keyring, and how they are copied, cut short and damaged: by bytes, past the program."""

import base64
import hashlib
import shutil
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kassaapp.journal.signing_key import Mark
from kassaapp.trouble import KeyMissing

JOURNAL = "journal.db"
WAL = "journal.db-wal"
MAGIC = b"SQLite format 3"
_DOMAIN = b"kassa/record/v1\0"
_SIGNATURE_BYTES = 64


@dataclass
class Keyring:
    """A keyring of the operating system, in memory. Fits `signing_key.Custody`."""

    secrets: dict[str, bytes] = field(default_factory=dict)
    marks: dict[str, Mark] = field(default_factory=dict)
    disturb: Callable[[], None] = field(default=lambda: None, compare=False)
    """Called before and after anything is kept: a moment at which the power may go."""

    def keep(self, name: str, secret: bytes) -> None:
        self.disturb()
        self.secrets[name] = secret
        self.disturb()

    def fetch(self, name: str) -> bytes:
        if name not in self.secrets:
            raise KeyMissing("no key in the keyring")
        return self.secrets[name]

    def keep_mark(self, name: str, mark: Mark) -> None:
        self.disturb()
        self.marks[name] = mark
        self.disturb()

    def mark(self, name: str) -> Mark | None:
        return self.marks.get(name)

    def copied(self) -> "Keyring":
        """The same, from now on on its own."""
        return Keyring(dict(self.secrets), dict(self.marks))


@dataclass(frozen=True, slots=True)
class Media:
    """The folder of the journal, and that of the second medium, under one folder."""

    folder: Path

    @property
    def journal(self) -> Path:
        return self.folder / "H" / JOURNAL

    @property
    def stick(self) -> Path:
        return self.folder / "stick"

    def shadow(self, register: str) -> Path:
        """Where the second medium of a register of that name lies."""
        return self.stick / f"{register}H.kj"

    def copied(self, folder: Path) -> "Media":
        """A copy of both, as they lie now: what a power cut would leave."""
        _copy_tree(self.folder, folder)
        return Media(folder)

    def take_stick(self, other: "Media") -> None:
        """Have a copy of another's second medium in place of one's own."""
        shutil.rmtree(self.stick)
        _copy_tree(other.stick, self.stick)

    def name_stick(self) -> None:
        """Say in the clinic file where the second medium lies now, for a program that asks there."""
        clinic_file = self.folder / "clinic.toml"
        lines = clinic_file.read_text().splitlines()
        kept = [line for line in lines if not line.startswith("second_medium")]
        clinic_file.write_text("\n".join([*kept, f'second_medium = "{self.stick}"', ""]))

    def remove(self) -> None:
        """Destroy both."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _copy_tree(source: Path, target: Path) -> None:
    target.mkdir(parents=True)
    for path in source.iterdir():
        if path.is_dir():
            _copy_tree(path, target / path.name)
        else:
            (target / path.name).write_bytes(path.read_bytes())


# ── what is written there ────────────────────────────────────────────────────────────────────────────────────────


Envs = Mapping[bytes, bytes]
"""Signed headers as they were, by hash."""


def records_on(media: Media, envs: Envs, scratch: Path) -> set[bytes]:
    """The hash of every record that either medium holds whole, byte for byte, without a word from the program.

    Anything that is renamed `.aside` counts too: a person can still bring it in.
    """
    found: set[bytes] = set()
    for path in (media.folder / "H").glob(f"{JOURNAL}*"):
        if not path.name.endswith(("-wal", "-shm")):
            found |= _in_database(path, envs, scratch)
    for path in media.stick.glob("*"):
        found |= {digest for digest, _ in shadow_frames(path.read_bytes(), envs)}
    return found


def _in_database(path: Path, known: Envs, scratch: Path) -> set[bytes]:
    copy = scratch / "read.db"
    copy.write_bytes(path.read_bytes())
    wal = path.with_name(f"{path.name}-wal")
    for leftover in scratch.glob("read.db-*"):
        leftover.unlink()
    if wal.exists():
        (scratch / "read.db-wal").write_bytes(wal.read_bytes())
    with closing(sqlite3.connect(copy)) as db:
        rows = _rows(db, "SELECT hash, env FROM record", "chain, seq")
        envs = {digest: env for digest, env in rows if isinstance(env, bytes)}  # A damaged page may hold anything.
        whole = {digest for digest, env in envs.items() if known.get(digest, env) == env}
        for digest, name, sealed, part_digest, body in _rows(db, _PARTS, "hash, name"):
            if not _is_as_signed(envs.get(digest, b""), name, sealed, part_digest, body):
                whole.discard(digest)
        return whole


_PARTS = "SELECT hash, name, sealed, digest, body FROM part"


def _is_as_signed(env: bytes, name: str, sealed: int, digest: bytes, body: object) -> bool:
    """Whether a part is as it was stored and, when it is not sealed, as its header has it."""
    if not isinstance(body, bytes) or hashlib.sha256(body).digest() != digest:
        return False
    commitment = base64.urlsafe_b64encode(hashlib.sha256(b"kassa/part/v1\0" + body).digest())
    return bool(sealed) or commitment.rstrip(b"=") in env


def _rows(db: sqlite3.Connection, query: str, order: str) -> Iterator[tuple[Any, ...]]:
    """The rows that can be read, from the front and, where that breaks off, from the back."""
    backwards = ", ".join(f"{name} DESC" for name in order.split(", "))
    for direction in (order, backwards):
        with suppress(sqlite3.DatabaseError, UnicodeDecodeError):
            yield from db.execute(f"{query} ORDER BY {direction}")
            return


def _hash(env: bytes) -> bytes:
    return hashlib.sha256(_DOMAIN + env[_SIGNATURE_BYTES:]).digest()


def records_in(journal: Path) -> list[tuple[bytes, bytes]]:
    """Hash and signed header of every record of a journal that has been closed."""
    with closing(sqlite3.connect(f"file:{journal}?mode=ro&immutable=1", uri=True)) as db:
        return db.execute("SELECT hash, env FROM record ORDER BY chain, seq").fetchall()


def envs(journal: Path) -> list[bytes]:
    """All signed headers that a journal file shows, in order, unless nothing does."""
    return _column(journal, "SELECT env FROM record", "chain, seq") or [MAGIC]


def envs_and_bodies(journal: Path) -> list[bytes]:
    """All signed headers and contents that a journal file shows, unless nothing does."""
    return envs(journal) + _column(journal, "SELECT body FROM part", "hash, name")


def _column(journal: Path, query: str, order: str) -> list[bytes]:
    copy = journal.with_name("read.db")
    copy.write_bytes(journal.read_bytes())
    wal = journal.with_name(WAL)
    if wal.exists():
        copy.with_name("read.db-wal").write_bytes(wal.read_bytes())
    with closing(sqlite3.connect(copy)) as db:
        found = [row[0] for row in _rows(db, query, order)]
    for leftover in journal.parent.glob("read.db*"):
        leftover.unlink()
    return found


def shadow_frames(raw: bytes, known: Envs) -> Iterator[tuple[bytes, int]]:
    """Each whole frame of a second medium, also after one that is not: the hash of its record, and where it ends.

    A frame whose length is damaged hides all that comes after it.
    """
    at = 15 + 16
    while at + 8 <= len(raw):
        length, checksum = (int.from_bytes(raw[place : place + 4], "big") for place in (at, at + 4))
        body = raw[at + 8 : at + 8 + length]
        at += 8 + length
        if len(body) < length:
            return
        env = body[2 : 2 + int.from_bytes(body[:2], "big")]
        digest = _hash(env)
        if zlib.crc32(body) == checksum and known.get(digest, env) == env:
            yield digest, at
