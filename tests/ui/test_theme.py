"""Colours that can be read and told apart, sizes from one scale, and a Qt that does not eat the program."""

import sys
from collections.abc import Iterator
from typing import cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from kassaapp.display import Display, ThemeChoice
from kassaapp.ui import theme
from kassaapp.ui.widgets.dress import card, column, label
from tests.ui.contrast import ratio

THEMES = ("light", "dark", "hc_black")
READ = [("text", "surface"), ("text", "app"), ("muted", "surface"), ("muted", "app"), ("on_primary", "primary")]
READ += [("on_primary", "primary_hover"), ("on_primary", "till_h"), ("on_sel", "sel_bg")]
SAID = [
    ("ok", "ok_bg"),
    ("warn", "warn_bg"),
    ("err", "err_bg"),
    ("info", "info_bg"),
    ("off", "off_bg"),
    ("err", "surface"),
]
SEEN = [("border", "surface"), ("border", "app"), ("focus", "surface"), ("focus", "app")]


@pytest.mark.parametrize("name", THEMES)
def test_text_signs_and_borders_stand_out(name: str) -> None:
    colours = theme.load(name).colours

    weak = [
        (front, back)
        for pairs, least in ((READ, 7.0), (SAID, 4.5), (SEEN, 3.0))
        for front, back in pairs
        if ratio(QColor(colours[front]), QColor(colours[back])) < least
    ]

    assert weak == []


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("scale", [1.0, 1.25, 2.0])
def test_every_theme_fills_the_whole_style_sheet(name: str, scale: float) -> None:
    sheet = theme.style_sheet(theme.load(name, scale))

    assert "$" not in sheet
    assert f"font-size: {round(16 * scale)}px" in sheet


# ── Which one is worn ────────────────────────────────────────────────────────────────────────────


class Computer:
    """An application on a computer whose look is told; its palette is the real one's."""

    def __init__(self, app: QApplication, *, dark: bool = False, contrast: bool = False) -> None:
        self._app = app
        self._dark = dark
        self._contrast = contrast

    def styleHints(self) -> "Computer":
        return self

    def accessibility(self) -> "Computer":
        return self

    def colorScheme(self) -> Qt.ColorScheme:
        return Qt.ColorScheme.Dark if self._dark else Qt.ColorScheme.Light

    def contrastPreference(self) -> Qt.ContrastPreference:
        return Qt.ContrastPreference.HighContrast if self._contrast else Qt.ContrastPreference.NoPreference

    def palette(self) -> QPalette:
        return self._app.palette()

    def setPalette(self, palette: QPalette) -> None:
        self._app.setPalette(palette)


def worn_at(app: QApplication, display: Display, *, dark: bool = False, contrast: bool = False) -> theme.Theme:
    """What is worn at a computer that looks so."""
    return theme.chosen(cast("QApplication", Computer(app, dark=dark, contrast=contrast)), display)


@pytest.mark.parametrize(
    ("choice", "dark", "name"),
    [
        (ThemeChoice.SYSTEM, False, "light"),
        (ThemeChoice.SYSTEM, True, "dark"),
        (ThemeChoice.LIGHT, True, "light"),
        (ThemeChoice.DARK, False, "dark"),
        (ThemeChoice.CONTRAST, False, "hc_black"),
    ],
)
def test_what_is_chosen_is_worn_and_the_computer_is_followed_when_that_is_chosen(
    qapp: QApplication, choice: ThemeChoice, dark: bool, name: str
) -> None:
    worn = worn_at(qapp, Display(text_percent=150, theme=choice), dark=dark)

    assert (worn.name, worn.px(16)) == (name, 24)


@pytest.mark.parametrize("choice", list(ThemeChoice))
def test_a_contrast_theme_of_the_computer_goes_before_every_choice(qapp: QApplication, choice: ThemeChoice) -> None:
    before = qapp.palette()

    worn = worn_at(qapp, Display(text_percent=200, theme=choice), contrast=True)

    assert (worn.of_system, worn.scale) == (True, 2.0)
    assert qapp.palette() == before


def test_in_a_contrast_theme_every_colour_is_one_of_the_systems_own_pairs() -> None:
    own = {"window": "#102030", "text": "#FFFFFE", "filled": "#1AEBFF", "on_filled": "#000001", "grey": "#3FF23F",
           "link": "#FFFF02"}  # fmt: skip
    palette = QPalette()
    role = QPalette.ColorRole
    for one, name in ((role.Window, "window"), (role.WindowText, "text"), (role.Highlight, "filled"),
                      (role.HighlightedText, "on_filled"), (role.Link, "link")):  # fmt: skip
        palette.setColor(one, QColor(own[name]))
    palette.setColor(QPalette.ColorGroup.Disabled, role.WindowText, QColor(own["grey"]))

    made = theme.of_palette(palette)

    assert set(made.colours) == set(theme.load().colours)
    assert set(made.colours.values()) == set(own.values())
    assert {made.colours[token] for token in ("text", "muted", "border", "ok", "warn", "err")} == {own["text"]}
    assert {made.colours[token] for token in ("app", "surface", "err_bg", "prot_bg")} == {own["window"]}
    assert (made.colours["primary"], made.colours["on_primary"]) == (own["filled"], own["on_filled"])
    assert "2px solid #FFFFFE" in theme.style_sheet(made)
    assert "1px solid" not in theme.style_sheet(made)


@pytest.fixture
def undressed(qapp: QApplication) -> Iterator[QApplication]:
    """The application, which wears afterwards what it wore before."""
    before = theme.current()
    yield qapp
    theme.apply(qapp, before)


def test_another_theme_is_worn_at_once_by_what_is_shown(undressed: QApplication, qtbot: QtBot) -> None:
    shown = QWidget()
    qtbot.addWidget(shown)
    surface = card()
    column(surface).addWidget(label("Att betala", "total"))
    column(shown).addWidget(surface)
    shown.resize(300, 200)
    shown.show()
    backs = []

    for name in THEMES:
        theme.apply(undressed, theme.load(name))
        QApplication.processEvents()
        backs.append(surface.grab().toImage().pixelColor(8, 150).name().upper())

    assert backs == [theme.load(name).colours["surface"].upper() for name in THEMES]


def test_a_computer_that_turns_dark_is_heard(undressed: QApplication) -> None:
    heard: list[bool] = []
    theme.follow_system(undressed, lambda: heard.append(True))

    undressed.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    undressed.styleHints().accessibility().contrastPreferenceChanged.emit(Qt.ContrastPreference.HighContrast)

    assert heard == [True, True]


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal from Python 3.12")
def test_a_call_of_qt_leaves_none_alone(qapp: QApplication) -> None:
    """PySide6 6.12 loses a reference of None at each such call on Python 3.11, and the till dies after some minutes."""
    shown = QLabel()
    before = sys.getrefcount(None)

    for _ in range(1000):
        shown.setText("x")

    assert sys.getrefcount(None) > before - 500
