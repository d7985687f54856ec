"""Why something is done that wants a reason: one of a few, and for the last, "Annat", words of one's own (UX 2.12).

What is shown is in the language of the window; what goes on record, and on paper, is Swedish always.
"""

from collections.abc import Callable
from dataclasses import dataclass

LEAST_WORDS = 5
"""So many letters are needed to say something of one's own."""


@dataclass(frozen=True, slots=True)
class WhyView:
    """The reasons, and which is marked, −1 when none is. `asks_words`: the last one is, and wants its own."""

    reasons: tuple[str, ...]
    chosen: int
    asks_words: bool
    words: str


class Why:
    """`shown` gives the reasons in the language of the window, `recorded` as they go on record, the last being
    "Annat"."""

    def __init__(self, shown: Callable[[], tuple[str, ...]], recorded: tuple[str, ...]) -> None:
        self._shown = shown
        self._recorded = recorded
        self._chosen = -1
        self._words = ""

    @property
    def view(self) -> WhyView:
        """What is shown."""
        return WhyView(self._shown(), self._chosen, self._is_other, self._words)

    def choose(self, number: int) -> None:
        """Mark a reason, from 0."""
        assert 0 <= number < len(self._recorded)
        self._chosen = number

    def write(self, words: str) -> None:
        """Words of one's own, as typed."""
        self._words = words

    def text(self) -> str | None:
        """The reason as it goes on record; None while it is not given."""
        if self._chosen < 0:
            return None
        if not self._is_other:
            return self._recorded[self._chosen]
        words = self._words.strip()
        return words if len(words) >= LEAST_WORDS else None

    @property
    def _is_other(self) -> bool:
        return self._chosen == len(self._recorded) - 1
