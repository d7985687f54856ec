"""In which order a window is read aloud: that of the tree, which is to be the order that is seen (UX A03)."""

from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QWidget


def backwards(window: QWidget) -> list[str]:
    """A line for each thing that is read before what stands above it in the same column, or at its left."""
    found: list[str] = []
    _look(window, found)
    return found


def _look(parent: QWidget, found: list[str]) -> None:
    parts = _parts(parent)
    for place, first in enumerate(parts):
        found += [f"{_told(first)} is read before {_told(then)}" for then in parts[place + 1 :] if _wrong(first, then)]
    for part in parts:
        _look(part, found)


def _parts(parent: QWidget) -> list[QWidget]:
    told = QAccessible.queryAccessibleInterface(parent)
    parts = [told.child(n).object() for n in range(told.childCount())]
    return [part for part in parts if isinstance(part, QWidget) and part.isVisible() and not part.isWindow()]


def _wrong(first: QWidget, then: QWidget) -> bool:
    if first.parent() is not then.parent() or not first.width() * first.height() * then.width() * then.height():
        return False
    here, there = first.geometry(), then.geometry()
    across = min(here.right(), there.right()) - max(here.left(), there.left())
    down = min(here.bottom(), there.bottom()) - max(here.top(), there.top())
    is_above = there.bottom() <= here.top() and across > 0
    return is_above or (there.right() <= here.left() and down > min(here.height(), there.height()) / 2)


def _told(part: QWidget) -> str:
    return f"{type(part).__name__} “{QAccessible.queryAccessibleInterface(part).text(QAccessible.Text.Name)}”"
