"""The one kind of dialog: for when money or the journal is at risk and nothing else may be done first (UX 3, M).

No answer is marked, so that a stray Enter decides nothing; Esc is the first answer, which is the safe one.
"""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QWidget

from kassaapp.i18n import _
from kassaapp.screens.question import Question
from kassaapp.ui import theme
from kassaapp.ui.widgets.announce import announce
from kassaapp.ui.widgets.button import Button
from kassaapp.ui.widgets.dress import column, label


class ModalQuestion:
    """Asks a Question in a dialog over the window, or takes the dialog away. `answer` gets the answer's number."""

    def __init__(self, over: QWidget, answer: Callable[[int], None]) -> None:
        self._over = over
        self._answer = answer
        self._asked: Question | None = None
        self.dialog: QDialog | None = None

    def ask(self, question: Question | None) -> None:
        """Ask, or stop asking."""
        if question == self._asked:
            return
        self._asked = question
        self._take_away()
        if question is not None:
            self.dialog = self._made(question)
            self.dialog.open()
            announce(self.dialog, question.text, urgent=True)

    def _made(self, question: Question) -> QDialog:
        dialog = QDialog(self._over.window())
        dialog.setWindowTitle(_("Kassa"))
        dialog.setMinimumWidth(theme.current().px(560))
        text = label(question.text, "strong", wrap=True)
        text.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        layout = column(dialog, margins=(24, 24), spacing=12)
        layout.addWidget(text)
        for number, words in enumerate(question.answers):
            button = Button(words)
            button.clicked.connect(lambda _=False, number=number: self._answered(number))
            layout.addWidget(button)
        dialog.rejected.connect(lambda: self._answered(0))
        text.setFocus()
        width = max(dialog.minimumWidth(), layout.minimumSize().width())
        dialog.resize(width, layout.totalHeightForWidth(width))
        return dialog

    def _answered(self, number: int) -> None:
        self._asked = None
        self._take_away()
        self._answer(number)

    def _take_away(self) -> None:
        if self.dialog is not None:
            dialog, self.dialog = self.dialog, None
            dialog.blockSignals(True)  # noqa: FBT003 - Qt's own
            dialog.reject()
            dialog.deleteLater()
            self._over.window().activateWindow()
