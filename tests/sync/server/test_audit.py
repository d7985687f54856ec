"""The audit finds every byte that somebody with the owner's rights has changed, and nothing else."""
# ruff: noqa: S608 - the names are our own

import pytest
from sqlalchemy import text

from sync.server import storage
from sync.server.__main__ import main
from sync.server.audit import audit
from sync.server.region import Region
from sync.wire import canonical, tree
from tests.sync.builders import START_MS, Clock, enrol, publish, seal_many, tamper


@pytest.fixture
def filled(region: Region, clock: Clock) -> Region:
    """Two registers with records, two configurations, a fork: everything a region can hold."""
    publish(region)
    for _ in range(2):
        till = enrol(region, clock)
        till.journal.sell(7)
        till.sync()
    publish(region)
    born, key = till.journal.enrolment, till.journal.key
    till.journal.records = till.journal.records[:3] + seal_many(
        born, key, 5, after=till.journal.records[:3], note="fork"
    )
    till.sync()
    return region


def test_an_honest_region_has_no_findings(filled: Region) -> None:
    report = audit(filled.settings.folder)

    assert report.findings == []
    assert report.counted == {"entries": 18, "configurations": 2, "records": 14}


FLIPPED = [
    ("record", "env", "seq = 3", "record 3"),
    ("record", "hash", "seq = 3", "another name"),
    ("part", "data", "seq = 3 AND name = 'a'", "part a of record 3"),
    ("part", "salt", "seq = 3 AND name = 'p'", "part p of record 3"),
    ("leaf", "entry", "idx = 5", "entry 5"),
    ("node", "hash", "lvl = 1 AND idx = 2", "node 1/2"),
    ("config", "env", "kind = 'config' AND seq = 0", "configuration"),
    ("config_part", "data", "kind = 'config' AND seq = 0 AND name = 'region'", "part region"),
    ("config_part", "data", "kind = 'trust'", "part keys"),
    ("chain", "public_key", "leaf = 1", "its certificate is not in the ledger"),
    ("chain", "head", "leaf = 1", "its head is said to be"),
]
CHANGED = [
    ("record", "UPDATE record SET leaf = leaf + 1 WHERE seq = 6", "record 6 is not in the ledger where"),
    ("record", "DELETE FROM record WHERE seq = 3", "record 4 stands where 3 should"),
    ("record", "DELETE FROM record WHERE seq = 6", "the records end before 6"),
    ("part", "DELETE FROM part WHERE seq = 3 AND name = 'p'", "record 3 lacks a part"),
    ("leaf", "DELETE FROM leaf WHERE idx = 5", "entry 5 is missing"),
    ("node", "DELETE FROM node WHERE lvl = 1 AND idx = 2", "node 1/2"),
    ("node", "INSERT INTO node SELECT 9, idx, hash FROM node WHERE lvl = 0 AND idx = 0", "table node holds"),
    ("config", "DELETE FROM config WHERE kind = 'config' AND seq = 1", "a configuration record that is not here"),
    ("config", "DELETE FROM config WHERE kind = 'trust'", "no trust record"),
    ("chain", "UPDATE chain SET clinic = 'tallbacken'", "its certificate is not in the ledger"),
    ("chain", "DELETE FROM chain", "a certificate of a chain that is not here"),
    ("ledger", "UPDATE ledger SET size = size - 1", "18 entries were signed, 17 are here"),
]


@pytest.mark.parametrize("region", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("table", "column", "where", "says"), FLIPPED)
def test_one_changed_bit_is_found(filled: Region, table: str, column: str, where: str, says: str) -> None:
    with storage.reading(filled.engine) as db:
        value = bytearray(db.execute(text(f"SELECT {column} FROM {table} WHERE {where}")).scalars().first() or b"")
    value[-1] ^= 1

    tamper(filled, table, f"UPDATE {table} SET {column} = :value WHERE {where}", value=bytes(value))

    assert any(says in finding for finding in audit(filled.settings.folder).findings)


@pytest.mark.parametrize("region", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("table", "statement", "says"), CHANGED)
def test_a_row_that_was_moved_removed_or_added_is_found(filled: Region, table: str, statement: str, says: str) -> None:
    tamper(filled, table, statement)

    assert any(says in finding for finding in audit(filled.settings.folder).findings)


def test_a_ledger_that_was_rebuilt_to_fit_is_found_by_its_signed_head(filled: Region) -> None:
    other = canonical.encode({"at": START_MS, "h": "A" * 43, "k": "rec"})
    with storage.reading(filled.engine) as db:
        leaves = storage.leaves(db, 0, 18)
    leaves[5] = other
    nodes: dict[tree.Place, bytes] = {}
    nodes = tree.append(0, [tree.leaf_hash(leaf) for leaf in leaves], nodes.__getitem__)

    tamper(filled, "leaf", "UPDATE leaf SET entry = :entry WHERE idx = 5", entry=other)
    for (level, index), digest in nodes.items():
        values = {"digest": digest, "lvl": level, "idx": index}
        tamper(filled, "node", "UPDATE node SET hash = :digest WHERE lvl = :lvl AND idx = :idx", **values)

    findings = audit(filled.settings.folder).findings
    assert "ledger: the root of 18 entries is not the one that was signed" in findings


@pytest.mark.parametrize("region", ["sqlite"], indirect=True)
def test_a_changed_signature_is_found(filled: Region) -> None:
    with storage.reading(filled.engine) as db:
        chain = storage.all_chains(db)[0].chain
        (env,) = storage.envs(db, chain, 3, 4)

    statement = "UPDATE record SET env = :env WHERE chain = :chain AND seq = 3"
    tamper(filled, "record", statement, env=bytes([env[0] ^ 1]) + env[1:], chain=chain)

    (finding,) = audit(filled.settings.folder).findings
    assert "record 3 was not signed by its register" in finding


@pytest.mark.parametrize("region", ["sqlite"], indirect=True)
def test_time_that_went_back_is_found(filled: Region) -> None:
    with storage.reading(filled.engine) as db:
        (raw,) = storage.leaves(db, 5, 6)
    earlier = canonical.encode(canonical.decode_object(raw) | {"at": START_MS - 1})

    tamper(filled, "leaf", "UPDATE leaf SET entry = :entry WHERE idx = 5", entry=earlier)

    assert "entry 5: time went back" in audit(filled.settings.folder).findings


def test_the_command_says_what_it_found_and_fails(filled: Region, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(filled.settings.folder)
    honest = main(["audit", folder])
    tamper(filled, "part", "DELETE FROM part WHERE seq = 3 AND name = 'p'")

    found = main(["audit", folder])

    assert (honest, found) == (0, 1)
    assert "FOUND chain" in capsys.readouterr().out
