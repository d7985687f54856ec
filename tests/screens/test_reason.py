"""What is chosen in another language goes on record in Swedish."""

from collections.abc import Iterator

import pytest

from kassaapp.i18n import use_language
from kassaapp.screens.reason import Reason


@pytest.fixture
def in_english() -> Iterator[None]:
    use_language("en")
    yield
    use_language("sv")


@pytest.mark.usefixtures("in_english")
def test_a_reason_chosen_in_english_is_recorded_in_swedish() -> None:
    reason = Reason()
    reason.choose(1)

    assert reason.view.choices[1] == "Wrong change given"
    assert reason.text() == "Fel växel"


def test_every_choice_has_its_words_on_record() -> None:
    reason = Reason()
    for number, words in enumerate(reason.view.choices[1:-1], 1):
        reason.choose(number)
        assert reason.text() == words


def test_words_are_written_one_letter_at_a_time() -> None:
    reason = Reason()

    for written in ("Växel", "Växel ", "Växel t"):
        reason.write(written)
        assert reason.view.note == written

    assert reason.text() == "Växel t"
