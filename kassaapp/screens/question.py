"""A question in place, not in a dialog: a sentence and a few answers, the safe one first (UX 3)."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. An answer is picked with its number, and the first with Enter; `&` stands before the letter that
    Alt picks it with. Not `numbered` where an amount may be typed by somebody who has not seen the question."""

    text: str
    answers: tuple[str, ...]
    numbered: bool = True


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what each of its answers does."""

    question: Question
    acts: tuple[Callable[[], None], ...]


def ask(text: str, *answers: tuple[str, Callable[[], None]], numbered: bool = True) -> Asked:
    """A question, its answers with what they do, the safe one first."""
    return Asked(Question(text, tuple(words for words, _ in answers), numbered), tuple(act for _, act in answers))
