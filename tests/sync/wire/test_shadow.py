"""A second medium gives back what was written, says what is wrong with it, and yields every whole record there is."""

import random

import pytest

from sync.wire import shadow
from sync.wire.errors import Malformed
from sync.wire.shadow import StoredPart, StoredRecord

CHAIN = bytes(range(16))
PARTS = (StoredPart("a", sealed=False, body=bytes(90)), StoredPart("p", sealed=True, body=b"p" * 200))
RECORDS = [StoredRecord(bytes([65 + seq]) * 300, PARTS) for seq in range(6)]
RAW = shadow.begin(CHAIN) + b"".join(map(shadow.encode, RECORDS))
FRAME = len(shadow.encode(RECORDS[0]))


def test_what_was_written_is_read() -> None:
    content = shadow.read(RAW)

    assert (content.chain, list(content.records)) == (CHAIN, RECORDS)
    assert (content.whole_bytes, content.torn, content.damaged) == (len(RAW), False, None)
    assert list(shadow.every_record(RAW)) == RECORDS


@pytest.mark.parametrize("missing", range(1, FRAME))
def test_a_torn_end_costs_one_record_and_is_no_damage(missing: int) -> None:
    content = shadow.read(RAW[:-missing])

    assert (len(content.records), content.torn, content.damaged) == (5, True, None)
    assert list(shadow.every_record(RAW[:-missing])) == RECORDS[:5]


@pytest.mark.parametrize("place", range(0, FRAME, 7))
def test_a_flipped_bit_costs_one_record_and_is_damage(place: int) -> None:
    at = shadow.START + 2 * FRAME + place
    raw = RAW[:at] + bytes([RAW[at] ^ 0x10]) + RAW[at + 1 :]

    content = shadow.read(raw)

    assert (len(content.records), content.torn, content.damaged) == (2, False, 2)
    assert list(shadow.every_record(raw)) == RECORDS[:2] + RECORDS[3:]


@pytest.mark.parametrize("place", range(0, FRAME, 7))
def test_the_end_is_seen_behind_damage_and_not_when_it_is_damaged_itself(place: int) -> None:
    flipped = {
        frame: RAW[:at] + bytes([RAW[at] ^ 0x10]) + RAW[at + 1 :]
        for frame in (2, 5)
        for at in [shadow.START + frame * FRAME + place]
    }

    assert (shadow.shows_its_end(RAW), shadow.shows_its_end(RAW[:-1])) == (True, False)
    assert (shadow.shows_its_end(flipped[2]), shadow.shows_its_end(flipped[5])) == (True, False)


@pytest.mark.parametrize("seed", range(20))
def test_bytes_that_went_missing_or_came_between_cost_only_what_they_touch(seed: int) -> None:
    chance = random.Random(seed)
    at = shadow.START + FRAME + chance.randrange(FRAME)
    lost, foreign = chance.randrange(1, FRAME), chance.randbytes(chance.randrange(200))

    found = list(shadow.every_record(RAW[:at] + foreign + RAW[at + lost :]))

    assert found[0] == RECORDS[0]
    assert found[-3:] == RECORDS[3:]
    assert set(found) <= set(RECORDS)


def test_records_are_found_without_the_files_head() -> None:
    assert list(shadow.every_record(RAW[7:])) == RECORDS


@pytest.mark.parametrize("raw", [b"", shadow.MAGIC, shadow.MAGIC + CHAIN[:-1], b"K" + RAW[1:], bytes(100)])
def test_what_is_no_second_medium_is_not_read(raw: bytes) -> None:
    with pytest.raises(Malformed):
        shadow.read(raw)
