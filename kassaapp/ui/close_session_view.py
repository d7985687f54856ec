"""The glass of `screens/close_session.py`: a page whose steps unfold, and fold into a line when they are done."""

from collections.abc import Callable

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QWidget

from kassaapp.i18n import _
from kassaapp.pins import Signature
from kassaapp.screens.close_session import CloseScreen, CloseView, Step
from kassaapp.ui import theme
from kassaapp.ui.reason_fields import ReasonFields
from kassaapp.ui.room import Settled
from kassaapp.ui.widgets.amount_edit import AmountEdit
from kassaapp.ui.widgets.button import Button, CommitButton
from kassaapp.ui.widgets.denominations import Denominations
from kassaapp.ui.widgets.double_press import DoublePress
from kassaapp.ui.widgets.dress import add_all, card, column, label, row, set_property, set_text
from kassaapp.ui.widgets.field import LabelledField
from kassaapp.ui.widgets.figures import Figures
from kassaapp.ui.widgets.flow import Flow, Page
from kassaapp.ui.widgets.message import Message
from kassaapp.ui.widgets.paragraphs import Paragraphs
from kassaapp.ui.widgets.scroll import Scroll
from kassaapp.ui.widgets.short_label import ShortLabel
from kassaapp.ui.widgets.shortcut import on_key

_NARROW = 560
"""Below this width the comparison has no room for its five columns, px at scale 1."""

_HEADING_PX = 720


class CloseSessionView(QWidget):
    """Counting, the lists, the comparison with its reason, and the signature."""

    def __init__(self, screen: CloseScreen, guard: DoublePress, settled: Settled) -> None:
        super().__init__()
        self._screen = screen
        self._guard = guard
        self._settled = settled
        self._build()

    def enter(self) -> None:
        """A new close, or the one that was begun."""
        self._guard.begin()
        self._screen.arrive()
        self.second_user.edit.clear()
        self.draw()
        self.focus()

    def draw(self) -> None:
        """Set everything."""
        self._draw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it is narrow the comparison is told line by line."""
        super().resizeEvent(event)
        self._draw()

    # ── layout ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _build(self) -> None:
        self.heading = ShortLabel("title", lines=1, most=_HEADING_PX)
        self.steps = [label(kind="caption") for _step in range(4)]
        self._count_card, self._lists_card = self._build_count(), self._build_lists()
        self._compare_card, self._sign_card = self._build_comparison(), self._build_signature()
        inside = Page()
        page = column(inside, spacing=12)
        add_all(page, Flow(self.heading, *self.steps, spacing=24, between=4))
        add_all(page, self._count_card, self._lists_card, self._compare_card, self._sign_card, None)
        column(self).addWidget(Scroll(inside))
        on_key(self, "Esc", lambda: self._wish(self._screen.back))

    def _build_count(self) -> QFrame:
        surface = card()
        layout = column(surface, margins=(16, 12), spacing=8)
        self.count, self.blind = Denominations(), label(kind="muted")
        self.count.changed.connect(self._draw)
        self.counted = Button(primary=True)
        self.counted.clicked.connect(lambda: self._wish(self._screen.counted))
        self.count.done.connect(self.counted.setFocus)
        self.count.submitted.connect(self.counted.click)
        self.count_line, self.lists_line, self.recount = label(kind="strong"), label(), Button(_("&Räkna om"))
        self.recount.clicked.connect(lambda: self._wish(self._screen.recount))
        folded = Flow(self.count_line, self.lists_line, None, self.recount, spacing=24)
        self.counted.setMaximumWidth(theme.current().px(520))
        self.kept, self.anew = label(kind="strong", wrap=True), Button(_("&Börja om"))
        self.anew.clicked.connect(lambda: self._wish(self._screen.begin))
        kept = row(spacing=24)
        kept.addWidget(self.kept, 1)
        kept.addWidget(self.anew)
        self.hindrance = Message()
        add_all(layout, self.hindrance, self.count, self.blind)
        layout.addLayout(kept)
        add_all(layout, self.counted, folded)
        return surface

    def _build_lists(self) -> QFrame:
        surface = card()
        layout = column(surface, margins=(16, 12), spacing=8)
        self.card = LabelledField(_("&Kortterminalens dagsavslut, kr"), AmountEdit(_("Kortterminalens dagsavslut, kr")))
        self.swish = LabelledField(_("&Swish enligt lista, kr"), AmountEdit(_("Swish enligt lista, kr")))
        for field in (self.card, self.swish):
            field.setFixedWidth(theme.current().px(300))
            field.edit.typed.connect(self._type_lists)
        self.compare = Button(_("&Jämför"), primary=True)
        self.card.edit.entered.connect(lambda _: self.swish.edit.take_focus())
        self.swish.edit.entered.connect(lambda _: self.compare.click())
        self.compare.clicked.connect(lambda: self._wish(self._screen.compare))
        self.compare.setMaximumWidth(theme.current().px(520))
        self.lists_error = label(kind="error", wrap=True)
        add_all(layout, Flow(self.card, self.swish, spacing=24), self.lists_error, self.compare)
        return surface

    def _build_comparison(self) -> QFrame:
        surface = card()
        layout = column(surface, margins=(16, 12), spacing=12)
        self.rows, self.reason = Figures(), ReasonFields()
        self.leads = Paragraphs(_("Det här kan förklara skillnaden"))
        self.reason.changed.connect(self._reason_changed)
        self.reason.entered.connect(self._to_signature)
        add_all(layout, self.rows, self.leads, self.reason)
        return surface

    def _build_signature(self) -> QFrame:
        surface = card()
        layout = column(surface, margins=(16, 12), spacing=8)
        self.report = label(wrap=True)
        self.pin = LabelledField(_("Signera med &pinkod"))
        self.pin.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.pin.setFixedWidth(theme.current().px(300))
        self.sign = CommitButton(self._guard, _("Stäng kassan och gör Z-rapport"), key="Enter")
        self.pin.edit.entered.connect(lambda _: self.sign.click())
        self.sign.setMaximumWidth(theme.current().px(520))
        self.sign.committed.connect(self._sign)
        self.error = Message(urgent=True)
        self.second_text, self.second = Message(), self._build_second()
        signing = Flow(self.second, self.pin, spacing=16)
        add_all(layout, self.report, self.second_text, signing, self.error, self.sign)
        return surface

    def _build_second(self) -> QWidget:
        self.second_user, self.second_pin = (
            LabelledField(_("Kollegans användare")),
            LabelledField(_("Kollegans pinkod")),
        )
        self.second_pin.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.second_user.edit.entered.connect(lambda _: self.second_pin.edit.take_focus())
        self.second_pin.edit.entered.connect(lambda _: self.pin.edit.take_focus())
        for field in (self.second_user, self.second_pin):
            field.setFixedWidth(theme.current().px(300))
        return Flow(self.second_user, self.second_pin, spacing=16)

    # ── drawing ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _draw(self) -> None:
        view = self._screen.view
        set_text(self.heading, view.heading)
        for number, (shown, text) in enumerate(zip(self.steps, view.steps, strict=True), start=1):
            reached = number == view.step or (number == 4 and view.step is Step.COMPARE)
            shown.setText(f"{'▸ ' if reached else ''}{number} {text}")
            set_property(shown, "kind", "strong" if reached else "caption")
        self._draw_count(view)
        self._draw_lists(view)
        self._compare_card.setVisible(view.step is Step.COMPARE)
        self._sign_card.setVisible(view.step is Step.COMPARE)
        self.rows.show_rows((_upright if self.width() < theme.current().px(_NARROW) else _with_head)(view))
        self.leads.show_sentences(view.leads)
        self.reason.show_reason(self._screen.reason)
        self.reason.setVisible(view.asks_reason)
        self.second.setVisible(bool(view.second))
        self.second_text.show_text("" if view.error == view.second else view.second, "warn")
        set_text(self.report, view.report)
        self.error.show_text(view.error, "error")

    def _draw_count(self, view: CloseView) -> None:
        counting = view.step is Step.COUNT
        self.count.show_count(self._screen.count)
        for widget in (self.count, self.counted):
            widget.setVisible(counting)
        self.hindrance.show_text(view.hindrance, "warn")
        set_text(self.blind, view.blind if counting else "")
        set_text(self.kept, view.kept if counting else "")
        self.anew.setVisible(counting and bool(view.kept))
        self.counted.set_text(view.count_done)
        set_text(self.count_line, "" if counting else _("Räknat {amount}").format(amount=view.count.counted))
        self.recount.setVisible(not counting)

    def _draw_lists(self, view: CloseView) -> None:
        listing = view.step is Step.LISTS
        self._lists_card.setVisible(listing)
        self.card.edit.set_text(view.card)
        self.swish.edit.set_text(view.swish)
        set_text(self.lists_error, view.lists_error)
        set_text(self.lists_line, view.lists_done if view.step is Step.COMPARE else "")

    # ── wishes ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _wish(self, wish: Callable[[], None]) -> None:
        wish()
        self._guard.begin()
        self._draw()
        if self.isVisible():  # Else the wish was to leave, and the keyboard is where it led.
            self.focus()
        self._settled()

    def _type_lists(self) -> None:
        self._screen.type_lists(self.card.edit.text(), self.swish.edit.text())

    def _to_signature(self) -> None:
        (self.second_user if self.second.isVisible() else self.pin).edit.take_focus()

    def _reason_changed(self) -> None:
        self._screen.reason_changed()
        self._draw()

    def _sign(self) -> None:
        user, pin = self.second_user.edit.text().strip().lower(), self.second_pin.edit.text()
        self._screen.sign(self.pin.edit.text(), Signature(user, pin) if user and self.second.isVisible() else None)
        self._draw()
        view = self._screen.view
        if view.pin_is_wrong:
            self.pin.edit.take_focus()
        elif view.error:
            self.reason.take_focus()
        self._settled()

    def focus(self) -> None:
        """Put the keyboard where the screen says."""
        view = self._screen.view
        match view.step:
            case Step.COUNT:
                self.count.take_focus()
            case Step.LISTS:
                self.card.edit.take_focus()
            case Step.COMPARE if view.asks_reason:
                self.reason.take_focus()
            case Step.COMPARE:
                self.pin.edit.take_focus()


def _upright(view: CloseView) -> tuple[tuple[str, ...], ...]:
    """The words tell the difference too."""
    told: list[tuple[str, ...]] = []
    for one in view.rows:
        told += [(one.tender, one.words), (_("Räknat"), one.counted), (_("Enligt kassan"), one.expected)]
    return tuple(told)


def _with_head(view: CloseView) -> tuple[tuple[str, ...], ...]:
    if not view.rows:
        return ()
    head = ("", _("Räknat"), _("Enligt kassan"), _("Skillnad"), "")
    return (head, *((row.tender, row.counted, row.expected, row.difference, row.words) for row in view.rows))
