"""The audit checks where each chain is said to have ended, and which chain it is that another goes on after."""

from dataclasses import replace

import pytest

from sync.client.engine import Push
from sync.server import storage, succession
from sync.server.audit import audit
from sync.server.region import Region
from sync.wire import canonical, entry
from sync.wire.canonical import to_text
from sync.wire.entry import Closing
from tests.sync.builders import Clock, Till, enrol, signer, tamper
from tests.sync.succession import closings, status_of, succeed


def test_chains_that_ended_and_went_on_have_no_findings(region: Region, clock: Clock) -> None:
    lost, forked = _sold(region, clock, 3), _sold(region, clock, 2)
    succession.lose(region, lost.sender.chain)
    new = succeed(region, forked, clock, signer())
    lost.journal.sell(2)
    lost.sync()
    new.journal.sell(1)
    new.sync()

    report = audit(region.settings.folder)

    assert report.findings == []
    assert report.counted == {"entries": 13, "configurations": 0, "records": 8}
    assert status_of(region, lost).flags == ("late 3", "lost 3")


@pytest.mark.parametrize("wrong", [{"next": 2}, {"next": 4}, {"head": bytes(32)}])
def test_a_forged_end_is_named(region: Region, clock: Clock, wrong: dict[str, object]) -> None:
    till = _sold(region, clock, 3)
    _end(region, replace(_true_end(till, clock), **wrong))  # type: ignore[arg-type]

    (finding,) = audit(region.settings.folder).findings

    assert finding == "entry 4 ends a chain elsewhere than where it was"


def test_an_end_that_is_dated_back_before_records_is_named(region: Region, clock: Clock) -> None:
    till = _sold(region, clock, 3)
    records = till.journal.records
    till.journal.sell(2)
    till.sync()
    _end(region, Closing(clock(), till.sender.chain, 3, records[2].record.hash, "lost"))

    (finding,) = audit(region.settings.folder).findings

    assert finding == "entry 6 ends a chain elsewhere than where it was"


def test_a_second_end_is_named(sqlite_region: Region, clock: Clock) -> None:
    till = _sold(sqlite_region, clock, 3)
    made = succession.lose(sqlite_region, till.sender.chain)
    _end(sqlite_region, replace(made, why=entry.FORK))

    assert audit(sqlite_region.settings.folder).findings == ["entry 5 ends a chain that had ended"]


def test_an_end_of_nothing_is_named(sqlite_region: Region, clock: Clock) -> None:
    _append(sqlite_region, Closing(clock(), bytes(16), 0, bytes(32), "lost").encode())

    assert audit(sqlite_region.settings.folder).findings == ["entry 0 ends a chain that is not here"]


@pytest.mark.parametrize("change", [{"why": "tired"}, {"next": -1}, {"next": True}, {"more": 1}, {"head": "AA"}])
def test_an_end_that_cannot_be_read_is_named(sqlite_region: Region, clock: Clock, change: dict[str, object]) -> None:
    made = Closing(clock(), bytes(16), 0, bytes(32), "lost").encode()
    _append(sqlite_region, canonical.encode(canonical.decode_object(made) | change))

    (finding,) = audit(sqlite_region.settings.folder).findings

    assert finding.startswith("entry 0: ")


@pytest.mark.parametrize("statement", ["closed_ms = NULL", "closed_ms = closed_ms + 1"])
def test_an_end_that_is_not_in_the_chains_row_is_named(sqlite_region: Region, clock: Clock, statement: str) -> None:
    till = _sold(sqlite_region, clock, 1)
    succession.lose(sqlite_region, till.sender.chain)
    tamper(sqlite_region, "chain", f"UPDATE chain SET {statement}")  # noqa: S608 - our own

    (finding,) = audit(sqlite_region.settings.folder).findings

    assert finding == f"chain {to_text(till.sender.chain)}: its end is not as the ledger says"


def test_an_end_that_is_only_in_the_chains_row_is_named(sqlite_region: Region, clock: Clock) -> None:
    till = _sold(sqlite_region, clock, 1)
    tamper(sqlite_region, "chain", "UPDATE chain SET closed_ms = 1")

    (finding,) = audit(sqlite_region.settings.folder).findings

    assert finding == f"chain {to_text(till.sender.chain)}: its end is not as the ledger says"


@pytest.mark.parametrize("whose", ["nobody's", "another's"])
def test_a_chain_put_after_another_than_it_succeeds_is_named(region: Region, clock: Clock, whose: str) -> None:
    old, other = _sold(region, clock, 2), _sold(region, clock, 2)
    new = succeed(region, old, clock, signer())
    parent = other.sender.chain if whose == "another's" else None
    statement = "UPDATE chain SET parent = :parent WHERE chain = :chain"
    tamper(region, "chain", statement, parent=parent, chain=new.sender.chain)

    (finding,) = audit(region.settings.folder).findings

    assert finding == f"chain {to_text(new.sender.chain)}: it succeeds another than its certificate says"


def test_an_end_that_was_taken_out_of_the_ledger_is_found(sqlite_region: Region, clock: Clock) -> None:
    till = _sold(sqlite_region, clock, 1)
    succession.lose(sqlite_region, till.sender.chain)
    tamper(sqlite_region, "leaf", "DELETE FROM leaf WHERE idx = 2")

    findings = audit(sqlite_region.settings.folder).findings

    assert "entry 2 is missing" in findings
    assert f"chain {to_text(till.sender.chain)}: its end is not as the ledger says" in findings


def _sold(region: Region, clock: Clock, count: int) -> Till:
    till = enrol(region, clock)
    till.transport.push(till.sender, Push(0, tuple(till.journal.sell(count)), 0))
    return till


def _true_end(till: Till, clock: Clock) -> Closing:
    records = till.journal.records
    return Closing(clock(), till.sender.chain, len(records), records[-1].record.hash, "lost")


def _end(region: Region, forged: Closing) -> None:
    """Write an end into the ledger and the chain's row, as the region's owner can."""
    _append(region, forged.encode())
    if len(closings(region)) == 1:
        with storage.writing(region.engine) as db:
            storage.close_chain(db, forged.chain, forged.at_ms)


def _append(region: Region, leaf: bytes) -> None:
    with storage.writing(region.engine) as db:
        region.ledger.append(db, lambda _: [leaf])
    region.ledger.head()
