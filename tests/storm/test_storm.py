"""A small storm in every run of the gate: real servers, real HTTP, one server killed in the middle, nothing lost."""

from pathlib import Path

import pytest

from tests.storm import storm, week
from tests.storm.storm import Plan, Report


def _blow(plan: Plan, folder: Path, request: pytest.FixtureRequest) -> Report:
    """The database is the tests' own, so that a machine without PostgreSQL says so as everywhere."""
    url = request.getfixturevalue("postgres_url") if plan.database == "postgres" else None
    return storm.run(plan, folder, url)


@pytest.mark.slow
@pytest.mark.parametrize(("database", "servers"), [("sqlite", 1), ("postgres", 2)])
def test_a_storm_costs_retries_only(
    database: str, servers: int, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    plan = Plan(registers=40, records=30, database=database, servers=servers, factor=60.0, kills=1)

    report = _blow(plan, tmp_path, request)

    assert report.faults == []
    assert (report.kills, report.tally.records) == (1, 40 * 30)


def test_a_register_comes_home_from_a_week_away_without_a_rest(tmp_path: Path) -> None:
    came = week.run(tmp_path, None, records=1200)

    assert came.proved == (499, 999, 1199)
    assert came.stored == 1200
