"""Opening the till: count the float, compare, explain a difference, open (UX 2.2)."""

from collections.abc import Callable
from dataclasses import dataclass

from kassaapp.domain.errors import ReasonMissing, Refused
from kassaapp.domain.events import SessionClosed, SessionOpened
from kassaapp.i18n import _
from kassaapp.register import Register
from kassaapp.screens.after_sale import Paper
from kassaapp.screens.drawer_count import DrawerCount, DrawerCountView
from kassaapp.screens.reason import Reason, ReasonView
from kassaapp.wording import amount, clock, explain


@dataclass(frozen=True, slots=True)
class OpenView:
    """All that is shown. With a `difference` a reason is asked for; `closed` tells how the last session ended."""

    heading: str
    closed: str
    count_heading: str
    count: DrawerCountView
    difference: str
    reason: ReasonView
    button: str
    error: str


class OpenScreen:
    """`opened` is called when the till is open."""

    def __init__(self, register: Register, *, opened: Callable[[SessionOpened], None]) -> None:
        self._register = register
        self._opened = opened
        self._last: SessionClosed | None = None
        self._compared: tuple[int, int] | None = None
        self._begin()

    @property
    def count(self) -> DrawerCount:
        """What is being counted; tell `changed` after typing in it."""
        return self._count

    @property
    def reason(self) -> Reason:
        """Why the count differs."""
        return self._reason

    @property
    def view(self) -> OpenView:
        """What is shown."""
        till = self._register.till
        return OpenView(
            heading=_("Öppna {till}").format(till=till.name),
            closed=self._closed,
            count_heading=_("Räkna växelkassan i låda {letter}").format(letter=till.letter),
            count=self._count.view,
            difference=self._difference(),
            reason=self._reason.view,
            button=self._button(),
            error=self._error,
        )

    def changed(self) -> None:
        """The count is another: compare anew."""
        self._compared = None
        self._error = ""

    def recount(self) -> None:
        """Go back to the count, which is kept."""
        self.changed()

    def reason_changed(self) -> None:
        """What was wrong with the reason is being put right."""
        self._error = ""

    def open(self) -> None:
        """Compare with the float that was left; open at once when it is right, else with the reason given."""
        counted_ore = self._count.check()
        if counted_ore is None:
            return
        self._error = ""
        reason = self._reason.text() if self._compared is not None else None
        try:
            event = self._register.open_session(counted_ore, reason)
        except ReasonMissing as missing:
            self._error = self._reason.asked_for() if self._compared is not None else ""
            self._compared = (counted_ore, missing.difference_ore)
        except Refused as refused:
            self._error = explain(refused)
        else:
            self._begin()
            self._opened(event)

    def session_closed(self, event: SessionClosed) -> None:
        """Tell how the last session ended, until the next is opened."""
        self._last = event
        self._closed = self._ended(_z_words(Paper.UNDER_WAY))

    def z_news(self, number: int, paper: Paper) -> None:
        """What has become of the paper of the Z."""
        if self._last is not None and self._last.z == number:
            self._closed = self._ended(_z_words(paper))

    def _ended(self, words: str) -> str:
        assert self._last is not None
        return words.format(time=clock(self._last.at), number=self._last.z)

    def _begin(self) -> None:
        self._last = None
        self._closed = ""
        self._count = DrawerCount(self._register.configuration.policy.denominations_ore)
        self._reason = Reason()
        self._compared = None
        self._error = ""

    def _difference(self) -> str:
        if self._compared is None:
            return ""
        counted_ore, difference_ore = self._compared
        return _("Det ska finnas {expected} i lådan. Du räknade {counted}. Skillnad {difference}.").format(
            expected=amount(counted_ore - difference_ore),
            counted=amount(counted_ore),
            difference=amount(difference_ore),
        )

    def _button(self) -> str:
        if self._compared is None:
            return _("Jämför och öppna")
        return _("Öppna med {amount}").format(amount=amount(self._compared[0]))


def _z_words(paper: Paper) -> str:
    match paper:
        case Paper.PRINTED:
            return _("Kassan är stängd {time}. Z-rapport nr {number} är klar och utskriven.")
        case Paper.SAVED:
            return _("Kassan är stängd {time}. Z-rapport nr {number} är klar och sparad.")
        case Paper.WAITING | Paper.UNSURE:
            return _("Kassan är stängd {time}. Z-rapport nr {number} är klar och väntar på utskrift.")
        case Paper.FAILED:
            return _("Kassan är stängd {time}. Z-rapport nr {number} är klar men kunde inte sparas som fil.")
        case _:
            return _("Kassan är stängd {time}. Z-rapport nr {number} är klar.")
