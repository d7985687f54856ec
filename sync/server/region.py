"""One region server's parts, put together: database, ledger, nonces and clock. Also the first day of a region."""

import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from sync.server import keys, settings, storage, tables
from sync.server.ledger import Clock, Ledger
from sync.server.nonces import Nonces
from sync.server.settings import Settings
from sync.server.signer import LedgerSigner
from sync.wire import config
from sync.wire.config import Trust
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


def open_region(folder: Path, *, database: str | None = None, clock: Clock = now_ms) -> Region:
    """Open the region in `folder`. Raises FileNotFoundError when there is none."""
    chosen = settings.load(folder, database)
    engine = storage.open_engine(chosen.database)
    ledger = Ledger(engine, _ledger_signer(chosen), clock)
    return Region(chosen, engine, ledger, Nonces(keys.nonce_secret(chosen.keys)), clock)


def found_region(folder: Path, name: str, *, database: str | None = None, demo: bool = False) -> None:
    """Make keys, settings, tables, the trust chain, and a ledger with nothing in it.

    Raises FileExistsError when the folder holds a region already.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    keys.make(folder / "keys", demo=demo)
    root = keys.signer(folder / "keys", "root")
    Settings(folder, name, settings.origin_of(name), root.public_key, database or "").save()
    chosen = settings.load(folder)
    if not database:
        settings.write_private(folder / settings.DATABASE_FILE, b"")  # It will hold personal data.
    engine = storage.open_engine(chosen.database)
    with storage.writing(engine) as db:
        tables.create(db)
        part = Part(config.KEYS_PART, secrets.token_bytes(SALT_BYTES), _trust(chosen).encode())
        chain = secrets.token_bytes(CHAIN_BYTES)
        frame = config.next_record(config.TRUST_KIND, chain, None, [part], root)
        storage.add_config(db, config.TRUST_KIND, frame, None)
    engine.dispose()
    _ledger_signer(chosen).begin()


def _trust(chosen: Settings) -> Trust:
    return Trust(
        region=chosen.region,
        origin=chosen.origin,
        ledger_key=keys.signer(chosen.keys, "ledger").public_key,
        config_key=keys.signer(chosen.keys, "config").public_key,
        recovery_key=keys.recovery_public(chosen.keys),
    )


def _ledger_signer(chosen: Settings) -> LedgerSigner:
    return LedgerSigner(chosen.signed_head, chosen.origin, keys.signer(chosen.keys, "ledger"))
