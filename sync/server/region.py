"""One region server's parts, put together: database, ledger, nonces and clock. Also the first day of a region."""

import errno
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from sync.server import keys, roles, settings, shape, storage
from sync.server.ledger import Clock, HeadSigner, Ledger
from sync.server.nonces import Nonces
from sync.server.settings import Settings
from sync.server.signer import LedgerSigner
from sync.server.signer.line import SignerLine
from sync.wire import config, messages
from sync.wire.config import Trust
from sync.wire.errors import Malformed
from sync.wire.record import CHAIN_BYTES, SALT_BYTES, Part


@dataclass(frozen=True, slots=True)
class Region:
    """What every request needs."""

    settings: Settings
    engine: Engine
    ledger: Ledger
    nonces: Nonces
    clock: Clock

    def close(self) -> None:
        """Close the database's connections."""
        self.engine.dispose()


def now_ms() -> int:
    """The machine's clock: milliseconds since 1970, UTC."""
    return time.time_ns() // 1_000_000


def open_region(
    folder: Path, *, database: str | None = None, role: str = roles.OFFICE, clock: Clock = now_ms
) -> Region:
    """Open the region in `folder`, on PostgreSQL with the rights of `role`.

    Raises FileNotFoundError when there is none, OtherShape when its database is an older or newer program's, MayNot
    when the database's user may not have that role.
    """
    chosen = settings.load(folder, database)
    shape.check(chosen.database, role)
    engine = storage.open_engine(chosen.database, role)
    ledger = Ledger(engine, _head_signer(chosen, engine), clock)
    return Region(chosen, engine, ledger, Nonces(keys.nonce_secret(chosen.keys)), clock)


def found_region(
    folder: Path, name: str, *, database: str | None = None, owner: str | None = None, demo: bool = False
) -> None:
    """Make keys, settings, tables, the trust chain, and a ledger with nothing in it.

    `database` is what the server will use; `owner` the same database opened by who may make roles and tables, when
    that is another user. Raises FileExistsError when the folder holds a region already, OtherShape when the database
    does, MayNot when its user may not, Malformed for a name of several lines or none.
    """
    if not name.strip() or not name.isprintable():
        raise Malformed("a region's name is on one line, and not empty")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (folder / "keys").exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(folder / "keys"))
    with (
        _own_file(folder, database),
        shape.create(owner or database or settings.default_database(folder), alone=owner is None) as db,
    ):
        keys.make(folder / "keys", demo=demo)
        root = keys.signer(folder / "keys", "root")
        Settings(folder, name, settings.origin_of(name), root.public_key, database or "").save()
        chosen = settings.load(folder)
        part = Part(config.KEYS_PART, secrets.token_bytes(SALT_BYTES), _trust(chosen).encode())
        chain = secrets.token_bytes(CHAIN_BYTES)
        frame = config.next_record(config.TRUST_KIND, chain, None, [part], root)
        storage.add_config(db, config.TRUST_KIND, frame, None)
        _own_signer(chosen).begin()


@contextmanager
def _own_file(folder: Path, database: str | None) -> Iterator[None]:
    """The empty database file, readable by its owner only: it will hold personal data. Gone again when nothing came of
    it. Raises FileExistsError."""
    if database:
        yield
        return
    file = folder / settings.DATABASE_FILE
    settings.write_private(file, b"")
    try:
        yield
    except BaseException:
        file.unlink(missing_ok=True)
        raise


def _trust(chosen: Settings) -> Trust:
    return Trust(
        region=chosen.region,
        origin=chosen.origin,
        ledger_key=keys.signer(chosen.keys, "ledger").public_key,
        config_key=keys.signer(chosen.keys, "config").public_key,
        recovery_key=keys.recovery_public(chosen.keys),
    )


def _head_signer(chosen: Settings, engine: Engine) -> HeadSigner:
    if chosen.signer is None:
        return _own_signer(chosen)
    with storage.reading(engine) as db:
        frames = storage.config_frames(db, config.TRUST_KIND, 0, messages.MAX_CONFIG_FRAMES, [config.KEYS_PART])
    return SignerLine(chosen.signer, chosen.origin, config.read_trust(frames, chosen.root_key).ledger_key)


def _own_signer(chosen: Settings) -> LedgerSigner:
    return LedgerSigner(chosen.signed_head, chosen.origin, keys.signer(chosen.keys, "ledger"))
