"""Colours that can be read and told apart, sizes from one scale, and a Qt that does not eat the program."""

import sys

import pytest
from PySide6.QtWidgets import QApplication, QLabel

from kassaapp.ui import theme

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


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2: 1 is none, 21 is black on white."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("name", THEMES)
def test_text_signs_and_borders_stand_out(name: str) -> None:
    colours = theme.load(name).colours

    weak = [
        (front, back)
        for pairs, least in ((READ, 7.0), (SAID, 4.5), (SEEN, 3.0))
        for front, back in pairs
        if contrast(colours[front], colours[back]) < least
    ]

    assert weak == []


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("scale", [1.0, 1.25, 2.0])
def test_every_theme_fills_the_whole_style_sheet(name: str, scale: float) -> None:
    sheet = theme.style_sheet(theme.load(name, scale))

    assert "$" not in sheet
    assert f"font-size: {round(16 * scale)}px" in sheet


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal from Python 3.12")
def test_a_call_of_qt_leaves_none_alone(qapp: QApplication) -> None:
    """PySide6 6.12 loses a reference of None at each such call on Python 3.11, and the till dies after some minutes."""
    shown = QLabel()
    before = sys.getrefcount(None)

    for _ in range(1000):
        shown.setText("x")

    assert sys.getrefcount(None) > before - 500
