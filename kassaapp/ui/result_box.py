"""The glass of `screens/after_sale.py`: what was just registered, until the next patient."""

from collections.abc import Callable

from PySide6.QtWidgets import QFrame

from kassaapp.i18n import _
from kassaapp.screens.after_sale import ResultView
from kassaapp.ui.widgets.announce import announce
from kassaapp.ui.widgets.button import Button, CommitButton
from kassaapp.ui.widgets.double_press import DoublePress
from kassaapp.ui.widgets.dress import add_all, column, label, set_text
from kassaapp.ui.widgets.flow import Flow
from kassaapp.ui.widgets.message import Message


class ResultBox(QFrame):
    """Amount, receipt and change, large; nothing to close."""

    def __init__(
        self,
        guard: DoublePress,
        retry: Callable[[], None],
        proceed: Callable[[], None],
        *,
        copy: Callable[[], None],
        void: Callable[[], None],
    ) -> None:
        super().__init__()
        self._said = ""
        self.headline = Message()
        self.change_title = label(_("Växel tillbaka"), "caption")
        self.change, self.note, self.paper = label(kind="change"), label(kind="strong", wrap=True), label(kind="muted")
        self.retry, self.copy, self.void = Button(key="Ctrl+P"), Button(key="Ctrl+P"), Button()
        for button, act in ((self.retry, retry), (self.copy, copy), (self.void, void)):
            button.clicked.connect(act)
        self.proceed = CommitButton(guard, key="Enter")
        self.proceed.committed.connect(proceed)
        layout = column(self, spacing=4)
        add_all(layout, self.headline, self.change_title, self.change, self.note)
        add_all(layout, Flow(self.paper, self.retry, self.copy, None, self.void), self.proceed)
        self.hide()

    def press_print(self) -> None:
        """Make the paper that there is to make of it, if any."""
        for button in (self.retry, self.copy):
            if button.isVisible():
                button.click()

    def show_result(self, result: ResultView | None) -> None:
        """Show this result, or none."""
        self.setVisible(result is not None)
        if result is None:
            self._said = ""
            return
        self.headline.show_text(result.headline, "ok")
        self.change_title.setVisible(bool(result.change))
        set_text(self.change, result.change)
        self.change.setAccessibleName(_("Växel tillbaka {amount}").format(amount=result.change_spoken))
        set_text(self.note, result.note)
        set_text(self.paper, result.paper)
        for button, text in ((self.retry, result.retry), (self.copy, result.copy), (self.void, result.void)):
            button.set_text(text)
            button.setVisible(bool(text))
        self.copy.setEnabled(result.can_copy)
        self.proceed.set_text(result.proceed)
        self.proceed.setVisible(bool(result.proceed))
        if result.headline != self._said:
            self._said = result.headline
            announce(self, result.aloud, urgent=True)
