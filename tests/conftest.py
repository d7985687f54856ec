"""For every test."""

import logging
from collections.abc import Iterator

import pytest

from kassaapp import logs


@pytest.fixture(autouse=True)
def _log_as_before() -> Iterator[None]:
    """A command that a test ran may have begun to log to that test's own standard error."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    for one in root.handlers:
        if one not in handlers:
            one.close()
    root.handlers[:] = [one for one in root.handlers if one in handlers]
    logs.end_crash_file()
    root.setLevel(level)
