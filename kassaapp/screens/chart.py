"""A chart as plain data: what a person would rather look at. The same figures stand in the table beside it."""

import enum
from dataclasses import dataclass


class Shape(enum.Enum):
    """How it is drawn."""

    BARS = enum.auto()
    """One bar for each, the name at its left and the figure at its right."""
    COLUMNS = enum.auto()
    """One column for each, from left to right in time."""
    LINE = enum.auto()
    """Points in time about a line at nought."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One of what is drawn: its name, how large it is, and that as it is written."""

    name: str
    value: int
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn. `name` is what a screen reader says of it, and where the figures are to be read."""

    shape: Shape
    name: str
    bars: tuple[Bar, ...]
