"""T13, row 18: a region that shows one register another ledger is found by the records of that register."""

import base64
import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from sync.server.app import make_app
from sync.server.audit import audit
from sync.server.heads import Heads
from sync.server.region import Region, open_region
from sync.wire import record as rec
from sync.wire import tree
from sync.wire.frame import Frame
from tests.sync.builders import Clock, Till, enrol, make_region, publish, seal, till_of, transport_to


def sell(till: Till, ack: bytes | None = None) -> None:
    """One more record, which names the newest head that the till was shown, or another."""
    journal = till.journal
    before = journal.records[-1].record.hash if journal.records else journal.enrolment.hash
    made = seal(journal.enrolment, journal.key, journal.count(), before)
    proof = journal.proof()
    assert proof is not None
    header = replace(made.record.header, ack=proof.checkpoint.hash if ack is None else ack)
    journal.records.append(Frame(rec.seal(header, journal.key), made.parts))


def test_what_every_register_was_shown_was_this_ledger(region: Region, clock: Clock) -> None:
    publish(region)
    tills = [enrol(region, clock) for _ in range(2)]
    for _ in range(3):
        for till in tills:
            sell(till)
            assert till.sync().attention is None

    assert audit(region.settings.folder).findings == []


def test_a_register_that_was_shown_another_ledger_gives_it_away(tmp_path: Path, clock: Clock) -> None:
    region = make_region(tmp_path / "region", clock)
    one, other = enrol(region, clock), enrol(region, clock)
    shutil.copytree(tmp_path / "region", tmp_path / "twin")
    twin = open_region(tmp_path / "twin", clock=clock)
    misled = till_of(one.paper, one.journal.key, transport_to(make_app(twin)), clock)
    sell(other)
    sell(misled)
    assert (other.sync().attention, misled.sync().attention) == (None, None)
    sell(misled)

    one.journal.records[:] = misled.journal.records
    assert one.sync().attention is None

    [finding] = audit(tmp_path / "region").findings
    assert "record 1 names a head that this ledger never had" in finding
    assert audit(tmp_path / "twin").findings == []
    twin.close()
    region.close()


def test_a_head_that_is_made_up_is_found(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)
    sell(till, ack=bytes(32))
    till.sync()

    [finding] = audit(region.settings.folder).findings

    assert "record 0 names a head" in finding


@pytest.mark.parametrize("size", [0, 1, 2, 3, 7, 8, 100])
def test_each_size_has_the_head_that_the_tree_has(size: int) -> None:
    heads, hashes = Heads("kassa.test/ledger/1"), [bytes([one]) * 32 for one in range(100)]
    for one in hashes:
        heads.grow(one)
    nodes: dict[tree.Place, bytes] = {}
    nodes.update(tree.append(0, hashes[:size], nodes.__getitem__))
    root = tree.root(size, nodes.__getitem__)
    text = f"kassa.test/ledger/1\n{size}\n{base64.b64encode(root).decode()}\n"

    assert hashlib.sha256(text.encode()).digest() in heads
    assert bytes(32) not in heads
