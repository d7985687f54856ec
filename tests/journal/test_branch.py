"""Two histories signed by one key lie mixed: the chain is put together from those that hang together, ours first."""

from collections.abc import Iterable, Sequence

import pytest

from kassaapp.journal.branch import Candidates, chain_of, first_hole
from kassaapp.journal.shadow import StoredRecord
from sync.wire.entry import Enrolment
from sync.wire.frame import Frame
from tests.sync.builders import seal_many, signer

KEY = signer()
BORN = Enrolment(1_795_416_000_000, bytes(16), "ekbacken", "R0417", "H", KEY.public_key)
COMMON = seal_many(BORN, KEY, 2)
OURS = seal_many(BORN, KEY, 4, after=COMMON)
THEIRS = seal_many(BORN, KEY, 6, after=COMMON, note="a twin's")


def candidates(own: Iterable[Frame], held: Iterable[Frame]) -> Candidates:
    good = Candidates()
    for source, is_own in ((own, True), (held, False)):
        for one in source:
            good.add(one, StoredRecord(one.record.env, ()), is_own=is_own)
    return good


def chain(
    good: Candidates, end: int = 0, proved: tuple[int, bytes] | None = None, mark: tuple[int, bytes] | None = None
) -> list[bytes | None]:
    """What stands in each place: a record's header, or the hash of a lost one."""
    made = chain_of(good, BORN.hash, end, proved, mark)
    return [one.env if isinstance(one, StoredRecord) else one for one in made]


def envs(frames: Sequence[Frame]) -> list[bytes | None]:
    return [one.record.env for one in frames]


def test_a_record_that_hangs_on_nothing_belongs_to_the_branch_before_it() -> None:
    without_one = [*THEIRS[:3], *THEIRS[4:]]

    made = chain(candidates([*COMMON, *OURS[:1]], [*COMMON, *without_one]))

    assert made == envs([*COMMON, *OURS[:1]])


def test_a_record_that_hangs_on_nothing_is_no_branchs_that_is_known_further_on() -> None:
    made = chain(candidates([*COMMON, *OURS[:1]], [*COMMON, *OURS[2:], *THEIRS]))

    assert made == [*envs([*COMMON, *OURS[:1]]), OURS[1].record.hash, *envs(OURS[2:])]


def test_our_own_record_after_a_lost_one_is_ours_whoever_else_has_the_place() -> None:
    made = chain(candidates([*COMMON, *OURS[1:]], [*COMMON, *THEIRS]))

    assert made == [*envs(COMMON), OURS[0].record.hash, *envs(OURS[1:])]


@pytest.mark.parametrize("marked", [0, 1, 3], ids=["the lost one", "the one after it", "the newest"])
def test_what_the_keyring_remembers_is_ours_whoever_else_has_the_place(marked: int) -> None:
    good = candidates(COMMON, [*COMMON, *OURS[1:], *THEIRS])

    made = chain(good, mark=(2 + marked, OURS[marked].record.hash))

    assert made == [*envs(COMMON), OURS[0].record.hash, *envs(OURS[1:])]


def test_a_mark_of_which_nothing_is_left_takes_no_place() -> None:
    good = candidates(COMMON, [*COMMON, *THEIRS])

    assert chain(good, mark=(3, OURS[1].record.hash)) == envs([*COMMON, *THEIRS])


@pytest.mark.parametrize("is_own", [True, False], ids=["our own", "proved"])
def test_what_the_journal_or_the_region_says_goes_before_the_mark(is_own: bool) -> None:
    good = candidates([*COMMON, *(OURS if is_own else [])], [*OURS, *THEIRS])
    proved = None if is_own else (2, OURS[0].record.hash)

    assert chain(good, proved=proved, mark=(4, THEIRS[2].record.hash)) == envs([*COMMON, *OURS])


def test_what_the_region_has_proved_goes_before_our_own() -> None:
    good = candidates([*COMMON, *OURS], THEIRS)

    made = chain(good, proved=(3, THEIRS[1].record.hash))

    assert made == envs([*COMMON, *THEIRS])


def test_our_own_record_makes_all_that_leads_to_it_ours_whoever_else_has_the_places() -> None:
    made = chain(candidates([*COMMON, *OURS[3:]], [*COMMON, *THEIRS, *OURS]))

    assert made == envs([*COMMON, *OURS])


def test_our_own_record_that_further_back_follows_another_than_the_proved_one_takes_no_place() -> None:
    good = candidates([*COMMON, *OURS[2:]], [*OURS, *THEIRS])

    made = chain(good, proved=(2, THEIRS[0].record.hash))

    assert made == envs([*COMMON, *THEIRS])


def test_a_second_medium_alone_shows_what_is_lost_of_it() -> None:
    made = chain(candidates([], [*COMMON, *OURS[1:]]))

    assert made == [*envs(COMMON), OURS[0].record.hash, *envs(OURS[1:])]


def test_places_that_were_filled_and_of_which_nothing_is_known_are_holes() -> None:
    good = candidates(COMMON, [])

    assert chain(good, end=4) == [*envs(COMMON), None, None]
    assert first_hole(chain_of(good, BORN.hash, 4, None)) == 2


def test_what_has_no_place_is_left_over_once() -> None:
    good = candidates([*COMMON, *OURS, *OURS], THEIRS[:1])

    left = good.besides(chain_of(good, BORN.hash, 0, (2, THEIRS[0].record.hash)), set())

    assert [one.env for one in left] == envs(OURS)
