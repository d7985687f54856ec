"""What is wrong with how a window is laid out, as far as a program sees it: words that are cut, things that lie over
each other or outside what they lie in (UX A08, A10)."""

import re
from collections.abc import Iterator
from itertools import combinations

from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
    QScrollArea,
    QTableView,
    QWidget,
)

from kassaapp.ui import theme
from kassaapp.ui.widgets.button import Button
from kassaapp.ui.widgets.shrinking_label import ShrinkingLabel

_LEAVES = (QLabel, QAbstractButton, QLineEdit, QComboBox, QTableView, QPlainTextEdit)
_SLACK = 1
_ARROW = 44
"""What a list's arrow and its edges take, px at scale 1."""
_PIECE = re.compile(r"[^\s/\u200b]+/?|/")
"""What stands in one line: Qt breaks a line after a stroke too."""
_WRAPPED = Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextShowMnemonic


def faults(window: QWidget) -> list[str]:
    """A line for each thing that is cut, covered or wider than its page."""
    leaves = [leaf for leaf in _leaves(window) if words(leaf) or not isinstance(leaf, QLabel)]
    found = [f"cut: {_told(leaf)}" for leaf in leaves if is_cut(leaf)]
    found += [f"outside: {_told(leaf)}" for leaf in leaves if not _has_room(leaf)]
    pages = [page for page in window.findChildren(QScrollArea) if page.isVisible()]
    found += [f"wider than its page: {_told(page)}" for page in pages if needs_more_width(page)]
    places = [(leaf, QRect(leaf.mapTo(window, QPoint(0, 0)), leaf.size())) for leaf in leaves]
    for (one, here), (other, there) in combinations(places, 2):
        over = here & there
        if min(over.width(), over.height()) > _SLACK and not _within(one, other) and _page(one) is _page(other):
            found.append(f"overlapping: {_told(one)} and {_told(other)}")
    return found + out_of_sight(window)


def out_of_sight(window: QWidget) -> list[str]:
    """A line when what has the keyboard is not seen: all of it, or as much as its page has room for (UX A22)."""
    focused = QApplication.focusWidget()
    if focused is None or focused.window() is not window or isinstance(_page(focused), QTableView):
        return []
    room = min(page.height() for page in _pages(focused))
    seen = focused.visibleRegion().boundingRect().height()
    return [] if seen >= min(focused.height(), room) - _SLACK else [f"out of sight: {_told(focused)}"]


def needs_more_width(page: QScrollArea) -> bool:
    """Whether what a page holds is wider than what is seen of it."""
    inside = page.widget()
    return inside is not None and inside.width() > page.viewport().width()


def is_cut(leaf: QWidget) -> bool:
    """Whether words are missing at the right or below, or a word is broken."""
    match leaf:
        case ShrinkingLabel():
            return leaf.shown_font().pixelSize() < theme.CAPTION
        case QLabel():
            return _label_is_cut(leaf)
        case Button():
            return _button_is_cut(leaf)
        case QComboBox():
            return leaf.width() < leaf.fontMetrics().horizontalAdvance(leaf.currentText()) + theme.current().px(_ARROW)
        case QRadioButton() | QCheckBox():
            return leaf.width() < leaf.minimumSizeHint().width() or leaf.height() < leaf.minimumSizeHint().height()
        case QLineEdit():
            return leaf.height() < leaf.minimumSizeHint().height() - _SLACK
        case _:
            return False


def words(leaf: QWidget) -> str:
    """What is written on it."""
    if isinstance(leaf, QComboBox):
        return leaf.currentText()
    return leaf.text() if isinstance(leaf, QLabel | QAbstractButton | QLineEdit) else ""


def _label_is_cut(leaf: QLabel) -> bool:
    fm, room = leaf.fontMetrics(), leaf.contentsRect()
    if leaf.wordWrap():
        longest = max(fm.horizontalAdvance(word) for word in _PIECE.findall(leaf.text()))
        high = fm.boundingRect(QRect(0, 0, room.width(), 10_000), int(_WRAPPED), leaf.text()).height()
        return longest > room.width() + _SLACK or high > room.height() + _SLACK
    wanted = fm.size(int(Qt.TextFlag.TextShowMnemonic), leaf.text())
    return wanted.width() > room.width() + _SLACK or wanted.height() > room.height() + _SLACK


def _button_is_cut(button: Button) -> bool:
    """The room for the word is all but what the margins and the key take."""
    room, fm = button.words_room(), QFontMetrics(button.words_font())
    text = button.text().replace("&", "")
    high = fm.boundingRect(QRect(0, 0, room.width(), 10_000), int(_WRAPPED), text).height()
    longest = max((fm.horizontalAdvance(word) for word in text.split()), default=0)
    return longest > room.width() + _SLACK or high > room.height() + _SLACK


def _leaves(window: QWidget) -> Iterator[QWidget]:
    for leaf in window.findChildren(QWidget):
        is_seen = leaf.isVisible() and leaf.window() is window  # A dialog is a window of its own.
        if isinstance(leaf, _LEAVES) and is_seen and not isinstance(leaf.parent(), QComboBox | QTableView):
            yield leaf


def _has_room(leaf: QWidget) -> bool:
    """Whether all of it lies in what it lies in; a page that scrolls may have more below."""
    rect, inner = leaf.rect(), leaf
    while (outer := inner.parentWidget()) is not None and not inner.isWindow():
        rect = QRect(inner.mapToParent(rect.topLeft()), rect.size())
        if isinstance(outer.parentWidget(), QAbstractScrollArea):
            return rect.left() >= -_SLACK and rect.right() <= outer.width() + _SLACK
        if not outer.rect().adjusted(-_SLACK, -_SLACK, _SLACK, _SLACK).contains(rect):
            return False
        inner = outer
    return True


def _page(leaf: QWidget) -> QWidget:
    """The nearest page that scrolls, or the window."""
    inner: QWidget = leaf
    while (outer := inner.parentWidget()) is not None and not inner.isWindow():
        if isinstance(outer, QAbstractScrollArea):
            return outer
        inner = outer
    return inner


def _pages(leaf: QWidget) -> Iterator[QWidget]:
    """Every page that it lies in, and the window."""
    page = leaf
    while not page.isWindow():
        page = _page(page)
        yield page


def _within(one: QWidget, other: QWidget) -> bool:
    return one.isAncestorOf(other) or other.isAncestorOf(one)


def _told(leaf: QWidget) -> str:
    return f"{type(leaf).__name__} {leaf.width()}×{leaf.height()} “{words(leaf) or leaf.accessibleName()}”"


def settle() -> None:
    """Let the layout come to rest."""
    for _ in range(4):
        QApplication.processEvents()
        QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)  # What a thread beside has just told of.
    for _ in range(4):
        QApplication.processEvents()  # What has the keyboard comes into sight when all else is in its place.
