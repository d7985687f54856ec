"""Starts the window: the application with Swedish words and its dress, the desk opened and checked, and what happens
when something breaks.

A rule that says no is words on a screen. A disk that is full is a dialog. Anything else that is raised stops the till
from taking money until it is started anew: nobody knows any more what is so.
"""

import gc
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from PySide6.QtWidgets import QWidget

from kassaapp import enrolment
from kassaapp.app import Desk
from kassaapp.display import read as read_display
from kassaapp.i18n import _
from kassaapp.screens.question import Question
from kassaapp.trouble import DiskFull, Trouble
from kassaapp.ui import first_window, theme
from kassaapp.ui.dressing import SIZE, SMALL_WIDTH, dressed, show_fitted
from kassaapp.ui.main_window import MainWindow, dress
from kassaapp.ui.opening_view import OpeningView
from kassaapp.ui.stopped_view import StoppedView
from kassaapp.ui.widgets.modal import ModalQuestion
from kassaapp.wording import explain_trouble

__all__ = ["SIZE", "SMALL_WIDTH", "crash_notice", "dressed", "main", "run", "show_fitted"]
log = logging.getLogger(__name__)

Hook = Callable[[type[BaseException], BaseException, TracebackType | None], None]


def main(folder: Path, clinic_file: Path | None, opening: OpeningView) -> int:
    """Open the desk in `folder` while `opening` is shown, enrolled first in a window when it is new and there is a
    `clinic_file`, and show it instead; the exit code."""
    try:
        if clinic_file is not None and not enrolment.is_enrolled(folder):
            first = first_window.enrolled(folder, clinic_file, opening)
            if first is None:
                return 1
            with first:
                return run(first, opening)
        with opening.meanwhile(lambda: _opened(folder)) as desk:
            return run(desk, opening)
    except Trouble as trouble:
        log.warning("the till cannot start: %s", type(trouble).__name__)
        return _show_trouble(trouble, opening)


def run(desk: Desk, instead_of: QWidget | None = None) -> int:
    """Show the desk's first till until the window is closed; the exit code. Contact with the region begins here."""
    application, display = dressed(), read_display(desk.folder)
    dress(application, display)
    window = MainWindow(desk, desk.tills[0], display=display)
    theme.follow_system(application, window.wear_again)
    before, sys.excepthook = sys.excepthook, crash_notice(window)
    try:
        show_fitted(window)
        _take_away(instead_of)
        desk.start_sync()
        desk.start_check()
        code = application.exec()
        return 1 if window.has_failed else code
    finally:
        sys.excepthook = before
        window.shut()


def crash_notice(window: MainWindow) -> Hook:
    """What to do with an exception that nobody caught."""
    full = ModalQuestion(window, lambda _number: None)

    def notice(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            window.close_at_once()
            return
        log.critical("stopped by %s", kind.__name__, exc_info=(kind, error, trace))
        if not isinstance(error, DiskFull):
            window.note_stop(kind.__name__)
        if isinstance(error, DiskFull):
            full.ask(Question(explain_trouble(error, support=window.support), (_("Stäng meddelandet"),)))
        elif isinstance(error, Trouble):
            window.stop(explain_trouble(error, support=window.support))
        else:
            window.stop(_bug(window.support))

    return notice


def _bug(support: str) -> str:
    return _(
        "Ett fel i programmet gör att kassan inte tar emot fler betalningar. Allt som är registrerat är sparat. "
        "Stäng programmet och starta det igen. Händer det igen, ring {support}."
    ).format(support=support or _("it-stödet"))


@contextmanager
def _for_good() -> Iterator[None]:
    """What is made in the block stays as long as the program: Python's collector does not walk through ten years of
    records again and again while they are read, nor later between two key presses."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _opened(folder: Path) -> Desk:
    with _for_good():
        return Desk.open(folder)


def _show_trouble(trouble: Trouble, instead_of: QWidget) -> int:
    application = dressed()
    view = StoppedView(explain_trouble(trouble), application.quit, heading=_("Kassan kan inte startas"))
    view.setWindowTitle("Kassa")
    view.resize(960, 480)
    view.show()
    _take_away(instead_of)
    application.exec()
    return 1


def _take_away(window: QWidget | None) -> None:
    if window is not None:
        window.hide()
        window.deleteLater()
