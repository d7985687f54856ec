"""Two histories signed by one key lie mixed: the chain is put together from those that hang together, ours first."""

from collections.abc import Iterable, Sequence

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


def chain(good: Candidates, end: int = 0, proved: tuple[int, bytes] | None = None) -> list[bytes | None]:
    """What stands in each place: a record's header, or the hash of a lost one."""
    made = chain_of(good, BORN.hash, end, proved)
    return [one.env if isinstance(one, StoredRecord) else one for one in made]


def envs(frames: Sequence[Frame]) -> list[bytes | None]:
    return [one.record.env for one in frames]


def test_a_record_that_hangs_on_nothing_belongs_to_the_branch_before_it() -> None:
    without_one = [*THEIRS[:3], *THEIRS[4:]]

    made = chain(candidates([*COMMON, *OURS[:1]], [*COMMON, *without_one]))

    assert made == envs([*COMMON, *OURS[:1]])


def test_our_own_record_after_a_lost_one_is_ours_whoever_else_has_the_place() -> None:
    made = chain(candidates([*COMMON, *OURS[1:]], [*COMMON, *THEIRS]))

    assert made == [*envs(COMMON), OURS[0].record.hash, *envs(OURS[1:])]


def test_what_the_region_has_proved_goes_before_our_own() -> None:
    good = candidates([*COMMON, *OURS], THEIRS)

    made = chain(good, proved=(3, THEIRS[1].record.hash))

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
