"""Where the keyboard should be in the sale, so that the work never needs a mouse."""

import enum


class Spot(enum.Enum):
    """A place in the sale that can have the focus."""

    PATIENT = enum.auto()
    NAME = enum.auto()
    ADDRESS = enum.auto()
    ARTICLE = enum.auto()
    QUESTION = enum.auto()
    TENDERS = enum.auto()
    PANEL = enum.auto()
    VISIT_DATE = enum.auto()
    RESULT = enum.auto()
