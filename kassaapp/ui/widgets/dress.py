"""What a widget is and how it is, as the style sheet reads it, and the small boxes that everything is laid out in."""

import re

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLabel, QLayout, QSizePolicy, QVBoxLayout, QWidget

from kassaapp.ui import theme

_LONG, _JOINT = re.compile(r"\S{20,}"), re.compile(r"[/\\_.-](?=\S)")
_TOO_LONG, _PIECE = re.compile(r"[^\s\u200b]{36,}"), re.compile(r".{1,12}")


def set_property(widget: QWidget, name: str, value: str) -> None:
    """Set a property that the style sheet asks for, and dress the widget anew when it is another."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    for child in widget.findChildren(QLabel):  # A child's rule may ask for its parent's state.
        child.style().unpolish(child)
        child.style().polish(child)


def label(text: str = "", kind: str = "", *, wrap: bool = False) -> QLabel:
    """A label of a kind. A wrapping one, as every title is, takes the height that its text needs."""
    wrap = wrap or kind == "title"
    made = QLabel(breakable(text) if wrap else text)
    made.setProperty("kind", kind)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wrap)
    made.setIndent(0)
    if wrap:
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        made.setSizePolicy(policy)
    return made


def set_text(shown: QLabel, text: str) -> None:
    """Set a label's text; one without text takes no room, and no word widens one that wraps."""
    text = breakable(text) if shown.wordWrap() else text
    if shown.text() != text:
        shown.setText(text)
    shown.setVisible(bool(text))


def breakable(text: str) -> str:
    """The text, where a word that no line has room for may go on in the next: the path of a file after its strokes, of
    which Qt knows the half, and any other anywhere."""
    joined = _LONG.sub(lambda word: _JOINT.sub("\\g<0>\u200b", word[0]), text)
    return _TOO_LONG.sub(lambda word: "\u200b".join(_PIECE.findall(word[0])), joined)


def card() -> QFrame:
    """A surface that other things lie on."""
    made = QFrame()
    made.setProperty("kind", "card")
    return made


def column(parent: QWidget | None = None, *, margins: tuple[int, int] = (0, 0), spacing: int = 8) -> QVBoxLayout:
    """A layout from top to bottom; margins are horizontal and vertical."""
    made = QVBoxLayout(parent) if parent is not None else QVBoxLayout()
    _space(made, margins, spacing)
    return made


def row(parent: QWidget | None = None, *, margins: tuple[int, int] = (0, 0), spacing: int = 8) -> QHBoxLayout:
    """A layout from left to right."""
    made = QHBoxLayout(parent) if parent is not None else QHBoxLayout()
    _space(made, margins, spacing)
    return made


def add_all(layout: QBoxLayout, *items: QWidget | QLayout | None) -> None:
    """Add widgets and layouts in order; None is a stretch."""
    for item in items:
        if item is None:
            layout.addStretch(1)
        elif isinstance(item, QWidget):
            layout.addWidget(item)
        else:
            layout.addLayout(item)


def _space(layout: QBoxLayout, margins: tuple[int, int], spacing: int) -> None:
    px = theme.current().px
    horizontal, vertical = margins
    layout.setContentsMargins(px(horizontal), px(vertical), px(horizontal), px(vertical))
    layout.setSpacing(px(spacing))


def target() -> QSize:
    """The least that a finger can hit."""
    size = theme.current().px(theme.TARGET)
    return QSize(size, size)
