"""One-time codes as they lie in the database: hashed, with what each till made of its own.

As in `storage.py`, each function takes the connection of a transaction its caller opened, and decides nothing.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from sync.server import tables as t


@dataclass(frozen=True, slots=True)
class Code:
    """A row of `code`."""

    selector: str
    hash: bytes
    clinic: str
    register: str
    expires_ms: int
    tries_left: int


@dataclass(frozen=True, slots=True)
class CodeTill:
    """A row of `code_till`: the till a code may enrol, the chain it succeeds, the chain it became."""

    selector: str
    till: str
    parent: bytes | None
    chain: bytes | None


def add_code(db: Connection, code: Code, tills: dict[str, bytes | None]) -> None:
    """A new one-time code, and for each till the chain it is to succeed."""
    db.execute(t.code.insert().values({name: getattr(code, name) for name in Code.__slots__}))
    rows = [{"selector": code.selector, "till": till, "parent": parent} for till, parent in tills.items()]
    db.execute(t.code_till.insert(), rows)


def find_code(db: Connection, selector: str, *, lock: bool = False) -> Code | None:
    """The code that begins so. `lock` it where the tries it has left are counted."""
    query = select(t.code).where(t.code.c.selector == selector)
    row = db.execute(query.with_for_update() if lock else query).first()
    return None if row is None else Code(**row._mapping)


def use_try(db: Connection, selector: str) -> None:
    """A wrong try."""
    c = t.code.c
    db.execute(update(t.code).where(c.selector == selector).values(tries_left=c.tries_left - 1))


def find_code_till(db: Connection, selector: str, till: str) -> CodeTill | None:
    """What a code may do for a till."""
    c = t.code_till.c
    row = db.execute(select(t.code_till).where(c.selector == selector, c.till == till)).first()
    return None if row is None else CodeTill(**row._mapping)


def use_code(db: Connection, selector: str, till: str, chain: bytes) -> None:
    """The code has become this chain for the till."""
    c = t.code_till.c
    db.execute(update(t.code_till).where(c.selector == selector, c.till == till).values(chain=chain))


def register_names(db: Connection, clinic: str, at_ms: int) -> set[str]:
    """The names of a clinic's registers that codes still good at `at_ms` may bring."""
    c = t.code.c
    return set(db.scalars(select(c.register).where(c.clinic == clinic, c.expires_ms >= at_ms)))


def retire(db: Connection, clinic: str, register: str, tills: Collection[str]) -> None:
    """Codes for these tills of that name that have not been used for them are good no more: two would bear two tills
    that give out the same receipt numbers."""
    c, one = t.code.c, t.code_till.c
    unused = select(one.selector).where(one.till.in_(tills), one.chain.is_(None))
    query = update(t.code).where(c.clinic == clinic, c.register == register, c.selector.in_(unused))
    db.execute(query.values(tries_left=0))
