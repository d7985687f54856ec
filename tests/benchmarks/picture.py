"""Draws the benchmarks: for each row ours against the floor or the mark, as bars. No figure that was not measured."""

from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from PIL import Image, ImageDraw, ImageFont

PATH = Path(__file__).parents[2] / "docs" / "pictures" / "performance.png"
_WIDTH, _LEFT, _RIGHT, _ROW, _TOP = 1180, 300, 330, 46, 64
_INK, _FAINT, _OURS, _FLOOR, _MISSED = "#1d2733", "#6b7785", "#2f6f9f", "#c3ccd6", "#b4532a"
_FONT = "DejaVuSans.ttf"


def draw(rows: Sequence[dict[str, Any]], path: Path) -> None:
    """Draw all rows that have a figure."""
    shown = [row for row in rows if "figure" in row]
    image = Image.new("RGB", (_WIDTH, _TOP + _ROW * len(shown) + 24), "white")
    pen = ImageDraw.Draw(image)
    pen.text((16, 16), "Kassa against its floors, and against peers", fill=_INK, font=_font(20))
    _key(pen)
    for place, row in enumerate(shown):
        _bars(pen, row, _TOP + _ROW * place)
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, optimize=True)


def _key(pen: ImageDraw.ImageDraw) -> None:
    for at, (colour, text) in enumerate(
        ((_OURS, "ours"), (_MISSED, "ours, mark missed"), (_FLOOR, "floor, peer or mark"))
    ):
        x = 560 + at * 190
        pen.rectangle((x, 22, x + 14, 36), fill=colour)
        pen.text((x + 20, 21), text, fill=_FAINT, font=_font(13))


def _bars(pen: ImageDraw.ImageDraw, row: dict[str, Any], top: int) -> None:
    """The two bars of a row, the longer one over the whole width."""
    ours = median(row["ours"])
    beside = median(row["floor"]) if row["floor"] else _limit(row)
    longest = max(ours, beside) or 1.0
    room = _WIDTH - _LEFT - _RIGHT
    name = row["name"] if row["size"] is None else f"{row['name']}, {row['size']:,}"
    pen.text((16, top + 4), name, fill=_INK, font=_font(15))
    pen.text((16, top + 23), row["what"], fill=_FAINT, font=_font(12))
    for y, value, colour in ((top + 6, ours, _OURS if row["reached"] else _MISSED), (top + 22, beside, _FLOOR)):
        pen.rectangle((_LEFT, y, _LEFT + max(1, room * value / longest), y + 13), fill=colour)
    ratio = f"{row['figure']:.2f} ×   " if row["floor"] else ""
    pen.text((_WIDTH - _RIGHT + 14, top + 4), f"{ratio}{_short(ours)} {row['unit']}", fill=_INK, font=_font(14))
    pen.text((_WIDTH - _RIGHT + 14, top + 23), row["mark"], fill=_FAINT, font=_font(11))


def _limit(row: dict[str, Any]) -> float:
    """The number in the mark, for a row without a floor."""
    words = "".join(letter if letter.isdigit() else " " for letter in row["mark"]).split()
    return float(words[0]) if words else 0.0


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    try:
        return ImageFont.truetype(_FONT, size)
    except OSError:
        return ImageFont.load_default(size)
