"""Identity numbers, as they are typed at the counter and kept on record (R34–R36)."""

from datetime import date
from typing import Any

import pytest

from kassaapp import acts
from kassaapp.domain.patient_id import read_patient_id
from tests.rules.counter import Counter

SKANE = "1.2.752.219.1.10.10.1"
STOCKHOLM = "1.2.752.97.3.1.3"


def read(counter: Counter, typed: str) -> tuple[str, str]:
    """What kind of number was typed, and the number as it is kept."""
    answer = counter.ok("look_up", id=typed)
    return answer["kind"], answer["id"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("191212121212", "191212121212"),
        ("121212+1212", "191212121212"),
        ("19121212-1212", "191212121212"),
        ("000104+2399", "190001042399"),
        ("000104-2399", "200001042399"),
        ("610118-2803", "196101182803"),
        ("6101182803", "196101182803"),
        (" 610118 2803 ", "196101182803"),
    ],
)
def test_r34_a_personnummer_is_kept_with_its_century(counter: Counter, typed: str, kept: str) -> None:
    assert read(counter, typed) == ("personnummer", kept)


def test_r34_a_samordningsnummer_has_its_own_kind(counter: Counter) -> None:
    for number in ("197010632391", "196206703974", "198001910002"):
        answer = counter.ok("look_up", id=number)
        assert (answer["kind"], answer["oid"]) == ("samordningsnummer", "1.2.752.129.2.1.3.3")


@pytest.mark.parametrize(
    "typed", ["191212121213", "196113182803", "196102302803", "610118280", "", "   ", "61011828033", "61O118-2803"]
)
def test_r34_what_is_no_number_is_refused_and_recorded_nowhere(counter: Counter, typed: str) -> None:
    assert counter.refused("look_up", id=typed) == "BadIdentity"
    sale: dict[str, Any] = {"till": "H", "lines": [{"article": 1}], "pay": [{"by": "card"}]}
    answer = counter.refused("sell", **sale, patient={"id": typed, "name": "Fel Nummer"})
    assert answer in ("BadIdentity", "NoPatient")


def test_r34_the_sign_changes_with_the_year_and_not_with_the_birthday() -> None:
    number = read_patient_id("193012299263", today=date(2026, 11, 23))

    assert number.formatted(date(2029, 12, 31)) == "301229-9263"
    assert number.formatted(date(2030, 1, 1)) == "301229+9263"


@pytest.mark.parametrize("typed", ["22950606FH20", "25780404KHD5", "00342145BZ31", "00749852BZK0"])
def test_r35_a_national_reserve_number_is_read_and_its_check_digit_tried(counter: Counter, typed: str) -> None:
    assert read(counter, typed) == ("reserve_national", typed)
    assert read(counter, typed.lower()) == ("reserve_national", typed)
    wrong = typed[:-1] + str((int(typed[-1]) + 1) % 10)
    assert counter.refused("look_up", id=wrong) == "BadIdentity"


def test_r35_letters_that_look_like_digits_are_not_in_it(counter: Counter) -> None:
    for letter in "IOQVW":
        assert counter.refused("look_up", id=f"22950606F{letter}20") == "BadIdentity"


def test_r36_skånes_reserve_number_has_ten_or_twelve_characters_and_is_one_number(counter: Counter) -> None:
    for typed in ("810829DA1B", "19810829DA1B", "19810829da1b"):
        answer = counter.ok("look_up", id=typed)
        assert (answer["kind"], answer["oid"], answer["id"]) == ("reserve_skane", SKANE, "19810829DA1B")
        assert "warning" not in answer


@pytest.mark.parametrize("typed", ["810829GA1B", "810829DA2B", "810829DA11", "811329DA1B"])
def test_r36_what_only_looks_like_skånes_is_refused(counter: Counter, typed: str) -> None:
    assert counter.refused("look_up", id=typed) == "BadIdentity"


@pytest.mark.parametrize("typed", ["992004391013", "991981000010"])
def test_r36_other_regions_numbers_are_taken_by_their_shape_with_a_warning(counter: Counter, typed: str) -> None:
    answer = counter.ok("look_up", id=typed)

    assert (answer["kind"], answer["oid"], answer["id"]) == ("reserve_other", STOCKHOLM, typed)
    assert answer["warning"]
    counter.sell(patient={"id": typed, "name": "Sven Stockholm"})


def test_r36_the_till_makes_no_numbers() -> None:
    assert [name for name in acts.ACTS if "create" in name or "new_" in name or "reserve" in name] == []


def test_r36_number_and_series_are_kept_together(counter: Counter) -> None:
    counter.sell(patient={"id": "810829DA1B", "name": "Rut Reserv"})

    patient = counter.desk.history("H").sale(1).event.patient

    assert (patient.id.oid, patient.id.reveal()) == (SKANE, "19810829DA1B")
