"""Fixtures for the rules: a counter that is open, and a way to one with another price list or policy."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.rules.counter import Counter, Edit, at_counter


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    """Anna at an open desk on Monday morning."""
    with at_counter(tmp_path / "desk") as open_counter:
        yield open_counter


@pytest.fixture
def counter_with(tmp_path: Path) -> Iterator[Callable[[Edit], Counter]]:
    """Opens a counter whose configuration has been edited."""
    with ExitStack() as stack:

        def opened(edit: Edit) -> Counter:
            return stack.enter_context(at_counter(tmp_path / "edited", edit))

        yield opened
