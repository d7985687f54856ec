"""A second medium that is found: what it adds is stored once, what contradicts is kept aside, and no more gets in."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from nacl.public import PrivateKey

from sync.client.engine import Push
from sync.server import late, storage, succession
from sync.server.__main__ import main
from sync.server.audit import audit
from sync.server.errors import Refused
from sync.server.region import Region
from sync.wire import record as rec
from sync.wire.canonical import to_text
from sync.wire.entry import Enrolment
from sync.wire.errors import BadSeal, Malformed
from sync.wire.frame import Frame
from sync.wire.record import CHAIN_BYTES, Part
from sync.wire.signature import SIGNATURE_BYTES
from tests.sync.builders import Clock, Till, enrol, seal_many
from tests.sync.succession import RECOVERY_KEY, medium, status_of


def test_what_only_the_second_medium_has_is_brought_in_and_marked_late(region: Region, clock: Clock) -> None:
    till, raw = _lost(region, clock, sent=3, unsent=4)

    done = late.bring_in(region, raw, RECOVERY_KEY)

    assert (done.first, done.stored, done.held, done.aside, done.refused) == (3, 4, 3, 0, ())
    with storage.reading(region.engine) as db:
        assert storage.frames(db, till.sender.chain, 0, 10) == till.journal.records
    assert status_of(region, till).flags == ("late 3", "lost 3")
    assert audit(region.settings.folder).findings == []


def test_the_same_second_medium_again_adds_nothing(region: Region, clock: Clock) -> None:
    _, raw = _lost(region, clock, sent=3, unsent=4)
    late.bring_in(region, raw, RECOVERY_KEY)

    done = late.bring_in(region, raw, RECOVERY_KEY)

    assert (done.stored, done.held, done.aside) == (0, 7, 0)
    assert audit(region.settings.folder).findings == []


def test_more_than_a_push_may_hold_is_brought_in(region: Region, clock: Clock) -> None:
    _, raw = _lost(region, clock, sent=0, unsent=1001)

    done = late.bring_in(region, raw, RECOVERY_KEY)

    assert (done.first, done.stored) == (0, 1001)


def test_signatures_of_what_is_brought_in_are_judged(region: Region, clock: Clock) -> None:
    till, _ = _lost(region, clock, sent=0, unsent=4)
    records = till.journal.records
    records[1] = Frame(rec.read(bytes(SIGNATURE_BYTES) + records[1].record.header_bytes), records[1].parts)

    done = late.bring_in(region, medium(till.sender.chain, records), RECOVERY_KEY)

    assert done.stored == 4
    assert "signature 1" in status_of(region, till).flags


def test_what_stands_after_damage_is_kept_in_quarantine(region: Region, clock: Clock) -> None:
    till, raw = _lost(region, clock, sent=1, unsent=6)
    whole = len(medium(till.sender.chain, till.journal.records[:3]))
    damaged = raw[: whole + 40] + bytes([raw[whole + 40] ^ 1]) + raw[whole + 41 :]

    done = late.bring_in(region, damaged, RECOVERY_KEY)

    assert (done.stored, done.held, done.aside) == (2, 1, 3)
    assert (status_of(region, till).next, status_of(region, till).quarantined) == (3, 3)
    assert audit(region.settings.folder).findings == []


def test_a_better_copy_fills_the_hole_that_a_damaged_one_left(region: Region, clock: Clock) -> None:
    till, raw = _lost(region, clock, sent=0, unsent=6)
    late.bring_in(region, medium(till.sender.chain, till.journal.records[3:]), RECOVERY_KEY)

    done = late.bring_in(region, raw, RECOVERY_KEY)

    assert (done.stored, done.aside, status_of(region, till).quarantined) == (6, 0, 0)
    assert status_of(region, till).flags == ("late 0", "lost 0")


def test_a_file_whose_head_is_damaged_or_whose_end_is_torn_still_has_its_records(
    sqlite_region: Region, clock: Clock
) -> None:
    _, raw = _lost(sqlite_region, clock, sent=0, unsent=4)

    done = late.bring_in(sqlite_region, b"K" + raw[1:-5], RECOVERY_KEY)

    assert (done.stored, done.aside, done.refused) == (3, 0, ())


def test_a_clones_other_history_is_kept_in_quarantine(region: Region, clock: Clock) -> None:
    till, _ = _lost(region, clock, sent=3, unsent=0)
    born, key = till.journal.enrolment, till.journal.key
    branch = seal_many(born, key, 3, after=till.journal.records[:1], note="another history")

    done = late.bring_in(region, medium(born.chain, [till.journal.records[0], *branch]), RECOVERY_KEY)

    assert (done.stored, done.held, done.aside) == (0, 1, 3)
    assert status_of(region, till).flags == ("fork 1", "lost 3")


def test_a_record_that_does_not_follow_the_one_before_it_is_kept_in_quarantine(region: Region, clock: Clock) -> None:
    till, _ = _lost(region, clock, sent=0, unsent=3)
    born, key = till.journal.enrolment, till.journal.key
    stray = seal_many(born, key, 4, note="another history")[3]

    done = late.bring_in(region, medium(born.chain, [*till.journal.records, stray]), RECOVERY_KEY)

    assert (done.stored, done.aside, done.refused) == (3, 1, ())


def test_what_proves_nothing_is_left_out_and_said(region: Region, clock: Clock) -> None:
    till, _ = _lost(region, clock, sent=0, unsent=5)
    other, _ = _lost(region, clock, sent=0, unsent=1)
    records = list(till.journal.records)
    records[2] = Frame(records[2].record, (Part("a", bytes(32), b"{}"), records[2].parts[1]))
    records += other.journal.records

    done = late.bring_in(region, medium(till.sender.chain, records), RECOVERY_KEY)

    assert (done.stored, done.aside) == (2, 2)
    assert done.refused == ("record 0: another chain's", "record 2: commitment")


def test_a_person_that_does_not_open_is_left_out_and_said(sqlite_region: Region, clock: Clock) -> None:
    till, _ = _lost(sqlite_region, clock, sent=0, unsent=3)
    records = medium(till.sender.chain, till.journal.records[:2])
    other = medium(till.sender.chain, till.journal.records[2:], PrivateKey.generate())[31:]

    done = late.bring_in(sqlite_region, records + other, RECOVERY_KEY)

    assert (done.stored, done.refused) == (2, ("frame 2 of the file: sealed part p does not open",))


def test_another_key_than_the_regions_stores_nothing(sqlite_region: Region, clock: Clock) -> None:
    till, raw = _lost(sqlite_region, clock, sent=0, unsent=3)

    with pytest.raises(BadSeal, match="not this region's"):
        late.bring_in(sqlite_region, raw, PrivateKey.generate())

    assert status_of(sqlite_region, till).next == 0


def test_a_chain_that_goes_on_takes_nothing_late(sqlite_region: Region, clock: Clock) -> None:
    till = enrol(sqlite_region, clock)
    raw = medium(till.sender.chain, till.journal.sell(2))

    with pytest.raises(Refused, match="409 not-closed"):
        late.bring_in(sqlite_region, raw, RECOVERY_KEY)


def test_a_chain_of_another_region_is_not_brought_in(sqlite_region: Region, clock: Clock) -> None:
    till = enrol(sqlite_region, clock)
    elsewhere = Enrolment(0, bytes(CHAIN_BYTES), "x", "R1", "H", till.journal.key.public_key)
    raw = medium(elsewhere.chain, seal_many(elsewhere, till.journal.key, 2))

    with pytest.raises(Refused, match="404 unknown-chain"):
        late.bring_in(sqlite_region, raw, RECOVERY_KEY)


@pytest.mark.parametrize("raw", [b"", b"kassa shadow 1\n" + bytes(16), bytes(4000), b"PK\x03\x04" * 300])
def test_what_is_no_second_medium_is_refused(sqlite_region: Region, raw: bytes) -> None:
    with pytest.raises(Malformed, match="not a second medium"):
        late.bring_in(sqlite_region, raw, RECOVERY_KEY)


def test_a_tills_journal_is_refused_with_what_to_do_instead(sqlite_region: Region, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "journal.db")) as journal:
        journal.execute("CREATE TABLE record (env BLOB)")

    with pytest.raises(Malformed, match="start its machine with the network"):
        late.bring_in(sqlite_region, (tmp_path / "journal.db").read_bytes(), RECOVERY_KEY)


def test_the_command_says_what_became_of_every_record(
    sqlite_region: Region, clock: Clock, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    till, _ = _lost(sqlite_region, clock, sent=2, unsent=4)
    file, folder = tmp_path / "R0417H.kj", sqlite_region.settings.folder
    records = till.journal.records
    file.write_bytes(medium(till.sender.chain, [*records[:3], *records[4:]]))

    done = main(["late", str(folder), str(file), "--recovery-key", str(folder / "keys" / "recovery.key")])

    assert done == 1
    assert capsys.readouterr().out.splitlines() == [
        f"R0417-H  {to_text(till.sender.chain)}",
        "brought in:    1 (records 2 to 2)",
        "already there: 2",
        "in quarantine: 2",
    ]


@pytest.mark.parametrize("content", [b"", b"\xff" * 43, b"AAAA", None])
def test_a_key_that_is_none_is_refused_in_one_sentence(
    sqlite_region: Region, tmp_path: Path, content: bytes | None, capsys: pytest.CaptureFixture[str]
) -> None:
    key, file = tmp_path / "recovery.key", tmp_path / "R0417H.kj"
    file.write_bytes(b"")
    if content is not None:
        key.write_bytes(content)

    assert main(["late", str(sqlite_region.settings.folder), str(file), "--recovery-key", str(key)]) == 2

    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)


def _lost(region: Region, clock: Clock, *, sent: int, unsent: int) -> tuple[Till, bytes]:
    """A lost till with so many records at the region and so many more on its second medium, and the medium's bytes."""
    till = enrol(region, clock)
    till.transport.push(till.sender, Push(0, tuple(till.journal.sell(sent)), 0))
    till.journal.sell(unsent)
    succession.lose(region, till.sender.chain)
    return till, medium(till.sender.chain, till.journal.records)
