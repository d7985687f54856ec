"""The Z reports of the till: a list, and the one that is marked as it is on paper, to be read and printed again
(UX 2.16). A cashier sees the day's own, unless the region lets everybody see the others too (R61)."""

from collections.abc import Callable
from dataclasses import dataclass

from kassaapp.domain.events import SessionClosed
from kassaapp.domain.people import Role
from kassaapp.history import History
from kassaapp.i18n import _
from kassaapp.printout.slip import Slip
from kassaapp.register import Register
from kassaapp.screens.after_sale import Paper
from kassaapp.screens.paper_line import NO_PAPER, PaperLine, paper_line
from kassaapp.wording import amount, difference, moment


@dataclass(frozen=True, slots=True)
class ZRow:
    """One report in the list: its number, and lines that say which and when, by whom, how much, and what differed."""

    number: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ZListView:
    """All that is shown, the newest report first. `chosen` is the index of the marked one, −1 when there is none, and
    `report` its paper. `note` says what is not shown, or that there is nothing."""

    heading: str
    rows: tuple[ZRow, ...]
    chosen: int
    title: str
    report: Slip | None
    note: str
    print: str
    paper: PaperLine


class ZListScreen:
    """`slip` makes the paper of a Z by its number, as the clinic was when it was signed; `print_z` prints it."""

    def __init__(
        self,
        register: Register,
        history: History,
        *,
        slip: Callable[[int], Slip],
        print_z: Callable[[int], None],
    ) -> None:
        self._register = register
        self._history = history
        self._slip = slip
        self._print_z = print_z
        self._closed: tuple[SessionClosed, ...] = ()
        self._chosen = -1
        self._report: Slip | None = None
        self._paper = NO_PAPER

    def begin(self) -> None:
        """Look in the history; the newest is marked."""
        closed = [written.event for written in reversed(self._history.closings())]
        self._closed = tuple(event for event in closed if self._may_see(event))
        self._chosen = -1
        self._report = None
        self._paper = NO_PAPER
        if self._closed:
            self.choose(0)

    @property
    def view(self) -> ZListView:
        """What is shown."""
        number = self._closed[self._chosen].z if self._chosen >= 0 else 0
        return ZListView(
            heading=_("Z-rapporter"),
            rows=tuple(self._row(event) for event in self._closed),
            chosen=self._chosen,
            title=_("Z-rapport {number}").format(number=number) if number else "",
            report=self._report,
            note=self._note(),
            print=_("Skriv ut Z-rapport {number} igen").format(number=number) if number else "",
            paper=self._paper,
        )

    def choose(self, index: int) -> None:
        """Mark a report of the list, and show it."""
        self._chosen = index
        self._report = self._slip(self._closed[index].z)
        self._paper = NO_PAPER

    def print(self) -> None:
        """Print the marked report again; nothing marked prints nothing."""
        if self._chosen >= 0:
            self._print_z(self._closed[self._chosen].z)

    def paper_news(self, number: int, paper: Paper) -> None:
        """What has become of the paper."""
        if self._chosen >= 0 and number == self._closed[self._chosen].z:
            self._paper = paper_line(paper)

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _may_see(self, event: SessionClosed) -> bool:
        return self._sees_all or event.at.date() == self._register.now().date()

    @property
    def _sees_all(self) -> bool:
        user = self._register.user
        if user is None:
            return False
        granted = self._register.configuration.policy.cashier_sees_other_days
        return granted or bool(user.roles & {Role.SUPERVISOR, Role.AUDITOR})

    def _note(self) -> str:
        if not self._sees_all:
            return _("Här visas dagens Z-rapporter. Äldre visas när kassaansvarig är inloggad.")
        return "" if self._closed else _("Kassan har inte stängts ännu. Den första Z-rapporten kommer när den stängs.")

    def _row(self, event: SessionClosed) -> ZRow:
        off_ore = max(event.figures.difference_ore.values(), key=abs, default=0)
        which = _("Z {number} · {when}").format(number=event.z, when=moment(event.at))
        who = self._register.configuration.user_name(event.by)
        differed = (difference(off_ore),) if off_ore else ()
        return ZRow(event.z, (which, who, amount(event.figures.sales_ore), *differed))
