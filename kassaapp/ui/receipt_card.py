"""The glass of `screens/receipt_detail.py`: one receipt on a card, its patient masked until asked for."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from kassaapp.i18n import _
from kassaapp.screens.receipt_detail import DetailView
from kassaapp.screens.receipts import PaperView
from kassaapp.ui.widgets.button import Button
from kassaapp.ui.widgets.dress import add_all, column, label, set_text
from kassaapp.ui.widgets.figures import Figures
from kassaapp.ui.widgets.flow import Flow


class _Line(QLabel):
    """Words on one line where there is room for it, and on more where there is not."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.setProperty("kind", kind)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setIndent(0)

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + 2, super().sizeHint().height())


class ReceiptCard(QFrame):
    """Shows a receipt, or takes no room."""

    def __init__(self, reveal: Callable[[], None], print_paper: Callable[[], None]) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self.heading, self.patient = _Line("heading"), _Line("")
        self.status, self.facts = label(kind="strong", wrap=True), label(kind="muted", wrap=True)
        self.lines = Figures()
        self.reveal, self.paper = Button(_("&Visa patienten")), Button(key="Ctrl+P")
        self.reveal.clicked.connect(reveal)
        self.paper.clicked.connect(print_paper)
        for text in (self.heading, self.patient, self.facts):
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        who = QWidget()
        add_all(column(who, spacing=2), self.heading, self.patient)
        upper = Flow(who, None, self.reveal, self.paper)
        add_all(column(self, margins=(16, 8), spacing=4), upper, self.status, self.lines, self.facts)
        self.hide()

    def show_detail(self, detail: DetailView | None, paper: PaperView, *, can_reveal: bool) -> None:
        """Show this receipt, or none."""
        self.paper.set_text(paper.text)
        self.paper.setEnabled(paper.enabled)
        self.setVisible(detail is not None)
        if detail is None:
            set_text(self.patient, "")  # Nothing of a patient is left in what is hidden.
            return
        set_text(self.heading, detail.heading)
        set_text(self.patient, detail.patient)
        set_text(self.status, detail.status)
        self.lines.show_rows([(f"{text} – {why}" if why else text, amount) for text, amount, why in detail.lines])
        self.lines.setVisible(bool(detail.lines))
        set_text(self.facts, "  ·  ".join(f"{title}: {words}" for title, words in detail.facts))
        self.reveal.setEnabled(can_reveal)
