"""The first start as a window of its own: enrols and tries beside it, and gives the open desk to who goes on."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QWidget

from kassaapp import clinic, first_start, selftest
from kassaapp.app import Clock, Desk
from kassaapp.printout import trial
from kassaapp.screens.first_start import TONES, FirstStartScreen, Row
from kassaapp.screens.status import Tone
from kassaapp.selftest import Check
from kassaapp.trouble import Trouble
from kassaapp.ui.background import Background
from kassaapp.ui.dressing import show_fitted
from kassaapp.ui.first_start_view import FirstStartView
from kassaapp.ui.widgets.double_press import DoublePress
from kassaapp.ui.widgets.dress import column
from kassaapp.wording import explain_trouble


class FirstWindow(QWidget):
    """`done` is called with the desk when it is to be started, and with None when the window is closed before. Closing
    is for when nothing is under way: what was begun is gone on with at the next start, with the same code."""

    def __init__(self, folder: Path, text: str, done: Callable[[Desk | None], None]) -> None:
        super().__init__()
        self._folder, self._clinic_text, self._done = folder, text, done
        self._desk: Desk | None = None
        self._checks: list[Check] = []
        self._busy = self._ended = False
        self._work = Background(self)
        self.shown = FirstStartScreen(
            code=clinic.parse(text).code or "",
            scan_expected=trial.CODE,
            begin=self._begin,
            finish=self._finish,
            start=self._start,
        )
        self.view = FirstStartView(self.shown, DoublePress())
        column(self).addWidget(self.view)
        self.setWindowTitle("Kassa")

    def closeEvent(self, event: QCloseEvent) -> None:
        """Not in the middle of the work."""
        if self._busy:
            event.ignore()
            return
        self._end(None)
        super().closeEvent(event)

    def _begin(self, code: str) -> None:
        self._busy = True
        self._work.run(lambda: self._enrolled(code), self._succeeded, self._failed)

    def _enrolled(self, code: str) -> Desk:
        """On the worker. Raises Trouble."""
        first_start.enrol_by(self._folder, clinic.with_code(self._clinic_text, code), Clock())
        desk = Desk.open(self._folder)
        self._checks = [
            check for check in selftest.run(desk, self._tell) if check.verdict is not selftest.Verdict.NOT_TRIED
        ]
        return desk

    def _tell(self, check: Check) -> None:
        """On the worker, of each check as it is done."""
        self._work.say(lambda: self._tried(check))

    def _tried(self, check: Check) -> None:
        if check.verdict is not selftest.Verdict.NOT_TRIED:
            self.shown.tried(
                Row(check.name, TONES.get(check.verdict.value, Tone.INFO), f"{check.says} {check.do}".strip())
            )
            self.view.draw()

    def _succeeded(self, desk: Desk) -> None:
        self._busy, self._desk = False, desk
        self.shown.succeeded()
        self.view.draw()

    def _failed(self, error: Exception) -> None:
        self._busy = False
        if not isinstance(error, Trouble):
            raise error
        self.shown.failed(explain_trouble(error))
        self.view.draw()

    def _finish(self, is_right: bool | None) -> str:
        assert self._desk is not None
        scanner = selftest.scanner(is_right)
        self._checks.append(scanner)
        self._tried(scanner)
        try:
            return str(selftest.put_protocol(self._desk, self._checks))
        except OSError as error:
            return error.strerror or "–"

    def _start(self) -> None:
        self._end(self._desk)
        self.close()

    def _end(self, desk: Desk | None) -> None:
        if self._ended:
            return
        self._ended = True
        self._work.close()
        if desk is None and self._desk is not None:
            self._desk.close()
        self._done(desk)


def enrolled(folder: Path, clinic_file: Path, instead_of: QWidget) -> Desk | None:
    """Show the first start until the desk is to be started, or the window is closed. Raises BadClinicFile."""
    waiting, desks = QEventLoop(), list[Desk]()

    def done(desk: Desk | None) -> None:
        if desk is not None:
            desks.append(desk)
        waiting.quit()

    window = FirstWindow(folder, clinic.read_text(clinic_file), done)
    show_fitted(window)
    instead_of.hide()
    waiting.exec()
    window.hide()
    window.deleteLater()
    return desks[0] if desks else None
