"""Practice at a till: a desk of its own inside the till's folder, with keys that everybody knows (R43).

What is practised never touches the till's journal; that somebody practised, and for how much, is recorded there.
"""

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from kassaapp import demo
from kassaapp.enrolment import CLINIC_NAME
from kassaapp.history import Filter, History
from kassaapp.journal.journal import Journal
from kassaapp.register import Register


class PracticeDesk(Protocol):
    """What training needs of the desk it makes: `app.Desk` fits."""

    def register(self, letter: str) -> Register:
        """A till's register."""

    def close(self) -> None:
        """Let go of it."""


D = TypeVar("D", bound=PracticeDesk)


class Training(Generic[D]):
    """The training of one till. `desk` is where acts go while it lasts."""

    def __init__(
        self,
        letter: str,
        folder: Path,
        journal: Journal,
        register: Register,
        history: History,
        custody: str,
        clock: Callable[[], datetime],
        open_desk: Callable[[str, Path], D],
        desk: str | None = None,
    ) -> None:
        self._letter = letter
        self._folder = folder / "training"
        self._journal = journal
        self._register = register
        self._history = history
        self._custody = custody
        self._clock = clock
        self._open_desk = open_desk
        self._desk = desk
        self.desk: D | None = None

    def begin(self) -> None:
        """Begin to practise: everything goes to a journal of its own until training ends.

        Raises NotSignedIn, NoOpenSession, InTraining.
        """
        self._register.may_begin_training()
        folder = self._numbered(self._begun() + 1)
        shutil.rmtree(folder, ignore_errors=True)  # Of a beginning that was interrupted: nothing was practised there.
        journal = self._journal
        demo.enrol(
            folder,
            now=self._clock,
            tills=(self._letter,),
            contents=journal.configurations.contents(self._register.configuration.number),
            place=demo.Place(
                clinic=journal.enrolment.clinic,
                register=journal.enrolment.register,
                recovery_key=journal.trust.recovery_key,
                custody=self._custody,
                desk=self._desk,
            ),
        )
        practice = self._open_desk(self._letter, folder)
        try:
            user = self._register.begin_training()
            practice.register(self._letter).follow(user)
            practice.register(self._letter).open_session(self._register.till.float_ore)
        except BaseException:
            practice.close()
            raise
        self.desk = practice

    def end(self) -> None:
        """Back to work; what was practised is told to the journal as a number and a sum. Raises NotInTraining."""
        practised = None if self.desk is None else self.desk.register(self._letter).state
        receipts, amount_ore = (0, 0) if practised is None else (practised.next_receipt - 1, practised.grand.sales_ore)
        self._register.end_training(receipts, amount_ore)
        self.close()

    def resume(self) -> None:
        """After a restart in the middle of training, practice goes on where it was."""
        if not self._register.state.training:
            return
        folder = self._numbered(self._begun())
        if (folder / CLINIC_NAME).exists():
            self.desk = self._open_desk(self._letter, folder)
        else:
            self._register.end_interrupted_training()

    def close(self) -> None:
        """Let go of the practice desk."""
        if self.desk is not None:
            self.desk.close()
            self.desk = None

    def _begun(self) -> int:
        """How many trainings have begun at a till; each has a folder of that number."""
        return len(self._history.find(Filter(kind="training-on")))

    def _numbered(self, number: int) -> Path:
        return self._folder / f"{number:04}"
