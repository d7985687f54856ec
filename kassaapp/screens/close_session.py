"""Closing the till: count blind, compare lists, see the difference, sign (UX 2.15). Unsigned, the till is still open.

Four steps on one page. Each keeps its answer when you step back; what should be there is shown in the third.
"""

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kassaapp.domain.errors import NeedsApproval, ReasonMissing, Refused
from kassaapp.domain.events import Event, SessionClosed
from kassaapp.domain.figures import Figures
from kassaapp.domain.lead import Counted
from kassaapp.domain.leads import leads
from kassaapp.domain.session import Count, require_closable
from kassaapp.domain.visit import Tender
from kassaapp.i18n import _, ngettext
from kassaapp.pins import Signature
from kassaapp.printout.receipt import receipt_number
from kassaapp.register import Register
from kassaapp.screens.drawer_count import DrawerCount, DrawerCountView
from kassaapp.screens.reason import Reason, ReasonView
from kassaapp.wording import BadAmountText, amount, difference, explain, lead, read_amount, tender
from sync.client.status import SyncStatus


class Step(enum.IntEnum):
    """How far one has come. Comparing and signing are on the page together."""

    COUNT = 1
    LISTS = 2
    COMPARE = 3


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """One tender: what was counted, what the till says, and the difference in figures and in words."""

    tender: str
    counted: str
    expected: str
    difference: str
    words: str
    right: bool


@dataclass(frozen=True, slots=True)
class CloseView:
    """All that is shown. Rows, and `leads`, which say what may explain a difference, are empty until the third step;
    `kept` tells of a count that is come back to, `hindrance` of what has to be done before the till is closed."""

    heading: str
    step: Step
    steps: tuple[str, ...]
    count: DrawerCountView
    count_done: str
    blind: str
    kept: str
    hindrance: str
    card: str
    swish: str
    lists_error: str
    lists_done: str
    rows: tuple[ComparisonRow, ...]
    leads: tuple[str, ...]
    asks_reason: bool
    reason: ReasonView
    second: str
    report: str
    error: str
    pin_is_wrong: bool


class CloseScreen:
    """`closed` is called when the Z is signed, `left` when one steps out. `events` are those of the open session: in
    them is looked for what may explain a difference."""

    def __init__(
        self,
        register: Register,
        sync_status: Callable[[], SyncStatus],
        *,
        closed: Callable[[SessionClosed], None],
        left: Callable[[], None],
        events: Callable[[], Sequence[Event]] = tuple,
    ) -> None:
        self._register = register
        self._events = events
        self._sync_status = sync_status
        self._closed = closed
        self._left = left
        self._whose: tuple[int, str] | None = None
        self._seen: Figures | None = None
        self.begin()

    def arrive(self) -> None:
        """The close is gone to. What the same person has typed in this session is there; when something has been
        registered since, one counts on from there."""
        session, user = self._register.state.session, self._register.user
        if session is None or user is None:
            return
        if self._whose != (session.number, user.id):
            self._whose = (session.number, user.id)
            self.begin()
        elif self._is_typed():
            self._kept = _("Din räkning är kvar.")
            if self._seen != session.figures:
                self.recount()
                self._kept = _("Din räkning är kvar. Kassan har använts sedan dess: ändra det som är annorlunda.")
        self._look()

    def begin(self) -> None:
        """A new close, nothing counted."""
        self._kept = ""
        self.count = DrawerCount(self._register.configuration.policy.denominations_ore)
        self.reason = Reason()
        self._step = Step.COUNT
        self._card = self._swish = ""
        self._lists_error = self._error = ""
        self._pin_is_wrong = False
        self._figures: Figures | None = None
        self._leads: tuple[str, ...] = ()

    @property
    def view(self) -> CloseView:
        """What is shown."""
        figures = self._figures if self._step is Step.COMPARE else None
        counted = self.count.view.counted
        return CloseView(
            heading=_("Stäng {till}").format(till=self._register.till.name),
            step=self._step,
            steps=(_("Räkna kontanter"), _("Kort och Swish"), _("Jämför"), _("Z-rapport")),
            count=self.count.view,
            count_done=_("Klar med räkningen – {amount}").format(amount=counted),
            blind=_("Vad som ska finnas visas i steg 3."),
            kept=self._kept,
            hindrance=self._hindrance() if self._step is Step.COUNT else "",
            card=self._card,
            swish=self._swish,
            lists_error=self._lists_error,
            lists_done=self._lists(),
            rows=_rows(figures) if figures is not None else (),
            leads=self._leads if figures is not None else (),
            asks_reason=figures is not None and any(figures.difference_ore.values()),
            reason=self.reason.view,
            second=self._second() if figures is not None else "",
            report=self._report(figures) if figures is not None else "",
            error=self._error,
            pin_is_wrong=self._pin_is_wrong,
        )

    # ── wishes ───────────────────────────────────────────────────────────────────────────────────────────────────

    def counted(self) -> None:
        """The drawer is counted: on to the lists."""
        if self.count.check() is not None:
            self._step, self._kept = Step.LISTS, ""

    def type_lists(self, card: str, swish: str) -> None:
        """What the terminal's and Swish's own lists say, as typed. Nothing is 0."""
        self._card, self._swish = card.strip(), swish.strip()
        self._lists_error = ""

    def compare(self) -> None:
        """Show what should be there beside what was counted. From here on the count is on record."""
        try:
            self._figures = self._register.compare(self._count())
        except BadAmountText as bad:
            self._lists_error = explain(bad)
        except Refused as refused:
            self._lists_error = explain(refused)
        else:
            self._leads = self._look_for_leads(self._figures)
            self._step = Step.COMPARE
            self._look()  # The count itself is among the figures, and is no use of the till.

    def recount(self) -> None:
        """Back to the count, with everything kept."""
        self._step = Step.COUNT
        self._error = ""

    def reason_changed(self) -> None:
        """What was wrong with the reason is being put right."""
        self._error = ""

    def back(self) -> None:
        """One step back; from the first, out."""
        self._error = ""
        if self._step is Step.COUNT:
            self._left()
        else:
            self._step = Step(self._step - 1)

    def sign(self, pin: str, second: Signature | None = None) -> None:
        """Sign with the PIN and close; `second` is the colleague who signs a large difference too. What is refused
        leaves the till open."""
        self._pin_is_wrong = False
        if not pin:
            self._error, self._pin_is_wrong = _("Skriv pinkoden för att signera."), True
            return
        try:
            written = self._register.close_session(self._count(), pin, self.reason.text(), second)
        except ReasonMissing:
            self._error = self.reason.asked_for()
        except NeedsApproval:
            self._error = self._second()
        except Refused as refused:
            self._error = explain(refused, support=self._register.configuration.support)
            self._pin_is_wrong = True
        else:
            self.begin()
            self._closed(written.event)

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _look(self) -> None:
        session = self._register.state.session
        self._seen = None if session is None else session.figures

    def _hindrance(self) -> str:
        """Told before anything is counted, not after."""
        register = self._register
        if register.state.session is None:
            return ""
        try:
            require_closable(register.state)
        except Refused as refused:
            return explain(refused, support=register.configuration.support)
        return ""

    def _is_typed(self) -> bool:
        return self._step is not Step.COUNT or self.count.is_typed or bool(self._card or self._swish)

    def _count(self) -> Count:
        """Raises BadAmountText, BadAmount."""
        return Count(
            cash_ore=self.count.read(),
            card_ore=_listed(self._card),
            swish_ore=_listed(self._swish),
            denominations=self.count.denominations(),
        )

    def _look_for_leads(self, figures: Figures) -> tuple[str, ...]:
        register = self._register
        values = register.configuration.policy.denominations_ore
        counted = Counted(self._events(), figures, self.count.denominations(), values)
        return tuple(
            lead(found, lambda receipt: receipt_number(register.configuration, register.till, receipt))
            for found in leads(counted)
        )

    def _second(self) -> str:
        """What is asked of a colleague when the difference is large; empty when it is not (R49)."""
        limit_ore = self._register.configuration.policy.difference_second_person_over_ore
        differences = self._figures.difference_ore.values() if self._figures is not None else ()
        if max((abs(ore) for ore in differences), default=0) <= limit_ore:
            return ""
        return _("Skillnaden är större än {limit}. En kollega ska kontrollera räkningen och signera också.").format(
            limit=amount(limit_ore)
        )

    def _lists(self) -> str:
        try:
            card, swish = amount(_listed(self._card)), amount(_listed(self._swish))
        except BadAmountText:
            return ""
        return _("Kort {card} · Swish {swish}").format(card=card, swish=swish)

    def _report(self, figures: Figures) -> str:
        receipts = ngettext("{count} kvitto", "{count} kvitton", figures.receipts).format(count=figures.receipts)
        unsent = self._sync_status().unsent
        waiting = ngettext(
            "{count} post är inte skickad ännu, den skickas när det finns kontakt.",
            "{count} poster är inte skickade ännu, de skickas när det finns kontakt.",
            unsent,
        ).format(count=unsent)
        words = _("Z-rapport nr {number} · {receipts}").format(number=self._register.state.next_z, receipts=receipts)
        return f"{words} · {waiting}" if unsent else words


def _rows(figures: Figures) -> tuple[ComparisonRow, ...]:
    return tuple(
        ComparisonRow(
            tender=tender(Tender(by)),
            counted=amount(counted_ore),
            expected=amount(figures.expected_ore[by]),
            difference=amount(figures.difference_ore[by]),
            words=difference(figures.difference_ore[by]),
            right=figures.difference_ore[by] == 0,
        )
        for by, counted_ore in figures.counted_ore.items()
    )


def _listed(text: str) -> int:
    """An amount from a list, nothing being 0. Raises BadAmountText."""
    ore = read_amount(text) if text else 0
    if ore < 0:
        raise BadAmountText
    return ore
