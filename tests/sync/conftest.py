"""A region on each of the two databases, and the clock it goes by."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.server.region import Region
from tests.sync.builders import Clock, make_region


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sqlite", "postgresql"])
def region(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Region]:
    """The same region on SQLite and on a real PostgreSQL."""
    database = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    made = make_region(tmp_path / "region", clock, database)
    yield made
    made.close()


@pytest.fixture
def sqlite_region(tmp_path: Path, clock: Clock) -> Iterator[Region]:
    """A region for tests of what does not touch the database."""
    made = make_region(tmp_path / "region", clock)
    yield made
    made.close()
