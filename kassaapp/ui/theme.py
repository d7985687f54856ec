"""How the window looks: colours from `resources/tokens.json`, sizes from one scale, and the style sheet made of both.

A theme is a set of colour tokens, a scale is 1.0 to 2.0; nothing else in the program names a colour or a font size.
Only shape, size and colour stand here; what is shown is the screens' matter (UX 4).

Where the computer has a contrast theme of its own, that is what is worn: every colour is then one of the system's own
pairs, no token has any, and lines are twice as thick (UX 4.1).
"""

import importlib.util
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from kassaapp.display import Display, ThemeChoice
from kassaapp.paths import resource

FAMILIES = ("Inter", "Segoe UI", "Noto Sans", "DejaVu Sans")
"""Fonts with Swedish letters, even digits and the narrow space, the best first."""

CAPTION, BODY, INPUT, HEADING, TOTAL, CHANGE = 14, 16, 18, 20, 32, 48
"""Type sizes in px at scale 1 (UX 4.2)."""

TARGET, FIELD, PAY, TILE = 44, 48, 64, 60
"""Heights in px at scale 1: the least a finger can hit, a field, a payment button, an article (UX 4.3)."""


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours by token name, and how much larger than normal everything is. `of_system`: the colours are the computer's
    own, and its palette is left alone."""

    name: str
    colours: Mapping[str, str]
    scale: float = 1.0
    of_system: bool = False

    def px(self, size: int) -> int:
        """A size at this scale."""
        return round(size * self.scale)

    def colour(self, token: str) -> QColor:
        """A token's colour."""
        return QColor(self.colours[token])


def load(name: str = "light", scale: float = 1.0) -> Theme:
    """The theme of that name: `light`, `dark` or `hc_black`."""
    themes = json.loads(resource("tokens.json").read_text(encoding="utf-8"))
    return Theme(name, themes[name], scale)


# ── Which one ────────────────────────────────────────────────────────────────────────────────────


def chosen(app: QApplication, display: Display) -> Theme:
    """The theme to wear, as the person at the till and the computer will have it: a contrast theme of the computer's
    goes before anything that is chosen here."""
    if has_contrast_theme(app):
        return of_palette(system_palette(app), display.scale)
    return load(_name(display.theme, is_dark=_is_dark(app)), display.scale)


def has_contrast_theme(app: QApplication) -> bool:
    """Whether the computer asks for high contrast."""
    hints = app.styleHints()  # Kept while it is asked: PySide lets go of its child with it.
    return hints.accessibility().contrastPreference() is Qt.ContrastPreference.HighContrast


def follow_system(app: QApplication, changed: Callable[[], None]) -> None:
    """Call `changed` whenever the computer turns dark or light, or its contrast theme on or off."""
    hints = app.styleHints()
    hints.colorSchemeChanged.connect(lambda _scheme: changed())
    hints.accessibility().contrastPreferenceChanged.connect(lambda _preference: changed())


def _is_dark(app: QApplication) -> bool:
    return app.styleHints().colorScheme() is Qt.ColorScheme.Dark


def _name(choice: ThemeChoice, *, is_dark: bool) -> str:
    match choice:
        case ThemeChoice.LIGHT:
            return "light"
        case ThemeChoice.DARK:
            return "dark"
        case ThemeChoice.CONTRAST:
            return "hc_black"
        case ThemeChoice.SYSTEM:
            return "dark" if is_dark else "light"


def of_palette(palette: QPalette, scale: float = 1.0) -> Theme:
    """The theme made of a palette's own pairs: window and its text, highlight and its text, and grey for what cannot be
    used. Nothing is told by colour in it; signs and words do that."""
    role, disabled = QPalette.ColorRole, QPalette.ColorGroup.Disabled
    back, text = _hex(palette.color(role.Window)), _hex(palette.color(role.WindowText))
    filled, on_filled = _hex(palette.color(role.Highlight)), _hex(palette.color(role.HighlightedText))
    colours = {token: _system_colour(token, back, text, filled, on_filled) for token in load().colours}
    colours["disabled"] = _hex(palette.color(disabled, role.WindowText))
    colours["link"] = _hex(palette.color(role.Link))
    return Theme("system", colours, scale, of_system=True)


def _system_colour(token: str, back: str, text: str, filled: str, on_filled: str) -> str:
    if token in ("primary", "primary_hover", "sel_bg", "till_h", "till_e", "focus"):
        return filled
    if token in ("on_primary", "on_sel"):
        return on_filled
    return back if token in ("app", "surface", "sunken") or token.endswith("_bg") else text


def _hex(colour: QColor) -> str:
    return colour.name().upper()


def system_palette(app: QApplication) -> QPalette:
    """The computer's own colours, whatever the application wears now."""
    worn = app.palette()
    app.setPalette(QPalette())
    own = QPalette(app.palette())
    app.setPalette(worn)
    return own


# ── Wearing it ───────────────────────────────────────────────────────────────────────────────────

_current: Theme | None = None


def current() -> Theme:
    """The theme in use, for widgets that paint by hand."""
    return _current if _current is not None else load()


def apply(app: QApplication, theme: Theme) -> None:
    """Dress the whole application, also while it is shown. Colours change at once; the lengths that a widget took from
    the scale when it was built are another's matter: what was built at another scale must be built anew."""
    global _current  # noqa: PLW0603 - one application, one dress
    _current = theme
    app.setStyle("Fusion")
    app.setPalette(QPalette() if theme.of_system else _palette(theme))
    app.setFont(_font(theme))
    app.setStyleSheet(style_sheet(theme))


def _font(theme: Theme) -> QFont:
    families = QFontDatabase.families() or _packaged_fonts()
    family = next((name for name in FAMILIES if name in families), families[0] if families else "")
    font = QFont(family) if family else QFont()
    font.setPixelSize(theme.px(BODY))
    font.setFeature(QFont.Tag("tnum"), 1)  # Digits of one width, so that amounts stand in columns.
    return font


def _packaged_fonts() -> list[str]:
    """On a machine without any font: the ones that come with the PDF library."""
    package = importlib.util.find_spec("reportlab")
    if package is None or package.origin is None:
        return []
    for name in ("Vera.ttf", "VeraBd.ttf"):
        QFontDatabase.addApplicationFont(str(Path(package.origin).parent / "fonts" / name))
    return QFontDatabase.families()


def _palette(theme: Theme) -> QPalette:
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: "app",
        QPalette.ColorRole.WindowText: "text",
        QPalette.ColorRole.Base: "surface",
        QPalette.ColorRole.AlternateBase: "sunken",
        QPalette.ColorRole.Text: "text",
        QPalette.ColorRole.PlaceholderText: "muted",
        QPalette.ColorRole.Button: "surface",
        QPalette.ColorRole.ButtonText: "text",
        QPalette.ColorRole.Highlight: "primary",
        QPalette.ColorRole.HighlightedText: "on_primary",
        QPalette.ColorRole.Link: "link",
        QPalette.ColorRole.ToolTipBase: "surface",
        QPalette.ColorRole.ToolTipText: "text",
    }
    for role, token in roles.items():
        palette.setColor(role, theme.colour(token))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, theme.colour("disabled"))
    return palette


def style_sheet(theme: Theme) -> str:
    """The style sheet. Widgets say what they are with the property `kind`, and how they are with `state`."""
    lengths = {f"px{size}": f"{theme.px(size)}px" for size in range(1, LONGEST + 1)}
    line = f"{2 if theme.of_system else 1}px"
    radio = f"{theme.px(18) // 2 + 2}px"  # Half of the ring and its border: a larger one makes it a square.
    return Template(_STYLE).substitute(theme.colours, **lengths, line=line, radio=radio)


LONGEST = 72
_STYLE = """
QMainWindow, QDialog { background: $app; }
QWidget { color: $text; font-size: $px16; }
QWidget[kind="card"] { background: $surface; border: $line solid $divider; border-radius: $px8; }

QLabel { background: transparent; }
QLabel[kind="caption"] { font-size: $px14; font-weight: 600; color: $muted; }
QLabel[kind="muted"] { color: $muted; }
QLabel[kind="small"] { font-size: $px14; }
QLabel[kind="heading"] { font-size: $px20; font-weight: 600; }
QLabel[kind="title"] { font-size: $px24; font-weight: 700; padding: $px2 0; }
QLabel[kind="strong"] { font-weight: 600; }
QLabel[kind="total"] { font-size: $px32; font-weight: 700; }
QLabel[kind="change"] { font-size: $px48; font-weight: 700; }
QLabel[kind="error"] { font-size: $px14; font-weight: 600; color: $err; }
QLabel[kind="till"] { background: $till_h; color: $on_primary; font-weight: 700; padding: 0 $px12;
    border-radius: $px6; min-height: $px44; }
QLabel[kind="till"][state="E"] { background: $till_e; }
QLabel[kind="training"] { background: $warn_bg; color: $warn; border: 2px dashed $warn; font-weight: 700;
    padding: 0 $px12; border-radius: $px6; min-height: $px40; }
QLabel[kind="reading"] { border: 3px solid transparent; border-radius: $px6; padding: $px2 $px4; }
QLabel[kind="reading"]:focus { border-color: $focus; }
QLabel[kind="keys"] { font-size: $px14; font-weight: 600; color: $muted; }

QWidget[kind="box"] { border-radius: $px6; border: $line solid $divider; background: $info_bg; }
QWidget[kind="box"][state="ok"] { background: $ok_bg; border-color: $ok; }
QWidget[kind="box"][state="warn"] { background: $warn_bg; border-color: $warn; }
QWidget[kind="box"][state="error"] { background: $err_bg; border-color: $err; }
QWidget[kind="box"][state="offline"] { background: $off_bg; border-color: $off_bg; }
QWidget[kind="box"][state="sending"] { background: $off_bg; border-color: $off_bg; }
QWidget[kind="box"][state="quiet"] { background: transparent; border-color: transparent; }
QWidget[kind="box"] > QLabel { color: $info; }
QWidget[kind="box"][state="ok"] > QLabel { color: $ok; }
QWidget[kind="box"][state="warn"] > QLabel { color: $warn; }
QWidget[kind="box"][state="error"] > QLabel { color: $err; }
QWidget[kind="box"][state="offline"] > QLabel, QWidget[kind="box"][state="sending"] > QLabel { color: $off; }
QWidget[kind="box"][state="quiet"] > QLabel { color: $muted; }

QLineEdit, QComboBox { background: $surface; border: $line solid $border; border-radius: $px6;
    padding: $px2 $px12; min-height: $px42; font-size: $px18;
    selection-background-color: $primary; selection-color: $on_primary; }
QLineEdit[state="error"] { border: 2px solid $err; padding: 1px $px11; }
QLineEdit:disabled { background: $sunken; color: $disabled; border-color: $divider; }
QLineEdit:focus, QComboBox:focus { border: 3px solid $focus; padding: 0 $px10; }
QLineEdit[kind="number"] { padding: $px2 $px8; }
QLineEdit[kind="number"]:focus { padding: 0 $px6; }
QComboBox { font-size: $px16; }
QComboBox::drop-down { border: 0; width: $px28; }
QComboBox QAbstractItemView { background: $surface; border: $line solid $border; outline: 0;
    selection-background-color: $sel_bg; selection-color: $on_sel; }
QComboBox QAbstractItemView::item { min-height: $px44; padding: 0 $px8; }

QPushButton { background: $surface; border: $line solid $border; border-radius: $px6;
    padding: $px2 $px14; min-height: $px40; }
QPushButton:hover { background: $sunken; }
QPushButton:pressed { background: $sel_bg; }
QPushButton:disabled { color: $disabled; border-color: $divider; background: $surface; }
QPushButton:focus { border: 3px solid $focus; padding: 0 $px12; }
QPushButton[kind="pay"] { min-height: $px58; font-weight: 600; font-size: $px18; }
QPushButton[kind="tile"] { min-height: $px58; font-size: $px15; }
QPushButton[state="primary"] { background: $primary; color: $on_primary; border-color: $primary; font-weight: 600; }
QPushButton[state="primary"]:hover, QPushButton[state="primary"]:pressed { background: $primary_hover; }
QPushButton[state="primary"]:disabled { background: $surface; color: $disabled; border-color: $divider; }
QPushButton[state="primary"]:focus { border: $line solid $primary; margin: $px5; padding: 0 $px9; min-height: $px32;
    border-radius: $px4; }
QPushButton[kind="pay"][state="primary"]:focus { min-height: $px50; }

QTableView { background: $surface; border: $line solid $divider; border-radius: $px6; gridline-color: $divider;
    selection-background-color: $sel_bg; selection-color: $on_sel; outline: 0; padding: 2px; }
QTableView:focus { border: 3px solid $focus; padding: 0; }
QHeaderView { background: $sunken; }
QHeaderView::section { background: $sunken; border: 0; padding: $px4 $px12; font-size: $px14; font-weight: 600;
    color: $muted; }

QCheckBox { min-height: $px44; spacing: $px8; background: transparent; }
QCheckBox::indicator { width: $px22; height: $px22; border: 2px solid $border; border-radius: $px4; }
QCheckBox::indicator:checked { background: $primary; border: 2px solid $primary; }
QCheckBox:focus { border: 3px solid $focus; border-radius: $px6; padding-left: $px4; }

QRadioButton[kind="option"] { min-height: $px42; spacing: $px8; background: transparent; border: 3px solid transparent;
    border-radius: $px6; padding: 0 $px6 0 $px2; }
QRadioButton[kind="option"]::indicator { width: $px18; height: $px18; border: 2px solid $border;
    border-radius: $radio; }
QRadioButton[kind="option"]::indicator:checked { border: 2px solid $primary;
    background: qradialgradient(cx: 0.5, cy: 0.5, radius: 0.5, fx: 0.5, fy: 0.5,
    stop: 0 $primary, stop: 0.55 $primary, stop: 0.6 $surface, stop: 1 $surface); }
QRadioButton[kind="option"]:focus { border-color: $focus; }
QRadioButton[kind="option"]:disabled { color: $disabled; }

QListView { background: $surface; border: $line solid $divider; border-radius: $px6; outline: 0;
    padding: 2px; selection-background-color: $sel_bg; selection-color: $on_sel; }
QListView:focus { border: 3px solid $focus; padding: 0; }
QListView::item { min-height: $px44; padding: $px4 $px8; color: $text; }
QListView::item:selected { background: $sel_bg; color: $on_sel; }
QPlainTextEdit { background: $surface; color: $text; border: $line solid $divider; border-radius: $px6;
    padding: $px4; selection-background-color: $primary; selection-color: $on_primary; }
QPlainTextEdit:focus { border: 3px solid $focus; padding: $px2; }

QMenu { background: $surface; border: $line solid $border; padding: $px4; }
QMenu::item { min-height: $px44; padding: 0 $px32 0 $px16; border-radius: $px6; border: 3px solid transparent; }
QMenu::item:selected { background: $sel_bg; color: $on_sel; border-color: $focus; }

QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; border: 0; }
QScrollBar:vertical { background: $app; width: $px14; margin: 0; }
QScrollBar::handle:vertical { background: $border; border-radius: $px5; min-height: $px32; margin: $px2; }
QScrollBar::add-line, QScrollBar::sub-line { height: 0; }
QToolTip { background: $surface; color: $text; border: $line solid $border; padding: $px4; }
"""
