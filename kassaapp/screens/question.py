"""A question in place, not in a dialog: a sentence and a few answers, the safe one first (UX 3)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. An answer is picked with its number, and the first with Enter."""

    text: str
    answers: tuple[str, ...]
