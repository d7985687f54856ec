"""Sentences under a heading, as one text that Tab comes to, so that they are brought into sight, read aloud and can be
copied (UX A22, A48). Empty they take no room."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from kassaapp.ui.widgets.dress import column, label


class Paragraphs(QWidget):
    """The heading, and the sentences under it, each with its number."""

    def __init__(self, heading: str) -> None:
        super().__init__()
        self.heading, self.text = label(heading, "strong"), label(kind="reading", wrap=True)
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByKeyboard | Qt.TextInteractionFlag.TextSelectableByMouse
        )
        self.text.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.heading.setBuddy(self.text)
        layout = column(self, spacing=4)
        layout.addWidget(self.heading)
        layout.addWidget(self.text)

    def show_sentences(self, sentences: Sequence[str]) -> None:
        """Show these, or nothing."""
        text = "\n".join(f"{place}. {sentence}" for place, sentence in enumerate(sentences, 1))
        if text != self.text.text():
            self.text.setText(text)
            self.text.setAccessibleName(f"{self.heading.text()}: {text}")
        self.setVisible(bool(text))
