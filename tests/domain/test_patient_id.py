"""One person has one number, read strictly and shown sparingly (R34–R36). Numbers: tests/vectors/identity.json."""

import copy
import json
import pickle
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from kassaapp.domain.errors import BadIdentity, IdentityProblem
from kassaapp.domain.patient_id import IdKind, PatientId, read_patient_id

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "identity.json").read_text(encoding="utf-8"))
TODAY = date.fromisoformat(VECTORS["today"])
TOLVAN = "191212121212"


class Good(NamedTuple):
    """A number that is read, and what is known of it."""

    text: str
    number: str
    kind: str
    oid: str
    birth: date | None


class Bad(NamedTuple):
    """A text that is refused, and why."""

    text: str
    problem: str


def _good(row: dict[str, str | None]) -> Good:
    birth = date.fromisoformat(row["birth"]) if row["birth"] else None
    text, number, kind, oid = (str(row[key]) for key in ("text", "number", "kind", "oid"))
    return Good(text, number, kind, oid, birth)


GOOD = [_good(row) for row in VECTORS["good"]]
BAD = [Bad(row["text"], row["problem"]) for row in VECTORS["bad"]]
PERSONNUMMER = sorted({good.number for good in GOOD if good.kind == "personnummer"})
NATIONAL = sorted({good.number for good in GOOD if good.kind == "reserve_national"})


def problem_of(text: str, *, today: date = TODAY, scanned: bool = False) -> IdentityProblem:
    with pytest.raises(BadIdentity) as refusal:
        read_patient_id(text, today=today, scanned=scanned)
    return refusal.value.problem


def read(text: str, *, today: date = TODAY, scanned: bool = False) -> str:
    return read_patient_id(text, today=today, scanned=scanned).reveal()


# ── The published numbers ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("good", GOOD, ids=[good.text for good in GOOD])
def test_a_published_number_is_read_as_what_it_is(good: Good) -> None:
    patient_id = read_patient_id(good.text, today=TODAY)

    assert patient_id.reveal() == good.number
    assert patient_id.kind == good.kind
    assert patient_id.oid == good.oid
    assert patient_id.birth_date() == good.birth


@pytest.mark.parametrize("bad", BAD, ids=[ascii(bad.text) for bad in BAD])
def test_a_text_that_is_no_number_is_refused_for_the_most_useful_reason(bad: Bad) -> None:
    assert problem_of(bad.text) == bad.problem


def test_the_vectors_hold_every_kind_and_every_problem() -> None:
    assert {good.kind for good in GOOD} == set(IdKind)
    assert {bad.problem for bad in BAD} == set(IdentityProblem) - {IdentityProblem.TOO_OLD}


@pytest.mark.parametrize("good", GOOD, ids=[good.text for good in GOOD])
def test_small_letters_make_the_same_number(good: Good) -> None:
    assert read(good.text.lower()) == good.number


def test_only_other_regions_numbers_are_known_by_their_shape_alone() -> None:
    shape_only = {good.kind for good in GOOD if read_patient_id(good.text, today=TODAY).is_shape_only}

    assert shape_only == {IdKind.RESERVE_OTHER}


@pytest.mark.parametrize("kind", [kind for kind in IdKind if kind is not IdKind.RESERVE_OTHER])
def test_a_kind_knows_its_oid(kind: IdKind) -> None:
    assert {good.oid for good in GOOD if good.kind == kind} == {kind.oid}


def test_no_oid_is_claimed_where_two_regions_write_the_same_shape() -> None:
    halland_or_carelink = read_patient_id("201905355622", today=TODAY)

    assert (halland_or_carelink.kind, halland_or_carelink.oid) == (IdKind.RESERVE_OTHER, "")
    assert IdKind.RESERVE_OTHER.oid == ""


@pytest.mark.parametrize(("text", "length"), [("", 0), ("610118-280", 9), ("19610118+28030", 13), ("121212 1213", 10)])
def test_the_refusal_tells_how_many_characters_were_given_and_not_which(text: str, length: int) -> None:
    with pytest.raises(BadIdentity) as refusal:
        read_patient_id(text, today=TODAY)

    assert refusal.value.given_length == length
    assert not any(character.isdigit() for character in str(refusal.value))


# ── The century ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("day", "shown"), [(date(2029, 12, 31), "301229-9263"), (date(2030, 1, 1), "301229+9263"), (TODAY, "301229-9263")]
)
def test_the_sign_changes_in_the_year_of_100_and_not_on_the_birthday(day: date, shown: str) -> None:
    patient_id = read_patient_id("193012299263", today=day)

    assert patient_id.formatted(day) == shown
    assert read(shown, today=day) == "193012299263"


@pytest.mark.parametrize("number", ["19810829DA1B", "22950606FH20", "19890715R910", "18500101M001"])
def test_a_reservnummer_is_shown_with_all_its_characters_whatever_the_age(number: str) -> None:
    assert read_patient_id(number, today=TODAY).formatted(TODAY) == f"{number[:8]}-{number[8:]}"


@pytest.mark.parametrize("number", PERSONNUMMER)
def test_what_is_shown_can_be_read_again(number: str) -> None:
    patient_id = read_patient_id(number, today=TODAY)

    assert read(patient_id.formatted_long()) == number
    assert read(patient_id.formatted(TODAY)) == number


def test_ten_digits_that_can_be_a_child_or_a_very_old_person_are_asked_about() -> None:
    assert problem_of("1212121212") == IdentityProblem.TWO_CENTURIES
    assert read("121212+1212") == TOLVAN
    assert read("121212-1212") == "201212121212"


def test_the_check_digit_is_looked_at_before_anyone_is_asked_about_the_century() -> None:
    assert problem_of("1212121213") == IdentityProblem.CHECK_DIGIT


def test_ten_digits_of_a_day_still_to_come_are_those_of_the_older_person() -> None:
    day_before, day_of = date(2012, 12, 11), date(2012, 12, 12)

    assert read("1212121212", today=day_before) == TOLVAN
    assert problem_of("1212121212", today=day_of) == IdentityProblem.TWO_CENTURIES
    assert problem_of("121212-1212", today=day_before) == IdentityProblem.IN_THE_FUTURE


def test_nobody_is_asked_about_a_person_older_than_anyone() -> None:
    last_day_of_115 = date(2028, 12, 11)

    assert problem_of("1212121212", today=last_day_of_115) == IdentityProblem.TWO_CENTURIES
    assert read("1212121212", today=last_day_of_115 + timedelta(1)) == "201212121212"


def test_ten_digits_that_are_a_date_in_one_century_only_are_read_in_that() -> None:
    assert read("0002292399", today=date(2026, 1, 1)) == "200002292399"
    assert read("0002292399", today=date(2101, 1, 1)) == "200002292399"
    assert problem_of("000229+2399", today=date(2026, 1, 1)) == IdentityProblem.NO_SUCH_DATE


def test_a_samordningsnummer_without_a_whole_birth_date_is_asked_about_by_its_year() -> None:
    assert problem_of("1500722390") == IdentityProblem.TWO_CENTURIES
    assert read("150072+2390") == "191500722390"


def test_a_plus_that_was_scanned_is_not_believed() -> None:
    assert problem_of("610118+2803") == IdentityProblem.TOO_OLD
    assert read("610118+2803", scanned=True) == "196101182803"
    assert problem_of("121212+1212", scanned=True) == IdentityProblem.TWO_CENTURIES
    assert read("19121212+1212", scanned=True) == TOLVAN
    assert read("121212-1212", scanned=True) == "201212121212"


def test_skanes_short_number_is_stored_with_the_newest_century_that_can_be() -> None:
    assert read("810829DA1B") == read("19810829DA1B")
    assert read("261122DA1B") == "20261122DA1B"
    assert read("261123DA1B") == "19261123DA1B"
    assert problem_of("20261123DA1B") == IdentityProblem.IN_THE_FUTURE


def test_skanes_short_number_of_a_leap_day_still_to_come_is_in_the_future() -> None:
    assert problem_of("000229DA1B", today=date(2000, 2, 28)) == IdentityProblem.IN_THE_FUTURE
    assert read("000229DA1B", today=date(2000, 2, 29)) == "20000229DA1B"


@pytest.mark.parametrize(
    ("number", "first_day"),
    [
        ("202312312388", date(2023, 12, 31)),
        ("202312912393", date(2023, 12, 31)),
        ("201402902397", date(2014, 3, 1)),  # a thirtieth of February
        ("201311602393", date(2013, 11, 1)),  # a day that is not known
        ("201200912382", date(2012, 1, 1)),  # a month that is not known
    ],
)
def test_nobody_has_a_number_before_the_day_of_birth(number: str, first_day: date) -> None:
    assert problem_of(number, today=first_day - timedelta(1)) == IdentityProblem.IN_THE_FUTURE
    assert read(number, today=first_day) == number


# ── Age ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("number", "day", "age"),
    [
        ("200512312398", date(2025, 12, 30), 19),
        ("200512312398", date(2025, 12, 31), 20),
        ("194201199124", date(2027, 1, 18), 84),
        ("194201199124", date(2027, 1, 19), 85),
        ("200002292399", date(2001, 2, 28), 0),
        ("200002292399", date(2001, 3, 1), 1),
        ("200002292399", date(2004, 2, 29), 4),
        ("197010632391", date(2026, 10, 2), 55),
        ("197010632391", date(2026, 10, 3), 56),
        ("22950606FH20", date(2026, 6, 6), 31),
        ("200512312398", date(2005, 12, 31), 0),
        ("200512312398", date(2005, 12, 30), None),
        ("00342145BZ31", TODAY, None),
        ("991981000010", TODAY, None),
        ("201905355622", TODAY, None),
        ("191500722390", TODAY, None),
    ],
)
def test_age_is_completed_years_on_the_day_asked_for(number: str, day: date, age: int | None) -> None:
    assert read_patient_id(number, today=TODAY).age_on(day) == age


def test_a_year_before_all_registers_in_another_regions_number_is_no_birth() -> None:
    patient_id = read_patient_id("17001111M071", today=TODAY)

    assert patient_id.kind is IdKind.RESERVE_OTHER
    assert patient_id.age_on(TODAY) is None


# ── Out of sight ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("good", GOOD, ids=[good.text for good in GOOD])
def test_no_way_of_printing_shows_the_last_four(good: Good) -> None:
    patient_id = read_patient_id(good.text, today=TODAY)

    for shown in (str(patient_id), repr(patient_id), f"{patient_id}", f"{patient_id!r}", f"{[patient_id]}"):
        assert good.number[-4:] not in shown.replace(good.number[2:8], "date")
        assert shown.count("•") == 4


def test_the_mask_is_the_date_and_four_dots() -> None:
    assert read_patient_id("196101182803", today=TODAY).masked() == "610118-••••"
    assert read_patient_id("810829DA1B", today=TODAY).masked() == "810829-••••"


def test_the_number_is_no_field_and_cannot_be_changed() -> None:
    patient_id = read_patient_id(TOLVAN, today=TODAY)

    assert not hasattr(patient_id, "value")
    with pytest.raises(AttributeError):
        patient_id.oid = ""  # type: ignore[misc]


def test_two_ways_of_writing_make_one_key() -> None:
    ways = [TOLVAN, "121212+1212", "19121212-1212", " 1912 1212 1212 "]

    assert len({read_patient_id(way, today=TODAY) for way in ways}) == 1


def test_a_number_from_a_record_is_the_number_that_was_read() -> None:
    patient_id = read_patient_id("19890715R910", today=TODAY)

    assert PatientId(patient_id.kind, patient_id.reveal(), patient_id.oid) == patient_id
    assert copy.deepcopy(patient_id) == patient_id
    assert pickle.loads(pickle.dumps(patient_id)) == patient_id  # noqa: S301 - our own bytes


# ── Anything at all ──────────────────────────────────────────────────────────────────────────────

days = st.dates(date(1968, 1, 1), date(2200, 12, 31))
marks = st.sampled_from(["", "-", "+", " ", " - ", "--", "\n"])
places = st.sampled_from([6, 8, 10])
slips = st.lists(st.tuples(st.integers(0, 13), st.sampled_from("0123456789DKVZdkſı٣ \n")), max_size=2)
numbers = st.sampled_from(sorted({good.number for good in GOOD}))


def _written(number: str, short: bool, mark: str, place: int, slips: list[tuple[int, str]]) -> str:
    """Write a number as people do: in ten or twelve, with a sign somewhere, and with a slip or two."""
    text = f"{number[:place]}{mark}{number[place:]}"[2 if short else 0 :]
    for slip, character in slips:
        text = text[:slip] + character + text[slip + 1 :]
    return text


texts = st.builds(_written, numbers, st.booleans(), marks, places, slips)
well_written = st.builds(
    _written, numbers, st.booleans(), st.sampled_from(["", "-", "+", " "]), st.just(8), st.just([])
)


def _reading(text: str, today: date, *, scanned: bool = False) -> PatientId | None:
    try:
        return read_patient_id(text, today=today, scanned=scanned)
    except BadIdentity:
        return None


@given(st.text() | texts, days, st.booleans())
@example(text="٦١٠١١٨-٢٨٠٣", today=TODAY, scanned=False)
@example(text="19610118ßB1", today=TODAY, scanned=False)
@example(text="\ud800" * 12, today=TODAY, scanned=True)
def test_any_text_is_read_or_refused_and_nothing_else(text: str, today: date, scanned: bool) -> None:
    patient_id = _reading(text, today, scanned=scanned)

    assert patient_id is None or patient_id.reveal().isascii()


@given(well_written, days, st.booleans())
def test_what_was_read_reads_as_itself(text: str, today: date, scanned: bool) -> None:
    patient_id = _reading(text, today, scanned=scanned)
    assume(patient_id is not None)
    assert patient_id is not None

    number = patient_id.reveal()

    assert len(number) == 12
    assert read_patient_id(number, today=today) == patient_id
    assert read_patient_id(patient_id.formatted_long(), today=today) == patient_id


@given(well_written, days)
def test_nobody_who_is_checked_is_born_after_today(text: str, today: date) -> None:
    patient_id = _reading(text, today)
    assume(patient_id is not None and not patient_id.is_shape_only)
    assert patient_id is not None

    born = patient_id.birth_date()

    assert born is None or born <= today


@given(texts)
def test_no_slip_makes_a_number_that_is_shown_in_full(text: str) -> None:
    patient_id = _reading(text, TODAY)
    assume(patient_id is not None)

    shown = repr(patient_id)

    assert shown.endswith("-••••)")
    assert sum(character.isdigit() for character in shown) <= 6


def _changed(text: str, place: int, step: int) -> str:
    digit = str((int(text[place]) + step) % 10)
    return text[:place] + digit + text[place + 1 :]


@given(st.sampled_from(PERSONNUMMER), st.sampled_from([0, 1, 2, 3, 4, 5, 7, 8, 9, 10]), st.integers(1, 9))
def test_one_wrong_digit_of_ten_is_refused(number: str, place: int, step: int) -> None:
    shown = read_patient_id(number, today=TODAY).formatted(TODAY)

    wrong = _changed(shown, place, step)

    assert _reading(wrong, TODAY) is None


@given(st.sampled_from(PERSONNUMMER), st.integers(2, 11), st.integers(1, 9))
def test_one_wrong_digit_of_twelve_is_refused_or_warned_about(number: str, place: int, step: int) -> None:
    patient_id = _reading(_changed(number, place, step), TODAY)

    assert patient_id is None or patient_id.is_shape_only


@given(st.sampled_from(PERSONNUMMER), st.integers(2, 10))
def test_two_digits_that_changed_places_are_refused_or_warned_about(number: str, place: int) -> None:
    ours, next_one = number[place], number[place + 1]
    assume(ours != next_one and {ours, next_one} != {"0", "9"})

    patient_id = _reading(number[:place] + next_one + ours + number[place + 2 :], TODAY)

    assert patient_id is None or patient_id.is_shape_only


@given(st.sampled_from(NATIONAL), st.integers(2, 7), st.integers(1, 9))
def test_one_wrong_digit_of_a_national_reserve_number_is_refused(number: str, place: int, step: int) -> None:
    assert _reading(_changed(number, place, step), TODAY) is None
