"""One real desk for all tests here, and a copy of it to do harm to."""

from pathlib import Path

import pytest

from tests.verify.evidence import copied, journal_in, two_days


@pytest.fixture(scope="session")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two days at a desk. To be copied, not changed."""
    return two_days(tmp_path_factory.mktemp("evidence") / "desk")


@pytest.fixture
def desk(evidence: Path, tmp_path: Path) -> Path:
    """A desk's folder to do harm in."""
    return copied(evidence, tmp_path / "desk")


@pytest.fixture
def journal(desk: Path) -> Path:
    """A journal to do harm to."""
    return journal_in(desk)
