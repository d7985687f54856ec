"""The glass of `screens/why.py`: reasons that a digit picks, and words of one's own where the last wants them."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from kassaapp.i18n import _
from kassaapp.screens.why import Why
from kassaapp.ui.widgets.dress import add_all, column
from kassaapp.ui.widgets.field import LabelledField
from kassaapp.ui.widgets.options import Options


class WhyFields(QWidget):
    """Shows a Why and lets it be chosen. `changed` after every change; `entered` is Enter when a reason is given."""

    changed = Signal()
    entered = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._why: Why | None = None
        self.reasons = Options(_("Orsak"), columns=4)
        self.reasons.picked.connect(self._choose)
        self.reasons.entered.connect(self._on)
        self.words = LabelledField(_("Egna ord, minst fem tecken. Skriv inget om patientens hälsa"), name=_("Egna ord"))
        self.words.title.setWordWrap(True)
        self.words.edit.typed.connect(self._write)
        self.words.edit.entered.connect(lambda _text: self.entered.emit())
        add_all(column(self, spacing=4), self.reasons, self.words)

    def show_why(self, why: Why) -> None:
        """Show this one."""
        self._why = why
        view = why.view
        self.reasons.show_options(view.reasons, view.chosen)
        self.words.edit.set_text(view.words)
        self.words.setVisible(view.asks_words)

    def take_focus(self) -> None:
        """To the reasons, or to the words when they are what is missing."""
        if self._why is not None and self._why.view.asks_words:
            self.words.edit.take_focus()
        else:
            self.reasons.take_focus()

    def _choose(self, number: int) -> None:
        assert self._why is not None
        self._why.choose(number)
        self.show_why(self._why)
        self.changed.emit()

    def _write(self, text: str) -> None:
        assert self._why is not None
        self._why.write(text)
        self.changed.emit()

    def _on(self) -> None:
        """Enter at a reason: to its words when it wants them."""
        if self._why is not None and self._why.view.asks_words:
            self.words.edit.take_focus()
        else:
            self.entered.emit()
