"""A question in place: its answers are buttons, picked with Enter, Tab or their number (UX E07, E10, E31)."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame

from kassaapp.screens.question import Question
from kassaapp.ui import sound
from kassaapp.ui.widgets.announce import announce
from kassaapp.ui.widgets.button import Button
from kassaapp.ui.widgets.dress import add_all, column, label, row, set_property

_KEYS = ("Enter", "")
"""Beside the safe answer, and beside the others, of a question whose answers have no numbers."""


class Choices(QFrame):
    """Shows a Question, or nothing and takes no room. `answer` gets the number of the answer, from 0."""

    def __init__(self, answer: Callable[[int], None], *, upright: bool = False) -> None:
        super().__init__()
        self._answer = answer
        self._buttons: list[Button] = []
        self._asked: Question | None = None
        self.setProperty("kind", "box")
        set_property(self, "state", "warn")
        self._text = label(kind="strong", wrap=True)
        self._row = column() if upright else row()
        add_all(column(self, margins=(12, 8)), self._text, self._row)
        self.hide()

    def ask(self, question: Question | None) -> None:
        """Ask, or stop asking."""
        if question != self._asked:
            self._asked = question
            self._rebuild(question)
            self._text.setText(question.text if question is not None else "")
            announce(self, question.text if question is not None else "")
        self.setVisible(question is not None)

    def take_focus(self) -> None:
        """Be ready for Enter, which picks the safe answer."""
        if self._buttons:
            self._buttons[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits pick an answer; Enter and Space are the buttons' own."""
        digit = event.text()
        if digit.isdigit() and self._asked is not None and not self._asked.numbered:
            sound.beep()
            return
        if digit.isdigit() and 1 <= int(digit) <= len(self._buttons) and not event.isAutoRepeat():
            self._buttons[int(digit) - 1].click()
            return
        super().keyPressEvent(event)

    def _rebuild(self, question: Question | None) -> None:
        for button in self._buttons:
            button.hide()
            button.deleteLater()
        self._buttons = []
        for number, answer in enumerate(question.answers if question is not None else ()):
            numbered = question is not None and question.numbered
            button = Button(answer, key=str(number + 1) if numbered else _KEYS[number > 0])
            button.clicked.connect(lambda _=False, number=number: self._answer(number))
            self._row.addWidget(button)
            self._buttons.append(button)
