"""Whatever keys are pressed: nothing is registered that nobody confirmed, nothing falls over, and no draft is lost.

A sequence is a few dozen presses, held keys, bounces and scans, drawn from a seed. The gate runs some; all thousand of
them with `KASSA_KEY_SEQUENCES=1000`, which takes minutes.
"""

import os
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from kassaapp.domain.events import SaleRegistered
from kassaapp.domain.visit import FeeReason
from kassaapp.draft import Draft
from kassaapp.ui.widgets.button import CommitButton
from kassaapp.ui.widgets.choices import Choices
from tests.screens.sales import equipped
from tests.ui.keys import focused
from tests.ui.sale_counter import SaleCounter, a_sale_counter

SEEDS = range(1, 6)
SEQUENCES = int(os.environ.get("KASSA_KEY_SEQUENCES", "20")) // len(SEEDS)
LENGTH = 30
MOST_MORE = 30
"""So many more are drawn, at most, until one has got as far as a payment."""

NUMBERS = ("6101182803", "195009072553", "197010632391", "200512312398", "202312312388", "6101182804", "610118")
WORDS = ("1", "2", "3", "5", "2*1", "103", "utebl", "Test Testsson", "500", "3000", "50", "100", "0", "2026-11-20")
NAMED = (
    *("Enter",) * 14,
    *("F2", "F3", "F4", "F5", "F6", "F7", "F8") * 2,
    *("Esc", "Esc", "Tab", "Tab", "Up", "Down", "Left", "Right", "Del", "Space", "Space"),
    *("Ctrl+D", "Ctrl+Shift+D", "Ctrl+Z", "Ctrl+1", "Ctrl+2", "Ctrl+5", "Ctrl+L"),
)
RARE = ("Alt+K", "Alt+M", "Alt+N", "Alt+V", "Alt+T", "Alt+D", "Alt+B")
SCANS = ("196101182803", "500907-2553", "610118+2803", "7310865004703", "2 00 00 00", "000104+2399")


@dataclass(frozen=True)
class Before:
    """How things stood before a press, and whether that press could be somebody's word that money has come."""

    receipts: int
    draft: Draft
    total_ore: int
    confirms: bool
    about_another: bool


def before(counter: SaleCounter, key: str) -> Before:
    focus = focused()
    return Before(
        receipts=counter.receipts,
        draft=counter.screen.draft,
        total_ore=counter.screen._basket.total_ore,
        confirms=confirms(counter, focus, key),
        about_another=QApplication.activeModalWidget() is not None or counter.screen.is_paying,
    )


def confirms(counter: SaleCounter, focus: QWidget, key: str) -> bool:
    """Whether the key, there, says that the amount on the button, or of the question, is paid."""
    sale = counter.sale
    if isinstance(focus, CommitButton):
        return key in ("Enter", "Space")
    if QApplication.activeModalWidget() is not None or isinstance(focus.parentWidget(), Choices):
        return key in ("Enter", "Space", *"123456789")
    if focus is sale.cash.given.edit:
        return key == "Enter"
    return focus is sale.article.edit and key == "Enter" and not sale.article.edit.text().strip() and has_free(counter)


def has_free(counter: SaleCounter) -> bool:
    return bool(counter.screen.view.free)


def check(counter: SaleCounter, was: Before, what: str) -> None:
    """Nothing was registered that was not confirmed, and what was is what stood on the screen; the draft is kept."""
    made = counter.receipts - was.receipts
    assert made <= int(was.confirms), f"{what} registered {made}"
    if made and not was.about_another:
        sold = counter.desk.history("H").sale(counter.receipts).event
        assert was.draft.patient is not None
        assert sold.patient.id == was.draft.patient.id
        assert price_of(sold) == was.total_ore
    kept, draft = counter.drafts.read(), counter.screen.draft
    assert (kept.draft if kept is not None else Draft()) == (draft if draft.patient is not None else Draft()), what


def price_of(sold: SaleRegistered) -> int:
    """What the visit cost, without a fee for invoicing it."""
    return sum(line.amount_ore for line in sold.lines if line.reason is not FeeReason.INVOICE_FEE)


def pressed(counter: SaleCounter, key: str, act: Callable[[], None], trail: list[str]) -> None:
    trail.append(key)
    was = before(counter, key)
    act()
    counter.scanner.give_back()  # The next key comes long after this one.
    check(counter, was, " ".join(trail))


def sequence(counter: SaleCounter, chance: random.Random) -> None:
    """One sequence, and then the power goes: what was on the screen is what comes back."""
    trail: list[str] = []
    if chance.random() < 0.5:
        a_visit_with_a_name(counter, trail)
    for _ in range(LENGTH):
        kind = chance.random()
        if kind < 0.20:
            write(counter, chance.choice(NUMBERS), trail)
        elif kind < 0.42:
            write(counter, chance.choice(WORDS), trail)
        elif kind < 0.46:
            text = chance.choice(SCANS)
            trail.append(f"[{text}]")
            scanned(counter, text, trail)
        elif kind < 0.49:
            pressed(counter, "Enter", partial(hold_enter, counter), trail)
        else:
            key = chance.choice(RARE) if chance.random() < 0.03 else chance.choice(NAMED)
            quick = chance.random() < 0.2
            pressed(counter, key, partial(counter.keys.press, key, quick=quick), trail)
    come_back(counter, " ".join(trail))


def a_visit_with_a_name(counter: SaleCounter, trail: list[str]) -> None:
    """How most sales begin; chance alone seldom gets this far."""
    for text in (NUMBERS[0], "Test Testsson", "1"):
        write(counter, text, trail)


def hold_enter(counter: SaleCounter) -> None:
    """Enter, kept down for a while."""
    counter.keys.press("Enter")
    for _ in range(3):
        QApplication.processEvents()
        counter.keys.now_ms += 100
        none = Qt.KeyboardModifier.NoModifier
        held = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, none, "\r", autorep=True)
        QApplication.sendEvent(focused(), held)


def write(counter: SaleCounter, text: str, trail: list[str]) -> None:
    """Letter by letter, and mostly Enter after it."""
    for letter in text:
        pressed(counter, letter, partial(counter.keys.type, letter), trail)
    pressed(counter, "Enter", partial(counter.keys.press, "Enter"), trail)


def scanned(counter: SaleCounter, text: str, trail: list[str]) -> None:
    """A scan registers nothing, wherever it lands."""
    receipts = counter.receipts
    counter.scan(text)
    counter.scanner.give_back()
    assert counter.receipts == receipts, " ".join(trail)


def come_back(counter: SaleCounter, trail: str) -> None:
    """A program that starts now shows the sale that is on the screen."""
    again, _ = equipped(counter.desk)
    again.screen.arrive()
    left = counter.screen.draft
    assert again.screen.draft == (left if left.patient is not None else Draft()), trail
    popup = QApplication.activePopupWidget()
    if popup is not None:
        popup.close()


@pytest.mark.parametrize("seed", SEEDS)
def test_no_keys_register_what_nobody_confirmed_or_lose_a_draft(tmp_path: Path, qtbot: QtBot, seed: int) -> None:
    chance = random.Random(seed)
    with a_sale_counter(tmp_path, qtbot) as counter:
        for _ in range(SEQUENCES):
            sequence(counter, chance)
        for _ in range(MOST_MORE):
            if counter.receipts == 0:
                sequence(counter, chance)

        assert counter.receipts > 0, "the keys never got as far as a payment"
