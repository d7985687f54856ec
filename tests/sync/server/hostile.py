"""Hostile SQL against the region's database, and what each statement does on SQLite and on PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass

GUARDED = "append-only"
FORWARD = "only moves forward"
DONE = "done"

REFUSED: list[tuple[str, str | None, str | None]] = [
    # ── UPDATE, DELETE and what is both: (statement, what SQLite says, what PostgreSQL says; None: no statement there)
    ("UPDATE record SET env = hash", GUARDED, GUARDED),
    ("UPDATE record SET seq = seq + 1", GUARDED, GUARDED),
    ("UPDATE record SET leaf = 0 WHERE seq = 0", GUARDED, GUARDED),
    ("UPDATE part SET data = salt WHERE name = 'a'", GUARDED, GUARDED),
    ("UPDATE part SET name = 'q' WHERE name = 'p'", GUARDED, GUARDED),
    ("UPDATE leaf SET entry = entry", GUARDED, GUARDED),
    ("UPDATE node SET hash = hash WHERE lvl = 0", GUARDED, GUARDED),
    ("UPDATE config SET env = hash", GUARDED, GUARDED),
    ("UPDATE config_part SET data = salt", GUARDED, GUARDED),
    ("UPDATE quarantine SET why = 'nothing'", GUARDED, GUARDED),
    ("DELETE FROM record WHERE seq = (SELECT max(seq) FROM record)", GUARDED, GUARDED),
    ("DELETE FROM record", GUARDED, GUARDED),
    ("DELETE FROM part WHERE name = 'p'", GUARDED, GUARDED),
    ("DELETE FROM leaf WHERE idx = (SELECT max(idx) FROM leaf)", GUARDED, GUARDED),
    ("DELETE FROM node", GUARDED, GUARDED),
    ("DELETE FROM config WHERE seq = 1", GUARDED, GUARDED),
    ("DELETE FROM quarantine", GUARDED, GUARDED),
    ("WITH one AS (SELECT 1) DELETE FROM record", GUARDED, GUARDED),
    ("UPDATE record SET env = p.data FROM part p WHERE p.seq = record.seq", GUARDED, GUARDED),
    ("UPDATE OR REPLACE record SET seq = 0", GUARDED, None),
    ("UPDATE OR IGNORE record SET env = hash", GUARDED, None),
    ("WITH gone AS (DELETE FROM record RETURNING *) SELECT count(*) FROM gone", None, GUARDED),
    ("WITH one AS (UPDATE leaf SET entry = entry RETURNING *) SELECT count(*) FROM one", None, GUARDED),
    ("DELETE FROM record USING part WHERE part.seq = record.seq", None, GUARDED),
    # ── what moves, and only forward
    ("UPDATE chain SET next_seq = 3, verified_seq = 3", FORWARD, FORWARD),
    ("UPDATE chain SET head = public_key", FORWARD, FORWARD),
    ("UPDATE chain SET public_key = head", FORWARD, FORWARD),
    ("UPDATE chain SET clinic = 'tallbacken'", FORWARD, FORWARD),
    ("DELETE FROM chain", FORWARD, FORWARD),
    ("TRUNCATE chain", None, FORWARD),
    ("UPDATE ledger SET size = size - 1", FORWARD, FORWARD),
    ("UPDATE ledger SET at_ms = 0", FORWARD, FORWARD),
    ("DELETE FROM ledger", FORWARD, FORWARD),
    ("INSERT OR REPLACE INTO ledger VALUES (1, 0, 0)", FORWARD, None),
    ("INSERT INTO ledger VALUES (2, 0, 0)", "ledger_one_row", "ledger_one_row"),
    # ── rows in a place that is taken
    ("INSERT OR REPLACE INTO record SELECT chain, seq, hash, hash, leaf FROM record", GUARDED, None),
    ("REPLACE INTO leaf SELECT idx, entry FROM leaf WHERE idx = 1", GUARDED, None),
    ("INSERT OR IGNORE INTO record SELECT * FROM record", GUARDED, None),
    ("INSERT INTO record SELECT * FROM record", GUARDED, "duplicate key"),
    ("INSERT INTO leaf SELECT * FROM leaf", GUARDED, "duplicate key"),
    (
        "INSERT INTO record SELECT * FROM record WHERE true ON CONFLICT (chain, seq) DO UPDATE SET env = excluded.hash",
        GUARDED,
        GUARDED,
    ),
    ("INSERT INTO node SELECT * FROM node WHERE true ON CONFLICT (lvl, idx) DO UPDATE SET lvl = 9", GUARDED, GUARDED),
    (
        "MERGE INTO record r USING record s ON r.chain = s.chain AND r.seq = s.seq WHEN MATCHED THEN DELETE",
        None,
        GUARDED,
    ),
    (
        "MERGE INTO part p USING part s ON p.chain = s.chain WHEN MATCHED THEN UPDATE SET data = s.salt",
        None,
        GUARDED,
    ),
    # ── whole tables
    ("TRUNCATE record", None, GUARDED),
    ("TRUNCATE record, part, leaf, node, config, config_part, quarantine CASCADE", None, GUARDED),
    ("TRUNCATE ONLY leaf RESTART IDENTITY", None, GUARDED),
    ("ALTER TABLE record DROP COLUMN chain", "cannot drop PRIMARY KEY column", None),
    ("ALTER TABLE record ADD COLUMN more BLOB NOT NULL", "Cannot add a NOT NULL column", None),
    ("ALTER TABLE record ADD COLUMN more bytea NOT NULL", None, "contains null values"),
    # ── what the database keeps for itself
    ("DELETE FROM sqlite_master WHERE type = 'trigger'", "may not be modified", None),
    ("INSERT INTO record (chain, seq) VALUES (x'00', 99)", "NOT NULL constraint failed", None),
    ("INSERT INTO record (chain, seq) VALUES ('\\x00', 99)", None, "violates not-null constraint"),
]

HARMLESS: list[tuple[str, str | None, str | None]] = [
    ("UPDATE record SET env = hash WHERE false", DONE, DONE),
    ("DELETE FROM leaf WHERE idx < 0", DONE, DONE),
    ("PRAGMA user_version = 7", DONE, None),
    ("PRAGMA application_id = 7", DONE, None),
    ("PRAGMA synchronous = OFF", DONE, None),
    ("PRAGMA recursive_triggers = ON", DONE, None),
    ("PRAGMA ignore_check_constraints = ON", DONE, None),
    ("CREATE TEMP TRIGGER t AFTER INSERT ON main.leaf BEGIN DELETE FROM node; END", DONE, None),
    ("REINDEX", DONE, None),
    ("VACUUM", DONE, None),
    ("ANALYZE", DONE, DONE),
    ("VACUUM FULL record", None, DONE),
    ("CLUSTER record USING record_pkey", None, DONE),
    ("SET session_replication_role = replica", None, DONE),
    ("SET synchronous_commit = off", None, DONE),
    ("INSERT INTO record SELECT * FROM record ON CONFLICT DO NOTHING", None, DONE),
    ("CREATE VIEW hidden AS SELECT * FROM record", DONE, DONE),
    ("ATTACH ':memory:' AS other", DONE, None),
    ("CREATE TEMP TABLE record (seq INTEGER)", DONE, DONE),
]
"""What may be done and changes nothing that is stored: the audit finds nothing, and the region goes on."""


@dataclass(frozen=True, slots=True)
class Possible:
    """What an owner can do, and the words of the audit that finds it; `None` when nothing does."""

    name: str
    sqlite: Sequence[str]
    postgresql: Sequence[str]
    found: str | None = None


def _same(name: str, *statements: str, found: str | None) -> Possible:
    """The same statements on both."""
    return Possible(name, statements, statements, found)


def _past_guards(name: str, change: str, found: str | None, table: str = "record") -> Possible:
    """One change, once the table's guards are down."""
    update = "forward" if table in ("chain", "ledger") else "no_update"
    down = [f"DROP TRIGGER {table}_{what}" for what in (update, "no_delete", "no_replace")]
    return Possible(name, [*down, change], [f"ALTER TABLE {table} DISABLE TRIGGER USER", change], found)


def _twisted(table: str, column: str, place: str, sqlite: str, postgresql: str) -> Possible:
    """Whatever comes into a table is changed as it comes."""
    changed = f"UPDATE {table} SET {column} = {sqlite} WHERE {place}"  # noqa: S608 - our own names
    body = f"$$ BEGIN NEW.{column} := {postgresql}; RETURN NEW; END $$"
    return Possible(
        f"what comes into {table} is changed",
        [
            f"DROP TRIGGER {table}_no_update",
            f"CREATE TRIGGER twist AFTER INSERT ON {table} BEGIN {changed}; END",
        ],
        [
            f"CREATE FUNCTION twist() RETURNS trigger LANGUAGE plpgsql AS {body}",
            f"CREATE TRIGGER twist BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION twist()",
        ],
    )


_TAMED = "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN OLD; END $$"

HEAD_MOVED_BACK = _past_guards(
    "a head moved back",
    "UPDATE chain SET next_seq = 3, verified_seq = 3",
    "its head is said to be before 3",
    "chain",
)

POSSIBLE = [
    # ── past the guards
    _past_guards("guards down, a record changed", "UPDATE record SET env = hash WHERE seq = 3", "record 3"),
    _past_guards("guards down, a record removed", "DELETE FROM record WHERE seq = 3", "record 4 stands"),
    _past_guards("guards down, the tail removed", "DELETE FROM record WHERE seq = 6", "end before 6"),
    _past_guards("guards down, a part removed", "DELETE FROM part WHERE seq = 2", "lacks a part", "part"),
    _past_guards("guards down, an entry changed", "UPDATE leaf SET entry = hash FROM node", "entry", "leaf"),
    _past_guards("guards down, a record renumbered", "UPDATE record SET seq = seq + 90 WHERE seq = 3", "stands where"),
    Possible(
        "guards written out of the schema",
        [
            "PRAGMA writable_schema = ON",
            "DELETE FROM sqlite_master WHERE type = 'trigger'",
            "PRAGMA writable_schema = RESET",
            "DELETE FROM record WHERE seq = 3",
        ],
        ["DROP FUNCTION refuse_change() CASCADE", "DELETE FROM record WHERE seq = 3"],
        "record 4 stands",
    ),
    Possible(
        "guards that no longer refuse",
        ["DROP TRIGGER part_no_delete", "DELETE FROM part WHERE seq = 2"],
        [_TAMED, "DELETE FROM part WHERE seq = 2"],
        "lacks a part",
    ),
    Possible(
        "guards asleep, as for a replica",
        ["DROP TRIGGER record_no_delete", "DELETE FROM record"],
        ["SET session_replication_role = replica; DELETE FROM record"],
        "names a record that is not here",
    ),
    Possible(
        "a column rewritten by its type",
        ["ALTER TABLE record DROP COLUMN env", "ALTER TABLE record ADD COLUMN env BLOB NOT NULL DEFAULT x'00'"],
        ["ALTER TABLE record ALTER COLUMN env TYPE bytea USING hash"],
        "cannot be read",
    ),
    # ── rows that were never sent: the guards refuse no addition, the ledger does
    _same(
        "a record added beyond the head",
        "INSERT INTO record SELECT chain, 7, hash, env, leaf FROM record WHERE seq = 6",
        found="its head is said to be before 7",
    ),
    _same(
        "a part added",
        "INSERT INTO part SELECT chain, seq, 'q', salt, data FROM part WHERE name = 'a' AND seq = 1",
        found="part q of record 1",
    ),
    _same(
        "an entry added beyond the head",
        "INSERT INTO leaf SELECT (SELECT max(idx) FROM leaf) + 1, entry FROM leaf WHERE idx = 0",
        found="table leaf holds",
    ),
    _same(
        "a node added",
        "INSERT INTO node SELECT 40, 0, hash FROM node WHERE lvl = 0 AND idx = 0",
        found="table node holds",
    ),
    _same(
        "a configuration added",
        "INSERT INTO config SELECT kind, 2, hash, env, leaf FROM config WHERE kind = 'config' AND seq = 1",
        found="configuration 1 is not in the ledger",
    ),
    _past_guards(
        "records given to chains that are none",
        "UPDATE record SET chain = substr(hash, 1, 16) WHERE seq = 6",
        "end before 6",
    ),
    # ── what moves, past its guards; and what may move on without a record
    HEAD_MOVED_BACK,
    _past_guards("a register's key exchanged", "UPDATE chain SET public_key = head", "its certificate is not", "chain"),
    _past_guards("a chain removed", "DELETE FROM chain", "a chain that is not here", "chain"),
    _past_guards("the ledger said to be shorter", "UPDATE ledger SET size = size - 1", "were signed", "ledger"),
    _past_guards("the ledger removed", "DELETE FROM ledger", "cannot be done", "ledger"),
    _same("a head moved on", "UPDATE chain SET next_seq = 9", found="its head is said to be before 9"),
    _same("the ledger said to be longer", "UPDATE ledger SET size = size + 1", found="is missing"),
    # ── tables
    _same("a table dropped", "DROP TABLE part", found="cannot be done"),
    _same("a table renamed", "ALTER TABLE record RENAME TO gone", found="cannot be done"),
    _same(
        "a table exchanged for a view without its newest row",
        "ALTER TABLE record RENAME TO r",
        "CREATE VIEW record AS SELECT * FROM r WHERE seq < 6",
        found="end before 6",
    ),
    _same(
        "a table exchanged for a view without one entry",
        "ALTER TABLE leaf RENAME TO l",
        "CREATE VIEW leaf AS SELECT * FROM l WHERE idx <> 4",
        found="entry 4 is missing",
    ),
    # ── what is the region's own knowledge and stands in no ledger
    _same("a flag removed", "DELETE FROM flag", found=None),
    _same("a contact forgotten", "UPDATE chain SET contact_ms = 0", found=None),
    _same(
        "a code given more tries", "UPDATE code SET tries_left = 9, expires_ms = expires_ms + 1000000000", found=None
    ),
    _past_guards("evidence of a fork removed", "DELETE FROM quarantine", None, "quarantine"),
    _past_guards("the ledger's time put back", "UPDATE ledger SET at_ms = 0", None, "ledger"),
]

UNPROVED = [
    _past_guards("the ledger is shorter", "UPDATE ledger SET size = size - 1", None, "ledger"),
    _past_guards("the register is gone", "DELETE FROM chain", None, "chain"),
    Possible(
        "new records are swallowed",
        [
            "DROP TRIGGER record_no_delete",
            "CREATE TRIGGER swallow AFTER INSERT ON record BEGIN DELETE FROM record WHERE seq = NEW.seq; END",
        ],
        ["CREATE RULE swallow AS ON INSERT TO record DO INSTEAD NOTHING"],
    ),
    _twisted("record", "env", "seq = NEW.seq", "hash", "NEW.hash"),
    _twisted("leaf", "entry", "idx = NEW.idx", "x'00'", "'\\x00'"),
    _twisted("node", "hash", "lvl = NEW.lvl AND idx = NEW.idx", "zeroblob(32)", "sha256(NEW.hash)"),
]
"""What keeps a record from being stored as it was sent."""
