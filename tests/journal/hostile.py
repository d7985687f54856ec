"""Hostile SQL against a till's journal, and what each statement does: refused, harmless, or possible and then found.

Three who come by: `PROGRAM` has the journal open with our own settings, as a fault of ours or a console in our process
would; `OWNER` the same, having taken SQLite's defensive mode away; `TOOL` is any other program with SQLite, which knows
nothing of page checksums.
"""
# ruff: noqa: S608 - the names are our own

from dataclasses import dataclass

PROGRAM, OWNER, TOOL = "program", "owner", "tool"
DONE = "done"
KEPT = "journal: append-only"
NEXT = "journal: not the next record"
OLDER = "journal: not a newer proof"

REFUSED = {
    # ── UPDATE and DELETE, and what is both
    "UPDATE record SET env = zeroblob(100)": KEPT,
    "UPDATE record SET seq = seq + 1": KEPT,
    "UPDATE OR REPLACE record SET seq = 0": KEPT,
    "UPDATE OR IGNORE record SET env = zeroblob(100)": KEPT,
    "UPDATE record SET env = p.body FROM part p WHERE p.hash = record.hash": KEPT,
    "UPDATE chain SET public_key = zeroblob(32)": KEPT,
    "UPDATE part SET sealed = 1": KEPT,
    "UPDATE proof SET next = 0": KEPT,
    "UPDATE region SET env = zeroblob(100)": KEPT,
    "UPDATE region_part SET body = zeroblob(40)": KEPT,
    "DELETE FROM record WHERE seq = (SELECT max(seq) FROM record)": KEPT,
    "DELETE FROM part WHERE name = 'p'": KEPT,
    "DELETE FROM chain": KEPT,
    "DELETE FROM proof": KEPT,
    "DELETE FROM region WHERE kind = 'config'": KEPT,
    "DELETE FROM region_part": KEPT,
    "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 3) DELETE FROM record WHERE seq IN n": KEPT,
    # ── rows in a place that is taken, or in none
    "INSERT OR REPLACE INTO record SELECT chain, seq, hash, zeroblob(100) FROM record WHERE seq = 1": NEXT,
    "INSERT OR REPLACE INTO record SELECT chain, seq, zeroblob(32), env FROM record WHERE seq = 1": NEXT,
    "REPLACE INTO record SELECT * FROM record": NEXT,
    "REPLACE INTO record SELECT 1, (SELECT max(seq) + 1 FROM record), hash, env FROM record WHERE seq = 1": NEXT,
    "INSERT OR IGNORE INTO record SELECT * FROM record": NEXT,
    "INSERT INTO record SELECT * FROM record WHERE true ON CONFLICT (chain, seq) DO UPDATE SET env = zeroblob(9)": NEXT,
    "INSERT INTO record SELECT * FROM record WHERE true ON CONFLICT DO NOTHING": NEXT,
    "INSERT INTO record SELECT chain, 99, zeroblob(32), env FROM record WHERE seq = 0": NEXT,
    "INSERT INTO record SELECT 2, 0, zeroblob(32), env FROM record WHERE seq = 0": "FOREIGN KEY constraint failed",
    "INSERT INTO gap VALUES (1, 3, zeroblob(32))": NEXT,
    "INSERT INTO chain SELECT 7, zeroblob(16), public_key, certificate FROM chain": "journal: chain exists",
    "INSERT INTO chain SELECT * FROM chain": "journal: chain exists",
    "INSERT INTO part SELECT * FROM part": "journal: part exists",
    "INSERT INTO part SELECT * FROM part WHERE true ON CONFLICT DO UPDATE SET body = x'00'": "journal: part exists",
    "INSERT INTO part VALUES (zeroblob(32), 'a', 0, zeroblob(32), x'00')": "FOREIGN KEY constraint failed",
    "INSERT INTO proof SELECT id + 1, chain, next, 0, leaf, idx, inclusion, consistency, note FROM proof": OLDER,
    "INSERT INTO proof SELECT 9, chain, next, size, leaf, idx, inclusion, consistency, note FROM proof": OLDER,
    "INSERT INTO region SELECT kind, seq + 2, env FROM region": "may only go forward",
    "INSERT INTO region_part SELECT * FROM region_part": "journal: part exists",
    "INSERT INTO record SELECT 1, max(seq) + 1, x'00', x'00' FROM record": "CHECK constraint failed",
    # ── what SQLite keeps for itself, and what is not there
    "DELETE FROM sqlite_master WHERE type = 'trigger'": "may not be modified",
    "UPDATE sqlite_schema SET sql = ''": "may not be modified",
    "PRAGMA writable_schema = ON; DELETE FROM sqlite_master WHERE type = 'trigger'": "may not be modified",
    "DROP TABLE record": "FOREIGN KEY constraint failed",
    "DROP TABLE chain": "FOREIGN KEY constraint failed",
    "CREATE TRIGGER record_kept BEFORE UPDATE ON record BEGIN SELECT 1; END": "already exists",
    "SELECT load_extension('x')": "not authorized",
    "SELECT writefile('x', env) FROM record": "no such function",
}
"""What the program's own connection is refused, and by whose words."""

HARMLESS = [
    "UPDATE record SET env = zeroblob(100) WHERE false",
    "PRAGMA writable_schema = ON",
    "PRAGMA recursive_triggers = ON",
    "PRAGMA ignore_check_constraints = ON",
    "PRAGMA foreign_keys = OFF",
    "PRAGMA synchronous = OFF",
    "PRAGMA locking_mode = NORMAL",
    "PRAGMA journal_mode = OFF",
    "PRAGMA checksum_verification = OFF",
    "PRAGMA encoding = 'UTF-16'",
    "PRAGMA schema_version = 1",
    "PRAGMA wal_checkpoint(TRUNCATE)",
    "PRAGMA journal_mode = DELETE",
    "PRAGMA page_size = 1024",
    "PRAGMA auto_vacuum = FULL",
    "VACUUM",
    "REINDEX",
    "ANALYZE",
    "ATTACH ':memory:' AS other",
    "CREATE TABLE other.record (seq)",
    "CREATE TEMP TABLE record (seq)",
    "CREATE TEMP TRIGGER t AFTER INSERT ON main.record BEGIN DELETE FROM main.part; END",
    "CREATE TABLE extra (x)",
    "CREATE VIEW v AS SELECT * FROM main.record",
    "CREATE INDEX main.i ON record (env)",
    "ALTER TABLE main.record ADD COLUMN more INTEGER",
    "INSERT INTO part VALUES (zeroblob(32), 'a', 0, zeroblob(32), x'00')",
    "DROP TRIGGER record_kept",
]
"""What the program's own connection may do, one after the other, and no record is different for it. The last two:
a part of no record is not read by anybody and is gone after the next start, and a guard that is gone is missed by
nobody until something is changed."""


@dataclass(frozen=True, slots=True)
class Possible:
    """What can be done by whom; the classes of fault that `verify` names for it; and how the till then starts, without
    a region: what its check says, or the trouble it ends in. Several words: any of them."""

    who: str
    name: str
    statements: str
    verify: str
    start: str


def _down(guard: str, change: str) -> str:
    return f"DROP TRIGGER {guard}; PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON; {change}"


_SCHEMA = (
    "PRAGMA writable_schema = ON; DELETE FROM sqlite_master WHERE type = 'trigger'; PRAGMA writable_schema = RESET;"
)
_CHEAPER = "body = CAST(replace(CAST(body AS TEXT), '20000', '10000') AS BLOB)"
_PROOF = "chain, {next}, size, leaf, idx, inclusion, consistency, note FROM proof"
_TAIL = "(SELECT hash FROM record WHERE seq >= 5)"

POSSIBLE = [
    # ── rows that were never made: the guards let the next one pass, whoever it is from
    Possible(
        PROGRAM,
        "a record added",
        "INSERT INTO record SELECT 1, (SELECT max(seq) + 1 FROM record), zeroblob(32), env FROM record WHERE seq = 1",
        "link",
        "JournalDamaged",
    ),
    Possible(
        PROGRAM,
        "a record of nothing added",
        "PRAGMA ignore_check_constraints = ON; INSERT INTO record SELECT 1, max(seq) + 1, x'00', x'00' FROM record",
        "malformed",
        "JournalDamaged",
    ),
    Possible(
        PROGRAM,
        "a gap added",
        "INSERT INTO gap SELECT 1, max(seq) + 1, zeroblob(32) FROM record",
        "missing-undeclared",
        "NeedsRegion",
    ),
    Possible(
        PROGRAM,
        "a chain added",
        "INSERT INTO chain SELECT 2, zeroblob(16), public_key, certificate FROM chain",
        "key shared-key succession",
        "JournalDamaged",
    ),
    Possible(
        PROGRAM,
        "a part added",
        "INSERT INTO part SELECT hash, 'q', 0, digest, body FROM part WHERE name = 'a' LIMIT 1",
        "part",
        "repaired",
    ),
    Possible(
        PROGRAM,
        "a proof of more than there is",
        f"INSERT INTO proof SELECT id + 1, {_PROOF.format(next=99)}",
        "proof",
        "JournalDamaged NeedsRegion repaired",
    ),
    Possible(
        PROGRAM,
        "a proof of what was never proved",
        f"INSERT INTO proof SELECT id + 1, {_PROOF.format(next=5)}",
        "proof",
        "JournalDamaged NeedsRegion repaired",
    ),
    Possible(
        PROGRAM,
        "a trust record added",
        "INSERT INTO region SELECT kind, seq + 1, env FROM region WHERE kind = 'trust'",
        "configuration",
        "JournalDamaged",
    ),
    Possible(
        PROGRAM,
        "a configuration part added",
        "INSERT INTO region_part SELECT kind, seq, 'clinic/x', sealed, digest, body FROM region_part LIMIT 1",
        "configuration",
        "JournalDamaged",
    ),
    Possible(
        PROGRAM,
        "a configuration record added",
        "INSERT INTO region SELECT kind, seq + 1, env FROM region WHERE kind = 'config'",
        "configuration",
        "JournalDamaged NeedsRegion repaired",
    ),
    # ── records changed, removed and exchanged, once a guard is down
    Possible(
        OWNER,
        "a record changed",
        _down("record_kept", "UPDATE record SET env = zeroblob(100) WHERE seq = 3"),
        "malformed",
        "repaired",
    ),
    Possible(
        OWNER,
        "a record removed",
        _down("record_held", "DELETE FROM record WHERE seq = 3"),
        "missing",
        "repaired",
    ),
    Possible(
        OWNER,
        "the tail removed with its parts",
        _down("record_held", f"DROP TRIGGER part_held; DELETE FROM part WHERE hash IN {_TAIL}")
        + "; DELETE FROM record WHERE seq >= 5",
        "cut",
        "repaired",
    ),
    Possible(
        OWNER,
        "the tail removed without its parts",
        _down("record_held", "DELETE FROM record WHERE seq >= 5"),
        "cut",
        "restored repaired",
    ),
    Possible(
        OWNER,
        "two records exchanged",
        _down("record_kept", "UPDATE record SET seq = -1 WHERE seq = 3; UPDATE record SET seq = 3 WHERE seq = 4")
        + "; UPDATE record SET seq = 4 WHERE seq = -1",
        "link",
        "repaired",
    ),
    Possible(
        OWNER,
        "guards written out of the schema",
        f"{_SCHEMA} UPDATE record SET env = zeroblob(100) WHERE seq = 3",
        "malformed",
        "repaired",
    ),
    # ── contents
    Possible(OWNER, "prices changed", _down("part_kept", f"UPDATE part SET {_CHEAPER}"), "part", "repaired"),
    Possible(OWNER, "persons removed", _down("part_held", "DELETE FROM part WHERE name = 'p'"), "part", "repaired"),
    Possible(OWNER, "accounting called sealed", _down("part_kept", "UPDATE part SET sealed = 1"), "part", "repaired"),
    Possible(
        OWNER,
        "persons renamed",
        _down("part_kept", "UPDATE part SET name = 'b' WHERE name = 'p'"),
        "part",
        "repaired",
    ),
    Possible(
        OWNER,
        "digests changed, which only `verify` reads",
        _down("part_kept", "UPDATE part SET digest = zeroblob(32)"),
        "part",
        "repaired",
    ),
    # ── who the till is, and what the region has said
    Possible(
        OWNER, "the key changed", _down("chain_kept", "UPDATE chain SET public_key = zeroblob(32)"), "key", "repaired"
    ),
    Possible(
        OWNER,
        "the register renamed",
        _down("chain_kept", "UPDATE chain SET certificate = CAST(replace(certificate, 'R0417', 'R0418') AS BLOB)"),
        "link proof",
        "repaired",
    ),
    Possible(OWNER, "the certificate removed", _down("chain_held", "DELETE FROM chain"), "file", "repaired"),
    Possible(
        OWNER,
        "the proofs removed",
        _down("proof_held", "DELETE FROM proof"),
        "proof",
        "JournalDamaged NeedsRegion",
    ),
    Possible(
        OWNER,
        "a checkpoint changed",
        _down("proof_kept", "UPDATE proof SET note = replace(note, '1', '2')"),
        "proof",
        "JournalDamaged",
    ),
    Possible(
        OWNER,
        "an inclusion proof changed",
        _down("proof_kept", "UPDATE proof SET inclusion = zeroblob(32)"),
        "proof",
        "JournalDamaged NeedsRegion repaired",
    ),
    Possible(
        OWNER,
        "the price list changed",
        _down("region_part_kept", f"UPDATE region_part SET {_CHEAPER} WHERE name = 'region'"),
        "configuration",
        "JournalDamaged",
    ),
    Possible(
        OWNER,
        "the price list removed",
        _down("region_held", "DELETE FROM region WHERE kind = 'config'"),
        "configuration",
        "BadConfiguration JournalDamaged NeedsRegion",
    ),
    Possible(
        OWNER,
        "trust removed",
        _down("region_held", "DROP TRIGGER region_part_held; DELETE FROM region_part; DELETE FROM region"),
        "configuration",
        "JournalDamaged",
    ),
    # ── tables
    Possible(
        PROGRAM,
        "a table dropped",
        "DROP TABLE proof",
        "proof",
        "JournalDamaged NeedsRegion",
    ),
    Possible(
        PROGRAM,
        "the table of gaps dropped",
        "DROP TABLE gap",
        "file",
        "repaired",
    ),
    Possible(
        PROGRAM,
        "a table renamed",
        "ALTER TABLE record RENAME TO old",
        "file",
        "repaired JournalDamaged NeedsRegion",
    ),
    Possible(
        PROGRAM,
        "a column renamed",
        "ALTER TABLE record RENAME COLUMN env TO bytes",
        "file",
        "repaired JournalDamaged NeedsRegion",
    ),
    Possible(
        PROGRAM,
        "a column dropped",
        "ALTER TABLE record DROP COLUMN env",
        "file",
        "repaired JournalDamaged NeedsRegion",
    ),
    Possible(
        OWNER,
        "a table exchanged for a view without its tail",
        "ALTER TABLE record RENAME TO r; CREATE VIEW record AS SELECT * FROM r WHERE seq < 5",
        "cut",
        "repaired restored",
    ),
    Possible(
        OWNER,
        "a table without its guards",
        "ALTER TABLE part RENAME TO p; CREATE TABLE part AS SELECT * FROM p",
        "",
        "repaired",
    ),
    Possible(
        OWNER,
        "two tables in one place",
        "PRAGMA writable_schema = ON; UPDATE sqlite_master SET rootpage ="
        " (SELECT rootpage FROM sqlite_master WHERE name = 'proof') WHERE name = 'gap'",
        "file",
        "repaired",
    ),
    Possible(
        OWNER,
        "the schema removed",
        "PRAGMA writable_schema = ON; DELETE FROM sqlite_master",
        "file",
        "repaired",
    ),
    Possible(PROGRAM, "another format", "PRAGMA user_version = 7", "", "JournalNewer"),
    Possible(PROGRAM, "another program's file", "PRAGMA application_id = 7", "", "JournalUnreadable repaired"),
    # ── another program's SQLite: what it writes has no checksum of ours
    Possible(TOOL, "it looks", "SELECT count(*) FROM record", "", "intact"),
    Possible(TOOL, "it locks and lets go", "BEGIN IMMEDIATE; ROLLBACK", "", "intact"),
    Possible(TOOL, "it drops a guard", "DROP TRIGGER record_kept", "file", "repaired"),
    Possible(TOOL, "it adds a table", "CREATE TABLE extra (x)", "file", "repaired"),
    Possible(
        TOOL,
        "it adds a table and lets the log lie",
        "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE extra (x)",
        "file",
        "repaired",
    ),
    Possible(TOOL, "it writes the version that was there", "PRAGMA user_version = 1", "file", "repaired"),
    Possible(
        TOOL,
        "it changes a record",
        "DROP TRIGGER record_kept; UPDATE record SET env = zeroblob(100) WHERE seq = 3",
        "file malformed",
        "repaired",
    ),
    Possible(TOOL, "it vacuums", "VACUUM", "unreadable", "repaired"),
]
