"""The queue of a printer that does as it is told: what is said, what can be done, and what is never done unasked."""

from collections.abc import Callable
from typing import TypeVar

import pytest

from kassaapp.printer import Outcome, State
from kassaapp.screens.after_sale import Paper
from kassaapp.screens.printing import Job, Printing, Wish, state_words

T = TypeVar("T")
LONG_AGO = "Nästa patient kan tas emot under tiden."


class Counter:
    """A queue whose printer gives the `outcomes` one after the other, then stays good. Work is done at once, unless
    it is `held` back."""

    def __init__(self, *outcomes: Outcome) -> None:
        self.outcomes = list(outcomes)
        self.printed: list[str] = []
        self.told_of_a_break: list[bool] = []
        self.recorded: list[str] = []
        self.files: list[str] = []
        self.news: list[tuple[str, Paper]] = []
        self.held: list[Callable[[], None]] | None = None
        self.disk_is_full = False
        self.queue = Printing(self.run, lambda: None)

    def run(self, work: Callable[[], T], then: Callable[[T], None], failed: Callable[[Exception], None]) -> None:
        def do() -> None:
            try:
                answer = work()
            except OSError as error:
                failed(error)
            else:
                then(answer)

        if self.held is None:
            do()
        else:
            self.held.append(do)

    def add(self, name: str, *, original: bool = True) -> None:
        def print_it(broken: bool) -> Outcome:
            self.told_of_a_break.append(broken)
            outcome = self.outcomes.pop(0) if self.outcomes else Outcome.OUT
            if outcome is Outcome.OUT:
                self.printed.append(name)
            return outcome

        def put() -> None:
            if self.disk_is_full:
                raise OSError("full")
            self.files.append(name)

        self.queue.add(
            Job(
                name,
                f"Kvitto {name}",
                original,
                print_it,
                put,
                lambda: self.recorded.append(name),
                lambda paper: self.news.append((name, paper)),
            )
        )

    @property
    def text(self) -> str:
        return self.queue.view.text

    @property
    def wishes(self) -> list[tuple[Wish, str]]:
        return [(action.wish, action.key) for action in self.queue.view.actions]


def test_what_came_out_is_on_record_and_nothing_is_said() -> None:
    counter = Counter()

    counter.add("1")

    assert (counter.printed, counter.recorded) == (["1"], ["1"])
    assert counter.news == [("1", Paper.PRINTED)]
    assert counter.text == ""


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Outcome.NO_PAPER, "Papperet är slut i kvittoskrivaren. Betalningen är registrerad (kvitto 1). Byt rulle"),
        (Outcome.COVER_OPEN, "Luckan på kvittoskrivaren är öppen. Betalningen är registrerad (kvitto 1). Stäng"),
        (Outcome.NOT_READY, "Kvittoskrivaren har stannat. Betalningen är registrerad (kvitto 1). Se efter"),
        (Outcome.NOT_ANSWERING, "Kvittoskrivaren svarar inte. Betalningen är registrerad (kvitto 1). Kontrollera"),
    ],
)
def test_a_printer_that_stands_still_loses_nothing(outcome: Outcome, words: str) -> None:
    counter = Counter(outcome)

    counter.add("1")

    assert counter.text.startswith(words)
    assert counter.text.endswith(LONG_AGO)
    assert counter.wishes == [(Wish.AGAIN, "Ctrl+P"), (Wish.AS_FILES, "")]
    assert (counter.recorded, counter.news[-1]) == ([], ("1", Paper.WAITING))
    assert counter.queue.has("1")


def test_print_again_prints_all_that_waits_in_its_order() -> None:
    counter = Counter(Outcome.NO_PAPER, Outcome.NO_PAPER, Outcome.NO_PAPER)
    for name in ("1", "2", "3"):
        counter.add(name)

    assert "Allt är registrerat, 3 papper väntar på utskrift." in counter.text
    counter.queue.do(Wish.AGAIN)

    assert counter.printed == counter.recorded == ["1", "2", "3"]
    assert counter.text == ""
    assert counter.queue.left == ()


def test_the_next_receipt_tries_a_printer_that_stood_still() -> None:
    counter = Counter(Outcome.NOT_ANSWERING)

    counter.add("1")
    counter.add("2")

    assert counter.printed == ["1", "2"]


def test_what_may_be_out_is_asked_about_and_never_printed_by_itself() -> None:
    counter = Counter(Outcome.UNKNOWN)

    counter.add("1")
    counter.add("2")
    counter.queue.do(Wish.AGAIN)

    assert counter.text == "Kassan vet inte om kvitto 1 skrevs ut. Titta i skrivaren."
    assert counter.wishes == [(Wish.CAME_OUT, ""), (Wish.DID_NOT, "")]
    assert counter.printed == counter.recorded == ["2"]


def test_it_came_out_puts_it_on_record_and_prints_nothing() -> None:
    counter = Counter(Outcome.UNKNOWN)
    counter.add("1")

    counter.queue.do(Wish.CAME_OUT)

    assert (counter.printed, counter.recorded) == ([], ["1"])
    assert counter.text == ""


def test_it_did_not_prints_the_original_before_all_that_waits() -> None:
    counter = Counter(Outcome.UNKNOWN, Outcome.NO_PAPER)
    counter.add("1")
    counter.add("2")

    counter.queue.do(Wish.DID_NOT)

    assert counter.printed == counter.recorded == ["1", "2"]


def test_after_a_break_the_printer_is_told_to_forget() -> None:
    counter = Counter(Outcome.UNKNOWN)

    counter.add("1")
    counter.add("2")
    counter.add("3")

    assert counter.told_of_a_break == [False, True, False]


def test_several_that_may_be_out_are_asked_about_one_by_one() -> None:
    counter = Counter(Outcome.UNKNOWN, Outcome.UNKNOWN)
    counter.add("1")
    counter.add("2")

    counter.queue.do(Wish.CAME_OUT)
    assert "kvitto 2" in counter.text
    counter.queue.do(Wish.DID_NOT)

    assert (counter.printed, counter.recorded) == (["2"], ["1", "2"])


def test_nothing_is_printed_twice_because_a_button_is_pressed_twice() -> None:
    counter = Counter(Outcome.NO_PAPER)
    counter.add("1")
    counter.held = []

    counter.queue.do(Wish.AGAIN)
    counter.queue.do(Wish.AGAIN)
    counter.queue.do(Wish.AS_FILES)
    (only,) = counter.held
    only()

    assert (counter.printed, counter.files) == (["1"], [])


def test_what_waits_can_become_files_instead() -> None:
    counter = Counter(Outcome.NOT_ANSWERING, Outcome.NOT_ANSWERING)
    counter.add("1")
    counter.add("2")

    counter.queue.do(Wish.AS_FILES)

    assert counter.files == counter.recorded == ["1", "2"]
    assert (counter.printed, counter.text) == ([], "")


def test_a_file_that_cannot_be_made_goes_on_waiting() -> None:
    counter = Counter(Outcome.NOT_ANSWERING)
    counter.add("1")
    counter.disk_is_full = True

    counter.queue.do(Wish.AS_FILES)

    assert counter.recorded == []
    assert counter.text.startswith("Kvittoskrivaren svarar inte.")


def test_a_paper_that_is_no_receipt_is_named() -> None:
    counter = Counter(Outcome.NOT_ANSWERING)

    counter.add("Z 4", original=False)

    assert "Kvitto Z 4 väntar på utskrift." in counter.text


def test_the_printer_for_a4_has_words_of_its_own() -> None:
    counter = Counter(Outcome.NOT_ANSWERING)
    counter.queue = Printing(counter.run, lambda: None, is_roll=False)

    counter.add("1")

    assert counter.text.startswith("Datorn hittar inte skrivaren för A4.")


def test_a_bug_in_printing_is_not_swallowed() -> None:
    counter = Counter()

    original = True

    def broken(_again: bool) -> Outcome:
        raise OSError("nobody expected this")

    with pytest.raises(OSError, match="nobody expected this"):
        counter.queue.add(Job("1", "Kvitto 1", original, broken, lambda: None, lambda: None, lambda _paper: None))


def test_every_state_of_a_printer_has_words_of_its_own() -> None:
    words = [state_words(state)[0] for state in State]

    assert len(set(words)) == len(State)
    assert all(words)
