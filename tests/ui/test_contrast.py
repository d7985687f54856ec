"""Every text stands out from its ground in every theme, and every edge that tells where a control is (A07, A11)."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from kassaapp.ui import start, theme
from kassaapp.ui.widgets.button import Button
from kassaapp.ui.widgets.dress import card, column, label
from kassaapp.ui.widgets.field import Choice, LabelledField
from kassaapp.ui.widgets.message import Message
from kassaapp.ui.widgets.options import Options
from kassaapp.ui.widgets.protected_banner import ProtectedBanner
from tests.ui import contrast, cut

LEAST = {"light": 4.5, "dark": 4.5, "hc_black": 7.0}
EDGE = 3.0
KINDS = ("", "caption", "muted", "small", "heading", "title", "strong", "total", "change", "error", "keys", "till")
TONES = ("ok", "warn", "error", "info", "offline", "sending", "quiet")


class Everything(QWidget):
    """Each kind of thing that is written on, on a card and beside it."""

    def __init__(self) -> None:
        super().__init__()
        page, surface = column(self, margins=(24, 24)), card()
        inside = column(surface, margins=(16, 12))
        for kind in KINDS:
            page.addWidget(label(f"Hhg 12 {kind}", kind))
            inside.addWidget(label(f"Hhg 12 {kind}", kind))
        page.addWidget(surface)
        for tone in TONES:
            said = Message()
            inside.addWidget(said)
            said.show_text(f"Hhg 12 {tone}", tone)
        self.banner = ProtectedBanner()
        inside.addWidget(self.banner)
        self.banner.show_text("Hhg 12 skyddad")
        self.button, self.primary = Button("Hhg 12 knapp"), Button("Hhg 12 fylld", primary=True)
        self.off, self.primary_off = Button("Hhg 12 av"), Button("Hhg 12 fylld av", primary=True)
        self.field, self.choice = LabelledField("Hhg 12 fält"), Choice("Lista")
        self.field.edit.setText("Hhg 12 skrivet")
        self.choice.addItem("Hhg 12 valt")
        self.options = Options("Hhg 12 fråga")
        self.options.show_options(("Hhg 12 ett", "Hhg 12 två"), 0)
        for one in (self.button, self.primary, self.off, self.primary_off, self.field, self.choice, self.options):
            inside.addWidget(one)
        for one in (self.off, self.primary_off):
            one.setEnabled(False)


@pytest.fixture
def undressed(qapp: QApplication) -> Iterator[QApplication]:
    """The application, which wears afterwards what it wore before."""
    yield qapp
    theme.apply(start.dressed(), theme.load())


@pytest.fixture(params=LEAST)
def everything(undressed: QApplication, qtbot: QtBot, request: pytest.FixtureRequest) -> Everything:
    theme.apply(undressed, theme.load(request.param, 2.0))
    shown = Everything()
    qtbot.addWidget(shown)
    shown.show()
    shown.activateWindow()
    cut.settle()
    return shown


def test_every_text_stands_out(everything: Everything) -> None:
    assert len(list(contrast.texts(everything))) > 2 * len(KINDS) + len(TONES)
    assert contrast.weak(everything, LEAST[theme.current().name]) == []


def test_every_edge_and_the_ring_of_focus_stand_out(everything: Everything) -> None:
    weak = []

    for control in (everything.button, everything.primary, everything.field.edit, everything.choice):
        everything.options.buttons[0].setFocus()
        for has_focus in (False, True):
            if has_focus:
                control.setFocus()
            cut.settle()
            got = contrast.edge(everything.grab().toImage(), control, everything)
            if got < EDGE:
                weak.append((control.accessibleName(), has_focus, got))

    assert weak == []


def test_what_does_not_stand_out_is_found(undressed: QApplication, qtbot: QtBot) -> None:
    theme.apply(undressed, theme.load(scale=2.0))
    shown = QWidget()
    qtbot.addWidget(shown)
    page = column(shown, margins=(24, 24))
    for colour in ("#8A96A1", "#14202B"):
        text = QLabel(f"Hhg 12 {colour}")
        text.setStyleSheet(f"color: {colour}")
        page.addWidget(text)
    pale = Button("Hhg")
    pale.setStyleSheet("border: 3px solid #CDD5DC")
    page.addWidget(pale)
    shown.show()
    cut.settle()

    (found,) = contrast.weak(shown, 4.5)

    assert found.endswith("Hhg 12 #8A96A1")
    assert contrast.edge(shown.grab().toImage(), pale, shown) < EDGE
