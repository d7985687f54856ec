"""The screens of one till, or of the practice at it, and what follows from what is recorded: which paper is made, and
where one goes then. No widget is here; `till_rooms.py` draws them.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from kassaapp import diagnose, wording
from kassaapp.app import Desk
from kassaapp.domain.events import SessionClosed
from kassaapp.domain.fees import Wish
from kassaapp.domain.state import Session
from kassaapp.domain.visit import Patient
from kassaapp.export.table import as_csv
from kassaapp.history import Filter
from kassaapp.i18n import _
from kassaapp.papers import put, put_bytes
from kassaapp.printout import period_report
from kassaapp.printout.cash_slip import CashMoved
from kassaapp.register import Sold
from kassaapp.screens.a_conto import AContoScreen
from kassaapp.screens.about import AboutScreen, Fact, Medium
from kassaapp.screens.after_sale import Paper
from kassaapp.screens.close_session import CloseScreen
from kassaapp.screens.customer_display import CustomerDisplay
from kassaapp.screens.drawer import DrawerScreen
from kassaapp.screens.export import ExportScreen
from kassaapp.screens.frame import Frame, Place
from kassaapp.screens.login import LoginScreen
from kassaapp.screens.open_session import OpenScreen
from kassaapp.screens.other_till import Open
from kassaapp.screens.patient_history import PatientHistoryScreen
from kassaapp.screens.period_report import Asked, Form, PeriodReportScreen
from kassaapp.screens.receipts import Act, ReceiptsScreen
from kassaapp.screens.reports import XReportScreen
from kassaapp.screens.sale import SaleScreen
from kassaapp.screens.status import StatusScreen, Tone
from kassaapp.screens.z_list import ZListScreen
from kassaapp.trouble import PlaceTaken
from kassaapp.ui import till_export
from kassaapp.ui.background import Background
from kassaapp.ui.papers import Papers
from sync.client.status import SyncStatus

_AT_START = 20
"""A start writes fewer records than this: what was newest before it is among so many."""


class TillScreens:
    """`desk` has the till, and in practice is the practice desk; `outer` is where one signs in, out and locks, and
    whose papers they are. `redraw` draws a screen anew and `settle` what stands round it; `other_till` opens the desk's
    other till, where it has one."""

    def __init__(
        self,
        desk: Desk,
        letter: str,
        over: QObject,
        *,
        outer: Desk,
        redraw: Callable[[Place], None],
        settle: Callable[[], None],
        is_stopped: Callable[[], bool],
        other_till: Open | None,
    ) -> None:
        self.desk = desk
        self.letter = letter
        self.is_practice = desk is not outer
        self.register = desk.register(letter)
        self._outer = outer
        self._redraw = redraw
        self._settle = settle
        self._is_stopped = is_stopped
        self._last_sold: Sold | None = None
        self.papers = Papers(outer, letter, over, is_stopped=is_stopped)
        self.beside, self._exports = Background(over), Background(over)
        self._make_sale(other_till)
        self._make_day(outer)
        self._make_looking_back()

    def _make_sale(self, other_till: Open | None) -> None:
        desk, letter = self.desk, self.letter
        self.sale = SaleScreen(
            self.register,
            desk.history(letter),
            sold=self._sold,
            drafts=desk.drafts(letter),
            other_till=other_till,
            deposited=self._print_account,
            paper=self._scanned_paper,
            print_copy=lambda receipt: self.papers.copy(receipt, lambda _paper: None),
            void=lambda receipt: self._open_receipt(receipt, Act.VOID),
            show_receipt=self._open_receipt,
            has_region=desk.clinic.server is not None,
        )
        self.customer = CustomerDisplay()
        self.a_conto = AContoScreen(
            self.register,
            desk.history(letter),
            print_slip=self._print_account,
            left=self._back,
            has_region=desk.clinic.server is not None,
        )
        self.drawer = DrawerScreen(self.register, print_slip=self._print_cash, left=self._back)

    def _make_day(self, outer: Desk) -> None:
        register = self.register
        self.frame = Frame(
            register,
            self._sync_status,
            in_sale=lambda: self.sale.in_progress,
            lock=outer.lock,
            sign_out=outer.sign_out,
            lost_medium=self.letter in self.desk.trouble_at_start,
            stranded=self.desk.stranded(self.letter),
            is_paying=self._is_paying,
            tills=outer.tills,
            is_practice=self.is_practice,
            latest=max((row.at for row in self.desk.history(self.letter).find(Filter(), _AT_START)), default=None),
        )
        self.login = LoginScreen(
            register,
            self._sync_status,
            sign_in=outer.sign_in,
            signed_in=self.frame.signed_in,
            ended=wording.ended(outer.ended.at, outer.ended.stopped) if outer.ended else "",
            last_user=self._last_user(),
        )
        self.opening = OpenScreen(register, opened=lambda _event: self.frame.home())
        self.closing = CloseScreen(
            register,
            self._sync_status,
            closed=self._closed,
            left=self.frame.back,
            events=lambda: self.desk.history(self.letter).in_session,
        )
        self.status = StatusScreen(register, self._sync_status)

    def _is_paying(self) -> bool:
        """Whether the open payment is being taken, and no question: at the sale, or where a deposit
        or a repayment is shown."""
        place = self.frame.place
        return (
            self.sale.is_paying
            or (place is Place.A_CONTO and self.a_conto.is_paying)
            or (place is Place.RECEIPTS and self.receipts.is_repaying)
        )

    def _last_user(self) -> str:
        """Who signed in last, if that person still may."""
        signed_in = self.desk.history(self.letter).find(Filter(kind="sign-in"), 1)
        user = (signed_in[0].user or "") if signed_in else ""
        return user if user in self.register.configuration.users else ""

    def _make_looking_back(self) -> None:
        register, history = self.register, self.desk.history(self.letter)
        self.receipts = ReceiptsScreen(
            register,
            history,
            self._sync_status,
            print_receipt=self._undone,
            print_asked=lambda receipt: self._print_receipt(receipt, asked=True),
            print_copy=lambda receipt: self.papers.copy(receipt, lambda paper: self._receipt_news(receipt, paper)),
            again=self._again,
            left=self._back,
            in_sale=lambda: self.sale.in_progress,
        )
        self.history = PatientHistoryScreen(
            register,
            history,
            self._sync_status,
            open_receipt=self._open_receipt,
            refund=lambda receipt: self._open_receipt(receipt, Act.REFUND),
            to_account=self._to_account,
            left=self._back,
        )
        self.report = XReportScreen(register, print_x=self._print_x)
        self.z_list = ZListScreen(
            register,
            history,
            slip=lambda number: self._outer.slips(self.letter).z_numbered(number),
            print_z=lambda number: self.papers.z_again(number, lambda paper: self._z_list_news(number, paper)),
        )
        self.period = PeriodReportScreen(
            register,
            history,
            leave=self._leave_report,
            beside=self.beside,
            changed=lambda: self._redraw(Place.PERIOD),
        )
        self.export = ExportScreen(
            register,
            begin=lambda wanted: till_export.begin(self.desk, self.letter, wanted),
            folder=Path.home(),
            beside=self._exports,
            changed=lambda: self._redraw(Place.EXPORT),
            may_at_all=not self.is_practice,
        )
        self.about = AboutScreen(
            register,
            history,
            self._sync_status,
            records=lambda: self.desk.records(self.letter),
            medium=self._medium,
            copy=lambda text: QApplication.clipboard().setText(text),
            more=self._devices,
            save=self._save_diagnostics,
        )

    # ── where one goes ───────────────────────────────────────────────────────────────────────────────────────────

    def _home(self) -> None:
        self.frame.home()
        self._settle()

    def _back(self) -> None:
        self.frame.back()
        self._settle()

    def go(self, place: Place, *, anew: bool = False) -> None:
        """Go to a screen, if it can be gone to now; `anew` although one was at it."""
        self.frame.go(place, anew=anew)
        self._settle()

    def _open_receipt(self, receipt: int, act: Act | None = None) -> None:
        self.receipts.show(receipt, act)
        self.go(Place.RECEIPTS, anew=True)

    def _scanned_paper(self, code: str) -> None:
        self.receipts.show_scanned(code)
        self.go(Place.RECEIPTS, anew=True)

    def _to_account(self, patient: Patient) -> None:
        self.a_conto.begin_with(patient)
        self.go(Place.A_CONTO, anew=True)

    def _again(self, patient: Patient | None, wishes: tuple[Wish, ...], day: date) -> None:
        """The same visit anew, after it was voided."""
        self.sale.begin_again(patient, wishes, day)
        self._home()

    # ── papers, and what has become of them ──────────────────────────────────────────────────────────────────────

    def _sold(self, sold: Sold) -> None:
        self._last_sold = sold
        self._print_receipt(sold.event.receipt, asked=False)

    def print_last(self) -> None:
        """Make the paper of the last sale, asked for; also a protected patient's."""
        if self._last_sold is not None:
            self._print_receipt(self._last_sold.event.receipt, asked=True)

    def print_left(self) -> None:
        """Print what had not come out when the program ended last; what fails stays on its strip."""
        if not self._is_stopped() and self.register.user is not None:
            for receipt in self.frame.unprinted:
                self.papers.receipt(receipt, lambda _paper: self._settle())

    def _print_receipt(self, receipt: int, *, asked: bool) -> None:
        self.papers.receipt(receipt, lambda paper: self._receipt_news(receipt, paper), asked=asked)

    def _undone(self, receipt: int) -> None:
        """The paper of what undid a receipt, and of what came in its place."""
        self.sale.forget_result()
        self._print_receipt(receipt, asked=False)

    def _receipt_news(self, receipt: int, paper: Paper) -> None:
        self.sale.receipt_news(receipt, paper)
        self._redraw(Place.SALE)
        self._redraw(Place.RECEIPTS)

    def _closed(self, event: SessionClosed) -> None:
        """The Z is signed: make its paper, and be ready for the next opening."""
        self.opening.session_closed(event)
        self.papers.last_z(lambda paper: self._z_news(event.z, paper))
        self.frame.home()

    def _z_news(self, number: int, paper: Paper) -> None:
        self.opening.z_news(number, paper)
        self._redraw(Place.OPEN)

    def _print_account(self, receipt: int) -> None:
        self.papers.receipt(receipt, lambda paper: self._account_news(receipt, paper))

    def _account_news(self, receipt: int, paper: Paper) -> None:
        self.a_conto.paper_news(receipt, paper)
        self._redraw(Place.A_CONTO)

    def _print_cash(self, moved: CashMoved) -> None:
        self.papers.cash(moved, lambda paper: self._cash_news(moved, paper))

    def _cash_news(self, moved: CashMoved, paper: Paper) -> None:
        self.drawer.paper_news(moved, paper)
        self._redraw(Place.DRAWER)

    def _print_x(self, session: Session, at: datetime, by: str) -> None:
        slip = self._outer.slips(self.letter).x(session, at=at, by=by)
        self.papers.slip(f"x-{self.letter}-{at:%Y%m%d-%H%M%S}", slip, self._x_news, large=True)

    def _x_news(self, paper: Paper) -> None:
        self.report.paper_news(paper)
        self._redraw(Place.REPORT)

    def _z_list_news(self, number: int, paper: Paper) -> None:
        self.z_list.paper_news(number, paper)
        self._redraw(Place.Z_LIST)

    def _leave_report(self, asked: Asked) -> None:
        """A report of a period: on paper, or as a file among the papers."""
        slips, now, user = self._outer.slips(self.letter), self.register.now(), self.register.user
        assert user is not None, "a report is shown to somebody who is signed in only"
        name, slip = slips.period_name(asked.report, now), slips.period(asked.report, at=now, by=user.id)
        if asked.form is Form.PAPER:
            self.papers.slip(name, slip, self._period_news, large=True)
        elif asked.form is Form.PDF:
            self._save_report(partial(put, self._outer.paper_folder(self.letter), name, slip))
        else:
            table = period_report.table(asked.report, self.register.configuration)
            written = as_csv(table.headings, table.rows)
            self._save_report(partial(put_bytes, self._outer.paper_folder(self.letter), f"{name}.csv", written))

    def _save_report(self, save: Callable[[], Path]) -> None:
        self.beside.run(save, lambda path: self._report_saved(str(path)), self._report_not_saved)

    def _report_saved(self, place: str | None) -> None:
        self.period.saved(place)
        self._redraw(Place.PERIOD)

    def _report_not_saved(self, error: Exception) -> None:
        if not isinstance(error, OSError):
            raise error
        self._report_saved(None)

    def _period_news(self, paper: Paper) -> None:
        self.period.paper_news(paper)
        self._redraw(Place.PERIOD)

    # ── how the till is ──────────────────────────────────────────────────────────────────────────────────────────

    def sync_changed(self) -> None:
        """News from the sync thread: a new price list is taken between two patients."""
        if self.sale.may_reprice:
            before = self.register.configuration.number
            self.desk.refresh_configuration(self.letter)
            if self.register.configuration.number != before:
                self.sale.configuration_taken()
                self._redraw(Place.SALE)
            elif self.sale.asks_elsewhere:
                self._redraw(Place.SALE)

    def _sync_status(self) -> SyncStatus:
        return self._outer.sync_status(self.letter)

    def _medium(self) -> Medium:
        if self.desk.clinic.second_medium is None:
            return Medium.NONE
        return Medium.LOST if self.letter in self.desk.trouble_at_start else Medium.WRITTEN

    def _save_diagnostics(self) -> str:
        """Everything about the program and the machine, as a file in the desk's folder; the journals are not audited,
        which could take a while."""
        at = self._outer.clock()
        out = self._outer.folder / f"diagnostik-{at:%Y%m%d-%H%M%S}.zip"
        with suppress(PlaceTaken):  # Pressed twice: it is there.
            diagnose.bundle(self._outer.folder, out, at, verify=False)
        return str(out)

    def _devices(self) -> tuple[Fact, ...]:
        clinic = self._outer.clinic
        roll = str(clinic.printer) if clinic.printer is not None else _("Ingen: kvitton läggs som filer")
        a4 = (Fact(_("Skrivare för A4"), Tone.INFO, clinic.a4_printer),) if clinic.a4_printer else ()
        return (Fact(_("Kvittoskrivare"), Tone.INFO, roll), *a4)

    def shut(self) -> None:
        """Let background work finish; nothing here is used after this."""
        self.period.stop()
        self.export.stop()
        self.papers.close()
        self.beside.close()
        self._exports.close()
