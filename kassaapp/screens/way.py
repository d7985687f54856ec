"""The way one came: a step back leads where one was, and whoever locked the till comes back to where it was locked.

Nothing that was typed is lost by looking something up, by a key pressed too much, or by the phone that rang.
"""

from typing import Generic, TypeVar

P = TypeVar("P")


class Way(Generic[P]):
    """Begins at `place`. `is_back`: one is where one has been, and what was typed there is still there."""

    def __init__(self, place: P) -> None:
        self.place = place
        self.is_back = False
        self._came: tuple[P, ...] = ()
        self._locked: tuple[str, P, tuple[P, ...]] | None = None

    def begin(self, place: P) -> None:
        """Begin at this place: no way leads back from it."""
        self.place, self.is_back, self._came = place, False, ()

    def go(self, place: P, *, keep: bool, anew: bool = False) -> None:
        """On to another place; where one is, is come back to when there is something to `keep`. To go to a place on the
        way is to go back to it, unless it is to begin `anew`."""
        if place == self.place and not anew:
            return
        was_here = place in self._came
        if was_here:
            self._came = self._came[: self._came.index(place)]
        elif keep and place != self.place:
            self._came = (*self._came, self.place)
        self.place, self.is_back = place, was_here and not anew

    def back(self) -> bool:
        """A step back, if a way leads back."""
        if not self._came:
            return False
        *came, self.place = self._came
        self._came, self.is_back = tuple(came), True
        return True

    def lock(self, user: str) -> None:
        """This person locks here."""
        self._locked = (user, self.place, self._came)

    def unlock(self, user: str) -> bool:
        """Somebody signs in: whoever locked is back where it was. What another left is not for this one to see."""
        locked, self._locked = self._locked, None
        if locked is None or locked[0] != user:
            return False
        _user, self.place, self._came = locked
        self.is_back = True
        return True

    def leave(self) -> None:
        """Whoever is here leaves for good: nothing is come back to."""
        self._locked = None
