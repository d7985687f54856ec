-- The cash journal: one SQLite file per till, one process, one connection. Rows are added and never changed.
-- The triggers guard against our own mistakes (also INSERT OR REPLACE, which passes delete triggers); what nobody can
-- undo is the signed chain itself. Page checksums (cksumvfs) find a flipped bit anywhere in the file.

CREATE TABLE chain (                    -- this till's chains, each with its certificate: the region's ledger entry. The
                                        -- last one is written to; a later one succeeds it after a fork or a gap
    n           INTEGER PRIMARY KEY,
    id          BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
    public_key  BLOB NOT NULL CHECK (length(public_key) = 32),
    certificate BLOB NOT NULL
) STRICT;

CREATE TABLE record (                   -- bytes exactly as signed: signature, then header
    chain INTEGER NOT NULL REFERENCES chain (n),
    seq   INTEGER NOT NULL CHECK (seq >= 0),
    hash  BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
    env   BLOB NOT NULL CHECK (length(env) BETWEEN 65 AND 4096),
    PRIMARY KEY (chain, seq)
) STRICT;

CREATE TABLE gap (                      -- places of records that no copy holds; `hash` as the next record's `prev` says it
    chain INTEGER NOT NULL REFERENCES chain (n),
    seq   INTEGER NOT NULL CHECK (seq >= 0),
    hash  BLOB CHECK (length(hash) = 32),
    PRIMARY KEY (chain, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE part (                     -- contents: salt ‖ json, or sealed when `sealed` is 1; `digest` is SHA-256 of
                                        -- `body`, so that a flipped bit is found also by who cannot open the seal
    hash   BLOB NOT NULL REFERENCES record (hash),
    name   TEXT NOT NULL,
    sealed INTEGER NOT NULL CHECK (sealed IN (0, 1)),
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    body   BLOB NOT NULL,
    PRIMARY KEY (hash, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE proof (                    -- what the region has proved: everything before `next` is in its ledger
    id          INTEGER PRIMARY KEY,
    chain       INTEGER NOT NULL REFERENCES chain (n),
    next        INTEGER NOT NULL CHECK (next >= 0),
    size        INTEGER NOT NULL CHECK (size > 0),
    leaf        BLOB NOT NULL,
    idx         INTEGER NOT NULL CHECK (idx >= 0),
    inclusion   BLOB NOT NULL,
    consistency BLOB NOT NULL,
    note        TEXT NOT NULL
) STRICT;

CREATE TABLE region (                   -- the trust and configuration chains, as far as received
    kind TEXT NOT NULL CHECK (kind IN ('trust', 'config')),
    seq  INTEGER NOT NULL CHECK (seq >= 0),
    env  BLOB NOT NULL,
    PRIMARY KEY (kind, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE region_part (
    kind   TEXT NOT NULL,
    seq    INTEGER NOT NULL,
    name   TEXT NOT NULL,
    sealed INTEGER NOT NULL CHECK (sealed IN (0, 1)),
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    body   BLOB NOT NULL,
    PRIMARY KEY (kind, seq, name),
    FOREIGN KEY (kind, seq) REFERENCES region (kind, seq)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER record_next BEFORE INSERT ON record
WHEN NEW.seq IS NOT 1 + max((SELECT coalesce(max(seq), -1) FROM record WHERE chain = NEW.chain),
                            (SELECT coalesce(max(seq), -1) FROM gap WHERE chain = NEW.chain))
  OR EXISTS (SELECT 1 FROM record WHERE hash = NEW.hash)
  OR EXISTS (SELECT 1 FROM chain WHERE n > NEW.chain)
BEGIN SELECT RAISE(ABORT, 'journal: not the next record'); END;

CREATE TRIGGER gap_next BEFORE INSERT ON gap
WHEN NEW.seq IS NOT 1 + max((SELECT coalesce(max(seq), -1) FROM record WHERE chain = NEW.chain),
                            (SELECT coalesce(max(seq), -1) FROM gap WHERE chain = NEW.chain))
  OR EXISTS (SELECT 1 FROM chain WHERE n > NEW.chain)
BEGIN SELECT RAISE(ABORT, 'journal: not the next record'); END;

CREATE TRIGGER part_new BEFORE INSERT ON part
WHEN EXISTS (SELECT 1 FROM part WHERE hash = NEW.hash AND name = NEW.name)
BEGIN SELECT RAISE(ABORT, 'journal: part exists'); END;

CREATE TRIGGER chain_new BEFORE INSERT ON chain
WHEN NEW.n IS NOT (SELECT coalesce(max(n), 0) + 1 FROM chain)
  OR EXISTS (SELECT 1 FROM chain WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'journal: chain exists'); END;

CREATE TRIGGER proof_next BEFORE INSERT ON proof
WHEN NEW.id IS NOT (SELECT coalesce(max(id), 0) + 1 FROM proof)
  OR EXISTS (SELECT 1 FROM proof WHERE size > NEW.size OR (chain = NEW.chain AND next > NEW.next))
BEGIN SELECT RAISE(ABORT, 'journal: not a newer proof'); END;

CREATE TRIGGER region_next BEFORE INSERT ON region
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), -1) + 1 FROM region WHERE kind = NEW.kind)
BEGIN SELECT RAISE(ABORT, 'journal: configuration may only go forward'); END;

CREATE TRIGGER region_part_new BEFORE INSERT ON region_part
WHEN EXISTS (SELECT 1 FROM region_part WHERE kind = NEW.kind AND seq = NEW.seq AND name = NEW.name)
BEGIN SELECT RAISE(ABORT, 'journal: part exists'); END;

CREATE TRIGGER chain_kept BEFORE UPDATE ON chain BEGIN SELECT RAISE(ABORT, 'journal: append-only'); END;
CREATE TRIGGER chain_held BEFORE DELETE ON chain BEGIN SELECT RAISE(ABORT, 'journal: append-only'); END;
CREATE TRIGGER record_kept BEFORE UPDATE ON record BEGIN SELECT RAISE(ABORT, 'journal: append-only'); END;
CREATE TRIGGER record_held BEFORE DELETE ON record BEGIN SELECT RAISE(ABORT, 'journal: append-only'); END;
CREATE TRIGGER gap_kept BEFORE UPDATE ON gap BEGIN SELECT RAISE(ABORT, 'journal: append-only'); END;
CREATE TRIGGER gap_held BEFORE DELETE ON gap BEGIN SELECT RAISE(ABORT, 'journal: append-only'); END;
CREATE TRIGGER part_kept BEFORE UPDATE ON part BEGIN SELECT RAISE(ABORT, 'journal: append-only'); END;
CREATE TRIGGER part_held BEFORE DELETE ON part BEGIN SELECT RAISE(ABORT, 'journal: append-only'); END;
CREATE TRIGGER proof_kept BEFORE UPDATE ON proof BEGIN SELECT RAISE(ABORT, 'journal: append-only'); END;
CREATE TRIGGER proof_held BEFORE DELETE ON proof BEGIN SELECT RAISE(ABORT, 'journal: append-only'); END;
CREATE TRIGGER region_kept BEFORE UPDATE ON region BEGIN SELECT RAISE(ABORT, 'journal: append-only'); END;
CREATE TRIGGER region_held BEFORE DELETE ON region BEGIN SELECT RAISE(ABORT, 'journal: append-only'); END;
CREATE TRIGGER region_part_kept BEFORE UPDATE ON region_part BEGIN SELECT RAISE(ABORT, 'journal: append-only'); END;
CREATE TRIGGER region_part_held BEFORE DELETE ON region_part BEGIN SELECT RAISE(ABORT, 'journal: append-only'); END;
